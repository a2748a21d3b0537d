import type { Role } from "@/api/types";

/** Every role once, as they are offered; the type check fails when the platform has others. */
const OFFERED: Record<Role, true> = {
  operator: true,
  shift_leader: true,
  intake_clerk: true,
  dispatcher: true,
  department_handler: true,
  collector: true,
  verifier: true,
  network_engineer: true,
  utility_dispatcher: true,
  finance: true,
  finance_leader: true,
  custody_clerk: true,
  custody_supervisor: true,
  auditor: true,
  contractor: true,
  system_administrator: true,
  security_administrator: true,
  audit_administrator: true,
};
export const ROLES = Object.keys(OFFERED) as readonly Role[];
