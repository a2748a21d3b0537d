/** The ground over everything: a pane that lets see through, with the streets drawn on it. */
import {
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  DoubleSide,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Sprite,
  SpriteMaterial,
} from "three";
import type { City } from "@/api/types";
import type { LocalPlane } from "@/underground/local-plane";

const STREET_WIDTH_M = 9;
/** Height of a street's name in pixels of the screen, as a share of the view's height. */
const NAME_SIZE = 0.019;
/** Lines on the pane, so that the eye has a measure [m]. */
const GRID_M = 25;
/** The pane reaches so far beyond the streets [m]. */
const MARGIN_M = 300;

export interface GroundPaint {
  pane: string;
  street: string;
  name: string;
}

/** Two triangles a piece of street; corners are left open, nobody looks for them here. */
function ribbons(lines: readonly (readonly [number, number])[][]): Float32Array {
  const corners: number[] = [];
  for (const line of lines) {
    for (let i = 1; i < line.length; i += 1) {
      const [a, b] = [line[i - 1] as [number, number], line[i] as [number, number]];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      const aside = STREET_WIDTH_M / 2 / length;
      const [x, n] = [-(b[1] - a[1]) * aside, (b[0] - a[0]) * aside];
      const at = (p: [number, number], side: number): number[] => [p[0] + side * x, 0, -(p[1] + side * n)];
      corners.push(...at(a, 1), ...at(a, -1), ...at(b, 1), ...at(b, 1), ...at(a, -1), ...at(b, -1));
    }
  }
  return new Float32Array(corners);
}

/** Lines every 25 m over a pane around the origin. */
function gridLines(wide: number, deep: number): Float32Array {
  const ends: number[] = [];
  for (let x = -wide / 2; x <= wide / 2; x += GRID_M) ends.push(x, 0, -deep / 2, x, 0, deep / 2);
  for (let z = -deep / 2; z <= deep / 2; z += GRID_M) ends.push(-wide / 2, 0, z, wide / 2, 0, z);
  return new Float32Array(ends);
}

function nameSprite(text: string, colour: string): Sprite {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser draws no canvas");
  const font = '28px "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
  pen.font = font;
  canvas.width = Math.ceil(pen.measureText(text).width) + 12;
  canvas.height = 40;
  pen.font = font;
  pen.textBaseline = "middle";
  pen.lineWidth = 4;
  pen.strokeStyle = "rgb(0 0 0 / 45%)";
  pen.strokeText(text, 6, 20);
  pen.fillStyle = colour;
  pen.fillText(text, 6, 20);
  const sprite = new Sprite(
    new SpriteMaterial({
      map: new CanvasTexture(canvas),
      transparent: true,
      depthTest: false,
      depthWrite: false,
      sizeAttenuation: false,
    }),
  );
  sprite.scale.set((NAME_SIZE * canvas.width) / canvas.height, NAME_SIZE, 1);
  sprite.renderOrder = 3;
  return sprite;
}

export class GroundModel {
  readonly group = new Group();
  private readonly pane: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly streets: Mesh<BufferGeometry, MeshBasicMaterial>;
  private readonly grid: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly names: { sprite: Sprite; width: number }[] = [];

  constructor(city: City, plane: LocalPlane, paint: GroundPaint, english: boolean) {
    const lines = city.streets.features.map((street) =>
      street.geometry.coordinates.map((place) => plane.metres(place[0] ?? 0, place[1] ?? 0)),
    );
    const [west, south, east, north] = city.bounds ?? [-1, -1, 1, 1];
    const corner = plane.metres(west, south);
    const far = plane.metres(east, north);
    const wide = Math.max(far[0] - corner[0], 1000) + 2 * MARGIN_M;
    const deep = Math.max(far[1] - corner[1], 1000) + 2 * MARGIN_M;
    const glass = { transparent: true, depthWrite: false, side: DoubleSide } as const;
    this.pane = new Mesh(
      new PlaneGeometry(wide, deep),
      new MeshBasicMaterial({ ...glass, color: paint.pane, opacity: 0.28 }),
    );
    this.pane.rotation.x = -Math.PI / 2;
    this.pane.position.set((corner[0] + far[0]) / 2, 0, -(corner[1] + far[1]) / 2);
    const shape = new BufferGeometry();
    shape.setAttribute("position", new BufferAttribute(ribbons(lines as [number, number][][]), 3));
    this.streets = new Mesh(shape, new MeshBasicMaterial({ ...glass, color: paint.street, opacity: 0.35 }));
    this.pane.renderOrder = 1;
    this.streets.renderOrder = 2;
    this.grid = new LineSegments(
      new BufferGeometry(),
      new LineBasicMaterial({ color: paint.street, transparent: true, opacity: 0.13, depthWrite: false }),
    );
    this.grid.geometry.setAttribute("position", new BufferAttribute(gridLines(wide, deep), 3));
    this.grid.position.copy(this.pane.position);
    this.grid.renderOrder = 1;
    this.group.add(this.pane, this.streets, this.grid);
    city.streets.features.forEach((street, index) => {
      const line = lines[index] ?? [];
      const middle = line[Math.floor(line.length / 2)];
      const name: unknown = street.properties?.[english ? "name_en" : "name_zh"];
      if (middle === undefined || typeof name !== "string" || name === "") return;
      const sprite = nameSprite(name, paint.name);
      sprite.position.set(middle[0], 1.5, -middle[1]);
      this.names.push({ sprite, width: sprite.scale.x });
      this.group.add(sprite);
    });
  }

  dispose(): void {
    this.group.removeFromParent();
    for (const part of [this.pane, this.streets, this.grid]) {
      part.geometry.dispose();
      part.material.dispose();
    }
    for (const { sprite } of this.names) {
      sprite.material.map?.dispose();
      sprite.material.dispose();
    }
  }
}
