import { expect, it } from "vitest";
import type { AlarmSummary } from "@/api/types";
import { byUrgency, folded } from "@/desk/alarms/open-alarms";

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
