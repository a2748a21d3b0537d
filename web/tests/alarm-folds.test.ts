import { expect, it } from "vitest";
import type { AlarmLoad, AlarmSummary, DayLoad } from "@/api/types";
import { byUrgency, folded } from "@/desk/alarms/open-alarms";
import { figuresOf } from "@/desk/load/judged";

function alarm(id: string, more: Partial<AlarmSummary> = {}): AlarmSummary {
  const facts = { id, state: "active", severity: "yellow", raised_at: "2026-03-01T00:00:00Z" };
  return { ...facts, root: null, planned_work: null, ...more } as AlarmSummary;
}

it("consequences are folded below their root, and stand alone without it", () => {
  const list = [
    alarm("a"),
    alarm("b", { root: "a" }),
    alarm("c", { root: "gone" }),
    alarm("d", { root: "a" }),
  ];
  expect(folded(list).map((row) => [row.alarm.id, row.below.map((one) => one.id)])).toEqual([
    ["a", ["b", "d"]],
    ["c", []],
  ]);
});

it("what works explain comes behind the rest of its urgency and before what is acknowledged", () => {
  const works = { id: "w", code: "ZY-1", reason: "valve", contact: "Li" };
  const list = [
    alarm("acknowledged", { state: "acknowledged", severity: "red" }),
    alarm("explained", { severity: "red", planned_work: works }),
    alarm("plain"),
  ];
  expect(list.sort(byUrgency).map((one) => one.id)).toEqual(["plain", "explained", "acknowledged"]);
});

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

it("figures are judged by the limits of one position", () => {
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

it("a span under three hours is not judged, but for what is too much already", () => {
  const short = { ...DAY, periods: DAY.periods.slice(0, 17) };
  const verdicts = Object.fromEntries(figuresOf(short, LIMITS).map((one) => [one.name, one.verdict]));
  expect(verdicts).toMatchObject({ per_period: "open", per_day: "open", standing: "open", peak: "poor" });
});

it("ten alarms are most of a quiet day, and their share says nothing yet", () => {
  const share = figuresOf({ ...DAY, calls: 12 }, LIMITS).find((one) => one.name === "worst_share");
  expect(share?.verdict).toBe("open");
});
