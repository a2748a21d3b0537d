/** Spans of local days: a day, a week from Monday, a calendar month, or freely chosen; days are ISO dates. */

export const SPAN_UNITS = ["day", "week", "month", "free"] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];
export type Span = [first: string, last: string];

const DAY_MS = 86_400_000;
const WEEK = 7;

const parse = (day: string): Date => new Date(`${day}T00:00:00Z`);
const written = (date: Date): string => date.toISOString().slice(0, 10);
const shifted = (day: string, days: number): string =>
  written(new Date(parse(day).getTime() + days * DAY_MS));

/** The span of a unit that a day lies in; a free one is the day itself. */
export function spanAround(unit: SpanUnit, day: string): Span {
  const date = parse(day);
  if (unit === "week") {
    const monday = shifted(day, -((date.getUTCDay() + WEEK - 1) % WEEK));
    return [monday, shifted(monday, WEEK - 1)];
  }
  if (unit === "month") {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return [written(new Date(Date.UTC(year, month, 1))), written(new Date(Date.UTC(year, month + 1, 0)))];
  }
  return [day, day];
}

/** The span before (-1) or after (1); a free one moves by its own length. */
export function movedSpan(unit: SpanUnit, [first, last]: Span, by: -1 | 1): Span {
  if (unit !== "free") return spanAround(unit, by < 0 ? shifted(first, -1) : shifted(last, 1));
  const days = (parse(last).getTime() - parse(first).getTime()) / DAY_MS + 1;
  return [shifted(first, by * days), shifted(last, by * days)];
}

/** How a span is written: a month or a day by itself, else from and to. */
export function spanText(unit: SpanUnit, [first, last]: Span): string {
  if (unit === "month") return first.slice(0, 7);
  return first === last ? first : `${first} – ${last}`;
}
