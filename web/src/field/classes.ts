/** Classes of matters on the phone: as last read, those this person used lately first. */
import { ApiError, api } from "@/api/client";
import type { CaseClass } from "@/api/types";
import { phoneOf } from "@/field/phone";

const MOST_RECENT = 6;

export interface KnownClasses {
  items: CaseClass[];
  /** Keys of classes used lately, the latest first. */
  recent: string[];
}

/** Kind and code in one, as both kinds share codes. */
export const keyOf = (one: CaseClass): string => `${one.kind}:${one.code}`;

/** The classes that may be filed; without a network those read before. */
export async function readClasses(username: string): Promise<KnownClasses> {
  const phone = await phoneOf(username);
  const held = await phone.get("classes", "all");
  try {
    const all = await api.get<CaseClass[]>("/case-classes");
    const items = ["event", "component"].flatMap((kind) => all.filter((one) => one.kind === kind));
    const known = { items, recent: held?.recent ?? [] };
    await phone.put("classes", known, "all");
    return known;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0 || !held) throw error;
    return held;
  }
}

/** Remember that a class was used. */
export async function useClass(username: string, key: string): Promise<void> {
  const phone = await phoneOf(username);
  const held = await phone.get("classes", "all");
  if (!held) return;
  const recent = [key, ...held.recent.filter((one) => one !== key)].slice(0, MOST_RECENT);
  await phone.put("classes", { ...held, recent }, "all");
}

/** Classes that a text asks for, by code or name; without a text those used lately, then events, then components. */
export function matching(known: KnownClasses, text: string, most: number): CaseClass[] {
  const asked = text.trim().toLowerCase();
  if (asked === "") {
    const lately = known.recent.flatMap((key) => known.items.filter((one) => keyOf(one) === key));
    return [...lately, ...known.items.filter((one) => !known.recent.includes(keyOf(one)))].slice(0, most);
  }
  return known.items
    .filter(
      (one) => one.code.startsWith(asked) || `${one.name_zh} ${one.name_en}`.toLowerCase().includes(asked),
    )
    .slice(0, most);
}
