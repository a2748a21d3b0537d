/** What was told when a draft began, for its page to show once: sums of its basis that came out otherwise. */
import type { StartedDraft } from "@/api/types";

export const told = new Map<string, StartedDraft["recomputed"]>();
