/** The load of a day beside what people can take. */
import type { AlarmLoad, DayLoad } from "@/api/types";

export type Verdict = "good" | "fair" | "poor" | "open";

export interface Figure {
  name: string;
  value: string;
  limit: string;
  verdict: Verdict;
}

/** Ten-minute periods that a rate needs before it says anything: three hours. */
export const LEAST_PERIODS = 18;
/** Figures that no short span excuses: they count what came, not how fast it would go on. */
const COUNTED = new Set(["peak", "flood_share", "standing", "stale", "chattering"]);
/** Ten alarms are most of a quiet day; the share of the worst says something once there are many. */
const MANY_CALLS = 100;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function judge(value: number, good: number, fair: number): Verdict {
  if (value <= good) return "good";
  return value <= fair ? "fair" : "poor";
}

/**
 * The figures of one day or shift at one position, each with its limit and how it fares.
 *
 * A span of a few minutes is neither good nor too much: of it only what is too much already is told.
 */
export function figuresOf(day: DayLoad, limits: AlarmLoad["limits"]): Figure[] {
  const short = day.periods.length < LEAST_PERIODS;
  return allOf(day, limits).map((one) => {
    const told = one.verdict === "poor" && COUNTED.has(one.name);
    return short && !told ? { ...one, verdict: "open" } : one;
  });
}

function allOf(day: DayLoad, limits: AlarmLoad["limits"]): Figure[] {
  const within = (value: number, most: number): Verdict => judge(value, most, most);
  return [
    {
      name: "per_period",
      value: day.per_period.toFixed(2),
      limit: `≤ ${limits.acceptable_per_period} / ${limits.manageable_per_period}`,
      verdict: judge(day.per_period, limits.acceptable_per_period, limits.manageable_per_period),
    },
    {
      name: "per_day",
      value: day.per_day.toFixed(0),
      limit: `≤ ${limits.acceptable_per_day} / ${limits.manageable_per_day}`,
      verdict: judge(day.per_day, limits.acceptable_per_day, limits.manageable_per_day),
    },
    {
      name: "peak",
      value: day.peak.toFixed(day.peak % 1 === 0 ? 0 : 1),
      limit: `≤ ${limits.most_in_period}`,
      verdict: within(day.peak, limits.most_in_period),
    },
    {
      name: "flood_share",
      value: percent(day.flood_share),
      limit: `< ${percent(limits.most_flood_share)}`,
      verdict: within(day.flood_share, limits.most_flood_share),
    },
    {
      name: "standing",
      value: String(day.standing),
      limit: `< ${limits.most_standing}`,
      verdict: within(day.standing, limits.most_standing - 1),
    },
    {
      name: "stale",
      value: String(day.stale.length),
      limit: `< ${limits.most_stale}`,
      verdict: within(day.stale.length, limits.most_stale - 1),
    },
    {
      name: "chattering",
      value: String(day.chattering.length),
      limit: String(limits.most_chattering),
      verdict: within(day.chattering.length, limits.most_chattering),
    },
    {
      name: "worst_share",
      value: percent(day.worst_share),
      limit: `≤ ${percent(limits.most_worst_share)}`,
      verdict: day.calls < MANY_CALLS ? "open" : within(day.worst_share, limits.most_worst_share),
    },
  ];
}
