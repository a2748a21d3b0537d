/** What an area took in each night, from its meters: the figure in which a leak shows as a step. */

/** [milliseconds, value, ...] in time's order. */
export type Points = readonly (readonly [number, number, ...unknown[]])[];

export interface Balance {
  /** +1 for a meter whose flow enters the area, -1 for one whose flow leaves it [m3/h]. */
  flows: Record<string, number>;
  /** A tank inside: the stream of its level [m] and its plan area [m2]. */
  tank?: { level: string; area_m2: number } | null | undefined;
  /** Local hours of the night that count. */
  window: [number, number];
  statistic?: "mean" | "lowest_hour" | undefined;
}

const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

function isNumbers(value: unknown): value is Record<string, number> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((one) => typeof one === "number")
  );
}

/** The balance in a night-flow rule's parameters; null when they hold none. */
export function balanceOf(parameters: Record<string, unknown>): Balance | null {
  const { flows, window, tank, statistic } = parameters;
  if (!isNumbers(flows) || !Array.isArray(window) || window.length !== 2) return null;
  return {
    flows,
    window: [Number(window[0]), Number(window[1])],
    tank: (tank ?? null) as Balance["tank"],
    statistic: statistic === "lowest_hour" ? "lowest_hour" : "mean",
  };
}

export function streamsOf(balance: Balance): string[] {
  return [...Object.keys(balance.flows), ...(balance.tank ? [balance.tank.level] : [])];
}

/** Index of the first point at or after a moment. */
function from(points: Points, moment: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(points: Points, start: number, end: number): number | null {
  const part = points.slice(from(points, start), from(points, end));
  return part.length === 0 ? null : part.reduce((sum, point) => sum + point[1], 0) / part.length;
}

/** The reading nearest to a moment, at most a quarter of an hour away. */
function near(points: Points, moment: number): number | null {
  const at = from(points, moment);
  const found = [points[at - 1], points[at]]
    .filter((point) => point !== undefined && Math.abs(point[0] - moment) <= 3 * STEP_MS)
    .sort((a, b) => Math.abs((a?.[0] ?? 0) - moment) - Math.abs((b?.[0] ?? 0) - moment))[0];
  return found?.[1] ?? null;
}

/** Net inflow over a span [m3/h]; null where a meter is silent. */
function inflow(
  series: ReadonlyMap<string, Points>,
  balance: Balance,
  start: number,
  end: number,
): number | null {
  let sum = 0;
  for (const [code, sign] of Object.entries(balance.flows)) {
    const value = mean(series.get(code) ?? [], start, end);
    if (value === null) return null;
    sum += sign * value;
  }
  if (!balance.tank) return sum;
  const levels = series.get(balance.tank.level) ?? [];
  const [before, after] = [near(levels, start), near(levels, end)];
  if (before === null || after === null) return null;
  return sum - (balance.tank.area_m2 * (after - before) * HOUR_MS) / (end - start);
}

/** One point a night, at the middle of its window; `days` are the moments at which the local days begin. */
export function nightBalance(
  series: ReadonlyMap<string, Points>,
  balance: Balance,
  days: readonly number[],
): [number, number][] {
  const nights: [number, number][] = [];
  for (const day of days) {
    const start = day + balance.window[0] * HOUR_MS;
    const end = day + balance.window[1] * HOUR_MS;
    const spans: [number, number][] = [];
    if (balance.statistic === "lowest_hour") {
      for (let at = start; at + HOUR_MS <= end; at += STEP_MS) spans.push([at, at + HOUR_MS]);
    } else spans.push([start, end]);
    const values = spans
      .map(([a, b]) => inflow(series, balance, a, b))
      .filter((value): value is number => value !== null);
    if (values.length > 0) nights.push([(start + end) / 2, Math.min(...values)]);
  }
  return nights;
}
