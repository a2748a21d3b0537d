/** People, the audit trail and the outbox as the administrators' pages use them. */

export interface User {
  username: string;
  name: string;
  organisation: string;
  roles: string[];
  is_active: boolean;
  locked_until: string | null;
  password_changed_at: string | null;
  must_change_password: boolean;
}

export const ROLES = [
  "operator",
  "shift_leader",
  "intake_clerk",
  "dispatcher",
  "department_handler",
  "collector",
  "verifier",
  "network_engineer",
  "finance",
  "auditor",
  "system_administrator",
  "security_administrator",
  "audit_administrator",
] as const;

export interface AuditEntry {
  sequence: number;
  at: string;
  actor: string;
  address: string;
  action: string;
  object_kind: string;
  object_id: string;
  result: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  hash: string;
}

export interface Verification {
  entries: number;
  intact: boolean;
  head_sequence: number;
  head_hash: string;
  broken_at: number | null;
  reason: string;
}

/** One field of an audited object: what it was and what it became. */
export interface Difference {
  name: string;
  before: string;
  after: string;
}

const written = (value: unknown): string =>
  value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value);

/** The fields that differ between two states of an object, by name; all of them when it is new or gone. */
export function differences(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Difference[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return names
    .map((name) => ({ name, before: written(before?.[name]), after: written(after?.[name]) }))
    .filter((one) => one.before !== one.after);
}

export interface OutboxStats {
  events: number;
  unspread: number;
  oldest_pending_at: string | null;
  consumers: { consumer: string; pending: number; done: number; dead: number; discarded: number }[];
}

/** An event that failed at one consumer for good; later events of its object wait behind it. */
export interface DeadDelivery {
  id: number;
  /** The event's identity. */
  event: string;
  name: string;
  aggregate: string;
  consumer: string;
  happened_at: string;
  attempts: number;
  error: string;
  held_back: number;
}
