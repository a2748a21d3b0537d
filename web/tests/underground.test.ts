import { describe, expect, it } from "vitest";
import { DEPTH_ASSUMED, readScene, type Scene } from "@/underground/buffer";
import { labelRows, roundStep, ticks } from "@/underground/figure";
import { LocalPlane } from "@/underground/local-plane";
import { pickTube } from "@/underground/picking";
import { clearances, cutChambers, cutTubes } from "@/underground/section";
import { axisPositions, boxMatrices, tubeMatrices } from "@/underground/tube-matrices";
import { moveBy } from "@/underground/view-keys";

function scene(tubes: number[], over: Partial<Scene> = {}): Scene {
  const count = tubes.length / 7;
  return {
    utility: "water",
    origin: [112.85, 35.5],
    links: Array.from({ length: count }, (_, i) => `p${i}`),
    nodes: [],
    tubes: new Float32Array(tubes),
    link: new Uint32Array(Array.from({ length: count }, (_, i) => i)),
    flags: new Uint8Array(count),
    boxes: new Float32Array(),
    boxFlags: new Uint8Array(),
    ...over,
  };
}

/** Packs a head and bytes as the platform does. */
function packed(head: object, body: Uint8Array): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const size = Math.ceil(text.length / 4) * 4;
  const out = new Uint8Array(8 + size + body.length).fill(32);
  out.set(new TextEncoder().encode("CMUG"));
  new DataView(out.buffer).setUint32(4, size, true);
  out.set(text, 8);
  out.set(body, 8 + size);
  return out.buffer;
}

describe("the buffer", () => {
  it("is read where the head says, and nothing else is taken for one", () => {
    const tubes = new Float32Array([0, 0, -1, 10, 0, -1, 0.1]);
    const body = new Uint8Array(36);
    body.set(new Uint8Array(tubes.buffer));
    body[32] = DEPTH_ASSUMED;
    const read = readScene(
      packed(
        {
          utility: "gas",
          origin: [1, 2],
          links: ["近"],
          nodes: [],
          arrays: {
            tubes: { type: "float32", at: 0, count: 7 },
            link: { type: "uint32", at: 28, count: 1 },
            flags: { type: "uint8", at: 32, count: 1 },
            boxes: { type: "float32", at: 36, count: 0 },
            box_flags: { type: "uint8", at: 36, count: 0 },
          },
        },
        body,
      ),
    );
    expect([read.utility, read.links, [...read.flags]]).toEqual(["gas", ["近"], [DEPTH_ASSUMED]]);
    expect(read.tubes[6]).toBeCloseTo(0.1);
    expect(() => readScene(new ArrayBuffer(16))).toThrow("no underground buffer");
  });
});

it("knows the platform's plane", () => {
  const plane = new LocalPlane(112.85, 35.5);
  const [east, north] = plane.metres(112.86, 35.51);
  // The same figures as network/local_plane.py gives.
  expect(east).toBeCloseTo(907.2939, 3);
  expect(north).toBeCloseTo(1109.4976, 3);
  expect(plane.degrees(east, north)[0]).toBeCloseTo(112.86, 12);
});

describe("matrices", () => {
  it("lay a tube from end to end, stretching its depth and not its radius, and keep it right-handed", () => {
    const m = tubeMatrices(new Float32Array([0, 0, -1, 10, 0, -2, 0.25]), 2);
    const column = (k: number) => [...m.slice(k * 4, k * 4 + 3)] as [number, number, number];
    const [x, y, z] = [column(0), column(1), column(2)];
    expect(y).toEqual([10, -2, 0]);
    expect(column(3).map((part) => part + 0)).toEqual([5, -3, 0]);
    expect(Math.hypot(...x)).toBeCloseTo(0.25);
    expect(Math.hypot(...z)).toBeCloseTo(0.25);
    const determinant =
      x[0] * (y[1] * z[2] - y[2] * z[1]) -
      x[1] * (y[0] * z[2] - y[2] * z[0]) +
      x[2] * (y[0] * z[1] - y[1] * z[0]);
    expect(determinant).toBeGreaterThan(0);
  });

  it("hang a chamber from the ground", () => {
    const m = boxMatrices(new Float32Array([3, 4, 2, 5]), 1);
    expect([m[0], m[5], m[10]]).toEqual([2, 5, 2]);
    expect([...m.slice(12, 15)]).toEqual([3, -2.5, -4]);
    expect([...axisPositions(new Float32Array([1, 2, -3, 4, 5, -6, 1]), 2)]).toEqual([1, -6, -2, 4, -12, -5]);
  });
});

