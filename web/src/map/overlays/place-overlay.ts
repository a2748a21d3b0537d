/** One place, with the sign of a level in a ring. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Severity } from "@/api/types";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";

export class PlaceOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  /** Mark a place in degrees. */
  show(longitude: number, latitude: number, level: Severity): void {
    this.data = {
      type: "FeatureCollection",
      features: [
        {
          type: "Feature",
          properties: { level },
          geometry: { type: "Point", coordinates: [longitude, latitude] },
        },
      ],
    };
    this.map?.getSource<GeoJSONSource>("place")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    addSigns(map, palette);
    map.addSource("place", { type: "geojson", data: this.data });
    map.addLayer(
      {
        id: "place-ring",
        type: "circle",
        source: "place",
        paint: {
          "circle-color": "transparent",
          "circle-radius": 17,
          "circle-stroke-color": palette.picked,
          "circle-stroke-width": 2,
        },
      },
      below("top"),
    );
    map.addLayer(
      {
        id: "place",
        type: "symbol",
        source: "place",
        layout: { "icon-image": ["concat", "level-", ["get", "level"]], "icon-allow-overlap": true },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer("place");
    map.removeLayer("place-ring");
    map.removeSource("place");
  }
}
