/** The part of a network that an alarm concerns, and the places in it that are told first. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { AffectedPart } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

const SOURCES = ["area-pipes", "area-places"] as const;
const none: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export class AreaOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: Record<(typeof SOURCES)[number], GeoJSON.FeatureCollection> = {
    "area-pipes": none,
    "area-places": none,
  };

  show(part: AffectedPart): void {
    const pipes: GeoJSON.Feature[] = part.paths.map((path) => ({
      type: "Feature",
      properties: {},
      geometry: { type: "LineString", coordinates: path },
    }));
    const places: GeoJSON.Feature[] = part.key_places.map((place) => ({
      type: "Feature",
      properties: { name: place.name },
      geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
    }));
    this.data = {
      "area-pipes": { type: "FeatureCollection", features: pipes },
      "area-places": { type: "FeatureCollection", features: places },
    };
    for (const source of SOURCES) this.map?.getSource<GeoJSONSource>(source)?.setData(this.data[source]);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    for (const source of SOURCES) map.addSource(source, { type: "geojson", data: this.data[source] });
    map.addLayer(
      {
        id: "area-line",
        type: "line",
        source: "area-pipes",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": palette.level.orange, "line-width": 11, "line-opacity": 0.38 },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: "area-place",
        type: "circle",
        source: "area-places",
        paint: {
          "circle-color": palette.level.red,
          "circle-radius": 6,
          "circle-stroke-color": palette.halo,
          "circle-stroke-width": 2,
        },
      },
      below("sensors"),
    );
    map.addLayer(
      {
        id: "area-name",
        type: "symbol",
        source: "area-places",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 12,
          "text-offset": [0, 1.1],
          "text-anchor": "top",
        },
        paint: { "text-color": palette.picked, "text-halo-color": palette.halo, "text-halo-width": 2 },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of ["area-name", "area-place", "area-line"]) map.removeLayer(layer);
    for (const source of SOURCES) map.removeSource(source);
  }
}
