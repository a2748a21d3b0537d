/** What people do to alarms, from any page. */
import { api } from "@/api/client";
import type {
  AlarmAction,
  AlarmDetail,
  DismissalReason,
  Severity,
  WarningAction,
  WarningDetail,
} from "@/api/types";

export interface AlarmStep {
  action: AlarmAction;
  version: number;
  note?: string;
  /** When a shelved alarm comes back, ISO 8601. */
  until?: string;
  /** Acknowledging a root acknowledges what it explains. */
  with_consequences?: boolean;
}

export function actOnAlarm(id: string, step: AlarmStep): Promise<AlarmDetail> {
  return api.post<AlarmDetail>(`/alarms/${id}/actions`, step);
}

/** Take an alarm into assessment as a warning of the proposed level. */
export function openWarning(alarm: string, level: Severity): Promise<WarningDetail> {
  return api.post<WarningDetail>(`/alarms/${alarm}/warning`, { level });
}

export interface WarningStep {
  action: WarningAction;
  version: number;
  level?: Severity;
  text?: string;
  dismissal?: DismissalReason;
  note?: string;
}

export function actOnWarning(id: string, step: WarningStep): Promise<WarningDetail> {
  return api.post<WarningDetail>(`/warnings/${id}/actions`, step);
}
