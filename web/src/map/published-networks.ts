/** The networks on the map, each in the edition that is published; another edition takes the place of the one before. */
import type { Network } from "@/api/types";
import type { Overlay } from "@/map/city-map";
import { NetworkOverlay } from "@/map/overlays/network-overlay";
import { type Utility, utilityOf } from "@/map/utilities";

export class PublishedNetworks {
  /** What is shown, by the network's code. */
  readonly overlays = new Map<string, NetworkOverlay>();
  private readonly editions = new Map<string, number>();
  private readonly leaving = new Map<string, () => void>();

  constructor(private readonly use: (overlay: Overlay) => () => void) {}

  /** Show these networks, but for those whose kind is hidden. */
  follow(
    networks: readonly Pick<Network, "code" | "edition" | "utility">[],
    hidden: ReadonlySet<Utility> = new Set(),
  ): void {
    for (const { code, edition, utility } of networks) {
      const kind = utilityOf(utility);
      if (edition === null || hidden.has(kind)) this.drop(code);
      else if (this.editions.get(code) !== edition.id) {
        this.drop(code);
        const overlay = new NetworkOverlay(code, edition.id, kind);
        this.editions.set(code, edition.id);
        this.overlays.set(code, overlay);
        this.leaving.set(code, this.use(overlay));
      }
    }
  }

  leave(): void {
    for (const code of [...this.overlays.keys()]) this.drop(code);
  }

  private drop(code: string): void {
    this.leaving.get(code)?.();
    this.leaving.delete(code);
    this.overlays.delete(code);
    this.editions.delete(code);
  }
}
