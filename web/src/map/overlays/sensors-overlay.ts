/** Sensors with their last value and live status. */
import type { GeoJSONSource, GeoJSONSourceDiff, Map as MapLibre } from "maplibre-gl";
import type { Datastream } from "@/api/types";
import type { LiveValue } from "@/live/feed";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";

export const SENSOR_LAYER = "sensors";

export class SensorsOverlay implements Overlay {
  private readonly features = new Map<string, GeoJSON.Feature<GeoJSON.Point>>();
  private map: MapLibre | null = null;

  constructor(streams: readonly Datastream[]) {
    for (const stream of streams) {
      if (stream.longitude === null || stream.latitude === null) continue;
      this.features.set(stream.code, {
        type: "Feature",
        id: stream.code,
        properties: { code: stream.code, quantity: stream.quantity, status: "stale", value: "" },
        geometry: { type: "Point", coordinates: [stream.longitude, stream.latitude] },
      });
    }
  }

  /** Take values in; only the sensors they belong to are drawn anew. */
  take(values: Iterable<LiveValue>): void {
    const update: NonNullable<GeoJSONSourceDiff["update"]> = [];
    for (const [code, , value, status] of values) {
      const feature = this.features.get(code);
      if (feature === undefined) continue;
      const text = value.toFixed(1);
      feature.properties = { ...feature.properties, status, value: text };
      update.push({
        id: code,
        addOrUpdateProperties: [
          { key: "status", value: status },
          { key: "value", value: text },
        ],
      });
    }
    if (update.length > 0) this.map?.getSource<GeoJSONSource>("sensors")?.updateData({ update });
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    addSigns(map, palette);
    map.addSource("sensors", {
      type: "geojson",
      promoteId: "code",
      data: { type: "FeatureCollection", features: [...this.features.values()] },
    });
    map.addLayer(
      {
        id: SENSOR_LAYER,
        type: "symbol",
        source: "sensors",
        layout: {
          "icon-image": ["concat", "status-", ["get", "status"]],
          "icon-allow-overlap": true,
          "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.8, 16, 1.2],
          "symbol-sort-key": ["match", ["get", "status"], "stale", 0, "ok", 1, 2],
          "text-field": ["step", ["zoom"], "", 13.5, ["get", "value"]],
          "text-font": FONT,
          "text-size": 11,
          "text-anchor": "left",
          "text-offset": [0.9, 0],
          "text-optional": true,
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("sensors"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer(SENSOR_LAYER);
    map.removeSource("sensors");
  }
}
