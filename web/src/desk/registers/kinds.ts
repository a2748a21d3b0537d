/** What pages of registers share: names of states and fields, values as they are shown. */
import type { RegisterEntry, RegisterField, RegisterKind, RegisterState } from "@/api/types";
import { nameOf } from "@/i18n";
import { formatTime } from "@/session/clock";

export const stateOf = (kind: RegisterKind, code: string): RegisterState | undefined =>
  kind.states.find((one) => one.code === code);

export const fieldOf = (kind: RegisterKind, code: string): RegisterField | undefined =>
  kind.fields.find((one) => one.code === code);

/** Amounts and large numbers with marks between thousands; the decimals stay as they were told. */
export function grouped(value: string): string {
  const [whole = "", decimals] = value.split(".");
  const marked = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return decimals === undefined ? marked : `${marked}.${decimals}`;
}

/** A value as people read it; a reference by what it is called. */
export function shownValue(field: RegisterField, entry: RegisterEntry): string {
  return shown(field, entry.values[field.code], entry.labels[field.code]);
}

export function shown(field: RegisterField, value: string | undefined, label?: string): string {
  if (value === undefined || value === "") return "–";
  switch (field.type) {
    case "choice": {
      const choice = field.choices.find((one) => one.code === value);
      return choice ? nameOf(choice) : value;
    }
    case "money":
      return `¥ ${grouped(value)}`;
    case "number":
      return field.unit ? `${grouped(value)} ${field.unit}` : grouped(value);
    case "moment":
      return formatTime(value, "minute");
    case "reference":
    case "person":
    case "photo":
    case "document":
      return label ?? "–";
  }
  return value;
}

export const isNumeric = (field: RegisterField): boolean =>
  ["number", "money", "day", "moment"].includes(field.type);

/** How many entries of a kind are in force. */
export function inForce(kind: RegisterKind): number {
  return kind.states
    .filter((one) => one.active)
    .reduce((sum, one) => sum + (kind.counts.states[one.code] ?? 0), 0);
}

/** How many entries of a kind count at all. */
export function counted(kind: RegisterKind): number {
  return kind.states
    .filter((one) => !one.void)
    .reduce((sum, one) => sum + (kind.counts.states[one.code] ?? 0), 0);
}

const DAY_MS = 86_400_000;

/** How many days until a day; negative when it is over. */
export function daysUntil(day: string, now: Date): number {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.parse(`${day}T00:00:00Z`) - today) / DAY_MS);
}
