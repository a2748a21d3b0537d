/** Valves to close or open by how far they are, the pipes they cut off, and who loses supply. */
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Isolation, LineAt, ValveStep } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

const LAYERS = [
  "valves-area",
  "valves-dry",
  "valves-segment",
  "valves-users",
  "valves-key",
  "valves-mark",
  "valves-code",
] as const;

function lines(found: readonly LineAt[], part: "segment" | "dry"): GeoJSON.Feature[] {
  return found.map((line) => ({
    type: "Feature",
    properties: { what: part },
    geometry: { type: "LineString", coordinates: line.path },
  }));
}

function point(
  longitude: number,
  latitude: number,
  properties: Record<string, string | number>,
): GeoJSON.Feature {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: [longitude, latitude] } };
}

/** Valves of a plan by the newest thing said of them: one opened again is no longer a closed one. */
export function valveStates(steps: readonly ValveStep[]): ValveStep[] {
  const newest = new Map<string, ValveStep>();
  for (const step of steps) {
    if (step.state === "dropped" || (step.kind !== "close_valve" && step.kind !== "open_valve")) continue;
    newest.set(step.element, step);
  }
  return [...newest.values()];
}

export class ValvesOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  /** Show what a search found; with the steps of a plan its valves have their states. */
  show(found: Isolation | null, steps: readonly ValveStep[] = []): void {
    this.data = { type: "FeatureCollection", features: found ? this.features(found, steps) : [] };
    this.map?.getSource<GeoJSONSource>("valves")?.setData(this.data);
  }

  private features(found: Isolation, steps: readonly ValveStep[]): GeoJSON.Feature[] {
    const key = new Set(found.key_customers.map((customer) => customer.code));
    const valves =
      steps.length > 0
        ? valveStates(steps).map((step) => ({ ...step, code: step.element }))
        : found.valves.map((valve) => ({ ...valve, state: "waiting", kind: "close_valve" }));
    const area: GeoJSON.Feature[] =
      found.hull.length > 3
        ? [
            {
              type: "Feature",
              properties: { what: "area" },
              geometry: { type: "Polygon", coordinates: [found.hull] },
            },
          ]
        : [];
    return [
      ...area,
      ...lines(found.dry, "dry"),
      ...lines(found.segment, "segment"),
      ...found.affected
        .filter((customer) => !key.has(customer.code))
        .map((customer) =>
          point(customer.longitude, customer.latitude, { what: "users", users: customer.users }),
        ),
      ...found.key_customers.map((customer) =>
        point(customer.longitude, customer.latitude, { what: "key", name: customer.name }),
      ),
      ...valves.map((valve) =>
        point(valve.longitude, valve.latitude, {
          what: "valve",
          code: valve.code,
          look: valve.kind === "open_valve" && valve.state === "done" ? "opened" : valve.state,
        }),
      ),
    ];
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("valves", { type: "geojson", data: this.data });
    const only = (what: string): ExpressionSpecification => ["==", ["get", "what"], what];
    const area = palette.level.red;
    map.addLayer(
      {
        id: "valves-area",
        type: "fill",
        source: "valves",
        filter: only("area"),
        paint: { "fill-color": area, "fill-opacity": 0.08 },
      },
      below("likely"),
    );
    this.addLines(map, palette, below("likely"), only);
    map.addLayer(
      {
        id: "valves-users",
        type: "circle",
        source: "valves",
        filter: only("users"),
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["get", "users"], 1, 2.5, 400, 7],
          "circle-color": palette.level.orange,
          "circle-opacity": 0.75,
        },
      },
      below("sensors"),
    );
    this.addMarks(map, palette, below("top"), only);
  }

  private addLines(
    map: MapLibre,
    palette: Palette,
    before: string,
    only: (what: string) => ExpressionSpecification,
  ): void {
    map.addLayer(
      {
        id: "valves-dry",
        type: "line",
        source: "valves",
        filter: only("dry"),
        layout: { "line-cap": "round" },
        paint: { "line-color": palette.level.orange, "line-width": 5, "line-opacity": 0.75 },
      },
      before,
    );
    map.addLayer(
      {
        id: "valves-segment",
        type: "line",
        source: "valves",
        filter: only("segment"),
        layout: { "line-cap": "round" },
        paint: { "line-color": palette.level.red, "line-width": 7, "line-opacity": 0.85 },
      },
      before,
    );
  }

  private addMarks(
    map: MapLibre,
    palette: Palette,
    before: string,
    only: (what: string) => ExpressionSpecification,
  ): void {
    map.addLayer(
      {
        id: "valves-key",
        type: "symbol",
        source: "valves",
        filter: only("key"),
        layout: {
          "text-field": ["concat", "⚑ ", ["get", "name"]],
          "text-font": FONT,
          "text-size": 13,
          "text-anchor": "left",
          "text-allow-overlap": true,
        },
        paint: { "text-color": palette.level.red, "text-halo-color": palette.halo, "text-halo-width": 2 },
      },
      before,
    );
    map.addLayer(
      {
        id: "valves-mark",
        type: "circle",
        source: "valves",
        filter: only("valve"),
        paint: {
          "circle-radius": 9,
          "circle-stroke-width": 3,
          "circle-color": [
            "match",
            ["get", "look"],
            "done",
            palette.status.ok,
            "failed",
            palette.other,
            palette.ground,
          ],
          "circle-stroke-color": [
            "match",
            ["get", "look"],
            "done",
            palette.picked,
            "opened",
            palette.status.ok,
            "failed",
            palette.picked,
            palette.level.red,
          ],
        },
      },
      before,
    );
    map.addLayer(
      {
        id: "valves-code",
        type: "symbol",
        source: "valves",
        filter: only("valve"),
        layout: {
          "text-field": [
            "concat",
            ["match", ["get", "look"], "done", "✓ ", "failed", "✕ ", ""],
            ["get", "code"],
          ],
          "text-font": FONT,
          "text-size": 13,
          // Valves of one crossing stand close together: their codes make way for each other.
          "text-variable-anchor": ["top", "bottom", "left", "right"],
          "text-radial-offset": 1,
          "text-allow-overlap": true,
        },
        paint: { "text-color": palette.picked, "text-halo-color": palette.halo, "text-halo-width": 2 },
      },
      before,
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of [...LAYERS].reverse()) map.removeLayer(layer);
    map.removeSource("valves");
  }
}

/** West, south, east and north of all a search found; null when it names no place. */
export function boundsOf(found: Isolation): [number, number, number, number] | null {
  const places = [
    ...found.element_path,
    ...found.hull,
    ...found.valves.map((valve): [number, number] => [valve.longitude, valve.latitude]),
  ];
  if (places.length === 0) return null;
  const longitudes = places.map(([longitude]) => longitude);
  const latitudes = places.map(([, latitude]) => latitude);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
