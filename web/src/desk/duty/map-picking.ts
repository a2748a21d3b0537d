/** From a click on the map to the thing under it: sensors before nodes, nodes before links. */
import { onBeforeUnmount } from "vue";
import type { Picked } from "@/desk/duty/picked";
import { cityMap } from "@/map/city-map";
import { chamberLayer, fittingLayer, linkLayer, nodeLayer } from "@/map/overlays/network-overlay";

interface Point {
  x: number;
  y: number;
}

/** Call `clicked` for every click on the map while the calling component lives. */
export function useMapPicking(clicked: (point: Point) => void): void {
  onBeforeUnmount(cityMap().onClick((event) => clicked(event.point)));
}

/** The topmost thing of these layers with a code, and the source that it is of: a network's own code. */
function hitAt(
  point: Point,
  layers: readonly string[],
  reachPx: number,
): { source: string; code: string } | null {
  const hit = cityMap().featuresAt(point, layers, reachPx)[0];
  const code: unknown = hit?.properties.code;
  return hit !== undefined && typeof code === "string" ? { source: hit.source, code } : null;
}

export function pickAt(point: Point, networks: readonly string[], sensors: string): Picked | null {
  const sensor = hitAt(point, [sensors], 5);
  if (sensor !== null) return { kind: "datastream", code: sensor.code };
  const nodes = networks.flatMap((network) => [chamberLayer(network), nodeLayer(network)]);
  const node = hitAt(point, nodes, 4);
  if (node !== null) return { kind: "node", network: node.source, code: node.code };
  const links = networks.flatMap((network) => [fittingLayer(network), linkLayer(network)]);
  const link = hitAt(point, links, 6);
  return link === null ? null : { kind: "link", network: link.source, code: link.code };
}
