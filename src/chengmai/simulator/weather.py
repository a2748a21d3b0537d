"""The weather over the simulated city: an outdoor temperature that swings over year and day and wanders about it."""

from datetime import datetime, timedelta
from math import cos, exp, pi, sqrt
from zoneinfo import ZoneInfo

import numpy as np

YEAR_MEAN_C, YEAR_SWING_C = 11.0, 13.5
"""Jincheng's mean over the year and half the way from its coldest to its warmest days (climate normals, rounded)."""
DAY_SWING_C = 4.5
COLDEST_DAY = 17
"""Day of the year about which it is coldest."""
WARMEST_HOUR = 15.0
_SPREAD_C, _MEMORY_S = 2.5, 2 * 86_400.0
"""How far days stray from the season, and in what time they forget it."""


class Weather:
    """Runs forward in time only; the same seed and moments give the same weather."""

    def __init__(self, zone: ZoneInfo, seed: int, start: datetime) -> None:
        """Begin with the weather of some day of the season."""
        self._zone, self._now = zone, start
        self._rng = np.random.default_rng([seed, 77])
        self._stray = float(self._rng.normal(0, _SPREAD_C))

    def advance(self, moment: datetime) -> float:
        """The outdoor temperature at a moment [degC]."""
        seconds = max((moment - self._now) / timedelta(seconds=1), 0.0)
        memory = exp(-seconds / _MEMORY_S)
        self._stray = memory * self._stray + float(self._rng.normal(0, _SPREAD_C * sqrt(1 - memory**2)))
        self._now = moment
        return usual_outdoor(moment, self._zone) + self._stray


def usual_outdoor(moment: datetime, zone: ZoneInfo) -> float:
    """The outdoor temperature usual at a moment of the year and the day [degC]."""
    local = moment.astimezone(zone)
    hour = local.hour + local.minute / 60
    season = YEAR_MEAN_C - YEAR_SWING_C * cos(2 * pi * (local.timetuple().tm_yday - COLDEST_DAY) / 365.25)
    return season + DAY_SWING_C * cos(2 * pi * (hour - WARMEST_HOUR) / 24)
