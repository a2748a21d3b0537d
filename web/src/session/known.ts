/**
 * Who used this phone last, so that field staff can open it where there is no network.
 *
 * It opens nothing on the platform: what waits is sent only by a session. Told by the server that the session is over,
 * or logged out, the phone forgets.
 */
import type { Me } from "@/api/types";
import { clockFacts, restoreClock } from "@/session/clock";

const KEY = "chengmai-known";
/** A shift: longer without any word from the platform, and the person has to log in again. */
const VALID_MS = 12 * 3_600_000;

interface Known {
  me: Me;
  clock: ReturnType<typeof clockFacts>;
  /** By the phone's own clock: nothing else is there when it is read. */
  at: number;
}

export function remember(me: Me): void {
  if (!me.permissions.includes("case.handle")) return;
  const known: Known = { me, clock: clockFacts(), at: Date.now() };
  localStorage.setItem(KEY, JSON.stringify(known));
}

export function forgetKnown(): void {
  localStorage.removeItem(KEY);
}

/** The person who was here last, with the server's clock as it was followed then; null when that is too long ago. */
export function recall(): Me | null {
  const told = localStorage.getItem(KEY);
  if (told === null) return null;
  const known = JSON.parse(told) as Known;
  const age = Date.now() - known.at;
  // A phone whose clock went back may not keep a person for ever.
  if (age < -60_000 || age > VALID_MS) {
    forgetKnown();
    return null;
  }
  restoreClock(known.clock);
  return known.me;
}
