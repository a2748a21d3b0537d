/**
 * Chambers of other owners in which one's own sensors hang: a ring around the sensor, outlines true to scale, codes.
 *
 * An outline of two metres lies under its sensor's dot at every zoom but the nearest; the ring is as large as it must be.
 */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { SensedChamber } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";
import { UTILITIES, utilityOf } from "@/map/utilities";

const NEAR_ZOOM = 15.5;
const RING_ZOOM = 13.5;
/** From here on an outline is larger than the ring around the dot. */
const OUTLINE_ZOOM = 20;

export class ChambersOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  private middles: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(chambers: readonly SensedChamber[]): void {
    this.data = {
      type: "FeatureCollection",
      features: chambers.map((chamber) => ({
        type: "Feature",
        properties: { code: chamber.code, utility: utilityOf(chamber.utility) },
        geometry: { type: "Polygon", coordinates: [chamber.outline] },
      })),
    };
    this.middles = {
      type: "FeatureCollection",
      features: chambers.map((chamber) => ({
        type: "Feature",
        properties: { code: chamber.code, utility: utilityOf(chamber.utility) },
        geometry: { type: "Point", coordinates: [chamber.longitude, chamber.latitude] },
      })),
    };
    this.map?.getSource<GeoJSONSource>("chamber-rings")?.setData(this.middles);
    this.map?.getSource<GeoJSONSource>("chambers")?.setData(this.data);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource("chambers", { type: "geojson", data: this.data });
    const colours = UTILITIES.flatMap((utility) => [utility, palette.pipes[utility][2]]);
    map.addLayer(
      {
        id: "chambers-edge",
        type: "line",
        source: "chambers",
        minzoom: NEAR_ZOOM,
        paint: {
          "line-color": ["match", ["get", "utility"], ...colours, palette.other] as unknown as string,
          "line-width": 2.5,
        },
      },
      below("pipes"),
    );
    addSigns(map, palette);
    map.addSource("chamber-rings", { type: "geojson", data: this.middles });
    map.addLayer(
      {
        id: "chambers-ring",
        type: "symbol",
        source: "chamber-rings",
        minzoom: RING_ZOOM,
        maxzoom: OUTLINE_ZOOM,
        layout: {
          "icon-image": ["concat", "around-", ["get", "utility"]],
          "icon-size": ["interpolate", ["linear"], ["zoom"], RING_ZOOM, 0.6, NEAR_ZOOM + 1, 1],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
        },
      },
      below("sensors"),
    );
    map.addLayer(
      {
        id: "chambers-code",
        type: "symbol",
        source: "chamber-rings",
        minzoom: NEAR_ZOOM + 1,
        layout: {
          "text-field": ["get", "code"],
          "text-font": FONT,
          "text-size": 11,
          "text-offset": [0, 1.2],
          "text-anchor": "top",
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("sensors"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of ["chambers-code", "chambers-ring", "chambers-edge"]) map.removeLayer(layer);
    for (const source of ["chamber-rings", "chambers"]) map.removeSource(source);
  }
}
