/** Which tube lies under the pointer: nearest to the eye of those whose picture is within reach; pure arithmetic. */
import { TUBE } from "@/underground/buffer";

export interface Hit {
  tube: number;
  /** Share of the way from the tube's start to its end. */
  share: number;
  /** Distance along the line of sight [m]; the smaller the nearer. */
  depth: number;
}

interface Eye {
  /** Projection times view, column-major. */
  matrix: readonly number[];
  width: number;
  height: number;
  /** Pixels that one metre takes at one metre's distance. */
  focalPx: number;
}

export interface Wanted {
  x: number;
  y: number;
  reachPx: number;
  exaggeration: number;
  /** Says of a place (east, up, south) whether it is shown; a cut-away half is not there to be picked. */
  shown?: (x: number, y: number, z: number) => boolean;
}

type Projected = [x: number, y: number, w: number];

function project({ matrix: m, width, height }: Eye, x: number, y: number, z: number): Projected {
  const row = (i: number): number =>
    (m[i] ?? 0) * x + (m[i + 4] ?? 0) * y + (m[i + 8] ?? 0) * z + (m[i + 12] ?? 0);
  const w = row(3);
  return [((row(0) / w + 1) / 2) * width, ((1 - row(1) / w) / 2) * height, w];
}

/** Share along a segment on the screen that is nearest to a point, and how far it is [px]. */
function nearest(a: Projected, b: Projected, x: number, y: number): [share: number, distance: number] {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / square));
  return [share, Math.hypot(a[0] + share * dx - x, a[1] + share * dy - y)];
}

export function pickTube(tubes: Float32Array, eye: Eye, wanted: Wanted): Hit | null {
  let best: Hit | null = null;
  const { x, y, reachPx, exaggeration } = wanted;
  for (let i = 0; i * TUBE < tubes.length; i += 1) {
    const n = (k: number): number => tubes[i * TUBE + k] ?? 0;
    const a = project(eye, n(0), n(2) * exaggeration, -n(1));
    const b = project(eye, n(3), n(5) * exaggeration, -n(4));
    // What passes behind the eye has no picture.
    if (a[2] <= 0 || b[2] <= 0) continue;
    const [onScreen, distance] = nearest(a, b, x, y);
    // On the screen the inverse of the depth runs evenly, not the depth itself.
    const depth = 1 / ((1 - onScreen) / a[2] + onScreen / b[2]);
    if (distance > Math.max(reachPx, (n(6) * eye.focalPx) / depth)) continue;
    if (best !== null && depth >= best.depth) continue;
    const share = b[2] === a[2] ? onScreen : (depth - a[2]) / (b[2] - a[2]);
    const place = (k: number): number => n(k) + share * (n(k + 3) - n(k));
    if (wanted.shown && !wanted.shown(place(0), place(2) * exaggeration, -place(1))) continue;
    best = { tube: i, share, depth };
  }
  return best;
}
