/**
 * Sensors with their last value and live status.
 *
 * Places never change, so they are given to the map once, with a sign for each status. A status is a state of its point:
 * it says which of the signs is seen, so that a change is drawn in the next frame and nothing is laid out again. Values
 * are written only where there is room for them.
 */
import type {
  ExpressionSpecification,
  GeoJSONSource,
  Map as MapLibre,
  SymbolLayerSpecification,
} from "maplibre-gl";
import type { Datastream, LiveStatus } from "@/api/types";
import type { LiveValue } from "@/live/feed";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";

export const SENSOR_LAYER = "sensors";
const VALUES = "sensors-values";
const BEYOND = ["low", "high"] as const satisfies readonly LiveStatus[];
const VALUES_ZOOM = 13.5;
/** With more sensors in view than this there is no room to write values. */
export const MOST_VALUES = 500;
const SIZE: SymbolLayerSpecification["layout"] = {
  "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.8, 16, 1.2],
  "icon-allow-overlap": true,
};

interface Sensor {
  id: number;
  code: string;
  quantity: string;
  place: [number, number];
  status: LiveStatus;
  text: string;
}

function pointOf(
  sensor: Sensor,
  properties: Record<string, string> = {},
): GeoJSON.Feature<GeoJSON.Point> & { id: number } {
  return {
    type: "Feature",
    id: sensor.id,
    properties: { code: sensor.code, quantity: sensor.quantity, ...properties },
    geometry: { type: "Point", coordinates: sensor.place },
  };
}

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features,
});

export class SensorsOverlay implements Overlay {
  private readonly sensors = new Map<string, Sensor>();
  private map: MapLibre | null = null;
  /** Sensors whose values stand on the map. */
  private written = new Set<Sensor>();
  private readonly moved = () => this.writeValues();

  constructor(streams: readonly Datastream[]) {
    for (const { code, quantity, longitude, latitude } of streams) {
      if (longitude === null || latitude === null) continue;
      const place: [number, number] = [longitude, latitude];
      this.sensors.set(code, { id: this.sensors.size, code, quantity, place, status: "stale", text: "" });
    }
  }

  /** Take values in; only what shows is drawn anew. */
  take(values: Iterable<LiveValue>): void {
    let stale = false;
    for (const [code, , value, status] of values) {
      const sensor = this.sensors.get(code);
      if (sensor === undefined) continue;
      const text = value.toFixed(1);
      stale ||= text !== sensor.text && this.written.has(sensor);
      sensor.text = text;
      if (status === sensor.status) continue;
      sensor.status = status;
      if (this.map !== null) this.showStatus(this.map, sensor);
    }
    if (stale) this.writeValues();
  }

  private showStatus(map: MapLibre, { id, status }: Sensor): void {
    map.setFeatureState({ source: SENSOR_LAYER, id }, { status });
  }

  /** Write the values of the sensors in view, or none where there are too many of them. */
  private writeValues(): void {
    if (this.map === null) return;
    const inView = new Set<Sensor>();
    if (this.map.getZoom() >= VALUES_ZOOM) {
      const bounds = this.map.getBounds();
      for (const sensor of this.sensors.values()) if (bounds.contains(sensor.place)) inView.add(sensor);
    }
    this.written = inView.size <= MOST_VALUES ? inView : new Set();
    const told = [...this.written].map((sensor) =>
      pointOf(sensor, { status: sensor.status, value: sensor.text }),
    );
    this.map.getSource<GeoJSONSource>(VALUES)?.setData(collection(told));
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    addSigns(map, palette);
    const all = [...this.sensors.values()];
    map.addSource(SENSOR_LAYER, { type: "geojson", data: collection(all.map((sensor) => pointOf(sensor))) });
    map.addSource(VALUES, { type: "geojson", data: collection([]) });
    this.addPoints(map, palette, below("sensors"));
    for (const status of BEYOND) this.addSign(map, status, below("sensors"));
    this.addValues(map, palette, below("sensors"));
    for (const sensor of all) this.showStatus(map, sensor);
    map.on("moveend", this.moved);
    this.writeValues();
  }

  /** A full point where readings come, a hollow one where they stay out; none where a sign stands. */
  private addPoints(map: MapLibre, palette: Palette, before: string): void {
    const seen = (): ExpressionSpecification => ["match", ["feature-state", "status"], [...BEYOND], 0, 1];
    map.addLayer(
      {
        id: SENSOR_LAYER,
        type: "circle",
        source: SENSOR_LAYER,
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 3.2, 16, 4.8],
          "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 12, 1.6, 16, 2.4],
          "circle-opacity": seen(),
          "circle-stroke-opacity": seen(),
          "circle-color": ["match", ["feature-state", "status"], "ok", palette.status.ok, palette.ground],
          "circle-stroke-color": [
            "match",
            ["feature-state", "status"],
            "ok",
            palette.ground,
            palette.status.stale,
          ],
        },
      },
      before,
    );
  }

  /** The sign of sensors beyond a limit, over every sensor, seen where it is so. */
  private addSign(map: MapLibre, status: LiveStatus, before: string): void {
    map.addLayer(
      {
        id: `${SENSOR_LAYER}-${status}`,
        type: "symbol",
        source: SENSOR_LAYER,
        layout: { ...SIZE, "icon-ignore-placement": true, "icon-image": `status-${status}` },
        paint: { "icon-opacity": ["match", ["feature-state", "status"], status, 1, 0] },
      },
      before,
    );
  }

  /** Values keep clear of each other and of the signs, whose room is kept by signs that are not seen. */
  private addValues(map: MapLibre, palette: Palette, before: string): void {
    map.addLayer(
      {
        id: VALUES,
        type: "symbol",
        source: VALUES,
        minzoom: VALUES_ZOOM,
        layout: {
          ...SIZE,
          "icon-image": ["concat", "status-", ["get", "status"]],
          "symbol-sort-key": ["match", ["get", "status"], "stale", 2, "ok", 1, 0],
          "text-field": ["get", "value"],
          "text-font": FONT,
          "text-size": 11,
          "text-anchor": "left",
          "text-offset": [0.9, 0],
          "text-optional": true,
        },
        paint: {
          "icon-opacity": 0,
          "text-color": palette.streetText,
          "text-halo-color": palette.halo,
          "text-halo-width": 1.5,
        },
      },
      before,
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    this.written = new Set();
    map.off("moveend", this.moved);
    const signs = BEYOND.map((status) => `${SENSOR_LAYER}-${status}`);
    for (const layer of [VALUES, ...signs, SENSOR_LAYER]) map.removeLayer(layer);
    for (const source of [VALUES, SENSOR_LAYER]) map.removeSource(source);
  }
}
