/** Colours of the map in both themes; classes differ in lightness too, so that they survive colour blindness. */
import type { LiveStatus, Severity } from "@/api/types";
import type { Theme } from "@/ui/theme";

export interface Palette {
  ground: string;
  cell: string;
  cellText: string;
  street: string;
  streetText: string;
  halo: string;
  node: string;
  other: string;
  picked: string;
  /** Pipes from thin to thick. */
  pipes: [string, string, string, string];
  status: Record<LiveStatus, string>;
  level: Record<Severity, string>;
  /** Likelihood of a pipe, from little to much. */
  likely: [string, string, string, string];
}

/** Lower limits of the diameter classes above the first [mm]. */
export const DIAMETER_LIMITS_MM = [100, 150, 200] as const;

const LEVEL_DARK = { red: "#f0405a", orange: "#ff8b2b", yellow: "#ffd83a", blue: "#4f9bff" };
const LEVEL_LIGHT = { red: "#c81e3a", orange: "#e8730c", yellow: "#e0b400", blue: "#2f7de1" };

export const PALETTES: Record<Theme, Palette> = {
  dark: {
    ground: "#10181f",
    cell: "#2d3c49",
    cellText: "#5d7182",
    street: "#2a3742",
    streetText: "#93a6b5",
    halo: "#10181f",
    node: "#7fb7c4",
    other: "#c79bff",
    picked: "#ffffff",
    pipes: ["#2d6f86", "#3a9ab0", "#5fc4d0", "#b4ecee"],
    status: { ok: "#3fbf86", low: "#4f9bff", high: "#ff8b2b", stale: "#8796a3" },
    level: LEVEL_DARK,
    likely: ["#6b4a8f", "#b5478c", "#f0605d", "#fcd34f"],
  },
  light: {
    ground: "#f1f3f0",
    cell: "#c3ccd2",
    cellText: "#8d9aa4",
    street: "#ffffff",
    streetText: "#66737d",
    halo: "#f1f3f0",
    node: "#40707c",
    other: "#7a3fc2",
    picked: "#c2185b",
    pipes: ["#7db9c8", "#3f94aa", "#196e88", "#0b3f54"],
    status: { ok: "#1b8a5a", low: "#2f7de1", high: "#d95f02", stale: "#7b8791" },
    level: LEVEL_LIGHT,
    likely: ["#b9a3cf", "#c05aa0", "#e0343c", "#8c0d12"],
  },
};
