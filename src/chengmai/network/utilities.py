"""What flows or lies in a network."""

from enum import StrEnum


class Utility(StrEnum):
    """Kinds of networks below a city; those without pressure are told by their chambers and conduits."""

    WATER = "water"
    GAS = "gas"
    HEAT = "heat"
    STORM = "storm"
    SEWER = "sewer"
    POWER = "power"
    TELECOM = "telecom"

    @property
    def under_pressure(self) -> bool:
        """True for networks whose flow is pressed through pipes and can be shut off by valves."""
        return self in (Utility.WATER, Utility.GAS, Utility.HEAT)
