/** Cases as the pages use them. */
import type { NamedPlace, Sentence, Severity } from "@/api/types";

export type Light = "green" | "yellow" | "red";

export const CASE_STATES = [
  "filed",
  "dispatched",
  "signed",
  "on_site",
  "handled",
  "verified",
  "closed",
  "void",
] as const;
export type CaseState = (typeof CASE_STATES)[number];

export interface OrganisationRef extends NamedPlace {
  code: string;
}

export interface PersonRef {
  username: string;
  name: string;
}

export interface CaseClass extends NamedPlace {
  code: string;
  edition: string;
  limit_minutes: number;
  department: OrganisationRef;
}

export interface CaseSummary {
  id: string;
  code: string;
  state: CaseState;
  level: Severity;
  light: Light;
  title: string;
  case_class: CaseClass;
  source: "warning" | "person";
  warning_id: string | null;
  longitude: number | null;
  latitude: number | null;
  cell: string | null;
  department: OrganisationRef | null;
  handler: PersonRef | null;
  filed_at: string;
  due_at: string;
  handled_at: string | null;
  closed_at: string | null;
  /** True while it lies with the dispatcher after a return: its limit does not run. */
  clock_stopped: boolean;
  version: number;
}

export interface CaseStep {
  id: string;
  at: string;
  claimed_at: string | null;
  actor: PersonRef | null;
  action: string;
  from_state: string;
  to_state: string;
  note: string;
  longitude: number | null;
  latitude: number | null;
  photos: string[];
}

export interface CasePhoto {
  id: string;
  sha256: string;
  width: number;
  height: number;
  taken_by: PersonRef;
  taken_at: string;
}

export interface CaseDetail extends CaseSummary {
  description: string;
  filed_by: PersonRef | null;
  alarm_id: string | null;
  suggestion: { department: OrganisationRef; reasons: Sentence[] };
  history: CaseStep[];
  photos: CasePhoto[];
  allowed_actions: string[];
  may_photograph: boolean;
}

/** Steps that need a word of explanation; the platform refuses them without. */
export const NEEDS_NOTE: ReadonlySet<string> = new Set([
  "return_to_dispatcher",
  "report",
  "finish",
  "send_back",
  "void",
]);

export function photoAddress(id: string): string {
  return `/api/v1/photos/${id}`;
}
