/** The rows of many units: which are shown, in which order, and what a cell tells. */
import type { UnitsRow, UnitsRule } from "@/api/types";

export type SortKey = "code" | "days_late" | "income" | "spending" | "errors";

/** Findings of a unit under a rule: how many, and of which severity the worst is. */
export interface Cell {
  count: number;
  worst: "error" | "warning" | "note" | "undecided";
}

const SEVERITIES = ["error", "warning", "note", "undecided"] as const;

/** What stands in the cell of a unit and a rule; null for nothing. */
export function cellOf(row: UnitsRow, rule: string): Cell | null {
  const counts = row.shown?.rules[rule];
  if (!counts) return null;
  const worst = SEVERITIES.find((severity) => counts[severity]) ?? "undecided";
  return { count: Object.values(counts).reduce((sum, one) => sum + one, 0), worst };
}

/** The rows that stand as asked and whose code or name holds the words, in the order asked for. */
export function chosen(
  rows: readonly UnitsRow[],
  states: readonly string[],
  words: string,
  key: SortKey,
): UnitsRow[] {
  const asked = words.trim().toLowerCase();
  const found = rows.filter(
    (row) =>
      (states.length === 0 || states.includes(row.state)) &&
      (asked === "" || `${row.code} ${row.name}`.toLowerCase().includes(asked)),
  );
  return key === "code" ? found : found.sort((a, b) => weight(b, key) - weight(a, key));
}

function weight(row: UnitsRow, key: Exclude<SortKey, "code">): number {
  if (key === "days_late") return row.days_late;
  if (key === "errors") return row.shown?.errors ?? -1;
  return Number((row.counted && row.shown?.[key]) || -1);
}

/** The kinds of rules in their order, each with its rules. */
export function groupsOf(rules: readonly UnitsRule[]): { name: string; rules: UnitsRule[] }[] {
  const found: { name: string; rules: UnitsRule[] }[] = [];
  for (const rule of rules) {
    const last = found.find((one) => one.name === rule.rule_group);
    if (last) last.rules.push(rule);
    else found.push({ name: rule.rule_group, rules: [rule] });
  }
  return found;
}

/** Yuan in a string as units of ten thousand yuan with two decimals and thousands set off; nothing for nothing. */
export function wan(yuan: string | null | undefined): string {
  if (yuan === null || yuan === undefined) return "—";
  return (Number(yuan) / 10_000).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
}
