/** How far an explosion or a burst may reach: circles true to scale, each with what it is and how far. */
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { labelPlace, type Reach, ring } from "@/desk/alarms/methane";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import { type Palette, reachColours } from "@/map/palette";

const LAYERS = ["reach-name", "reach-edge", "reach-casing", "reach-area"] as const;
const SOURCES = ["reach", "reach-names"] as const;
const none: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export class ReachOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: Record<(typeof SOURCES)[number], GeoJSON.FeatureCollection> = {
    reach: none,
    "reach-names": none,
  };

  /** `name` says what a circle is and how far it reaches, in the reader's language. */
  show(reaches: readonly Reach[], name: (reach: Reach) => string): void {
    const circles = reaches.map(
      (reach): GeoJSON.Feature => ({
        type: "Feature",
        properties: { kind: reach.kind },
        geometry: { type: "Polygon", coordinates: [ring(reach)] },
      }),
    );
    const names = reaches.map(
      (reach): GeoJSON.Feature => ({
        type: "Feature",
        properties: { kind: reach.kind, name: name(reach) },
        geometry: { type: "Point", coordinates: labelPlace(reach) },
      }),
    );
    this.data = {
      reach: { type: "FeatureCollection", features: circles },
      "reach-names": { type: "FeatureCollection", features: names },
    };
    for (const source of SOURCES) this.map?.getSource<GeoJSONSource>(source)?.setData(this.data[source]);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    for (const source of SOURCES) map.addSource(source, { type: "geojson", data: this.data[source] });
    const { heavy, light, impact } = reachColours(palette);
    const colour: ExpressionSpecification = [
      "match",
      ["get", "kind"],
      "heavy",
      heavy,
      "light",
      light,
      impact,
    ];
    map.addLayer(
      {
        id: "reach-area",
        type: "fill",
        source: "reach",
        paint: {
          "fill-color": colour,
          "fill-opacity": ["match", ["get", "kind"], "heavy", 0.32, "light", 0.2, 0.12],
        },
      },
      below("streets"),
    );
    // A seam in the ground's colour keeps the edge apart from pipes and streets it crosses.
    map.addLayer(
      {
        id: "reach-casing",
        type: "line",
        source: "reach",
        paint: { "line-color": palette.halo, "line-width": 6, "line-opacity": 0.85 },
      },
      below("likely"),
    );
    map.addLayer(
      { id: "reach-edge", type: "line", source: "reach", paint: { "line-color": colour, "line-width": 3 } },
      below("likely"),
    );
    map.addLayer(
      {
        id: "reach-name",
        type: "symbol",
        source: "reach-names",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 13,
          "text-max-width": 24,
          "text-anchor": ["match", ["get", "kind"], "heavy", "top", "bottom"],
          "text-offset": ["match", ["get", "kind"], "heavy", ["literal", [0, 0.3]], ["literal", [0, -0.3]]],
          "text-allow-overlap": true,
        },
        paint: { "text-color": colour, "text-halo-color": palette.halo, "text-halo-width": 2 },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of LAYERS) map.removeLayer(layer);
    for (const source of SOURCES) map.removeSource(source);
  }
}
