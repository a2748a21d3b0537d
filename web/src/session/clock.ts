/** The server's clock, followed by offset, and times as the city's people read them. */
import { ref } from "vue";
import { language } from "@/i18n";

export const DAY_MS = 86_400_000;
const offsetMs = ref(0);
const zone = ref("Asia/Shanghai");

export function followServer(serverTime: string, timeZone: string): void {
  offsetMs.value = Date.parse(serverTime) - Date.now();
  zone.value = timeZone;
}

/** How the server's clock is followed, to be kept where the server may be out of reach. */
export function clockFacts(): { offsetMs: number; zone: string } {
  return { offsetMs: offsetMs.value, zone: zone.value };
}

export function restoreClock(facts: ReturnType<typeof clockFacts>): void {
  offsetMs.value = facts.offsetMs;
  zone.value = facts.zone;
}

/** Milliseconds since the epoch by the server's clock. */
export function serverNow(): number {
  return Date.now() + offsetMs.value;
}

export function timeZone(): string {
  return zone.value;
}

type Style = "clock" | "minute" | "second" | "day" | "short";
const STYLES: Record<Exclude<Style, "short">, Intl.DateTimeFormatOptions> = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  minute: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  second: {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  },
  day: { year: "numeric", month: "2-digit", day: "2-digit" },
};

/** A moment in the city's time zone, digits in ISO order in both languages; "–" for no time. */
export function formatTime(moment: string | number | null | undefined, style: Style = "minute"): string {
  if (moment === null || moment === undefined || moment === "") return "–";
  // Without a year, Swedish order turns to day/month: the short form is the long one with its year cut off.
  if (style === "short") return formatTime(moment, "minute").slice("2026-".length);
  const options = { ...STYLES[style], hourCycle: "h23", timeZone: zone.value } as const;
  // Swedish order is ISO order: 2026-03-01 04:05; the duty log is written so in both languages.
  return new Intl.DateTimeFormat("sv-SE", options).format(new Date(moment));
}

/** How far the city's clocks are ahead of UTC at a moment [ms]. */
function zoneAheadMs(moment: number): number {
  const local = Date.parse(`${formatTime(moment, "second").replace(" ", "T")}Z`);
  return local - Math.floor(moment / 1000) * 1000;
}

/** The moment at which the local day began that a moment lies in [ms]. */
export function dayStart(moment: number): number {
  const local = moment + zoneAheadMs(moment);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  return midnight - zoneAheadMs(midnight - zoneAheadMs(moment));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** How long ago, in the person's language: "3 minutes ago"; what lies weeks back is told by its date. */
export function formatAge(moment: string | number | null | undefined, now: number = serverNow()): string {
  if (moment === null || moment === undefined) return "–";
  const difference = new Date(moment).getTime() - now;
  if (Math.abs(difference) > 14 * DAY_MS) return formatTime(moment, "day");
  const [unit, step] = STEPS.find(([, size]) => Math.abs(difference) >= size) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(language.value, { numeric: "always", style: "short" }).format(
    Math.trunc(difference / step),
    unit,
  );
}
