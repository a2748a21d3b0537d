"""Levels of methane in chambers by its share of the lower explosive limit, and what lifts them by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, log

import numpy as np
import numpy.typing as npt

from chengmai.physics.chamber_gas import LEL_SHARE, PERCENT_LEL_PER_PERCENT_VOL

Floats = npt.NDArray[np.float64]
RANKS = ("blue", "yellow", "orange", "red")
DEFAULT_LEVELS = {"yellow": 20.0, "orange": 50.0, "red": 100.0}
"""Least %LEL of each level for spaces beside gas pipes (default)."""
LARGE_M3 = 25.0
"""A space of this volume counts as large (default)."""
_LEL_PERCENT = 100 * LEL_SHARE


def percent_lel(percent_vol: float) -> float:
    """Methane [%VOL] as a share of the lower explosive limit [%]: 1 %VOL is 20 %LEL."""
    return percent_vol * PERCENT_LEL_PER_PERCENT_VOL


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a concentration, and which circumstances lifted it: gathering, large, rising."""

    severity: str
    lifted_by: tuple[str, ...] = field(default=())


def level_of(
    percent_vol: float, levels: Mapping[str, float], gathering: bool = False, large: bool = False, rising: bool = False
) -> Level | None:
    """The level by its bands, one up where people gather, the space is large or it keeps rising; None below all.

    Several circumstances lift by one together; above red there is nothing.
    """
    told = percent_lel(percent_vol)
    reached = [RANKS.index(name) for name, least in levels.items() if name in RANKS and told >= least]
    if not reached:
        return None
    named = (("gathering", gathering), ("large", large), ("rising", rising))
    lifted = tuple(name for name, holds in named if holds)
    rank = max(reached)
    higher = min(rank + (1 if lifted else 0), len(RANKS) - 1)
    return Level(RANKS[higher], lifted if higher > rank else ())


def keeps_rising(time_s: Floats, percent_vol: Floats, least_percent_per_h: float = 0.6) -> bool:
    """Whether readings rise from each part of the last hour to the next, by a rate that is no noise."""
    if len(time_s) < 6:
        return False
    mine = time_s >= time_s[-1] - 3600
    if mine.sum() < 6:
        return False
    parts = [part.mean() for part in np.array_split(percent_vol[mine], 3)]
    hours = max((time_s[-1] - time_s[mine][0]) / 3600, 1e-6)
    return bool(parts[0] < parts[1] < parts[2] and (parts[2] - parts[0]) / hours >= least_percent_per_h)


_RATES_PER_S = (0.0, *(1 / (3600 * hours) for hours in (8, 4, 2, 1, 0.5, 0.25, 0.12)))


def seconds_to_lel(time_s: Sequence[float] | Floats, percent_vol: Sequence[float] | Floats) -> float:
    """When a rising chamber reaches 100 %LEL at the present rate [s]; 0 when it has, inf when it will not.

    The last hour's readings are fitted with the closed form C(t) = C_end + (C0 - C_end) exp(-b t) of a chamber that is
    filled and aired, over a few rates b; b = 0 is a straight line.
    """
    time, value = np.asarray(time_s, dtype=float), np.asarray(percent_vol, dtype=float)
    if not len(value):
        return inf
    if value[-1] >= _LEL_PERCENT:
        return 0.0
    mine = time >= time[-1] - 3600
    time, value = time[mine] - time[-1], value[mine]
    if len(value) < 4:
        return inf
    best: tuple[float, float, float, float] | None = None
    for rate in _RATES_PER_S:
        shape = time if rate == 0 else np.exp(-rate * time)
        table = np.column_stack([np.ones(len(time)), shape])
        fitted, *_ = np.linalg.lstsq(table, value, rcond=None)
        missed = float(((table @ fitted - value) ** 2).sum())
        if best is None or missed < best[0] * 0.9:
            best = (missed, rate, float(fitted[0]), float(fitted[1]))
    if best is None:
        return inf
    _, rate, constant, factor = best
    if rate == 0:
        return (_LEL_PERCENT - constant) / factor if factor > 1e-7 else inf
    if factor >= 0 or constant <= _LEL_PERCENT:
        return inf
    # constant + factor exp(-rate t) = LEL
    return max(-log((_LEL_PERCENT - constant) / factor) / rate, 0.0)
