"""One table: quantity -> unit. A value that crosses a boundary is in its quantity's unit."""

from enum import StrEnum


class Quantity(StrEnum):
    """What a datastream measures."""

    PRESSURE_HEAD = "pressure_head"
    FLOW = "flow"
    LEVEL = "level"
    DEMAND = "demand"


UNITS: dict[Quantity, str] = {
    Quantity.PRESSURE_HEAD: "m",
    Quantity.FLOW: "m3/h",
    Quantity.LEVEL: "m",
    Quantity.DEMAND: "m3/h",
}
