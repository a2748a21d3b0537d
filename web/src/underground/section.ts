/** What an upright plane cuts: a pipe as an ellipse at its depth, a chamber as a rectangle; pure arithmetic. */

import type { Utility } from "@/map/utilities";
import { BOX, DEPTH_ASSUMED, type Scene, TUBE } from "@/underground/buffer";

/** An upright plane over a line on the ground: its middle, where it points to, how far it reaches to each side. */
export interface Plane {
  east: number;
  north: number;
  /** Clockwise from north [degrees]. */
  azimuth: number;
  reach: number;
}

/** One pipe in a section; metres, `station` along the section, depths downwards. */
export interface Mark {
  network: string;
  code: string;
  utility: Utility;
  station: number;
  /** Depth of the axis and half the height and width of its picture. */
  depth: number;
  radius: number;
  halfWidth: number;
  depthAssumed: boolean;
}

export interface CutChamber {
  network: string;
  code: string;
  utility: Utility;
  from: number;
  to: number;
  depth: number;
}

/** Between two neighbours: over the ground when they lie apart there, else upright. */
export interface Clearance {
  first: Mark;
  second: Mark;
  horizontal: number;
  vertical: number;
}

/** A pipe cut at a sharper angle than this is drawn as one cut at it [1]: it runs along rather than through. */
const LEAST_SINE = 0.1;

export function axesOf(plane: Plane): { along: [number, number]; normal: [number, number] } {
  const angle = (plane.azimuth * Math.PI) / 180;
  const [east, north] = [Math.sin(angle), Math.cos(angle)];
  return { along: [east, north], normal: [north, -east] };
}

export function cutTubes(network: string, scene: Scene, plane: Plane): Mark[] {
  const { along, normal } = axesOf(plane);
  const marks: Mark[] = [];
  for (let i = 0; i * TUBE < scene.tubes.length; i += 1) {
    const n = (k: number): number => scene.tubes[i * TUBE + k] ?? 0;
    const off = (k: number): number => (n(k) - plane.east) * normal[0] + (n(k + 1) - plane.north) * normal[1];
    const [from, to] = [off(0), off(3)];
    // Half open, so that a joint on the plane is cut once.
    if (from < 0 === to < 0) continue;
    const share = from / (from - to);
    const at = (k: number): number => n(k) + share * (n(k + 3) - n(k));
    const station = (at(0) - plane.east) * along[0] + (at(1) - plane.north) * along[1];
    if (Math.abs(station) > plane.reach) continue;
    const length = Math.hypot(n(3) - n(0), n(4) - n(1), n(5) - n(2));
    const sine = Math.max(Math.abs(to - from) / length, LEAST_SINE);
    marks.push({
      network,
      code: scene.links[scene.link[i] ?? 0] ?? "",
      utility: scene.utility,
      station,
      depth: -at(2),
      radius: n(6),
      halfWidth: n(6) / sine,
      depthAssumed: ((scene.flags[i] ?? 0) & DEPTH_ASSUMED) > 0,
    });
  }
  return marks;
}

export function cutChambers(network: string, scene: Scene, plane: Plane): CutChamber[] {
  const { along, normal } = axesOf(plane);
  const cut: CutChamber[] = [];
  for (let i = 0; i * BOX < scene.boxes.length; i += 1) {
    const n = (k: number): number => scene.boxes[i * BOX + k] ?? 0;
    const off = (n(0) - plane.east) * normal[0] + (n(1) - plane.north) * normal[1];
    const station = (n(0) - plane.east) * along[0] + (n(1) - plane.north) * along[1];
    const half = n(2) / 2;
    if (Math.abs(off) > half || Math.abs(station) > plane.reach + half) continue;
    const code = scene.nodes[i] ?? "";
    cut.push({
      network,
      code,
      utility: scene.utility,
      from: station - half,
      to: station + half,
      depth: n(3),
    });
  }
  return cut;
}

/** Free space between pipes that follow each other along the section, wall to wall [m]; below zero they overlap. */
export function clearances(marks: readonly Mark[]): Clearance[] {
  const ordered = [...marks].sort((a, b) => a.station - b.station);
  return ordered.slice(1).map((second, index) => {
    const first = ordered[index] as Mark;
    return {
      first,
      second,
      horizontal: second.station - first.station - first.halfWidth - second.halfWidth,
      vertical: Math.abs(second.depth - first.depth) - first.radius - second.radius,
    };
  });
}
