import { describe, expect, it } from "vitest";
import type { ProjectMilestone } from "@/api/types";
import { inWan, inYuan, share } from "@/desk/projects/amounts";
import { marksOf } from "@/desk/projects/time-line";

function milestone(code: string, planned_on: string, actual_on: string | null = null): ProjectMilestone {
  return { code, planned_on, actual_on } as ProjectMilestone;
}

describe("amounts", () => {
  it("are told in ten thousand yuan, thousands set apart", () => {
    expect(inWan("26000000.00")).toBe("2,600.00");
    expect(inWan("0.00")).toBe("0.00");
    expect(inYuan("-1234567.89")).toBe("-1,234,567.89");
  });

  it("fill a bar no further than its end", () => {
    expect([share(5, 10), share("30", "20"), share(1, 0)]).toEqual([50, 100, 0]);
  });
});

describe("a time line", () => {
  const plan = [
    milestone("a", "2025-01-01", "2025-01-11"),
    milestone("b", "2025-01-05"),
    milestone("c", "2025-04-11"),
  ];

  it("spans the plan, and labels that would cover each other stand in rows", () => {
    const { marks, today } = marksOf(plan, "2025-02-20");
    expect(marks.map((mark) => [Math.round(mark.planned), mark.row])).toEqual([
      [0, 0],
      [4, 1],
      [100, 0],
    ]);
    expect(Math.round(marks[0]?.actual ?? -1)).toBe(10);
    expect(Math.round(today)).toBe(50);
  });

  it("does not press a year long past into a corner", () => {
    const { marks, today } = marksOf(plan, "2026-11-22");
    expect(today).toBe(100);
    expect(marks[2]?.planned).toBeGreaterThan(85);
  });
});
