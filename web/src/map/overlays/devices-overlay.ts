/** Devices of the register, coloured by their state; the chosen one has a ring. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { DevicePlace } from "@/api/types";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export const DEVICES_LAYER = "devices";

export class DevicesOverlay implements Overlay {
  private map: MapLibre | null = null;
  private places: readonly DevicePlace[] = [];
  private chosen = "";

  show(places: readonly DevicePlace[], chosen = ""): void {
    this.places = places;
    this.chosen = chosen;
    this.map?.getSource<GeoJSONSource>("devices")?.setData(this.collection());
  }

  private collection(): GeoJSON.FeatureCollection {
    return {
      type: "FeatureCollection",
      features: this.places.map((place) => ({
        type: "Feature",
        properties: { code: place.code, state: place.state, chosen: place.code === this.chosen },
        geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
      })),
    };
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("devices", { type: "geojson", data: this.collection() });
    map.addLayer(
      {
        id: DEVICES_LAYER,
        type: "circle",
        source: "devices",
        paint: {
          "circle-color": [
            "match",
            ["get", "state"],
            "in_service",
            palette.status.ok,
            "installed",
            palette.status.low,
            "out_of_service",
            palette.status.high,
            palette.status.stale,
          ],
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 3, 17, 7],
          "circle-stroke-color": ["case", ["get", "chosen"], palette.picked, palette.halo],
          "circle-stroke-width": ["case", ["get", "chosen"], 4, 1],
        },
      },
      below("sensors"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer(DEVICES_LAYER);
    map.removeSource("devices");
  }
}