describe("picking", () => {
  // The eye looks down from 10 m with a right angle's field: x right, z down on the screen.
  const eye = {
    matrix: [1, 0, 0, 0, 0, 0, -1, -1, 0, -1, 0, 0, 0, 0, 0, 10],
    width: 100,
    height: 100,
    focalPx: 50,
  };
  const wanted = { x: 50, y: 50, reachPx: 4, exaggeration: 1 };

  it("takes the nearest to the eye of those under the pointer", () => {
    const tubes = new Float32Array([-5, 0, -2, 5, 0, -2, 0.1, 0, -5, -1, 0, 5, -1, 0.1]);
    expect(pickTube(tubes, eye, wanted)).toMatchObject({ tube: 1, depth: 11 });
    expect(pickTube(tubes, eye, { ...wanted, x: 70 })?.tube).toBe(0);
    expect(pickTube(tubes, eye, { ...wanted, x: 70, y: 80 })).toBeNull();
  });

  it("does not take what is cut away or behind the eye", () => {
    const tubes = new Float32Array([-5, 0, -2, 5, 0, -2, 0.1]);
    expect(pickTube(tubes, eye, { ...wanted, shown: () => false })).toBeNull();
    expect(pickTube(new Float32Array([-5, 0, 20, 5, 0, 20, 0.1]), eye, wanted)).toBeNull();
  });
});

describe("a section", () => {
  const across = { east: 50, north: 0, azimuth: 0, reach: 20 };

  it("cuts a pipe at its depth there, wider where it is cut aslant", () => {
    // Runs east and north by the same, falling from 1 m to 2 m.
    const [mark] = cutTubes("W", scene([40, -10, -1, 60, 10, -2, 0.2]), across);
    expect(mark).toMatchObject({ network: "W", code: "p0", depthAssumed: false });
    expect(mark?.station).toBeCloseTo(0);
    expect(mark?.depth).toBeCloseTo(1.5);
    expect(mark?.halfWidth).toBeCloseTo(0.2 * Math.sqrt(2), 3);
  });

  it("leaves out what ends before it or lies beyond its reach, and cuts a joint once", () => {
    const tubes = [
      0, 0, -1, 50, 0, -1, 0.1, 50, 0, -1, 90, 0, -1, 0.1, 0, 5, -1, 49, 5, -1, 0.1, 0, 30, -1, 90, 30, -1,
      0.1,
    ];
    expect(cutTubes("W", scene(tubes), across)).toHaveLength(1);
  });

  it("cuts a chamber that stands in it", () => {
    const boxes = new Float32Array([50.4, 3, 1, 2.5, 52, 3, 1, 2.5]);
    const cut = cutChambers("S", scene([], { boxes, nodes: ["ys1", "ys2"] }), across);
    expect(cut).toMatchObject([{ code: "ys1", from: 2.5, to: 3.5, depth: 2.5 }]);
  });

  it("tells the free space between neighbours, wall to wall", () => {
    const marks = cutTubes(
      "W",
      scene([0, 0, -1.2, 90, 0, -1.2, 0.2, 0, 1, -1.2, 90, 1, -1.2, 0.1, 0, 1, -2, 90, 1, -2, 0.3]),
      across,
    );
    const [beside, below] = clearances(marks);
    expect(beside?.horizontal).toBeCloseTo(0.7);
    expect(below?.horizontal).toBeLessThan(0);
    expect(below?.vertical).toBeCloseTo(0.4);
  });
});

it("marks axes with round figures and gives labels rows of their own", () => {
  expect([roundStep(93, 10), roundStep(0.9, 5)]).toEqual([10, 0.2]);
  expect(ticks(-8, 8, 5)).toEqual([-5, 0, 5]);
  expect(ticks(3, 3, 5)).toEqual([]);
  expect(labelRows([0, 10, 5, 120], 20)).toEqual([0, 2, 1, 0]);
});

it("answers to keys and leaves others alone", () => {
  const done: unknown[] = [];
  const moves = {
    pan: (...told: number[]) => done.push(["pan", ...told]),
    orbit: (...told: unknown[]) => done.push(["orbit", ...told]),
    section: (...told: number[]) => done.push(["section", ...told]),
    whole: () => done.push("whole"),
    leave: () => done.push("leave"),
  };
  for (const key of ["ArrowLeft", "Q", "]", "Home", "Escape"]) expect(moveBy(key, moves)).toBe(true);
  expect(moveBy("x", moves)).toBe(false);
  expect(done).toEqual([["pan", -0.08, 0], ["orbit", -7.5, 0], ["section", 5, 0], "whole", "leave"]);
});
