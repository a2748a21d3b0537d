/** Reads the platform's buffer of a network in space (its layout is told in `network/geometry_3d.py`), without copying. */
import { type Utility, utilityOf } from "@/map/utilities";

/** Numbers a row of tubes has: start east, north, up, end east, north, up, radius; metres, up is 0 at the ground. */
export const TUBE = 7;
/** Numbers a row of boxes has: east, north, side, depth; metres. */
export const BOX = 4;

export const DEPTH_ASSUMED = 1;
export const SIZE_ASSUMED = 2;
export const RETURN_PIPE = 4;

export interface Scene {
  utility: Utility;
  origin: readonly [longitude: number, latitude: number];
  /** Codes of links; `link` tells which one a tube is a piece of. */
  links: readonly string[];
  /** Codes of the nodes that are chambers, one a box. */
  nodes: readonly string[];
  tubes: Float32Array;
  link: Uint32Array;
  flags: Uint8Array;
  boxes: Float32Array;
  boxFlags: Uint8Array;
}

interface Head {
  origin: [number, number];
  utility: string;
  links: string[];
  nodes: string[];
  arrays: Record<string, { type: string; at: number; count: number } | undefined>;
}

const MAGIC = 0x47554d43;

export function readScene(buffer: ArrayBuffer): Scene {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC)
    throw new Error("this is no underground buffer");
  const size = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size))) as Head;
  const place = (name: string): { at: number; count: number } => {
    const told = head.arrays[name];
    if (told === undefined) throw new Error(`the underground buffer lacks ${name}`);
    return { at: 8 + size + told.at, count: told.count };
  };
  const floats = (name: string) => new Float32Array(buffer, place(name).at, place(name).count);
  const bytes = (name: string) => new Uint8Array(buffer, place(name).at, place(name).count);
  const link = place("link");
  return {
    utility: utilityOf(head.utility),
    origin: head.origin,
    links: head.links,
    nodes: head.nodes,
    tubes: floats("tubes"),
    link: new Uint32Array(buffer, link.at, link.count),
    flags: bytes("flags"),
    boxes: floats("boxes"),
    boxFlags: bytes("box_flags"),
  };
}
