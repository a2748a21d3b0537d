/** How far an explosion or a burst may reach: circles true to scale. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { type Reach, ring } from "@/desk/alarms/methane";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export class ReachOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(reaches: readonly Reach[]): void {
    this.data = {
      type: "FeatureCollection",
      features: reaches.map((reach) => ({
        type: "Feature",
        properties: { kind: reach.kind },
        geometry: { type: "Polygon", coordinates: [ring(reach)] },
      })),
    };
    this.map?.getSource<GeoJSONSource>("reach")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("reach", { type: "geojson", data: this.data });
    const { red, orange, blue } = palette.level;
    map.addLayer(
      {
        id: "reach-area",
        type: "fill",
        source: "reach",
        paint: {
          "fill-color": ["match", ["get", "kind"], "heavy", red, "light", orange, blue],
          "fill-opacity": ["match", ["get", "kind"], "heavy", 0.3, "light", 0.18, 0.08],
        },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: "reach-edge",
        type: "line",
        source: "reach",
        paint: {
          "line-color": ["match", ["get", "kind"], "heavy", red, "light", orange, blue],
          "line-width": 2,
        },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer("reach-edge");
    map.removeLayer("reach-area");
    map.removeSource("reach");
  }
}
