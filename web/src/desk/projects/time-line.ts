/** Where the marks of a time line stand, and on which row a label does not cover another. */
import type { ProjectMilestone } from "@/api/types";

export interface Mark {
  code: string;
  /** Per cent of the line's length. */
  planned: number;
  actual: number | null;
  /** Where the label begins: further left than its mark where it would leave the line. */
  label: number;
  row: number;
}

const LABEL = 16;

/** Marks of milestones between their first and last day (and today), a label taking some per cent of the line. */
export function marksOf(
  milestones: readonly ProjectMilestone[],
  today: string,
): { marks: Mark[]; today: number } {
  const days = milestones.flatMap((one) => [one.planned_on, one.actual_on ?? one.planned_on]).map(Date.parse);
  const first = Math.min(...days);
  const planned = Math.max(...days);
  // A project long past does not press its own year into a corner: today then stands at the end.
  const last = Math.min(Math.max(planned, Date.parse(today)), planned + (planned - first) * 0.12);
  const place = (day: string): number =>
    last > first ? Math.min(100, (100 * (Date.parse(day) - first)) / (last - first)) : 0;
  const ends: number[] = [];
  const marks = milestones.map((one) => {
    const at = place(one.planned_on);
    const label = Math.min(at, 100 - LABEL);
    let row = ends.findIndex((end) => end <= label);
    if (row < 0) row = ends.length;
    ends[row] = label + LABEL;
    return { code: one.code, planned: at, actual: one.actual_on ? place(one.actual_on) : null, label, row };
  });
  return { marks, today: place(today) };
}
