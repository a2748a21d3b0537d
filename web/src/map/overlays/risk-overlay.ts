/** A network's pipes in the four colours of risk, over its own. */
import type { Map as MapLibre } from "maplibre-gl";
import { BASE } from "@/api/client";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

export const RISK_LAYER = "risk-pipes";
const SOURCE = "risk";
const MARK = "risk-picked";

export class RiskOverlay implements Overlay {
  private map: MapLibre | null = null;
  private code = "";

  /** `tiles` is the path of the network's risk tiles, without the tile's numbers. */
  constructor(private readonly tiles: string) {}

  /** Mark one pipe; an empty code marks none. */
  pick(code: string): void {
    this.code = code;
    this.map?.setFilter(MARK, ["==", ["get", "code"], code]);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    const address = `${location.origin}${BASE}${this.tiles}/{z}/{x}/{y}`;
    map.addSource(SOURCE, { type: "vector", tiles: [address], minzoom: 9, maxzoom: 16 });
    const lines = { type: "line", source: SOURCE, "source-layer": "links" } as const;
    const round = { "line-cap": "round", "line-join": "round" } as const;
    map.addLayer(
      {
        id: MARK,
        ...lines,
        filter: ["==", ["get", "code"], this.code],
        layout: round,
        paint: { "line-color": palette.picked, "line-width": 12, "line-opacity": 0.8 },
      },
      below("likely"),
    );
    map.addLayer(
      {
        id: RISK_LAYER,
        ...lines,
        filter: ["==", ["get", "kind"], "pipe"],
        layout: {
          ...round,
          // What is worse lies on top.
          "line-sort-key": ["match", ["get", "risk"], "red", 4, "orange", 3, "yellow", 2, 1],
        },
        paint: {
          "line-color": [
            "match",
            ["get", "risk"],
            "red",
            palette.level.red,
            "orange",
            palette.level.orange,
            "yellow",
            palette.level.yellow,
            palette.level.blue,
          ],
          "line-width": ["interpolate", ["linear"], ["zoom"], 11, 2, 15, 5, 19, 11],
        },
      },
      below("likely"),
    );
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of [RISK_LAYER, MARK]) map.removeLayer(layer);
    map.removeSource(SOURCE);
  }
}
