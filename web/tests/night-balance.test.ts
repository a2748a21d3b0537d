import { describe, expect, it } from "vitest";
import { balanceOf, nightBalance, type Points } from "@/charts/night-balance";
import { DAY_MS, dayStart, followServer } from "@/session/clock";

const HOUR_MS = 3_600_000;
const FIRST = Date.parse("2019-06-01T00:00:00+08:00");
const days = [0, 1, 2, 3].map((day) => FIRST + day * DAY_MS);

/** A reading every five minutes for four days. */
function every5min(value: (moment: number) => number): Points {
  return Array.from({ length: 4 * 288 }, (_, index) => {
    const moment = FIRST + index * 300_000;
    return [moment, value(moment)] as const;
  });
}

describe("the night balance", () => {
  it("adds what enters, takes away what leaves, and shows a leak as a step", () => {
    const leaksFrom = FIRST + 2 * DAY_MS;
    const series = new Map<string, Points>([
      ["in", every5min((moment) => (moment >= leaksFrom ? 70 : 40))],
      ["out", every5min(() => 15)],
    ]);
    const balance = balanceOf({ flows: { in: 1, out: -1 }, window: [2, 4] });
    if (balance === null) throw new Error("no balance was read");
    expect(nightBalance(series, balance, days)).toEqual([
      [FIRST + 3 * HOUR_MS, 25],
      [FIRST + DAY_MS + 3 * HOUR_MS, 25],
      [FIRST + 2 * DAY_MS + 3 * HOUR_MS, 55],
      [FIRST + 3 * DAY_MS + 3 * HOUR_MS, 55],
    ]);
  });

  it("counts what a tank takes in as not used: 100 m2 rising 0.1 m an hour are 10 m3/h", () => {
    const series = new Map<string, Points>([
      ["in", every5min(() => 30)],
      ["level", every5min((moment) => (0.1 * (moment - FIRST)) / HOUR_MS)],
    ]);
    const tank = { level: "level", area_m2: 100 };
    const [first] = nightBalance(series, { flows: { in: 1 }, window: [2, 4], tank }, days);
    expect(first?.[1]).toBeCloseTo(20, 9);
  });

  it("takes the lowest hour where the rule says so", () => {
    const draw = (moment: number) => ((moment - FIRST) % DAY_MS < 3 * HOUR_MS ? 90 : 50);
    const series = new Map<string, Points>([["in", every5min(draw)]]);
    const night = (statistic: "mean" | "lowest_hour") =>
      nightBalance(series, { flows: { in: 1 }, window: [2, 5], statistic }, days)[0]?.[1];
    expect(night("lowest_hour")).toBe(50);
    expect(night("mean")).toBeCloseTo((90 + 50 + 50) / 3, 9);
  });

  it("leaves a night out in which a meter is silent", () => {
    const holed = every5min(() => 40).filter(
      ([moment]) => moment < FIRST + DAY_MS || moment >= FIRST + 2 * DAY_MS,
    );
    const found = nightBalance(new Map([["in", holed]]), { flows: { in: 1 }, window: [2, 4] }, days);
    expect(found.map(([moment]) => (moment - FIRST - 3 * HOUR_MS) / DAY_MS)).toEqual([0, 2, 3]);
  });

  it("finds no balance in the parameters of another rule", () => {
    expect(balanceOf({ streams: ["a"], low: 14 })).toBeNull();
  });
});

describe("the start of a local day", () => {
  it("is midnight of the city, whatever the machine's own zone", () => {
    followServer("2026-11-22T15:00:00Z", "Asia/Shanghai");
    expect(dayStart(Date.parse("2019-06-13T15:59:59Z"))).toBe(Date.parse("2019-06-12T16:00:00Z"));
    expect(dayStart(Date.parse("2019-06-13T16:00:00Z"))).toBe(Date.parse("2019-06-13T16:00:00Z"));
  });

  it("holds on the day the clocks change", () => {
    followServer("2026-11-22T15:00:00Z", "Europe/Berlin");
    expect(dayStart(Date.parse("2026-03-29T20:00:00Z"))).toBe(Date.parse("2026-03-28T23:00:00Z"));
    followServer("2026-11-22T15:00:00Z", "Asia/Shanghai");
  });
});
