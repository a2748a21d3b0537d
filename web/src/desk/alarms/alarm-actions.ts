/** What people do to alarms, from any page. */
import { api } from "@/api/client";
import type { AlarmDetail, Severity, WarningDetail } from "@/api/types";

export interface AlarmStep {
  action: string;
  version: number;
  note?: string;
  /** When a shelved alarm comes back, ISO 8601. */
  until?: string;
}

export function actOnAlarm(id: string, step: AlarmStep): Promise<AlarmDetail> {
  return api.post<AlarmDetail>(`/alarms/${id}/actions`, step);
}

/** Take an alarm into assessment as a warning of the proposed level. */
export function openWarning(alarm: string, level: Severity): Promise<WarningDetail> {
  return api.post<WarningDetail>(`/alarms/${alarm}/warning`, { level });
}

export interface WarningStep {
  action: string;
  version: number;
  level?: Severity;
  text?: string;
  dismissal?: string;
  note?: string;
}

export function actOnWarning(id: string, step: WarningStep): Promise<WarningDetail> {
  return api.post<WarningDetail>(`/warnings/${id}/actions`, step);
}
