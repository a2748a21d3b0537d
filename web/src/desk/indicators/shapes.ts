/** Indicators as the pages use them. */

export interface Indicator {
  code: string;
  version: number;
  name: string;
  formula: string;
}

/** One object a value was computed from, as it was read then. */
export interface IndicatorInput {
  kind: string;
  id: string;
  code: string;
  version: number;
  counted: boolean;
  fact: { due_at?: string | null; handled_at?: string | null; closed_at?: string | null };
  warning_id: string | null;
  alarm_id: string | null;
}

export interface IndicatorValue {
  id: string;
  indicator: Indicator;
  month: string;
  span_start: string;
  span_end: string;
  scope: string;
  /** A decimal with two places in a string; null when nothing was due. */
  value_percent: string | null;
  numerator: number;
  denominator: number;
  computed_at: string;
  rule_version: number;
  lineage_hash: string;
  sealed: boolean;
  inputs: IndicatorInput[];
}

/** A share as it is shown; a dash when nothing was due. */
export function shown(value: IndicatorValue | null | undefined): string {
  return value?.value_percent == null ? "–" : `${value.value_percent} %`;
}
