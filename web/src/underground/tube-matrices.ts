/** Where each instance of a unit cylinder or unit cube stands, as column-major 4 x 4 matrices; pure arithmetic. */
import { BOX, TUBE } from "@/underground/buffer";

/**
 * One matrix a tube. The view's axes are east, up, south; the unit cylinder stands upright around the origin with radius
 * and height 1. `exaggeration` stretches depths, not diameters.
 */
export function tubeMatrices(tubes: Float32Array, exaggeration: number): Float32Array {
  const count = tubes.length / TUBE;
  const out = new Float32Array(count * 16);
  for (let i = 0; i < count; i += 1) {
    const at = i * TUBE;
    const [ax, an, au, bx, bn, bu, r] = tubes.subarray(at, at + TUBE) as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [ay, by] = [au * exaggeration, bu * exaggeration];
    const [dx, dy, dz] = [bx - ax, by - ay, an - bn];
    const plan = Math.hypot(dx, dz);
    const length = Math.hypot(plan, dy) || 1e-6;
    // A level vector across the tube, then the one square to both.
    const [px, pz] = plan > 1e-9 ? [-dz / plan, dx / plan] : [1, 0];
    const [ux, uy, uz] = [dx / length, dy / length, dz / length];
    const [qx, qy, qz] = [-uy * pz, ux * pz - uz * px, uy * px];
    out.set([px * r, 0, pz * r, 0, dx, dy, dz, 0, qx * r, qy * r, qz * r, 0], i * 16);
    out.set([(ax + bx) / 2, (ay + by) / 2, -(an + bn) / 2, 1], i * 16 + 12);
  }
  return out;
}

/** One matrix a chamber for a unit cube; its top is the ground. */
export function boxMatrices(boxes: Float32Array, exaggeration: number): Float32Array {
  const count = boxes.length / BOX;
  const out = new Float32Array(count * 16);
  for (let i = 0; i < count; i += 1) {
    const [east, north, side, depth] = boxes.subarray(i * BOX, i * BOX + BOX) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const height = depth * exaggeration;
    out.set([side, 0, 0, 0, 0, height, 0, 0, 0, 0, side, 0, east, -height / 2, -north, 1], i * 16);
  }
  return out;
}

/** Both ends of each tube as a line, so that a pipe thinner than a pixel still shows. */
export function axisPositions(tubes: Float32Array, exaggeration: number): Float32Array {
  const count = tubes.length / TUBE;
  const out = new Float32Array(count * 6);
  for (let i = 0; i < count; i += 1) {
    for (const [end, at] of [
      [0, 0],
      [3, 3],
    ] as const) {
      const from = i * TUBE + end;
      out[i * 6 + at] = tubes[from] ?? 0;
      out[i * 6 + at + 1] = (tubes[from + 2] ?? 0) * exaggeration;
      out[i * 6 + at + 2] = -(tubes[from + 1] ?? 0);
    }
  }
  return out;
}
