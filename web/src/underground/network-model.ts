/** One network in the view: its tubes as instances of one cylinder, its chambers of one cube, its axes as lines. */
import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  Color,
  CylinderGeometry,
  DoubleSide,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  MeshLambertMaterial,
  type Plane,
} from "three";
import { DEPTH_ASSUMED, RETURN_PIPE, type Scene, TUBE } from "@/underground/buffer";
import { axisPositions, boxMatrices, tubeMatrices } from "@/underground/tube-matrices";

/** Sides of a pipe's picture: fewer look like planks, more only cost. */
const SIDES = 10;

export interface Paint {
  pipe: string;
  /** What an assumed depth is mixed with, so that it looks lighter. */
  ground: string;
  /** The isolated part of a broken pipe. */
  isolated: string;
  picked: string;
}

export class NetworkModel {
  readonly group = new Group();
  private readonly tubes: InstancedMesh;
  private readonly chambers: InstancedMesh;
  private readonly axes: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly tubeMaterial: MeshLambertMaterial;
  private readonly chamberMaterial: MeshLambertMaterial;

  constructor(
    readonly code: string,
    readonly scene: Scene,
    clip: Plane[],
  ) {
    this.tubeMaterial = new MeshLambertMaterial({ side: DoubleSide, clippingPlanes: clip });
    this.chamberMaterial = new MeshLambertMaterial({
      transparent: true,
      opacity: 0.4,
      depthWrite: false,
      side: DoubleSide,
      clippingPlanes: clip,
    });
    const count = scene.tubes.length / TUBE;
    this.tubes = new InstancedMesh(new CylinderGeometry(1, 1, 1, SIDES, 1, true), this.tubeMaterial, count);
    this.tubes.instanceMatrix.setUsage(DynamicDrawUsage);
    this.tubes.instanceColor = new InstancedBufferAttribute(new Float32Array(count * 3), 3);
    this.chambers = new InstancedMesh(new BoxGeometry(), this.chamberMaterial, scene.nodes.length);
    this.axes = new LineSegments(
      new BufferGeometry(),
      new LineBasicMaterial({ vertexColors: true, clippingPlanes: clip }),
    );
    for (const part of [this.tubes, this.chambers, this.axes]) {
      // One box around a whole network says little about what is in view.
      part.frustumCulled = false;
      this.group.add(part);
    }
    this.chambers.renderOrder = 1;
  }

  /** Place everything anew for a stretch of depths. */
  stretch(exaggeration: number): void {
    const { scene } = this;
    (this.tubes.instanceMatrix.array as Float32Array).set(tubeMatrices(scene.tubes, exaggeration));
    this.tubes.instanceMatrix.needsUpdate = true;
    (this.chambers.instanceMatrix.array as Float32Array).set(boxMatrices(scene.boxes, exaggeration));
    this.chambers.instanceMatrix.needsUpdate = true;
    this.axes.geometry.setAttribute(
      "position",
      new BufferAttribute(axisPositions(scene.tubes, exaggeration), 3),
    );
  }

  /** Colour everything anew; with a set of isolated links the others step back. */
  colour(paint: Paint, isolated: ReadonlySet<string> | null, picked: string | null): void {
    const { scene } = this;
    const ground = new Color(paint.ground);
    const plain = new Color(paint.pipe);
    const shades = [plain, plain.clone().lerp(ground, 0.5)].flatMap((shade) => [
      shade,
      // The return pipe of a pair is the darker one.
      shade.clone().multiplyScalar(0.62),
    ]);
    const marked = new Color(paint.isolated);
    const chosen = new Color(paint.picked);
    const pickedLink = picked === null ? -1 : scene.links.indexOf(picked);
    const colours = this.tubes.instanceColor?.array as Float32Array;
    const ends = new Float32Array(scene.flags.length * 6);
    const isMarked = scene.links.map((code) => isolated?.has(code) ?? false);
    for (let i = 0; i < scene.flags.length; i += 1) {
      const flags = scene.flags[i] ?? 0;
      const shade = ((flags & DEPTH_ASSUMED) > 0 ? 2 : 0) + ((flags & RETURN_PIPE) > 0 ? 1 : 0);
      let { r, g, b } = shades[shade] ?? plain;
      if (isMarked[scene.link[i] ?? 0]) ({ r, g, b } = marked);
      else if (scene.link[i] === pickedLink) ({ r, g, b } = chosen);
      else if (isolated !== null && isolated.size > 0) {
        [r, g, b] = [ground.r, ground.g, ground.b].map(
          (part, axis) => 0.72 * part + 0.28 * ([r, g, b][axis] ?? 0),
        ) as [number, number, number];
      }
      colours.set([r, g, b], i * 3);
      ends.set([r, g, b, r, g, b], i * 6);
    }
    if (this.tubes.instanceColor) this.tubes.instanceColor.needsUpdate = true;
    this.axes.geometry.setAttribute("color", new BufferAttribute(ends, 3));
    this.chamberMaterial.color.copy(plain);
  }

  dispose(): void {
    this.group.removeFromParent();
    this.tubes.geometry.dispose();
    this.tubes.dispose();
    this.tubeMaterial.dispose();
    this.chambers.geometry.dispose();
    this.chambers.dispose();
    this.chamberMaterial.dispose();
    this.axes.geometry.dispose();
    this.axes.material.dispose();
  }
}
