import type { IndicatorValue } from "@/api/types";

/** A share as it is shown; a dash when nothing was due. */
export function shown(value: IndicatorValue | null | undefined): string {
  return value?.value_percent == null ? "–" : `${value.value_percent} %`;
}
