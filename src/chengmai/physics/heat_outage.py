"""How fast rooms grow cold when their heat stays away.

A building without heat follows T(t) = T_out + (T_in - T_out) exp(-t / tau). ``tau`` is by class of building: heavy,
insulated houses hold their warmth for days, light halls for hours.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput

Floats = npt.NDArray[np.float64]
LEAST_ROOM_C = 18.0
"""Room temperature below which a room counts as cold [degC]."""
USUAL_ROOM_C = 20.0


class BuildingClass(StrEnum):
    """What a building is made of, as far as it matters for how long it stays warm."""

    HEAVY = "heavy"
    STANDARD = "standard"
    LIGHT = "light"
    HALL = "hall"


TIME_CONSTANT_H: dict[BuildingClass, float] = {
    BuildingClass.HEAVY: 100.0,
    BuildingClass.STANDARD: 60.0,
    BuildingClass.LIGHT: 30.0,
    BuildingClass.HALL: 15.0,
}
"""Time constants [h] (default): insulated concrete or brick, usual brick, panel or old houses, thin-walled halls."""


@dataclass(frozen=True, slots=True, eq=False)
class OutageCurve:
    """Room temperature over the time without heat: ``hours`` (n,) [h], ``room_c`` (n,) [degC].

    ``cold_after_h`` is when it passes 18 degC; 0 when it is below already, None when it never will be.
    """

    building_class: BuildingClass
    hours: Floats
    room_c: Floats
    cold_after_h: float | None


def class_of(text: str) -> BuildingClass:
    """The class a survey names, standard where it names none we know."""
    return BuildingClass(text) if text in set(BuildingClass) else BuildingClass.STANDARD


def room_temperature(hours: Floats, room_c: float, outdoor_c: float, tau_h: float) -> Floats:
    """Room temperature [degC] after hours without heat; raises InvalidInput unless tau is positive."""
    if not tau_h > 0:
        raise InvalidInput("heat.time_constant", value=tau_h)
    return np.asarray(outdoor_c + (room_c - outdoor_c) * np.exp(-np.asarray(hours, dtype=np.float64) / tau_h))


def hours_until(limit_c: float, room_c: float, outdoor_c: float, tau_h: float) -> float | None:
    """Hours until a room without heat is at a limit; 0 when it is below, None when it is as warm outdoors."""
    if not tau_h > 0:
        raise InvalidInput("heat.time_constant", value=tau_h)
    if room_c <= limit_c:
        return 0.0
    if outdoor_c >= limit_c:
        return None
    return float(tau_h * np.log((room_c - outdoor_c) / (limit_c - outdoor_c)))


def outage_curve(
    building_class: BuildingClass, room_c: float, outdoor_c: float, hours: float = 48.0, points: int = 49
) -> OutageCurve:
    """The curve of one class of buildings from now on."""
    tau = TIME_CONSTANT_H[building_class]
    at = np.linspace(0.0, hours, points)
    return OutageCurve(
        building_class,
        at,
        room_temperature(at, room_c, outdoor_c, tau),
        hours_until(LEAST_ROOM_C, room_c, outdoor_c, tau),
    )
