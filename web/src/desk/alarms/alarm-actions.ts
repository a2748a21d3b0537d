/** What people do to alarms, from any page. */
import { ApiError, api } from "@/api/client";
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

/**
 * Acknowledge an alarm as it was seen. What the platform worked out meanwhile (its place, its size) does not stand in
 * the way; another severity does: that has to be seen first.
 */
export async function acknowledgeAlarm(
  seen: Pick<AlarmDetail, "id" | "version" | "severity">,
  together = false,
): Promise<AlarmDetail> {
  const step = { action: "acknowledge", note: "", with_consequences: together } as const;
  try {
    return await actOnAlarm(seen.id, { ...step, version: seen.version });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const now = await api.get<AlarmDetail>(`/alarms/${seen.id}`);
    if (now.severity !== seen.severity || !now.allowed_actions.includes("acknowledge")) throw error;
    return await actOnAlarm(seen.id, { ...step, version: now.version });
  }
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
