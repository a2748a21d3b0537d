/** A unit as people write it: "m3/h" comes over the wire, "m³/h" is read. */
export function unitSign(unit: string): string {
  return unit.replace(/(?<=m)([23])/g, (digit) => (digit === "2" ? "²" : "³")).replace("degC", "°C");
}
