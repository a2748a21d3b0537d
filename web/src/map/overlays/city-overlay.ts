/** Streets and grid cells, with their names. */
import type { Map as MapLibre } from "maplibre-gl";
import type { City } from "@/api/types";
import { language } from "@/i18n";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

const LAYERS = ["cells-line", "cells-name", "streets-line", "streets-name"];

/** One point a cell for its name: a polygon cut by tiles would show it once a tile. */
function middles(cells: City["cells"]): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const features = cells.features.map((cell): GeoJSON.Feature<GeoJSON.Point> => {
    const ring = cell.geometry.coordinates[0] ?? [];
    const middle = (axis: 0 | 1): number => {
      const values = ring.map((vertex) => vertex[axis] ?? 0);
      return (Math.min(...values) + Math.max(...values)) / 2;
    };
    return {
      type: "Feature",
      properties: cell.properties,
      geometry: { type: "Point", coordinates: [middle(0), middle(1)] },
    };
  });
  return { type: "FeatureCollection", features };
}

export class CityOverlay implements Overlay {
  constructor(private readonly city: City) {}

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    map.addSource("cells", { type: "geojson", data: this.city.cells });
    map.addSource("cell-middles", { type: "geojson", data: middles(this.city.cells) });
    map.addSource("streets", { type: "geojson", data: this.city.streets });
    map.addLayer(
      {
        id: "cells-line",
        type: "line",
        source: "cells",
        paint: { "line-color": palette.cell, "line-width": 1, "line-dasharray": [4, 3] },
      },
      below("ground"),
    );
    map.addLayer(
      {
        id: "streets-line",
        type: "line",
        source: "streets",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": palette.street,
          "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, 2, 16, 11, 19, 40],
        },
      },
      below("streets"),
    );
    map.addLayer(
      {
        id: "cells-name",
        type: "symbol",
        source: "cell-middles",
        minzoom: 14.8,
        layout: { "text-field": ["get", "code"], "text-font": FONT, "text-size": 10 },
        paint: { "text-color": palette.cellText, "text-halo-color": palette.halo, "text-halo-width": 1 },
      },
      below("streets"),
    );
    map.addLayer(
      {
        id: "streets-name",
        type: "symbol",
        source: "streets",
        minzoom: 12,
        layout: {
          "symbol-placement": "line",
          "symbol-spacing": 400,
          "text-field": ["get", language.value === "en" ? "name_en" : "name_zh"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["zoom"], 12, 10, 17, 14],
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("likely"),
    );
  }

  remove(map: MapLibre): void {
    for (const layer of LAYERS) map.removeLayer(layer);
    map.removeSource("cells");
    map.removeSource("cell-middles");
    map.removeSource("streets");
  }
}
