/** The pipes an alarm points at, coloured by how likely each is, with their rank. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { AlarmElement } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export class LikelyOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(elements: readonly AlarmElement[]): void {
    const best = Math.max(...elements.map((element) => element.score), Number.MIN_VALUE);
    this.data = {
      type: "FeatureCollection",
      features: elements
        .map(
          (element, index): GeoJSON.Feature => ({
            type: "Feature",
            properties: { code: element.code, rank: index + 1, part: element.score / best },
            geometry: { type: "LineString", coordinates: element.path ?? [] },
          }),
        )
        .filter(
          (feature) => feature.geometry.type === "LineString" && feature.geometry.coordinates.length > 1,
        )
        // The likeliest is drawn last, on top.
        .reverse(),
    };
    this.map?.getSource<GeoJSONSource>("likely")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("likely", { type: "geojson", data: this.data });
    const [little, some, much, most] = palette.likely;
    map.addLayer(
      {
        id: "likely-line",
        type: "line",
        source: "likely",
        layout: { "line-cap": "round" },
        paint: {
          "line-color": [
            "interpolate",
            ["linear"],
            ["get", "part"],
            0,
            little,
            0.4,
            some,
            0.75,
            much,
            1,
            most,
          ],
          "line-width": ["interpolate", ["linear"], ["get", "part"], 0, 4, 1, 9],
          "line-opacity": 0.9,
        },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: "likely-rank",
        type: "symbol",
        source: "likely",
        filter: ["<=", ["get", "rank"], 5],
        layout: {
          "symbol-placement": "line-center",
          "text-field": ["to-string", ["get", "rank"]],
          "text-font": FONT,
          "text-size": 13,
          "text-rotation-alignment": "viewport",
          "text-allow-overlap": true,
        },
        paint: { "text-color": palette.picked, "text-halo-color": palette.halo, "text-halo-width": 2.5 },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    map.removeLayer("likely-rank");
    map.removeLayer("likely-line");
    map.removeSource("likely");
  }
}
