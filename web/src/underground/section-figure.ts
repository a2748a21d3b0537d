/** What a section cut, as a figure: words, colours, and the free space between neighbours. */
import { t } from "@/i18n";
import type { Figure, FigureGap } from "@/underground/figure";
import { type Clearance, type CutChamber, clearances, type Mark } from "@/underground/section";

export const markKey = (mark: { network: string; code: string }): string => `${mark.network}/${mark.code}`;

export function markLabel(mark: Pick<Mark, "code" | "depth" | "radius">): string {
  const top = (mark.depth - mark.radius).toFixed(2);
  return t("underground.mark", { code: mark.code, size: Math.round(mark.radius * 2000), depth: top });
}

/** Where the free space between two pipes is written: beside each other at their mean depth, else one over the other. */
function gapOf({ first, second, horizontal, vertical }: Clearance, index: number): FigureGap {
  const key = `${index}`;
  if (horizontal > 0) {
    const depth = (first.depth + second.depth) / 2;
    return {
      key,
      from: [first.station + first.halfWidth, depth],
      to: [second.station - second.halfWidth, depth],
      metres: horizontal,
      short: false,
    };
  }
  const [upper, lower] = first.depth < second.depth ? [first, second] : [second, first];
  const station = (first.station + second.station) / 2;
  return {
    key,
    from: [station, upper.depth + upper.radius],
    to: [station, lower.depth - lower.radius],
    metres: vertical,
    short: vertical < 0,
  };
}

export function sectionFigure(
  marks: readonly Mark[],
  chambers: readonly CutChamber[],
  reach: number,
  colour: (thing: Mark | CutChamber) => string,
): Figure {
  return {
    from: -reach,
    to: reach,
    marks: marks.map((mark) => ({
      key: markKey(mark),
      label: markLabel(mark),
      colour: colour(mark),
      station: mark.station,
      depth: mark.depth,
      radius: mark.radius,
      halfWidth: mark.halfWidth,
      assumed: mark.depthAssumed,
    })),
    runs: [],
    chambers: chambers.map((chamber) => ({
      key: markKey(chamber),
      label: t("underground.chamber", { code: chamber.code, depth: chamber.depth.toFixed(2) }),
      colour: colour(chamber),
      from: chamber.from,
      to: chamber.to,
      depth: chamber.depth,
    })),
    gaps: clearances(marks).map(gapOf),
  };
}
