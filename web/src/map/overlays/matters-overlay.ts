/** Cases around a place, each a ring with its number's end; one that may be the same matter is filled. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export interface MatterOnMap {
  code: string;
  longitude: number | null;
  latitude: number | null;
  likely: boolean;
}

export class MattersOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(matters: readonly MatterOnMap[]): void {
    this.data = {
      type: "FeatureCollection",
      features: matters.flatMap(({ code, longitude, latitude, likely }) =>
        longitude === null || latitude === null
          ? []
          : [
              {
                type: "Feature" as const,
                properties: { name: code.slice(-4), likely },
                geometry: { type: "Point" as const, coordinates: [longitude, latitude] },
              },
            ],
      ),
    };
    this.map?.getSource<GeoJSONSource>("matters")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("matters", { type: "geojson", data: this.data });
    map.addLayer(
      {
        id: "matters",
        type: "circle",
        source: "matters",
        paint: {
          "circle-radius": 7,
          "circle-color": ["case", ["get", "likely"], palette.picked, "transparent"],
          "circle-stroke-color": palette.picked,
          "circle-stroke-width": 2,
        },
      },
      below("alarms"),
    );
    map.addLayer(
      {
        id: "matters-name",
        type: "symbol",
        source: "matters",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 11,
          "text-offset": [0, 1.3],
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("alarms"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer("matters-name");
    map.removeLayer("matters");
    map.removeSource("matters");
  }
}
