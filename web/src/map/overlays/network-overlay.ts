/** One network's edition as vector tiles: links in its trade's colour by diameter, chambers, nodes and codes when near. */
import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from "maplibre-gl";
import { BASE } from "@/api/client";
import { FONT, type Level, type Overlay } from "@/map/city-map";
import { DIAMETER_LIMITS_MM, type Palette } from "@/map/palette";
import { addSigns } from "@/map/signs";
import type { Utility } from "@/map/utilities";

const DIAMETER: ExpressionSpecification = ["coalesce", ["get", "diameter_mm"], 0];

function byDiameter(values: readonly [string | number, ...(string | number)[]]): ExpressionSpecification {
  const steps = DIAMETER_LIMITS_MM.flatMap((limit, index) => [limit, values[index + 1] ?? values[0]]);
  return ["step", DIAMETER, values[0], ...steps] as ExpressionSpecification;
}

/** Layers of links and nodes that answer to a click. */
export const linkLayer = (network: string): string => `links-${network}`;
export const fittingLayer = (network: string): string => `fittings-${network}`;
export const nodeLayer = (network: string): string => `nodes-${network}`;
export const chamberLayer = (network: string): string => `chambers-${network}`;

/** From here on pipes tell their code, size and material. */
const LABELS_FROM_ZOOM = 17;
/** Junctions crowd a far view; chambers are what people look for underground and come sooner. */
const JUNCTIONS_FROM_ZOOM = 15.5;
const CHAMBERS_FROM_ZOOM = 14;

export class NetworkOverlay implements Overlay {
  private picked: { layer: "links" | "nodes"; code: string } | null = null;
  private map: MapLibre | null = null;

  constructor(
    private readonly code: string,
    private readonly edition: number,
    private readonly utility: Utility,
  ) {}

  /** Mark one link or node; null marks nothing. */
  pick(picked: { layer: "links" | "nodes"; code: string } | null): void {
    this.picked = picked;
    if (this.map) this.applyPick(this.map);
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    addSigns(map, palette);
    map.addSource(this.code, {
      type: "vector",
      tiles: [`${location.origin}${BASE}/tiles/${this.code}/${this.edition}/{z}/{x}/{y}`],
      minzoom: 9,
      maxzoom: 16,
    });
    const tiles = { source: this.code } as const;
    const isPipe: FilterSpecification = ["==", ["get", "kind"], "pipe"];
    const width = (near: number) =>
      byDiameter([1, 1.6, 2.4, 3.4].map((w) => w * near) as [number, number, number, number]);
    const growing: ExpressionSpecification = [
      "interpolate",
      ["linear"],
      ["zoom"],
      11,
      width(0.5),
      15,
      width(1.3),
      19,
      width(4),
    ];
    const round = { "line-cap": "round", "line-join": "round" } as const;
    map.addLayer(
      {
        id: `picked-link-${this.code}`,
        type: "line",
        ...tiles,
        "source-layer": "links",
        filter: ["==", ["get", "code"], ""],
        layout: round,
        paint: { "line-color": palette.picked, "line-width": 9, "line-opacity": 0.75 },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: linkLayer(this.code),
        type: "line",
        ...tiles,
        "source-layer": "links",
        filter: isPipe,
        layout: round,
        paint: {
          "line-color": byDiameter(palette.pipes[this.utility]),
          "line-width": growing,
          // Storm and sewer share the trade's brown; foul water is the dashed one.
          ...(this.utility === "sewer" ? { "line-dasharray": [3, 1.2] } : {}),
        },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: fittingLayer(this.code),
        type: "line",
        ...tiles,
        "source-layer": "links",
        filter: ["!", isPipe],
        paint: {
          "line-color": palette.other,
          "line-width": ["interpolate", ["linear"], ["zoom"], 11, 3, 17, 7],
        },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: nodeLayer(this.code),
        type: "circle",
        ...tiles,
        "source-layer": "nodes",
        // Tanks and reservoirs are landmarks and always shown.
        filter: [
          "all",
          ["!", ["has", "chamber"]],
          [
            "any",
            ["in", ["get", "kind"], ["literal", ["tank", "reservoir"]]],
            [">=", ["zoom"], JUNCTIONS_FROM_ZOOM],
          ],
        ],
        paint: {
          "circle-color": palette.ground,
          "circle-stroke-color": palette.pipes[this.utility][2],
          "circle-stroke-width": 1.2,
          "circle-radius": ["match", ["get", "kind"], ["tank", "reservoir"], 7, 2.6],
        },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: `picked-node-${this.code}`,
        type: "circle",
        ...tiles,
        "source-layer": "nodes",
        filter: ["==", ["get", "code"], ""],
        paint: {
          "circle-color": "transparent",
          "circle-stroke-color": palette.picked,
          "circle-stroke-width": 3,
          "circle-radius": 9,
        },
      },
      below("pipes"),
    );
    this.addChambers(map, palette, below);
    this.applyPick(map);
  }

  private addChambers(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    map.addLayer(
      {
        id: chamberLayer(this.code),
        type: "symbol",
        source: this.code,
        "source-layer": "nodes",
        minzoom: CHAMBERS_FROM_ZOOM,
        filter: ["has", "chamber"],
        layout: {
          "icon-image": `chamber-${this.utility}`,
          "icon-allow-overlap": true,
          "icon-size": ["interpolate", ["linear"], ["zoom"], CHAMBERS_FROM_ZOOM, 0.6, 18, 1.4],
          "text-field": ["step", ["zoom"], "", LABELS_FROM_ZOOM, ["get", "code"]],
          "text-font": FONT,
          "text-size": 10,
          "text-anchor": "top",
          "text-offset": [0, 0.8],
          "text-optional": true,
        },
        paint: { "text-color": palette.streetText, "text-halo-color": palette.halo, "text-halo-width": 1.5 },
      },
      below("pipes"),
    );
    map.addLayer(
      {
        id: `labels-${this.code}`,
        type: "symbol",
        source: this.code,
        "source-layer": "links",
        minzoom: LABELS_FROM_ZOOM,
        layout: {
          "symbol-placement": "line",
          "text-field": [
            "concat",
            ["get", "code"],
            ["case", [">", DIAMETER, 0], ["concat", "  DN", ["to-string", ["round", DIAMETER]]], ""],
            "  ",
            ["coalesce", ["get", "material"], ""],
          ],
          "text-font": FONT,
          "text-size": 11,
          "text-offset": [0, 0.9],
        },
        paint: {
          "text-color": palette.pipes[this.utility][2],
          "text-halo-color": palette.halo,
          "text-halo-width": 1.5,
        },
      },
      below("likely"),
    );
  }

  private applyPick(map: MapLibre): void {
    const code = (layer: "links" | "nodes"): string => (this.picked?.layer === layer ? this.picked.code : "");
    map.setFilter(`picked-link-${this.code}`, ["==", ["get", "code"], code("links")]);
    map.setFilter(`picked-node-${this.code}`, ["==", ["get", "code"], code("nodes")]);
  }

  remove(map: MapLibre): void {
    this.map = null;
    for (const layer of [
      `picked-link-${this.code}`,
      linkLayer(this.code),
      fittingLayer(this.code),
      nodeLayer(this.code),
      `picked-node-${this.code}`,
      chamberLayer(this.code),
      `labels-${this.code}`,
    ]) {
      map.removeLayer(layer);
    }
    map.removeSource(this.code);
  }
}
