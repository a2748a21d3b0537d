/** The last reading of each opened case, kept while this window lives, so that a lost network does not blank the page. */
import type { CaseDetail } from "@/api/types";

const cases = new Map<string, CaseDetail>();

export function remember(held: CaseDetail): void {
  cases.set(held.id, held);
}

export function recall(id: string): CaseDetail | null {
  return cases.get(id) ?? null;
}
