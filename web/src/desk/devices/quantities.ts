/** Every quantity there is; the type check refuses a list that lacks one. */
import type { Quantity } from "@/api/types";

const KNOWN: Record<Quantity, true> = {
  pressure_head: true,
  flow: true,
  level: true,
  demand: true,
  gas_pressure: true,
  gas_flow: true,
  methane: true,
  ethane: true,
  air_temperature: true,
  water_level: true,
  supply_temperature: true,
  return_temperature: true,
  heat_pressure: true,
  heat_flow: true,
  heat_power: true,
  make_up_flow: true,
  room_temperature: true,
  chlorine: true,
  turbidity: true,
  ph: true,
  battery: true,
  volume: true,
};

export const QUANTITIES = Object.keys(KNOWN) as readonly Quantity[];
