/** What can be made to fail in the demonstration, in which networks, and how large. */
import type { FaultKind } from "@/api/types";
import type { Utility } from "@/map/utilities";

export interface FaultForm {
  kind: FaultKind;
  /** Kinds of networks in which it happens; the first is meant when nothing is picked. */
  utilities: readonly Utility[];
  unit: string;
  usual: number;
  most: number;
  step: number;
}

export const FAULTS: readonly FaultForm[] = [
  { kind: "pipe_break", utilities: ["water"], unit: "m³/h", usual: 40, most: 200, step: 5 },
  { kind: "quality", utilities: ["water"], unit: "mg/L", usual: 0.6, most: 2, step: 0.1 },
  { kind: "heat_burst", utilities: ["heat"], unit: "m³/h", usual: 40, most: 200, step: 5 },
  { kind: "cold_station", utilities: ["heat"], unit: "", usual: 0.7, most: 1, step: 0.1 },
  { kind: "gas_leak", utilities: ["gas"], unit: "mm", usual: 10, most: 100, step: 1 },
  {
    kind: "biogas",
    utilities: ["sewer", "storm", "power", "telecom"],
    unit: "m³/h",
    usual: 0.1,
    most: 10,
    step: 0.05,
  },
];

/** The network a fault happens in: the picked one where it is of a fitting kind, else the first that is. */
export function networkFor(
  fault: FaultForm,
  networks: readonly { code: string; utility: string }[],
  picked: string,
): string {
  const kinds: readonly string[] = fault.utilities;
  const fits = networks.filter((one) => kinds.includes(one.utility));
  const order = (one: { utility: string }) => kinds.indexOf(one.utility);
  const first = [...fits].sort((one, other) => order(one) - order(other))[0];
  return fits.find((one) => one.code === picked)?.code ?? first?.code ?? "";
}

/** The kind to offer for what was picked: that of its network. */
export function kindFor(utility: string): FaultKind | undefined {
  return FAULTS.find((fault) => fault.utilities.some((one) => one === utility))?.kind;
}
