/** How custody writes parties, weights and the two sides of a discrepancy. */
import { shallowRef } from "vue";
import { useI18n } from "vue-i18n";
import { api } from "@/api/client";
import type { CustodyMaterial, Discrepancy, DiscrepancySide, Organisation } from "@/api/types";
import { nameOf } from "@/i18n";
import { formatTime } from "@/session/clock";

export const MATERIALS: readonly CustodyMaterial[] = [
  "kitchen_waste",
  "sludge",
  "night_soil",
  "fly_ash",
  "household_waste",
];
const organisations = shallowRef<ReadonlyMap<string, Organisation>>(new Map());

/** Read the organisations' names once; every page of custody shows them. */
export async function readOrganisations(): Promise<void> {
  if (organisations.value.size > 0) return;
  const found = await api.get<Organisation[]>("/organisations");
  organisations.value = new Map(found.map((one) => [one.code, one]));
}

/** The organisations that have a part in custody: all but the bureau and its sections. */
export function parties(): Organisation[] {
  return [...organisations.value.values()].filter((one) => one.kind === "contractor");
}

/** An organisation's name by its code; the code while it is unknown, as it is where it is hidden. */
export function organisationName(code: string): string {
  const found = organisations.value.get(code);
  return found ? nameOf(found) : code;
}

/** Kilograms as tonnes with three decimals, which is exact. */
export function tonnes(kg: number | null | undefined): string {
  return kg === null || kg === undefined ? "–" : (kg / 1000).toFixed(3);
}

/** Writes the sides of discrepancies in the person's language. */
export function useSides(): (found: Pick<Discrepancy, "kind">, side: DiscrepancySide) => string {
  const { t } = useI18n();
  return (found, side) => {
    if (side.value === "") return t("custody.nothing_told");
    switch (found.kind) {
      case "kg":
        return `${tonnes(Number(side.value))} t`;
      case "moment":
        return formatTime(side.value);
      case "minutes":
        return t("custody.minutes", { minutes: side.value });
      default:
        return side.value;
    }
  };
}

/** What a discrepancy is about: a manifest or a ticket by its number, a plant's day by the names of both. */
export function useSubjects(): (found: Pick<Discrepancy, "rule" | "subject">) => string {
  const { t } = useI18n();
  return (found) => {
    const [plant = "", material = ""] = found.subject.split("/");
    return found.rule === "intake_total"
      ? `${organisationName(plant)} · ${t(`custody.material.${material}`)}`
      : found.subject;
  };
}
