"""When a battery will be empty: by the line through its last readings, else by what its type promises; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

REPLACED_RISE = 20.0
"""A rise by so many percent from one reading to the next is a new battery: what was before tells nothing (default)."""
LEAST_DAYS = 7.0
"""A line needs readings over so many days (default)."""
LONGEST = timedelta(days=3650)


LOW_PERCENT = 20.0
"""A battery with no more charge than this is to be changed (default; as the customary rule on batteries)."""

Floats = npt.NDArray[np.float64]


class ForecastBasis(StrEnum):
    """What a forecast stands on: the readings' own line, or the life its type promises."""

    TREND = "trend"
    NOMINAL = "nominal"


class BatteryState(StrEnum):
    """Whether a battery is to be changed."""

    GOOD = "good"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class BatteryForecast:
    """A battery's last charge [%], when it was read, and when it will be empty; None where nothing tells."""

    percent: float
    at: datetime
    empty_at: datetime | None
    basis: ForecastBasis

    @property
    def state(self) -> BatteryState:
        """Low from ``LOW_PERCENT`` down."""
        return BatteryState.LOW if self.percent <= LOW_PERCENT else BatteryState.GOOD


def forecast(readings: Sequence[tuple[datetime, float]], battery_days: int | None) -> BatteryForecast | None:
    """Of readings (time, percent) in time's order; ``battery_days`` is how long a full battery of its type lasts."""
    if not readings:
        return None
    at, percent = readings[-1]
    days, charge = _since_replaced(readings)
    if len(days) > 2 and days[-1] - days[0] >= LEAST_DAYS:
        slope, level = np.polyfit(days, charge, 1)
        if slope < 0:
            left = min(max(0.0, -(level + slope * days[-1]) / slope), LONGEST.days)
            return BatteryForecast(percent, at, at + timedelta(days=float(left)), ForecastBasis.TREND)
    if battery_days is None:
        return BatteryForecast(percent, at, None, ForecastBasis.NOMINAL)
    return BatteryForecast(percent, at, at + timedelta(days=battery_days * percent / 100), ForecastBasis.NOMINAL)


def _since_replaced(
    readings: Sequence[tuple[datetime, float]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Days since the first reading, and charges, of the present battery."""
    days = np.array([(at - readings[0][0]).total_seconds() / 86_400 for at, _ in readings])
    charge = np.array([percent for _, percent in readings])
    rises = np.flatnonzero(np.diff(charge) > REPLACED_RISE)
    first = int(rises[-1]) + 1 if len(rises) else 0
    return days[first:], charge[first:]
