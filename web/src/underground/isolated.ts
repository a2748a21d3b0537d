/** What a broken pipe cuts off when the valves around it are closed. */
import { api } from "@/api/client";

/** The part of the valve search's answer that a picture needs: what runs empty and what loses its supply with it. */
interface Isolation {
  segment_links: string[];
  dry_links: string[];
}

/** Codes of the links that are without supply while a link is being repaired. */
export async function isolatedBy(network: string, element: string): Promise<ReadonlySet<string>> {
  const found = await api.get<Isolation>(`/networks/${network}/isolation`, { element });
  return new Set([element, ...found.segment_links, ...found.dry_links]);
}
