/** Parameters of rules between a form and what the server takes. */
import type { RuleParameter, Severity } from "@/api/types";

export type Values = Record<string, unknown>;
export type Bands = Partial<Record<Severity, number>>;

const COLOURS: readonly Severity[] = ["red", "orange", "yellow", "blue"];

/** A side's limits by colour; a bare number belongs to the rule's own severity. */
export function bandsOf(value: unknown, severity: unknown): Bands {
  if (typeof value === "number") return { [COLOURS.find((one) => one === severity) ?? "yellow"]: value };
  return value !== null && typeof value === "object" ? { ...(value as Bands) } : {};
}

/** What a new rule of a kind starts with. */
export function defaultsOf(parameters: readonly RuleParameter[]): Values {
  return Object.fromEntries(
    parameters.filter((one) => one.default !== null).map((one) => [one.name, one.default]),
  );
}

/** Between which numbers a parameter lies, as a form says it; empty where nothing bounds it. */
export function boundsOf({ least, most }: Pick<RuleParameter, "least" | "most">): string {
  if (least === null && most === null) return "";
  if (most === null) return `≥ ${least}`;
  return least === null ? `≤ ${most}` : `${least} – ${most}`;
}

/** A default as a form tells it: a number, or one for each colour; empty for any other. */
export function usualOf(told: unknown, colourName: (colour: string) => string): string {
  if (typeof told === "number") return String(told);
  if (told === null || typeof told !== "object" || Array.isArray(told)) return "";
  const pairs = Object.entries(told as Record<string, unknown>).filter(
    ([, limit]) => typeof limit === "number",
  );
  return pairs.map(([colour, limit]) => `${colourName(colour)} ${limit}`).join(" · ");
}

/** A form's values as the server takes them: what is empty is left out. */
export function given(parameters: readonly RuleParameter[], values: Values): Values {
  const kept = parameters
    .map((one) => [one.name, values[one.name]] as const)
    .filter(([, value]) => {
      if (value === undefined || value === null || value === "") return false;
      return typeof value !== "object" || Array.isArray(value) || Object.keys(value).length > 0;
    });
  return Object.fromEntries(kept);
}

/** Names of the parameters that differ between two versions. */
export function changed(before: Values, after: Values): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}
