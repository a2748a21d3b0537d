/** From a click on the map to the thing under it: sensors before nodes, nodes before links. */
import { onBeforeUnmount } from "vue";
import type { Picked } from "@/desk/duty/picked";
import { cityMap } from "@/map/city-map";
import { fittingLayer, linkLayer, nodeLayer } from "@/map/overlays/network-overlay";

interface Point {
  x: number;
  y: number;
}

/** Call `clicked` for every click on the map while the calling component lives. */
export function useMapPicking(clicked: (point: Point) => void): void {
  onBeforeUnmount(cityMap().onClick((event) => clicked(event.point)));
}

function codeAt(point: Point, layers: readonly string[], reachPx: number): string | null {
  const code: unknown = cityMap().featuresAt(point, layers, reachPx)[0]?.properties.code;
  return typeof code === "string" ? code : null;
}

export function pickAt(point: Point, networks: readonly string[], sensors: string): Picked | null {
  const sensor = codeAt(point, [sensors], 5);
  if (sensor !== null) return { kind: "datastream", code: sensor };
  for (const network of networks) {
    const node = codeAt(point, [nodeLayer(network)], 4);
    if (node !== null) return { kind: "node", network, code: node };
    const link = codeAt(point, [fittingLayer(network), linkLayer(network)], 6);
    if (link !== null) return { kind: "link", network, code: link };
  }
  return null;
}
