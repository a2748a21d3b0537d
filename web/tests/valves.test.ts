import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, api } from "@/api/client";
import type { Isolation, ValvePlanDetail, ValveStep } from "@/api/types";
import { actOnStep, makePlan } from "@/desk/valves/valve-acts";

vi.mock("@/map/city-map", () => ({ FONT: ["sans-serif"] }));
const { boundsOf, valveStates } = await import("@/map/overlays/valves-overlay");

const step = (given: Partial<ValveStep>): ValveStep =>
  ({ id: "s1", version: 1, kind: "close_valve", element: "v1", state: "waiting", ...given }) as ValveStep;

afterEach(() => vi.restoreAllMocks());

describe("the marks of valves", () => {
  it("show the newest thing said of each valve, and nothing that is no longer needed", () => {
    const shown = valveStates([
      step({ element: "v1", state: "done" }),
      step({ element: "v2", state: "dropped" }),
      step({ element: "c1", kind: "tell_key_user" }),
      step({ element: "v1", kind: "open_valve", state: "waiting" }),
    ]);
    expect(shown.map((one) => [one.element, one.kind])).toEqual([["v1", "open_valve"]]);
  });

  it("are framed with the pipes they cut off", () => {
    const found = {
      element_path: [[112.1, 35.1]],
      hull: [[112.0, 35.2]],
      valves: [{ longitude: 112.3, latitude: 35.0 }],
    } as unknown as Isolation;
    expect(boundsOf(found)).toEqual([112.0, 35.0, 112.3, 35.2]);
    expect(boundsOf({ element_path: [], hull: [], valves: [] } as unknown as Isolation)).toBeNull();
  });
});

describe("what is said of a step", () => {
  it("is sent again with the same id and the same words until the platform has taken it", async () => {
    const post = vi.spyOn(api, "post");
    post
      .mockRejectedValueOnce(new ApiError(0, "network.unreachable", ""))
      .mockResolvedValue({} as ValvePlanDetail);
    const one = step({});
    await expect(actOnStep(one, "confirm", "", null)).rejects.toThrow(ApiError);
    await actOnStep(one, "confirm", "", { longitude: 1, latitude: 2 });
    await actOnStep(step({ version: 2 }), "confirm", "", null);
    const [first, second, third] = post.mock.calls.map(([, body]) => body as { id: string });
    expect(second).toEqual(first);
    expect(third?.id).not.toBe(first?.id);
  });

  it("has an id of its own for each plan made", async () => {
    const post = vi.spyOn(api, "post").mockResolvedValue({} as ValvePlanDetail);
    await makePlan("c", "JC-WATER", "link", "p1");
    await makePlan("c", "JC-WATER", "link", "p1");
    const ids = post.mock.calls.map(([, body]) => (body as { id: string }).id);
    expect(new Set(ids).size).toBe(2);
  });
});
