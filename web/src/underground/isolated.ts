/** What a broken pipe cuts off when the valves around it are closed. */
import { api } from "@/api/client";
import type { components } from "@/api/schema";

type Isolation = components["schemas"]["IsolationOut"];

/** The part of the valve search's answer that the picture needs. */
export interface CutOff {
  /** Codes of the links without supply: the part around the break, and what hangs on it. */
  links: ReadonlySet<string>;
  valves: Isolation["valves"];
  users: number;
  outcome: Isolation["outcome"];
}

/** Which valves to close for a broken link, and what that leaves without supply. */
export async function isolatedBy(network: string, element: string): Promise<CutOff> {
  const found = await api.get<Isolation>(`/networks/${network}/isolation`, { element });
  const links = [...found.segment, ...found.dry].map((line) => line.code);
  return {
    links: new Set([element, ...links]),
    valves: found.valves,
    users: found.users,
    outcome: found.outcome,
  };
}
