import { describe, expect, it } from "vitest";
import type { AlarmSummary } from "@/api/types";
import { byUrgency } from "@/desk/alarms/open-alarms";

function alarm(state: string, severity: string, raised_at: string): AlarmSummary {
  return { id: `${state} ${severity} ${raised_at}`, state, severity, raised_at } as AlarmSummary;
}

describe("the order of open alarms", () => {
  it("is the unanswered first, then the graver, then the newer", () => {
    const wanted = [
      alarm("active", "red", "2026-03-01T00:00:00Z"),
      alarm("active", "blue", "2026-03-03T00:00:00Z"),
      alarm("active", "blue", "2026-03-02T00:00:00Z"),
      alarm("returned", "red", "2026-03-04T00:00:00Z"),
      alarm("acknowledged", "orange", "2026-03-04T00:00:00Z"),
      alarm("acknowledged", "yellow", "2026-03-05T00:00:00Z"),
      alarm("shelved", "red", "2026-03-06T00:00:00Z"),
    ];
    const order = (list: AlarmSummary[]) => [...list].sort(byUrgency).map((one) => one.id);
    expect(order([...wanted].reverse())).toEqual(wanted.map((one) => one.id));
    expect(order(wanted)).toEqual(wanted.map((one) => one.id));
  });
});
