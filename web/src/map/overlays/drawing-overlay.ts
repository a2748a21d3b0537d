/** What a person is drawing on the map: a route or an outline, with its corners. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export type Place = readonly [longitude: number, latitude: number];

/** The drawing as GeoJSON; an outline of three places is closed and filled. */
export function drawn(places: readonly Place[], closed: boolean): GeoJSON.FeatureCollection {
  const corners = places.map(
    (place): GeoJSON.Feature => ({
      type: "Feature",
      properties: { corner: true },
      geometry: { type: "Point", coordinates: [...place] },
    }),
  );
  const line = places.map((place) => [...place]);
  const whole = closed && line.length > 2;
  const shape: GeoJSON.Feature[] =
    line.length < 2
      ? []
      : [
          {
            type: "Feature",
            properties: {},
            geometry: whole
              ? { type: "Polygon", coordinates: [[...line, line[0] as number[]]] }
              : { type: "LineString", coordinates: line },
          },
        ];
  return { type: "FeatureCollection", features: [...shape, ...corners] };
}

export class DrawingOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data = drawn([], false);

  constructor(private readonly closed: boolean) {}

  show(places: readonly Place[]): void {
    this.data = drawn(places, this.closed);
    this.map?.getSource<GeoJSONSource>("drawing")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("drawing", { type: "geojson", data: this.data });
    map.addLayer(
      {
        id: "drawing-fill",
        type: "fill",
        source: "drawing",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": palette.picked, "fill-opacity": 0.18 },
      },
      below("top"),
    );
    map.addLayer(
      {
        id: "drawing-line",
        type: "line",
        source: "drawing",
        filter: ["!=", ["geometry-type"], "Point"],
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": palette.picked, "line-width": 2.5, "line-dasharray": [2, 1.5] },
      },
      below("top"),
    );
    map.addLayer(
      {
        id: "drawing-corner",
        type: "circle",
        source: "drawing",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-color": palette.picked,
          "circle-stroke-color": palette.ground,
          "circle-stroke-width": 1.5,
          "circle-radius": 4.5,
        },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of ["drawing-fill", "drawing-line", "drawing-corner"]) map.removeLayer(layer);
    map.removeSource("drawing");
  }
}
