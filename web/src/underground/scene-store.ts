/** Networks in space as the page shows them: fetched once an edition, shown while their kind is not hidden. */
import { api } from "@/api/client";
import type { Network } from "@/api/types";
import type { Utility } from "@/map/utilities";
import { readScene } from "@/underground/buffer";
import { NetworkModel } from "@/underground/network-model";
import type { Stage } from "@/underground/stage";

export class SceneStore {
  private readonly editions = new Map<string, number>();
  private readonly stop = new AbortController();

  constructor(private readonly stage: Stage) {}

  /** Bring the stage to these networks, but for hidden kinds; true when something changed. */
  async follow(networks: readonly Network[], hidden: ReadonlySet<Utility>): Promise<boolean> {
    const wanted = networks.filter(
      (network) => network.edition !== null && !hidden.has(network.utility as Utility),
    );
    let changed = false;
    for (const code of [...this.editions.keys()]) {
      if (wanted.some((network) => network.code === code)) continue;
      this.editions.delete(code);
      this.stage.remove(code);
      changed = true;
    }
    const missing = wanted.filter((network) => this.editions.get(network.code) !== network.edition?.id);
    await Promise.all(
      missing.map(async ({ code, edition }) => {
        const id = edition?.id ?? 0;
        this.editions.set(code, id);
        try {
          const buffer = await api.bytes(`/underground/${code}/${id}`, {}, { signal: this.stop.signal });
          if (this.stop.signal.aborted || this.editions.get(code) !== id) return;
          this.stage.add(new NetworkModel(code, readScene(buffer), this.stage.clip));
        } catch (error) {
          this.editions.delete(code);
          if (!this.stop.signal.aborted) throw error;
        }
      }),
    );
    return changed || missing.length > 0;
  }

  leave(): void {
    this.stop.abort();
  }
}
