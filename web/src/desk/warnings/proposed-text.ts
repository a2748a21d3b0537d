/** The first draft of a warning's text, from what the alarm knows; the person edits it. */
import type { AlarmSummary, Sentence } from "@/api/types";
import { t, word } from "@/i18n";
import { formatTime } from "@/session/clock";

export function proposedText(
  alarm: Pick<AlarmSummary, "raised_at" | "place" | "kind" | "size_m3h"> & { reasons: readonly Sentence[] },
): string {
  const told = {
    time: formatTime(alarm.raised_at),
    place: alarm.place,
    kind: word("kind", alarm.kind),
    size: alarm.size_m3h === null ? "–" : alarm.size_m3h.toFixed(1),
  };
  const first = t(alarm.size_m3h === null ? "warning.draft" : "warning.draft_with_size", told);
  return [first, ...alarm.reasons.slice(0, 2).map((reason) => reason.message)].join("\n");
}
