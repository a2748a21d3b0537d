/** Chambers of other owners in which one's own sensors hang: outlines true to scale, and their codes. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { SensedChamber } from "@/api/types";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";
import { UTILITIES, utilityOf } from "@/map/utilities";

const NEAR_ZOOM = 15.5;

export class ChambersOverlay implements Overlay {
  private map: MapLibre | null = null;
  private data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

  show(chambers: readonly SensedChamber[]): void {
    this.data = {
      type: "FeatureCollection",
      features: chambers.map((chamber) => ({
        type: "Feature",
        properties: { code: chamber.code, utility: utilityOf(chamber.utility) },
        geometry: { type: "Polygon", coordinates: [chamber.outline] },
      })),
    };
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
    map.addLayer(
      {
        id: "chambers-code",
        type: "symbol",
        source: "chambers",
        minzoom: NEAR_ZOOM + 1,
        layout: {
          "text-field": ["get", "code"],
          "text-font": FONT,
          "text-size": 11,
          "text-offset": [0, 1.4],
          "text-anchor": "top",
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("sensors"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of ["chambers-code", "chambers-edge"]) map.removeLayer(layer);
    map.removeSource("chambers");
  }
}
