import { describe, expect, it } from "vitest";
import type { SheetIndicator, TargetSheet } from "@/api/types";
import { lineOf, rowsOf, shareOf } from "@/desk/performance/lines";

const bound = { id: 1, comparison: "equal", computed: { value: "27", on: null } } as SheetIndicator;
const empty = { id: 2, comparison: "at_most", computed: { value: null, on: null } } as SheetIndicator;
const word = { id: 3, comparison: "word", computed: null } as SheetIndicator;
const sheet = { indicators: [bound, empty, word], assessed: [1, 2] } as unknown as TargetSheet;

describe("a look while it is filled in", () => {
  it("has a row for each assessed indicator; what a source tells cannot be typed over", () => {
    const rows = rowsOf(sheet, null);
    expect(rows.map((row) => [row.indicator.id, row.computed, row.value])).toEqual([
      [1, true, "27"],
      [2, false, ""],
    ]);
  });

  it("sends per cent as a share without binary dust, and chances only when it monitors", () => {
    expect(["90", "57.3", "0.01"].map(shareOf)).toEqual(["0.9", "0.573", "0.0001"]);
    const [row] = rowsOf(sheet, null);
    if (!row) throw new Error("no row");
    row.chance = "likely";
    expect(lineOf(row, "monitoring").chance).toBe("likely");
    expect(lineOf(row, "self_evaluation").chance).toBeNull();
    expect(lineOf({ ...row, share: "" }, "monitoring").share).toBeNull();
  });
});
