import { describe, expect, it } from "vitest";
import { remaining, remainingKey } from "@/desk/cases/due";

const now = new Date("2026-03-01T08:00:00Z");

describe("remaining", () => {
  it("splits what is left into days, hours and minutes", () => {
    expect(remaining("2026-03-03T11:05:00Z", now)).toEqual({ overdue: false, days: 2, hours: 3, minutes: 5 });
  });

  it("counts a minute begun as a minute left", () => {
    expect(remaining("2026-03-01T08:00:01Z", now).minutes).toBe(1);
  });

  it("is not overdue at the very moment, and is one second later", () => {
    expect(remaining("2026-03-01T08:00:00Z", now).overdue).toBe(false);
    expect(remaining("2026-03-01T07:59:59Z", now)).toEqual({ overdue: true, days: 0, hours: 0, minutes: 0 });
  });

  it("names the largest unit that matters", () => {
    expect(remainingKey(remaining("2026-03-02T09:00:00Z", now))).toBe("cases.left.days");
    expect(remainingKey(remaining("2026-03-01T06:30:00Z", now))).toBe("cases.overdue.hours");
    expect(remainingKey(remaining("2026-03-01T08:09:00Z", now))).toBe("cases.left.minutes");
  });
});
