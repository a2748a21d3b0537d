"""How far from a pipe one may dig, and what two pipes that cross must leave free: tables with their sources."""

from dataclasses import dataclass
from enum import StrEnum

from chengmai.network.utilities import Utility


class PressureClass(StrEnum):
    """Classes of gas pipes by their pressure (GB 50028): up to 0.01, 0.4, 1.6 MPa, and above."""

    LOW = "low"
    MEDIUM = "medium"
    SUB_HIGH = "sub_high"
    HIGH = "high"


_WORDS = {
    "低": PressureClass.LOW,
    "low": PressureClass.LOW,
    "中": PressureClass.MEDIUM,
    "medium": PressureClass.MEDIUM,
    "次高": PressureClass.SUB_HIGH,
    "sub_high": PressureClass.SUB_HIGH,
    "高": PressureClass.HIGH,
    "high": PressureClass.HIGH,
}


def pressure_class(told: object) -> PressureClass | None:
    """The class a survey's words mean, such as 中压A or medium_b; None for words that mean none."""
    text = str(told or "").strip().lower()
    return next((known for word, known in _WORDS.items() if text.startswith(word)), None)


@dataclass(frozen=True, slots=True)
class Protection:
    """Distances from a pipe's wall [m].

    Within ``protection_m`` nobody digs by machine; within ``control_m`` the owner is told before anybody digs.
    ``source`` is the standard they come from; ``default`` says that they are a convention a city sets for itself.
    """

    protection_m: float
    control_m: float
    source: str
    default: bool = False


_GAS = "GB 55009-2021"
_PRACTICE = "local practice"
GAS_PROTECTION: dict[PressureClass, Protection] = {
    PressureClass.LOW: Protection(0.5, 5.0, _GAS),
    PressureClass.MEDIUM: Protection(0.5, 5.0, _GAS),
    PressureClass.SUB_HIGH: Protection(1.5, 15.0, _GAS),
    PressureClass.HIGH: Protection(5.0, 50.0, _GAS),
}
"""Protection and least control ranges of gas mains by class (燃气工程项目规范)."""

PROTECTION: dict[Utility, Protection] = {
    Utility.WATER: Protection(1.5, 5.0, _PRACTICE, default=True),
    Utility.GAS: Protection(1.5, 15.0, _GAS, default=True),
    Utility.HEAT: Protection(1.5, 5.0, _PRACTICE, default=True),
    Utility.STORM: Protection(1.5, 5.0, _PRACTICE, default=True),
    Utility.SEWER: Protection(1.5, 5.0, _PRACTICE, default=True),
    Utility.POWER: Protection(0.75, 3.0, "电力设施保护条例 §10", default=False),
    Utility.TELECOM: Protection(0.75, 3.0, _PRACTICE, default=True),
}
"""For each utility; a gas pipe of unknown class is treated as one of sub-high pressure: the safer side.

0.75 m to each side of buried cables is the protected area of the regulations on the protection of power facilities.
"""


def protection_of(utility: Utility, told_class: object = None) -> Protection:
    """The distances for a pipe of a utility and, for gas, of a pressure class as surveyed."""
    known = pressure_class(told_class) if utility == Utility.GAS else None
    return PROTECTION[utility] if known is None else GAS_PROTECTION[known]


def _group(utility: Utility) -> Utility:
    """Storm and sewer are one group in the table of clearances."""
    return Utility.SEWER if utility == Utility.STORM else utility


_W, _S, _H, _G, _T, _P = (
    Utility.WATER,
    Utility.SEWER,
    Utility.HEAT,
    Utility.GAS,
    Utility.TELECOM,
    Utility.POWER,
)
VERTICAL_CLEARANCE_M: dict[frozenset[Utility], float] = {
    frozenset({_W}): 0.15,
    frozenset({_W, _S}): 0.40,
    frozenset({_S}): 0.15,
    frozenset({_W, _H}): 0.15,
    frozenset({_S, _H}): 0.15,
    frozenset({_H}): 0.15,
    frozenset({_W, _G}): 0.15,
    frozenset({_S, _G}): 0.15,
    frozenset({_H, _G}): 0.15,
    frozenset({_G}): 0.15,
    frozenset({_W, _T}): 0.15,
    frozenset({_S, _T}): 0.15,
    frozenset({_H, _T}): 0.15,
    frozenset({_G, _T}): 0.15,
    frozenset({_T}): 0.25,
    frozenset({_W, _P}): 0.15,
    frozenset({_S, _P}): 0.50,
    frozenset({_H, _P}): 0.50,
    frozenset({_G, _P}): 0.15,
    frozenset({_T, _P}): 0.50,
    frozenset({_P}): 0.50,
}
"""Least free height where two pipes cross [m], cables in ducts: the table for underground pipes in GB 50289."""


def least_clearance_m(first: Utility, second: Utility) -> float:
    """Least free height [m] between two pipes that cross."""
    return VERTICAL_CLEARANCE_M[frozenset({_group(first), _group(second)})]
