/**
 * The underground view itself, outside the component tree: one renderer with its camera, drawn only when something
 * changed. Axes are east, up, south; the ground is at 0.
 */
import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  Plane as Half,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from "three";
import { MapControls } from "three/addons/controls/MapControls.js";
import { TUBE } from "@/underground/buffer";
import type { GroundModel } from "@/underground/ground-model";
import type { NetworkModel, Paint } from "@/underground/network-model";
import { pickTube } from "@/underground/picking";
import { axesOf, type Plane } from "@/underground/section";

const FIELD_OF_VIEW = 45;
const REACH_PX = 6;
/** Depth of the pane that shows where the section stands [m], before it is stretched. */
const SECTION_DEPTH_M = 6;
/** How far a post stands out of the ground and reaches into it [m]. */
const POST_M = 2;

export interface Picked3d {
  network: string;
  code: string;
  tube: number;
  /** Where on the axis: east, north, up [m]. */
  at: readonly [number, number, number];
}

export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly models = new Map<string, NetworkModel>();
  /** Planes that cut away what is in front of a section; the models' materials hold this very list. */
  readonly clip: Half[] = [];
  private readonly renderer: WebGLRenderer;
  private readonly world = new Scene();
  private readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.5, 30_000);
  private readonly controls: MapControls;
  private readonly pane = new Mesh(
    new PlaneGeometry(1, 1),
    new MeshBasicMaterial({ transparent: true, opacity: 0.16, side: DoubleSide, depthWrite: false }),
  );
  private readonly mark = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ depthTest: false }));
  private readonly posts = new LineSegments(
    new BufferGeometry(),
    new LineBasicMaterial({ depthTest: false }),
  );
  private ground: GroundModel | null = null;
  private waiting = 0;
  private gone = false;
  private exaggeration = 1;
  private picked: Picked3d | null = null;

  constructor(private readonly drawn: () => void = () => undefined) {
    this.renderer = new WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.renderer.localClippingEnabled = true;
    this.canvas = this.renderer.domElement;
    this.controls = new MapControls(this.camera, this.canvas);
    this.controls.maxPolarAngle = Math.PI * 0.92;
    this.controls.minDistance = 2;
    this.controls.maxDistance = 12_000;
    this.controls.zoomToCursor = true;
    this.controls.addEventListener("change", this.redraw);
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(0.5, 1, 0.7);
    this.pane.visible = this.mark.visible = this.posts.visible = false;
    this.posts.renderOrder = 5;
    this.posts.frustumCulled = false;
    this.pane.renderOrder = 4;
    this.mark.renderOrder = 5;
    this.mark.frustumCulled = false;
    this.world.add(new AmbientLight(0xffffff, 1.3), sun, this.pane, this.mark, this.posts);
  }

  /** Ask for a picture; several wishes before the next frame are one. */
  readonly redraw = (): void => {
    if (this.waiting !== 0 || this.gone) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      const away = this.camera.position.distanceTo(this.controls.target);
      // Depth precision goes where the eye is.
      this.camera.near = Math.max(away / 500, 0.05);
      this.camera.far = away * 50 + 5000;
      this.camera.updateProjectionMatrix();
      this.renderer.render(this.world, this.camera);
      this.drawn();
    });
  };

  resize(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    if (this.camera.view?.enabled) this.raise(this.camera.view.offsetY * 2);
    this.camera.updateProjectionMatrix();
    this.redraw();
  }

  /** Move the picture's middle up by half of what lies over its lower edge [px]. */
  raise(covered: number): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (covered > 0) this.camera.setViewOffset(width, height, 0, covered / 2, width, height);
    else this.camera.clearViewOffset();
    this.redraw();
  }

  background(colour: string): void {
    this.world.background = new Color(colour);
    this.redraw();
  }

  setGround(ground: GroundModel): void {
    this.ground?.dispose();
    this.ground = ground;
    this.world.add(ground.group);
    this.redraw();
  }

  add(model: NetworkModel): void {
    this.models.get(model.code)?.dispose();
    this.models.set(model.code, model);
    model.stretch(this.exaggeration);
    this.world.add(model.group);
    this.redraw();
  }

  remove(code: string): void {
    this.models.get(code)?.dispose();
    this.models.delete(code);
    this.redraw();
  }

  colour(paint: (model: NetworkModel) => Paint, isolated: ReadonlyMap<string, ReadonlySet<string>>): void {
    const some = [...isolated.values()].some((codes) => codes.size > 0);
    for (const model of this.models.values()) {
      const mine = this.picked?.network === model.code ? this.picked.code : null;
      model.colour(paint(model), some ? (isolated.get(model.code) ?? new Set(["-"])) : null, mine);
    }
    this.redraw();
  }

  stretch(exaggeration: number): void {
    this.exaggeration = exaggeration;
    for (const model of this.models.values()) model.stretch(exaggeration);
    this.markPicked(this.picked, null);
    this.redraw();
  }

  /** Look at a place from a distance, from the south and above. */
  lookAt(east: number, north: number, distance: number, azimuth = 0, tilt = 50): void {
    const [turn, lean] = [(azimuth * Math.PI) / 180, (tilt * Math.PI) / 180];
    this.controls.target.set(east, 0, -north);
    this.camera.position.set(
      east - Math.sin(turn) * Math.sin(lean) * distance,
      Math.cos(lean) * distance,
      -north + Math.cos(turn) * Math.sin(lean) * distance,
    );
    this.controls.update();
    this.redraw();
  }

  /** East and north of what the eye looks at, and how far off it is [m]. */
  get view(): { east: number; north: number; distance: number } {
    const { target } = this.controls;
    return { east: target.x, north: -target.z, distance: this.camera.position.distanceTo(target) };
  }

  /** Move the view by shares of its distance, to the right and forwards. */
  pan(right: number, forward: number): void {
    const offset = this.camera.position.clone().sub(this.controls.target);
    const distance = offset.length();
    const ahead = new Vector3(-offset.x, 0, -offset.z).normalize();
    const step = ahead.clone().multiplyScalar(forward * distance);
    step.add(new Vector3(-ahead.z, 0, ahead.x).multiplyScalar(right * distance));
    this.controls.target.add(step);
    this.camera.position.add(step);
    this.controls.update();
    this.redraw();
  }

  /** Turn around what is looked at, lean over or back [degrees], come nearer or go away by a factor. */
  orbit(turn: number, lean: number, factor = 1): void {
    const ball = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    ball.theta += (turn * Math.PI) / 180;
    ball.phi = Math.min(Math.max(ball.phi + (lean * Math.PI) / 180, 0.02), this.controls.maxPolarAngle);
    ball.radius = Math.min(
      Math.max(ball.radius * factor, this.controls.minDistance),
      this.controls.maxDistance,
    );
    this.camera.position.setFromSpherical(ball).add(this.controls.target);
    this.controls.update();
    this.redraw();
  }

  /** The pipe under a point of the canvas [px of the page]. */
  pick(x: number, y: number): Picked3d | null {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.camera.updateMatrixWorld();
    const matrix = new Matrix4().multiplyMatrices(
      this.camera.projectionMatrix,
      this.camera.matrixWorldInverse,
    );
    const focalPx = height / 2 / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
    const shown = (px: number, py: number, pz: number): boolean =>
      this.clip.every((half) => half.distanceToPoint(new Vector3(px, py, pz)) >= 0);
    let best: { picked: Picked3d; depth: number } | null = null;
    for (const [network, { scene }] of this.models) {
      const hit = pickTube(
        scene.tubes,
        { matrix: matrix.elements, width, height, focalPx },
        { x, y, reachPx: REACH_PX, exaggeration: this.exaggeration, shown },
      );
      if (hit === null || (best !== null && hit.depth >= best.depth)) continue;
      const n = (k: number): number => scene.tubes[hit.tube * TUBE + k] ?? 0;
      const at = [0, 1, 2].map((k) => n(k) + hit.share * (n(k + 3) - n(k))) as [number, number, number];
      const code = scene.links[scene.link[hit.tube] ?? 0] ?? "";
      best = { picked: { network, code, tube: hit.tube, at }, depth: hit.depth };
    }
    return best?.picked ?? null;
  }

  /** Drop a plumb line from the ground to where a pipe was picked. */
  markPicked(picked: Picked3d | null, colour: string | null): void {
    this.picked = picked;
    this.mark.visible = picked !== null;
    if (colour !== null) this.mark.material.color.set(colour);
    if (picked === null) {
      this.redraw();
      return;
    }
    const k = this.exaggeration;
    const [east, north, up] = picked.at;
    const points = [east, 0, -north, east, up * k, -north];
    this.mark.geometry.setAttribute("position", new BufferAttribute(new Float32Array(points), 3));
    this.redraw();
  }

  /** Posts from underground into the air at places of east and north [m], each with a cross on its head. */
  plant(places: readonly (readonly [number, number])[], colour: string): void {
    const ends = places.flatMap(([east, north]) => [
      ...[east, -POST_M, -north, east, POST_M, -north],
      ...[east - 0.7, POST_M, -north, east + 0.7, POST_M, -north],
      ...[east, POST_M, -north - 0.7, east, POST_M, -north + 0.7],
    ]);
    this.posts.visible = places.length > 0;
    this.posts.material.color.set(colour);
    this.posts.geometry.setAttribute("position", new BufferAttribute(new Float32Array(ends), 3));
    this.redraw();
  }

  /** Show where a section stands and cut away what lies before it; null takes it away. */
  setSection(plane: Plane | null, colour: string): void {
    this.clip.length = 0;
    this.pane.visible = plane !== null;
    if (plane !== null) {
      const { normal } = axesOf(plane);
      const facing = new Vector3(-normal[0], 0, normal[1]);
      this.clip.push(
        new Half().setFromNormalAndCoplanarPoint(facing, new Vector3(plane.east, 0, -plane.north)),
      );
      const deep = SECTION_DEPTH_M * this.exaggeration;
      this.pane.scale.set(plane.reach * 2, deep, 1);
      this.pane.position.set(plane.east, -deep / 2, -plane.north);
      this.pane.rotation.y = Math.PI / 2 - (plane.azimuth * Math.PI) / 180;
      this.pane.material.color.set(colour);
    }
    this.redraw();
  }

  dispose(): void {
    this.gone = true;
    cancelAnimationFrame(this.waiting);
    this.controls.removeEventListener("change", this.redraw);
    this.controls.dispose();
    for (const model of this.models.values()) model.dispose();
    this.models.clear();
    this.ground?.dispose();
    this.pane.geometry.dispose();
    this.pane.material.dispose();
    this.mark.geometry.dispose();
    this.mark.material.dispose();
    this.posts.geometry.dispose();
    this.posts.material.dispose();
    this.renderer.dispose();
    // A browser keeps few contexts: this one is given back at once, not when memory is cleared up.
    this.renderer.forceContextLoss();
    this.canvas.remove();
  }
}
