"""One table: quantity -> unit. A value that crosses a boundary is in its quantity's unit."""

from enum import StrEnum

from chengmai.core.errors import InvalidInput


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
    VOLUME = "volume"


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
    Quantity.VOLUME: "m3",
}

METRES_PER_DEGREE = 111_195.0
"""Along a meridian of the mean sphere (6,371.0 km); along a parallel times the cosine of its latitude."""
_HEAD_KPA = 9.80665
"""Pressure of a metre of water [kPa]."""
CONVERSIONS: dict[str, dict[str, tuple[float, float]]] = {
    "m": {
        "m": (1, 0),
        "cm": (0.01, 0),
        "mm": (0.001, 0),
        "Pa": (0.001 / _HEAD_KPA, 0),
        "kPa": (1 / _HEAD_KPA, 0),
        "MPa": (1000 / _HEAD_KPA, 0),
        "bar": (100 / _HEAD_KPA, 0),
        "mbar": (0.1 / _HEAD_KPA, 0),
    },
    "kPa": {"kPa": (1, 0), "Pa": (0.001, 0), "MPa": (1000, 0), "bar": (100, 0), "mbar": (0.1, 0), "m": (_HEAD_KPA, 0)},
    "m3/h": {"m3/h": (1, 0), "m3/s": (3600, 0), "m3/d": (1 / 24, 0), "L/s": (3.6, 0), "L/min": (0.06, 0),
             "L/h": (0.001, 0)},
    "%VOL": {"%VOL": (1, 0), "%LEL": (0.05, 0), "ppm": (0.0001, 0)},
    "ppm": {"ppm": (1, 0), "%VOL": (10_000, 0), "ppb": (0.001, 0)},
    "degC": {"degC": (1, 0), "K": (1, -273.15), "degF": (5 / 9, -160 / 9)},
    "kW": {"kW": (1, 0), "W": (0.001, 0), "MW": (1000, 0), "GJ/h": (1e6 / 3600, 0)},
    "mg/L": {"mg/L": (1, 0), "g/m3": (1, 0), "ug/L": (0.001, 0)},
    "NTU": {"NTU": (1, 0), "FNU": (1, 0)},
    "-": {"-": (1, 0)},
    "%": {"%": (1, 0), "fraction": (100, 0)},
    "m3": {"m3": (1, 0), "L": (0.001, 0)},
}  # fmt: skip
"""A quantity's unit -> units it may be told in -> (factor, offset) that bring a value to it.

Only methane is in %VOL, so that its %LEL is of 5 %VOL, methane's lower explosive limit.
"""


def conversion(quantity: Quantity, unit: str) -> tuple[float, float]:
    """Factor and offset that bring a value in ``unit`` to the quantity's own; raises InvalidInput for a unit unfit."""
    known = CONVERSIONS[UNITS[quantity]]
    if unit not in known:
        raise InvalidInput("unit.unfit", unit=unit, quantity=quantity.value, known=", ".join(known))
    return known[unit]
