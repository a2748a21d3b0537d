import { expect, it } from "vitest";
import { median } from "@/command/median";

it("is the middle, or half-way between the two middle ones", () => {
  expect(median([])).toBeNull();
  expect(median([3, 10, 1])).toBe(3);
  expect(median([10, 1, 4, 3])).toBe(3.5);
});
