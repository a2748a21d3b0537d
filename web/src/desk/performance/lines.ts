/** A look at a sheet while it is filled in: what a person types, and what is sent of it. */
import type { Assessment, AssessmentKind, NewAssessmentLine, SheetIndicator, TargetSheet } from "@/api/types";

export interface Row {
  indicator: SheetIndicator;
  /** What a source tells cannot be typed over. */
  computed: boolean;
  value: string;
  on: string;
  /** Per cent, as assessors say it. */
  share: string;
  text: string;
  forecast: string;
  chance: "" | "certain" | "likely" | "impossible";
  low: boolean;
  reason: "" | "funds" | "rules" | "staff" | "hardware" | "other";
  why: string;
}

/** One row for each indicator a look is about, filled with what stands there already. */
export function rowsOf(sheet: TargetSheet, look: Assessment | null): Row[] {
  const before = new Map(look?.lines.map((line) => [line.indicator, line]));
  return sheet.indicators
    .filter((one) => sheet.assessed.includes(one.id))
    .map((indicator) => {
      const line = before.get(indicator.id);
      const told = indicator.computed;
      const computed = told != null && (told.value !== null || told.on !== null);
      return {
        indicator,
        computed,
        value: (computed ? told.value : line?.value) ?? "",
        on: (computed ? told.on : line?.on) ?? "",
        share: line?.share == null ? "" : String(Math.round(Number(line.share) * 10_000) / 100),
        text: line?.text ?? "",
        forecast: line?.forecast ?? "",
        chance: line?.chance ?? "",
        low: line?.target_was_low ?? false,
        reason: line?.reason ?? "",
        why: line?.reason_text ?? "",
      };
    });
}

/** A row as it is sent; per cent become a share without a detour over binary fractions. */
export function lineOf(row: Row, kind: AssessmentKind): NewAssessmentLine {
  return {
    indicator: row.indicator.id,
    value: row.value.trim() || null,
    on: row.on || null,
    share: row.share.trim() === "" ? null : shareOf(row.share),
    text: row.text.trim(),
    forecast: kind === "monitoring" ? row.forecast.trim() || null : null,
    chance: kind === "monitoring" && row.chance !== "" ? row.chance : null,
    target_was_low: row.low,
    reason: row.reason === "" ? null : row.reason,
    reason_text: row.why.trim(),
  };
}

export function shareOf(perCent: string): string {
  return String(Math.round(Number(perCent) * 100) / 10_000);
}
