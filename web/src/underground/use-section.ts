/** The section of the view: where it stands, how it is moved, and the figure of what it cuts. */
import { computed, type Ref, reactive } from "vue";
import type { Utility } from "@/map/utilities";
import { TUBE } from "@/underground/buffer";
import { axesOf, cutChambers, cutTubes } from "@/underground/section";
import { sectionFigure } from "@/underground/section-figure";
import type { Picked3d, Stage } from "@/underground/stage";

const FIRST_REACH_M = 8;

/** `shown` counts what the stage shows, so that the section is cut anew when a network comes or goes. */
export function useSection(
  stage: () => Stage | null,
  shown: Readonly<Ref<number>>,
  colour: (utility: Utility) => string,
) {
  const section = reactive({ on: false, east: 0, north: 0, azimuth: 90, reach: FIRST_REACH_M });

  const figure = computed(() => {
    const current = stage();
    const plane = { ...section };
    if (!section.on || current === null || shown.value === 0) return null;
    const models = [...current.models.values()];
    const marks = models.flatMap((model) => cutTubes(model.code, model.scene, plane));
    const chambers = models.flatMap((model) => cutChambers(model.code, model.scene, plane));
    return sectionFigure(marks, chambers, section.reach, (thing) => colour(thing.utility));
  });

  function place(east: number, north: number, azimuth = section.azimuth): void {
    Object.assign(section, { on: true, east, north, azimuth: Math.round(azimuth) % 180 });
  }

  /** Move it square to itself [m]. */
  function push(metres: number): void {
    const { normal } = axesOf(section);
    section.east += normal[0] * metres;
    section.north += normal[1] * metres;
  }

  function turn(degrees: number): void {
    section.azimuth = (section.azimuth + degrees + 180) % 180;
  }

  /** Lay it square to a picked pipe, through where it was picked. */
  function across(picked: Picked3d): void {
    const tubes = stage()?.models.get(picked.network)?.scene.tubes;
    if (tubes === undefined) return;
    const n = (k: number): number => tubes[picked.tube * TUBE + k] ?? 0;
    const bearing = (Math.atan2(n(3) - n(0), n(4) - n(1)) * 180) / Math.PI;
    place(picked.at[0], picked.at[1], bearing + 270);
  }

  return { section, figure, place, push, turn, across };
}
