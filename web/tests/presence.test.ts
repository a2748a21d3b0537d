import { describe, expect, it } from "vitest";
import { watchPresence } from "@/session/presence";

describe("watchPresence", () => {
  it("takes somebody for away a minute after the last sign, and back at the next", () => {
    let now = 0;
    const target = new EventTarget();
    const isThere = watchPresence(target, () => now);
    now = 60_000;
    expect(isThere()).toBe(true);
    now = 60_001;
    expect(isThere()).toBe(false);
    target.dispatchEvent(new Event("keydown"));
    expect(isThere()).toBe(true);
  });
});
