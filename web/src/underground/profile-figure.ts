/** The platform's profile of a route as a figure: pipes that cross, pipes that run along, chambers, free heights. */
import type { Profile } from "@/api/types";
import { t } from "@/i18n";
import { type Utility, utilityOf } from "@/map/utilities";
import type { Figure, FigureGap, FigureRun } from "@/underground/figure";
import { markKey, markLabel } from "@/underground/section-figure";

type Run = Profile["runs"][number];

/** Pieces of one pipe that follow each other, as one line. */
export function joinRuns(runs: readonly Run[]): Run[][] {
  const joined: Run[][] = [];
  const open = new Map<string, Run[]>();
  for (const run of runs) {
    const key = `${markKey(run)}@${Math.sign(run.offset_m)}`;
    const known = open.get(key);
    const last = known?.at(-1);
    if (known && last && Math.abs(run.from_m - last.to_m) < 0.05) known.push(run);
    else {
      const fresh = [run];
      open.set(key, fresh);
      joined.push(fresh);
    }
  }
  return joined;
}

function runOf(pieces: readonly Run[], index: number, colour: (utility: Utility) => string): FigureRun {
  const first = pieces[0] as Run;
  const last = pieces.at(-1) as Run;
  const axis = (cover: number): number => cover + first.diameter_m / 2;
  return {
    key: `${markKey(first)}/${index}`,
    // A short piece has no room for its words; they show when it is pointed at.
    label:
      last.to_m - first.from_m > 20
        ? t("underground.run", { code: first.code, size: Math.round(first.diameter_m * 1000) })
        : "",
    colour: colour(utilityOf(first.utility)),
    points: pieces.flatMap((piece) => [
      [piece.from_m, axis(piece.from_cover_m)] as const,
      [piece.to_m, axis(piece.to_cover_m)] as const,
    ]),
    radius: first.diameter_m / 2,
    assumed: pieces.some((piece) => piece.depth_assumed),
  };
}

/** Free heights that are short; on a long route nobody can read all of them. */
function gapsOf(profile: Profile): FigureGap[] {
  return profile.clearances.flatMap((gap, index) => {
    const [first, second] = [profile.crossings[gap.first], profile.crossings[gap.second]];
    if (!first || !second || gap.horizontal_m > 0) return [];
    const [upper, lower] = first.cover_m < second.cover_m ? [first, second] : [second, first];
    const station = (first.station_m + second.station_m) / 2;
    return [
      {
        key: `${index}`,
        from: [station, upper.cover_m + upper.diameter_m] as const,
        to: [station, lower.cover_m] as const,
        metres: gap.vertical_m,
        short: gap.short,
      },
    ];
  });
}

export function profileFigure(profile: Profile, colour: (utility: Utility) => string): Figure {
  const few = profile.crossings.length <= 40;
  return {
    from: 0,
    to: profile.length_m,
    marks: profile.crossings.map((crossing, index) => {
      const radius = crossing.diameter_m / 2;
      const depth = crossing.cover_m + radius;
      return {
        key: `${markKey(crossing)}/${index}`,
        label: few ? markLabel({ code: crossing.code, depth, radius }) : "",
        colour: colour(utilityOf(crossing.utility)),
        station: crossing.station_m,
        depth,
        radius,
        halfWidth: crossing.half_width_m,
        assumed: crossing.depth_assumed,
      };
    }),
    runs: joinRuns(profile.runs).map((pieces, index) => runOf(pieces, index, colour)),
    chambers: profile.chambers.map((chamber, index) => ({
      key: `${markKey(chamber)}/${index}`,
      label: t("underground.chamber", { code: chamber.code, depth: chamber.depth_m.toFixed(2) }),
      colour: colour(utilityOf(chamber.utility)),
      from: chamber.station_m - 0.5,
      to: chamber.station_m + 0.5,
      depth: chamber.depth_m,
    })),
    gaps: gapsOf(profile),
  };
}
