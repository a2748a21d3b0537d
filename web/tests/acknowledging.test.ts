import { beforeEach, expect, it, vi } from "vitest";
import { ApiError, api } from "@/api/client";
import type { AlarmDetail } from "@/api/types";
import { acknowledgeAlarm } from "@/desk/alarms/alarm-actions";

const seen = { id: "A1", version: 3, severity: "orange" } as const;
const stale = new ApiError(409, "version.stale", "changed meanwhile");
let sent: unknown[];

/** A server that has version 4 of the alarm, and takes no other. */
function serve(present: Partial<AlarmDetail>): void {
  vi.spyOn(api, "get").mockResolvedValue({
    ...seen,
    version: 4,
    allowed_actions: ["acknowledge"],
    ...present,
  });
  vi.spyOn(api, "post").mockImplementation((path, body) => {
    sent.push([path, (body as { version: number }).version]);
    return (body as { version: number }).version === 4 ? Promise.resolve({}) : Promise.reject(stale);
  });
}

beforeEach(() => {
  vi.restoreAllMocks();
  sent = [];
});

it("is not stopped by what the platform worked out meanwhile", async () => {
  serve({});
  await acknowledgeAlarm(seen);
  expect(sent).toEqual([
    ["/alarms/A1/actions", 3],
    ["/alarms/A1/actions", 4],
  ]);
});

it("is stopped by another severity, and by what others did", async () => {
  serve({ severity: "red" });
  await expect(acknowledgeAlarm(seen)).rejects.toBe(stale);
  serve({ allowed_actions: [] });
  await expect(acknowledgeAlarm(seen)).rejects.toBe(stale);
  expect(sent).toHaveLength(2);
});
