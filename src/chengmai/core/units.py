"""One table: quantity -> unit. A value that crosses a boundary is in its quantity's unit."""

from enum import StrEnum


class Quantity(StrEnum):
    """What a datastream measures."""

    PRESSURE_HEAD = "pressure_head"
    FLOW = "flow"
    LEVEL = "level"
    DEMAND = "demand"
    GAS_PRESSURE = "gas_pressure"
    GAS_FLOW = "gas_flow"
    METHANE = "methane"
    ETHANE = "ethane"
    AIR_TEMPERATURE = "air_temperature"
    WATER_LEVEL = "water_level"
    SUPPLY_TEMPERATURE = "supply_temperature"
    RETURN_TEMPERATURE = "return_temperature"
    HEAT_PRESSURE = "heat_pressure"
    HEAT_FLOW = "heat_flow"
    HEAT_POWER = "heat_power"
    MAKE_UP_FLOW = "make_up_flow"
    ROOM_TEMPERATURE = "room_temperature"
    CHLORINE = "chlorine"
    TURBIDITY = "turbidity"
    PH = "ph"
    BATTERY = "battery"


UNITS: dict[Quantity, str] = {
    Quantity.PRESSURE_HEAD: "m",
    Quantity.FLOW: "m3/h",
    Quantity.LEVEL: "m",
    Quantity.DEMAND: "m3/h",
    Quantity.GAS_PRESSURE: "kPa",
    Quantity.GAS_FLOW: "m3/h",
    Quantity.METHANE: "%VOL",
    Quantity.ETHANE: "ppm",
    Quantity.AIR_TEMPERATURE: "degC",
    Quantity.WATER_LEVEL: "m",
    Quantity.SUPPLY_TEMPERATURE: "degC",
    Quantity.RETURN_TEMPERATURE: "degC",
    Quantity.HEAT_PRESSURE: "kPa",
    Quantity.HEAT_FLOW: "m3/h",
    Quantity.HEAT_POWER: "kW",
    Quantity.MAKE_UP_FLOW: "m3/h",
    Quantity.ROOM_TEMPERATURE: "degC",
    Quantity.CHLORINE: "mg/L",
    Quantity.TURBIDITY: "NTU",
    Quantity.PH: "-",
    Quantity.BATTERY: "%",
}
