/** Open alarms at their places, with the sign of their level. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { AlarmSummary } from "@/api/types";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";

export const ALARM_LAYER = "alarms";

export class AlarmsOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(alarms: readonly AlarmSummary[]): void {
    this.data = {
      type: "FeatureCollection",
      features: alarms
        .filter((alarm) => alarm.longitude !== null && alarm.latitude !== null)
        .map((alarm) => ({
          type: "Feature",
          properties: { id: alarm.id, severity: alarm.severity, active: alarm.state === "active" },
          geometry: { type: "Point", coordinates: [alarm.longitude ?? 0, alarm.latitude ?? 0] },
        })),
    };
    this.map?.getSource<GeoJSONSource>("alarms")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    addSigns(map, palette);
    map.addSource("alarms", { type: "geojson", data: this.data });
    map.addLayer(
      {
        id: "alarms-halo",
        type: "circle",
        source: "alarms",
        filter: ["get", "active"],
        paint: {
          "circle-radius": 20,
          "circle-color": [
            "match",
            ["get", "severity"],
            "red",
            palette.level.red,
            "orange",
            palette.level.orange,
            "yellow",
            palette.level.yellow,
            palette.level.blue,
          ],
          "circle-opacity": 0.3,
        },
      },
      below("alarms"),
    );
    map.addLayer(
      {
        id: ALARM_LAYER,
        type: "symbol",
        source: "alarms",
        layout: { "icon-image": ["concat", "level-", ["get", "severity"]], "icon-allow-overlap": true },
      },
      below("alarms"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer(ALARM_LAYER);
    map.removeLayer("alarms-halo");
    map.removeSource("alarms");
  }
}
