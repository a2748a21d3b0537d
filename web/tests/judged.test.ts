/** A load is judged once there is enough of it; a flood is one however short the shift. */
import { expect, test } from "vitest";
import type { AlarmLoad, DayLoad } from "@/api/types";
import { figuresOf, LEAST_PERIODS } from "@/desk/load/judged";

const LIMITS: AlarmLoad["limits"] = {
  acceptable_per_period: 1,
  manageable_per_period: 2,
  acceptable_per_day: 150,
  manageable_per_day: 300,
  most_in_period: 10,
  most_flood_share: 0.01,
  most_worst_share: 0.05,
  most_standing: 10,
  most_stale: 5,
  most_chattering: 0,
};

function span(periods: number[]): DayLoad {
  const calls = periods.reduce((sum, one) => sum + one, 0);
  return {
    day: "2026-03-02",
    start: "2026-03-02T00:00:00Z",
    end: "2026-03-02T08:00:00Z",
    calls,
    per_period: calls / periods.length,
    per_day: (calls / periods.length) * 144,
    peak: Math.max(...periods),
    flood_share: periods.filter((one) => one >= 10).length / periods.length,
    periods,
    flood_periods: periods.map((one) => one >= 10),
    worst: [],
    worst_share: 1,
    standing: 2,
    stale: [],
    chattering: [],
    severities: {},
  } as unknown as DayLoad;
}

const verdicts = (periods: number[]): Record<string, string> =>
  Object.fromEntries(figuresOf(span(periods), LIMITS).map((one) => [one.name, one.verdict]));

test("twenty minutes with two alarms are neither good nor too much", () => {
  expect(new Set(Object.values(verdicts([1, 1])))).toEqual(new Set(["open"]));
});

test("a flood in a short shift is a flood", () => {
  const told = verdicts([14, 0]);
  expect([told.peak, told.flood_share, told.per_day]).toEqual(["poor", "poor", "open"]);
});

test("from three hours on rates are judged, the share of the worst only of many alarms", () => {
  const quiet = verdicts(Array(LEAST_PERIODS).fill(0.5));
  expect([quiet.per_period, quiet.per_day, quiet.peak, quiet.worst_share]).toEqual([
    "good",
    "good",
    "good",
    "open",
  ]);
  expect(verdicts(Array(LEAST_PERIODS).fill(5)).per_period).toBe("poor");
});

const DAY = {
  calls: 200,
  per_period: 1.4,
  per_day: 200,
  peak: 11,
  flood_share: 0.02,
  standing: 9,
  stale: ["a"],
  chattering: ["a"],
  worst_share: 0.5,
  periods: Array.from({ length: 144 }, () => 1),
} as unknown as DayLoad;

test("figures are judged by the limits of one position", () => {
  const verdicts = Object.fromEntries(figuresOf(DAY, LIMITS).map((one) => [one.name, one.verdict]));
  expect(verdicts).toEqual({
    per_period: "fair",
    per_day: "fair",
    peak: "poor",
    flood_share: "poor",
    standing: "good",
    stale: "good",
    chattering: "poor",
    worst_share: "poor",
  });
});

test("a span under three hours is not judged, but for what is too much already", () => {
  const short = { ...DAY, periods: DAY.periods.slice(0, 17) };
  const verdicts = Object.fromEntries(figuresOf(short, LIMITS).map((one) => [one.name, one.verdict]));
  expect(verdicts).toMatchObject({ per_period: "open", per_day: "open", standing: "open", peak: "poor" });
});

test("ten alarms are most of a quiet day, and their share says nothing yet", () => {
  const share = figuresOf({ ...DAY, calls: 12 }, LIMITS).find((one) => one.name === "worst_share");
  expect(share?.verdict).toBe("open");
});
