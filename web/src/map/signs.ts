/** Signs drawn on a canvas: one shape a status and a level, so that colour never speaks alone. */
import type { Map as MapLibre } from "maplibre-gl";
import type { LiveStatus, Severity } from "@/api/types";
import type { Palette } from "@/map/palette";
import { UTILITIES } from "@/map/utilities";

type Shape = "circle" | "up" | "down" | "hollow" | "diamond" | "square";

const STATUS_SHAPES: Record<LiveStatus, Shape> = { ok: "circle", low: "down", high: "up", stale: "hollow" };
const LEVEL_SHAPES: Record<Severity, Shape> = {
  red: "diamond",
  orange: "up",
  yellow: "square",
  blue: "circle",
};
const SCALE = 2;

function path(pen: CanvasRenderingContext2D, shape: Shape, middle: number, radius: number): void {
  pen.beginPath();
  const corners = (points: [number, number][]): void => {
    for (const [x, y] of points) pen.lineTo(middle + x * radius, middle + y * radius);
    pen.closePath();
  };
  if (shape === "up")
    corners([
      [0, -1.05],
      [1.05, 0.85],
      [-1.05, 0.85],
    ]);
  else if (shape === "down")
    corners([
      [0, 1.05],
      [1.05, -0.85],
      [-1.05, -0.85],
    ]);
  else if (shape === "diamond")
    corners([
      [0, -1.2],
      [1.2, 0],
      [0, 1.2],
      [-1.2, 0],
    ]);
  else if (shape === "square")
    corners([
      [-0.9, -0.9],
      [0.9, -0.9],
      [0.9, 0.9],
      [-0.9, 0.9],
    ]);
  else pen.arc(middle, middle, radius, 0, 2 * Math.PI);
}

function sign(shape: Shape, colour: string, edge: string, radius: number): ImageData {
  // As small as the widest shape allows: what is around a sign is drawn too, thousands of times.
  const size = Math.ceil((radius * 1.2 + 1.5) * 2 * SCALE);
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser draws no canvas");
  path(pen, shape, size / 2, radius * SCALE);
  pen.lineJoin = "round";
  pen.lineWidth = 2 * SCALE;
  pen.fillStyle = shape === "hollow" ? edge : colour;
  pen.strokeStyle = shape === "hollow" ? colour : edge;
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

/** A square ring that leaves the middle free, for what stands there. */
function ring(colour: string, edge: string, half: number): ImageData {
  const size = (half + 3) * 2 * SCALE;
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser draws no canvas");
  const side = half * 2 * SCALE;
  for (const [width, style] of [
    [4.5, edge],
    [2.2, colour],
  ] as const) {
    pen.lineWidth = width * SCALE;
    pen.strokeStyle = style;
    pen.strokeRect((size - side) / 2, (size - side) / 2, side, side);
  }
  return pen.getImageData(0, 0, size, size);
}

/** Give the map's style the signs `status-*`, `level-*`, `chamber-*` and `around-*` in the theme's colours. */
export function addSigns(map: MapLibre, palette: Palette): void {
  const put = (name: string, image: ImageData): void => {
    if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: SCALE });
  };
  for (const [status, shape] of Object.entries(STATUS_SHAPES)) {
    const radius = status === "ok" || status === "stale" ? 5 : 7;
    put(`status-${status}`, sign(shape, palette.status[status as LiveStatus], palette.ground, radius));
  }
  for (const [level, shape] of Object.entries(LEVEL_SHAPES)) {
    put(`level-${level}`, sign(shape, palette.level[level as Severity], "#ffffff", 9));
  }
  for (const utility of UTILITIES) {
    put(`chamber-${utility}`, sign("square", palette.pipes[utility][2], palette.ground, 4));
    put(`around-${utility}`, ring(palette.pipes[utility][2], palette.ground, 11));
  }
}
