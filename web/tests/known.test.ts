import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Me } from "@/api/types";
import { followServer, serverNow } from "@/session/clock";
import { forgetKnown, recall, remember } from "@/session/known";

const HOUR_MS = 3_600_000;
const me = (permissions: string[]): Me => ({ username: "chen", permissions }) as unknown as Me;

describe("who used this phone last", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-03-01T00:00:00Z") });
    forgetKnown();
  });

  it("is known for a shift, with the server's clock", () => {
    followServer("2026-03-01T00:05:00Z", "Asia/Shanghai");
    remember(me(["case.handle"]));
    followServer(new Date().toISOString(), "Asia/Shanghai");
    vi.advanceTimersByTime(11 * HOUR_MS);
    expect(recall()?.username).toBe("chen");
    expect(serverNow() - Date.now()).toBe(5 * 60_000);
  });

  it("is forgotten after a shift, and when the phone's clock went back", () => {
    remember(me(["case.handle"]));
    vi.advanceTimersByTime(13 * HOUR_MS);
    expect(recall()).toBeNull();
    remember(me(["case.handle"]));
    vi.setSystemTime(Date.parse("2026-02-01T00:00:00Z"));
    expect(recall()).toBeNull();
  });

  it("is not kept for people of the desk", () => {
    remember(me(["alarm.read"]));
    expect(recall()).toBeNull();
  });
});
