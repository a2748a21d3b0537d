/** The city and its networks as the server tells them, read once in a session of the page. */
import { shallowRef } from "vue";
import { api } from "@/api/client";
import type { City, Network, SensedChamber } from "@/api/types";

export const city = shallowRef<City | null>(null);
export const networks = shallowRef<readonly Network[]>([]);

export async function readCity(): Promise<void> {
  city.value ??= await api.get<City>("/city");
}

/** Chambers of other owners in which one's own sensors hang. */
export const chambers = shallowRef<readonly SensedChamber[]>([]);

export async function readChambers(): Promise<void> {
  chambers.value = await api.get<SensedChamber[]>("/sensed-chambers");
}

/** Networks anew: an import may have published another edition. */
export async function readNetworks(): Promise<readonly Network[]> {
  networks.value = await api.get<Network[]>("/networks");
  return networks.value;
}
