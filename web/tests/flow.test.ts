import { describe, expect, it } from "vitest";
import { distanceM, expectedState, stepsBehind, stepsFrom } from "@/field/flow";

describe("the road of a case on the phone", () => {
  it("goes from dispatched to handled by the steps that wait here", () => {
    expect(expectedState("dispatched", [])).toBe("dispatched");
    expect(expectedState("dispatched", ["sign", "arrive", "report"])).toBe("on_site");
    expect(expectedState("dispatched", ["sign", "arrive", "report", "finish"])).toBe("handled");
  });

  it("ignores a step that the state does not allow", () => {
    expect(expectedState("dispatched", ["finish"])).toBe("dispatched");
    expect(expectedState("closed", ["sign"])).toBe("closed");
  });

  it("offers only what the state allows", () => {
    expect(stepsFrom("signed")).toEqual(["arrive"]);
    expect(stepsFrom("on_site")).toEqual(["report", "finish"]);
    expect(stepsFrom("verified")).toEqual([]);
  });

  it("counts the steps that lie behind", () => {
    expect(stepsBehind("dispatched", false)).toBe(0);
    expect(stepsBehind("on_site", false)).toBe(2);
    expect(stepsBehind("on_site", true)).toBe(3);
    expect(stepsBehind("closed", true)).toBe(4);
  });
});

describe("distanceM", () => {
  it("is one degree of latitude: 111.195 km on the mean sphere", () => {
    const from = { longitude: 112.85, latitude: 35 };
    expect(distanceM(from, { longitude: 112.85, latitude: 36 })).toBeCloseTo(111_195, -1);
  });

  it("shrinks with the cosine of the latitude from west to east", () => {
    const far = distanceM({ longitude: 112, latitude: 60 }, { longitude: 112.01, latitude: 60 });
    expect(far).toBeCloseTo(1111.95 * 0.5, 0);
  });
});
