/** Grid cells filled by how far they were walked: red where seldom, green where always. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { CellCoverage } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

const FILL = "coverage-fill";
const NAMES = "coverage-name";
const TRACK = "coverage-track";

export interface TrackPoint {
  longitude: number;
  latitude: number;
}

export class CoverageOverlay implements Overlay {
  private map: MapLibre | null = null;
  private cells: readonly CellCoverage[] = [];
  private track: readonly TrackPoint[] = [];

  show(cells: readonly CellCoverage[]): void {
    this.cells = cells;
    this.map?.getSource<GeoJSONSource>(FILL)?.setData(this.areas());
  }

  showTrack(track: readonly TrackPoint[]): void {
    this.track = track;
    this.map?.getSource<GeoJSONSource>(TRACK)?.setData(this.way());
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource(FILL, { type: "geojson", data: this.areas() });
    map.addSource(TRACK, { type: "geojson", data: this.way() });
    map.addLayer(
      {
        id: FILL,
        type: "fill",
        source: FILL,
        paint: {
          "fill-color": [
            "interpolate",
            ["linear"],
            ["get", "percent"],
            0,
            "#c81e3a",
            60,
            "#f2c500",
            95,
            "#1b8a5a",
          ],
          "fill-opacity": 0.42,
        },
      },
      below("streets"),
    );
    map.addLayer(
      {
        id: NAMES,
        type: "symbol",
        source: FILL,
        minzoom: 13,
        layout: { "text-field": ["get", "words"], "text-font": FONT, "text-size": 11 },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.4 },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: TRACK,
        type: "line",
        source: TRACK,
        paint: { "line-color": palette.streetText, "line-width": 2, "line-dasharray": [2, 1] },
      },
      below("likely"),
    );
  }

  remove(map: MapLibre): void {
    for (const layer of [TRACK, NAMES, FILL]) map.removeLayer(layer);
    map.removeSource(FILL);
    map.removeSource(TRACK);
    this.map = null;
  }

  private areas(): GeoJSON.FeatureCollection {
    return {
      type: "FeatureCollection",
      features: this.cells.map((one) => ({
        type: "Feature",
        properties: {
          percent: Number(one.percent ?? 0),
          words: `${Math.round(Number(one.percent ?? 0))} %`,
        },
        geometry: { type: "Polygon", coordinates: [one.ring] },
      })),
    };
  }

  private way(): GeoJSON.FeatureCollection {
    const coordinates = this.track.map((one) => [one.longitude, one.latitude]);
    const geometry: GeoJSON.LineString = { type: "LineString", coordinates };
    return {
      type: "FeatureCollection",
      features: coordinates.length > 1 ? [{ type: "Feature", properties: {}, geometry }] : [],
    };
  }
}
