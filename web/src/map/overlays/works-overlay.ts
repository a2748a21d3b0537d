/** Areas and elements of planned works, and the corners of one that is being drawn. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export interface ShownWork {
  id: string;
  /** Corners of the area in degrees; fewer than three while it is drawn. */
  area: readonly (readonly number[])[];
  /** Lines and points of its elements. */
  paths: readonly (readonly number[][])[];
  active: boolean;
  chosen: boolean;
}

export const WORKS_LAYER = "works-area";

function featuresOf(work: ShownWork): GeoJSON.Feature[] {
  const properties = { id: work.id, active: work.active, chosen: work.chosen };
  const ring = work.area.map((pair) => [...pair]);
  const features: GeoJSON.Feature[] = [];
  const [first] = ring;
  if (first !== undefined && ring.length > 2) {
    const geometry: GeoJSON.Polygon = { type: "Polygon", coordinates: [[...ring, first]] };
    features.push({ type: "Feature", properties, geometry });
  } else if (ring.length === 2) {
    features.push({ type: "Feature", properties, geometry: { type: "LineString", coordinates: ring } });
  }
  for (const path of work.paths) {
    const [point] = path;
    const geometry: GeoJSON.Geometry | null =
      path.length > 1
        ? { type: "LineString", coordinates: path.map((pair) => [...pair]) }
        : point
          ? { type: "Point", coordinates: point }
          : null;
    if (geometry) features.push({ type: "Feature", properties, geometry });
  }
  return features;
}

function cornersOf(work: ShownWork): GeoJSON.Feature[] {
  if (!work.chosen) return [];
  return work.area.map((pair) => ({
    type: "Feature",
    properties: {},
    geometry: { type: "Point", coordinates: [...pair] },
  }));
}

export class WorksOverlay implements Overlay {
  private map: MapLibre | null = null;
  private works: readonly ShownWork[] = [];

  show(works: readonly ShownWork[]): void {
    this.works = works;
    this.map?.getSource<GeoJSONSource>("works")?.setData(this.collection(featuresOf));
    this.map?.getSource<GeoJSONSource>("works-corners")?.setData(this.collection(cornersOf));
  }

  private collection(of: (work: ShownWork) => GeoJSON.Feature[]): GeoJSON.FeatureCollection {
    return { type: "FeatureCollection", features: this.works.flatMap(of) };
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("works", { type: "geojson", data: this.collection(featuresOf) });
    map.addSource("works-corners", { type: "geojson", data: this.collection(cornersOf) });
    const colour = palette.level.orange;
    map.addLayer(
      {
        id: WORKS_LAYER,
        type: "fill",
        source: "works",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: {
          "fill-color": colour,
          "fill-opacity": ["case", ["get", "chosen"], 0.35, ["get", "active"], 0.2, 0.1],
        },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: "works-line",
        type: "line",
        source: "works",
        paint: {
          "line-color": colour,
          "line-dasharray": [2, 1.5],
          "line-width": ["case", ["get", "chosen"], 4, 2],
        },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: "works-points",
        type: "circle",
        source: "works",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-color": "transparent",
          "circle-radius": 9,
          "circle-stroke-color": colour,
          "circle-stroke-width": 3,
        },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: "works-corners",
        type: "circle",
        source: "works-corners",
        paint: {
          "circle-color": palette.picked,
          "circle-radius": 4,
          "circle-stroke-color": palette.halo,
          "circle-stroke-width": 1,
        },
      },
      below("top"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of ["works-corners", "works-points", "works-line", WORKS_LAYER]) map.removeLayer(layer);
    map.removeSource("works-corners");
    map.removeSource("works");
  }
}
