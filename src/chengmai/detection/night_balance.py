"""What flows into a balance area at night: signed inflows, less what its tank takes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

GRID_S = 300
"""Step of the grid onto which readings are brought [s]."""
LARGEST_GAP_S = 1800
"""A night with a longer hole in any of its streams is left out [s]."""
HOUR_STEPS = 3600 // GRID_S

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one stream: ``time`` (n,) datetime64[ms] UTC, ascending; ``value`` (n,) in the stream's unit."""

    time: npt.NDArray[np.datetime64]
    value: Floats


@dataclass(frozen=True, slots=True)
class Tank:
    """A tank inside an area: the stream of its level [m] and its plan area [m2]."""

    level: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class BalanceArea:
    """An area whose supply is known: stream code -> +1 (flows in) or -1 (flows out), in m3/h.

    ``window`` are the local hours [h] of the night that count. ``statistic`` is ``mean`` of the window, or
    ``lowest_hour``: the lowest one-hour mean in it, which a large user's nightly draw does not reach.
    """

    code: str
    flows: Mapping[str, int]
    tank: Tank | None = None
    window: tuple[float, float] = (2.0, 4.0)
    statistic: Literal["mean", "lowest_hour"] = "mean"

    @property
    def streams(self) -> tuple[str, ...]:
        """Codes of all streams the balance needs, in a fixed order."""
        return (*sorted(self.flows), *((self.tank.level,) if self.tank else ()))


@dataclass(frozen=True, slots=True)
class Night:
    """One night of an area: ``day`` is the proleptic ordinal of the local date on which the window lies.

    ``flow_m3h`` is the night's figure; ``range_m3h`` how far the 24 h up to the window's end rise above it on
    average, which follows the customers' demand through the season and does not see a constant loss.
    """

    day: int
    flow_m3h: float
    range_m3h: float


def window_utc(area: BalanceArea, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end of the area's night window on a local date, in UTC."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    start, end = (midnight + timedelta(hours=hour) for hour in area.window)
    return start.astimezone(UTC), end.astimezone(UTC)


def night(area: BalanceArea, day: date, zone: ZoneInfo, readings: Mapping[str, Series]) -> Night | None:
    """The night's figure of an area from readings that cover the 24 h up to the window's end; None with holes in them.

    Holes only matter inside the window; the 24 h need three quarters of their grid.
    """
    start, end = window_utc(area, day, zone)
    grid = np.arange(_ms(end - timedelta(hours=24)), _ms(end) + 1, GRID_S * 1000, dtype=np.int64)
    inside = grid >= _ms(start)
    supply = np.zeros(len(grid))
    known = np.ones(len(grid), dtype=bool)
    for code, sign in area.flows.items():
        values, here = _on_grid(readings[code], grid)
        supply += sign * values
        known &= here
    used = np.concatenate(([0.0], np.cumsum((supply[1:] + supply[:-1]) / 2))) * (GRID_S / 3600)
    if area.tank is not None:
        level, here = _on_grid(readings[area.tank.level], grid)
        used = used - area.tank.area_m2 * (level - level[0])
        known &= here
    if not known[inside].all() or known.mean() < 0.75:
        return None
    flow = _statistic(area, supply[inside], used[inside])
    whole = supply[known].mean() if area.tank is None else _slope(used) if known.all() else np.nan
    return None if np.isnan(whole) else Night(day.toordinal(), float(flow), float(whole - flow))


def _statistic(area: BalanceArea, supply: Floats, used: Floats) -> float:
    if area.statistic == "mean":
        return float(supply[:-1].mean()) if area.tank is None else _slope(used)
    return min(_slope(used[first : first + HOUR_STEPS + 1]) for first in range(len(used) - HOUR_STEPS))


def _slope(used: Floats) -> float:
    """Least-squares rate of a cumulative volume on the grid [m3/h]; the level's resolution averages out."""
    hours = np.arange(len(used)) * (GRID_S / 3600)
    hours = hours - hours.mean()
    return float(hours @ used / (hours @ hours))


def _on_grid(series: Series, grid: npt.NDArray[np.int64]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Linear interpolation onto the grid, and where a reading is near enough to believe it."""
    times = series.time.astype("datetime64[ms]").astype(np.int64)
    good = np.isfinite(series.value)
    times, values = times[good], series.value[good]
    if len(times) < 2:
        return np.zeros(len(grid)), np.zeros(len(grid), dtype=bool)
    after = np.clip(np.searchsorted(times, grid), 1, len(times) - 1)
    gap = times[after] - times[after - 1]
    reach = np.minimum(np.abs(grid - times[after - 1]), np.abs(grid - times[after]))
    return np.interp(grid, times, values), (gap <= LARGEST_GAP_S * 1000) & (reach <= LARGEST_GAP_S * 500)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def nights(area: BalanceArea, days: Sequence[date], zone: ZoneInfo, readings: Mapping[str, Series]) -> list[Night]:
    """All nights of a record that can be told, oldest first."""
    found = []
    for day in days:
        end = np.datetime64(_ms(window_utc(area, day, zone)[1]), "ms")
        cut = {}
        for code in area.streams:
            series = readings[code]
            low = np.searchsorted(series.time, end - np.timedelta64(25, "h"))
            high = np.searchsorted(series.time, end + np.timedelta64(1, "h"))
            cut[code] = Series(series.time[low:high], series.value[low:high])
        one = night(area, day, zone, cut)
        if one is not None:
            found.append(one)
    return found
