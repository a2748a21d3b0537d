/** States of devices in the order of their life. */
import type { DeviceState } from "@/api/types";

export const DEVICE_STATES: readonly DeviceState[] = [
  "in_stock",
  "installed",
  "in_service",
  "out_of_service",
  "scrapped",
];
