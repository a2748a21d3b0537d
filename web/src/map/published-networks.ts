/** The networks on the map, each in the edition that is published; another edition takes the place of the one before. */
import type { Network } from "@/api/types";
import type { Overlay } from "@/map/city-map";
import { NetworkOverlay } from "@/map/overlays/network-overlay";

export class PublishedNetworks {
  /** What is shown, by the network's code. */
  readonly overlays = new Map<string, NetworkOverlay>();
  private readonly editions = new Map<string, number>();
  private readonly leaving = new Map<string, () => void>();

  constructor(private readonly use: (overlay: Overlay) => () => void) {}

  follow(networks: readonly Pick<Network, "code" | "edition">[]): void {
    for (const { code, edition } of networks) {
      if (edition === null || this.editions.get(code) === edition.id) continue;
      this.leaving.get(code)?.();
      const overlay = new NetworkOverlay(code, edition.id);
      this.editions.set(code, edition.id);
      this.overlays.set(code, overlay);
      this.leaving.set(code, this.use(overlay));
    }
  }

  leave(): void {
    for (const leave of this.leaving.values()) leave();
    this.leaving.clear();
    this.overlays.clear();
    this.editions.clear();
  }
}
