/** Kinds of networks below the city, and which of them this machine's map shows. */
import { shallowRef } from "vue";

export const UTILITIES = ["water", "gas", "heat", "storm", "sewer", "power", "telecom"] as const;
export type Utility = (typeof UTILITIES)[number];

const REMEMBERED = "chengmai.hidden-utilities";

/** A network's kind; one that this front end does not know yet is drawn as water. */
export function utilityOf(told: string): Utility {
  return UTILITIES.find((known) => known === told) ?? "water";
}

/** What was remembered; kinds that are new since then are shown. */
export function parseHidden(remembered: string | null): ReadonlySet<Utility> {
  const told = (remembered ?? "").split(",");
  return new Set(UTILITIES.filter((known) => told.includes(known)));
}

export const hiddenUtilities = shallowRef(parseHidden(localStorage.getItem(REMEMBERED)));

export function switchUtility(utility: Utility): void {
  const hidden = new Set(hiddenUtilities.value);
  if (!hidden.delete(utility)) hidden.add(utility);
  hiddenUtilities.value = hidden;
  localStorage.setItem(REMEMBERED, [...hidden].join(","));
}
