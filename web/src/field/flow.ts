/** What a field worker does next on a case, also while the platform does not answer. */

import type { CaseAction, CaseState } from "@/api/types";
import type { Saying } from "@/field/outbox";

/** Steps of handlers and collectors; the platform's own table decides, this one only lets work go on without a network. */
const NEXT: Partial<Record<CaseState, Partial<Record<Saying, CaseState>>>> = {
  dispatched: { sign: "signed", return_to_dispatcher: "filed" },
  signed: { arrive: "on_site" },
  on_site: { report: "on_site", finish: "handled" },
  to_confirm: { confirm: "filed", deny: "filed" },
};

/** The road of a case on the phone, in order. */
export const ROAD = ["sign", "arrive", "report", "finish"] as const satisfies readonly CaseAction[];
export type RoadStep = (typeof ROAD)[number];

/** Where a case stands once the steps that still wait here are taken, too. */
export function expectedState(state: CaseState, waiting: readonly Saying[]): CaseState {
  return waiting.reduce((now, action) => NEXT[now]?.[action] ?? now, state);
}

/** The steps a handler may take from a state. */
export function stepsFrom(state: CaseState): CaseAction[] {
  return Object.keys(NEXT[state] ?? {}) as CaseAction[];
}

/** How far along the road a state is: the number of steps that lie behind it. */
export function stepsBehind(state: CaseState, reported: boolean): number {
  if (state === "signed") return 1;
  if (state === "on_site") return reported ? 3 : 2;
  return state === "handled" || state === "verified" || state === "closed" ? 4 : 0;
}

const EARTH_M = 6_371_008.8;

/** Distance over ground between two positions in degrees [m]; haversine on the mean sphere. */
export function distanceM(
  from: { longitude: number; latitude: number },
  to: { longitude: number; latitude: number },
): number {
  const rad = Math.PI / 180;
  const half = (degrees: number) => Math.sin((degrees * rad) / 2) ** 2;
  const chord =
    half(to.latitude - from.latitude) +
    Math.cos(from.latitude * rad) * Math.cos(to.latitude * rad) * half(to.longitude - from.longitude);
  return 2 * EARTH_M * Math.asin(Math.sqrt(chord));
}
