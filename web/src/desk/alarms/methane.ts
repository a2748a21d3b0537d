/** What a methane alarm tells beside: the facts its kind of rule writes, which the OpenAPI document leaves open. */
import type { AlarmDetail } from "@/api/types";

export interface MethaneFacts {
  verdict: "leak" | "biogas" | "sensor" | "unclear";
  /** 0..1; of `unclear`, how likely the likelier origin is. */
  confidence: number;
  percent_vol?: number;
  percent_lel?: number;
  /** Seconds to 100 %LEL; 0 when it is reached, null when it is not in sight. */
  to_lel_s?: number | null;
  rising?: boolean;
  chamber?: { network: string; code: string; kind: string; volume_m3: number };
  joined?: { network: string; code: string; path_m: number; percent_lel: number }[];
  blast?: { gas_kg: number; tnt_kg: number; volume_m3: number; heavy_m: number; light_m: number };
  impact?: {
    pipe: string;
    radius_m: number;
    diameter_mm: number;
    pressure_mpa: number;
    longitude: number;
    latitude: number;
  } | null;
}

export function methaneFacts(alarm: AlarmDetail): MethaneFacts | null {
  return alarm.kind === "methane" ? (alarm.facts as unknown as MethaneFacts) : null;
}

/** A circle on the ground: its middle in degrees, its radius in m, and what it is. */
export interface Reach {
  kind: "heavy" | "light" | "impact";
  longitude: number;
  latitude: number;
  radiusM: number;
}

/** How far harm may reach: around the chamber if it explodes, around the likeliest pipe if it bursts. */
export function reaches(alarm: AlarmDetail): Reach[] {
  const facts = methaneFacts(alarm);
  const found: Reach[] = [];
  const { longitude, latitude } = alarm;
  if (facts?.impact) {
    const { longitude, latitude, radius_m } = facts.impact;
    found.push({ kind: "impact", longitude, latitude, radiusM: radius_m });
  }
  if (facts?.blast && longitude !== null && latitude !== null) {
    found.push({ kind: "light", longitude, latitude, radiusM: facts.blast.light_m });
    found.push({ kind: "heavy", longitude, latitude, radiusM: facts.blast.heavy_m });
  }
  return found;
}

/** Where a circle's name stands: below the innermost, above the others, so that they stay apart. */
export function labelPlace({ kind, longitude, latitude, radiusM }: Reach): [number, number] {
  return [longitude, latitude + ((kind === "heavy" ? -1 : 1) * radiusM) / M_PER_DEGREE];
}

/** The corners of what holds all circles, with as much again around them; null without a circle. */
export function boundsOfReaches(reaches: readonly Reach[]): [[number, number], [number, number]] | null {
  const rings = reaches.flatMap((reach) => ring({ ...reach, radiusM: 2 * reach.radiusM }));
  if (rings.length === 0) return null;
  const longitudes = rings.map(([longitude]) => longitude);
  const latitudes = rings.map(([, latitude]) => latitude);
  return [
    [Math.min(...longitudes), Math.min(...latitudes)],
    [Math.max(...longitudes), Math.max(...latitudes)],
  ];
}

const M_PER_DEGREE = 111_195;
const CORNERS = 72;

/** The circle's ring in degrees, closed. */
export function ring({ longitude, latitude, radiusM }: Reach): [number, number][] {
  const shrink = Math.cos((latitude * Math.PI) / 180);
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    return [
      longitude + (radiusM * Math.cos(angle)) / (M_PER_DEGREE * shrink),
      latitude + (radiusM * Math.sin(angle)) / M_PER_DEGREE,
    ];
  });
}
