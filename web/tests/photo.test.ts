import { describe, expect, it } from "vitest";
import { fitted } from "@/field/photo";

describe("fitted", () => {
  it("shrinks the longer side to the limit and keeps the shape", () => {
    expect(fitted(4000, 3000, 1600)).toEqual([1600, 1200]);
    expect(fitted(3000, 4000, 1600)).toEqual([1200, 1600]);
  });

  it("never enlarges, and never draws nothing", () => {
    expect(fitted(640, 480, 1600)).toEqual([640, 480]);
    expect(fitted(10_000, 1, 1600)).toEqual([1600, 1]);
  });
});
