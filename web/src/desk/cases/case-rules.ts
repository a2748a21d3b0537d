/** What the pages know of cases besides their shapes. */
import type { CaseAction, CaseState } from "@/api/types";

/** Every state once, along a case's way; the type check fails when the platform has others. */
const ALONG_THE_WAY: Record<CaseState, true> = {
  filed: true,
  to_confirm: true,
  dispatched: true,
  signed: true,
  on_site: true,
  suspended: true,
  handled: true,
  verified: true,
  closed: true,
  void: true,
  merged: true,
};
export const CASE_STATES = Object.keys(ALONG_THE_WAY) as readonly CaseState[];

/** Steps that need a word of explanation; the platform refuses them without. */
export const NEEDS_NOTE: ReadonlySet<CaseAction> = new Set([
  "return_to_dispatcher",
  "report",
  "finish",
  "send_back",
  "void",
  "ask_confirmation",
  "deny",
  "ask_extension",
  "extend",
  "ask_suspension",
  "suspend",
  "refuse",
  "urge",
  "merge",
  "rework",
]);
/** Steps that say how much longer, in the unit of the case's class. */
export const NEEDS_AMOUNT: ReadonlySet<CaseAction> = new Set(["ask_extension", "extend"]);

export function photoAddress(id: string): string {
  return `/api/v1/photos/${id}`;
}
