import { expect, test } from "vitest";
import { FAULTS, kindFor, networkFor } from "@/desk/simulator/faults";

const NETWORKS = [
  { code: "STORM", utility: "storm" },
  { code: "SEWER", utility: "sewer" },
  { code: "W-1", utility: "water" },
  { code: "W-2", utility: "water" },
];
const fault = (kind: string) => {
  const found = FAULTS.find((one) => one.kind === kind);
  if (!found) throw new Error(kind);
  return found;
};

test("a fault happens in the picked network where it fits, else in the first that fits", () => {
  expect(networkFor(fault("pipe_break"), NETWORKS, "W-2")).toBe("W-2");
  expect(networkFor(fault("pipe_break"), NETWORKS, "SEWER")).toBe("W-1");
  expect(networkFor(fault("biogas"), NETWORKS, "")).toBe("SEWER");
  expect(networkFor(fault("biogas"), NETWORKS, "STORM")).toBe("STORM");
  expect(networkFor(fault("gas_leak"), NETWORKS, "W-1")).toBe("");
});

test("what is picked offers what may fail there", () => {
  expect(kindFor("heat")).toBe("heat_burst");
  expect(kindFor("power")).toBe("biogas");
  expect(kindFor("unknown")).toBeUndefined();
});
