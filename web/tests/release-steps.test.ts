import { describe, expect, it } from "vitest";
import { stepDoor, stepsOf } from "@/desk/budget/release-steps";

describe("steps of a release", () => {
  it("are those a person may take, in the order of the way, without what has its button elsewhere", () => {
    expect(stepsOf(["clear", "release", "submit", "discard"]).map((one) => one.step)).toEqual([
      "submit",
      "release",
    ]);
    expect(stepsOf(["override"])).toEqual([{ step: "override", kind: "danger" }]);
  });

  it("each have a door", () => {
    expect(stepDoor("send_back")).toBe("return");
    expect(() => stepDoor("discard")).toThrow();
  });
});
