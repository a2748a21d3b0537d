/** Colours of the map in both themes; classes differ in lightness too, so that they survive colour blindness. */
import type { LiveStatus, Severity } from "@/api/types";
import type { Utility } from "@/map/utilities";
import type { Theme } from "@/ui/theme";

/** Four tones of one colour, from thin pipes to thick ones. */
type Tones = [string, string, string, string];

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
  /** The trade's colour of each network: CJJ 61-2017, appendix B, in tones that show on both grounds. */
  pipes: Record<Utility, Tones>;
  status: Record<LiveStatus, string>;
  level: Record<Severity, string>;
  /** Likelihood of a pipe, from little to much. */
  likely: [string, string, string, string];
}

/** Colours of the circles that harm may reach: heavy and light injuries of an explosion, a main's burst. */
export function reachColours(palette: Palette): Record<"heavy" | "light" | "impact", string> {
  const { red, orange, blue } = palette.level;
  return { heavy: red, light: orange, impact: blue };
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
    pipes: {
      water: ["#2d6f86", "#3a9ab0", "#5fc4d0", "#b4ecee"],
      gas: ["#9c3f93", "#c957bd", "#e884dd", "#f5a6ec"],
      heat: ["#a35a17", "#d9791f", "#ff9a3d", "#ffb76b"],
      storm: ["#6f5640", "#8f7155", "#b0906f", "#d3bb9f"],
      sewer: ["#6b4a30", "#8a6140", "#a87a54", "#cca27c"],
      power: ["#9d2b2b", "#cf3b3b", "#f05c5c", "#ffa3a3"],
      telecom: ["#2c7a3e", "#3aa355", "#5fcb79", "#a8ecb8"],
    },
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
    pipes: {
      water: ["#7db9c8", "#3f94aa", "#196e88", "#0b3f54"],
      gas: ["#e3a6dc", "#cf5fc2", "#b02aa2", "#741069"],
      heat: ["#f2bd85", "#e08a2c", "#bf650b", "#7c4002"],
      storm: ["#c9b49c", "#a08262", "#775a3c", "#4c3926"],
      sewer: ["#bfa68f", "#94714f", "#6a4b30", "#43301f"],
      power: ["#eba3a3", "#d95050", "#b82222", "#7a0f0f"],
      telecom: ["#9fd3ab", "#4fae67", "#22843d", "#0e5223"],
    },
    status: { ok: "#1b8a5a", low: "#2f7de1", high: "#d95f02", stale: "#7b8791" },
    level: LEVEL_LIGHT,
    likely: ["#b9a3cf", "#c05aa0", "#e0343c", "#8c0d12"],
  },
};
