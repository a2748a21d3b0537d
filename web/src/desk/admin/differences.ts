/** What an audited change changed. */

/** One field of an audited object: what it was and what it became. */
export interface Difference {
  name: string;
  before: string;
  after: string;
}

const written = (value: unknown): string =>
  value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value);

/** The fields that differ between two states of an object, by name; all of them when it is new or gone. */
export function differences(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Difference[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return names
    .map((name) => ({ name, before: written(before?.[name]), after: written(after?.[name]) }))
    .filter((one) => one.before !== one.after);
}
