"""What limits are made of: bands by colour, what is remembered of a stream, and what happens to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

COLOURS = ("blue", "yellow", "orange", "red")
"""Severities from the least to the gravest; the level of a colour is its place plus 1, and 0 is no alarm."""


class LimitKind(StrEnum):
    """What may be wrong with a single stream."""

    LOW = "low"
    HIGH = "high"
    STUCK = "stuck"


Bands = tuple[tuple[int, float], ...]
"""(level, limit) of each band of a side, the least level first."""


def bands(limits: Mapping[str, float]) -> Bands:
    """Bands from limits by colour; raises ValueError for a colour there is not."""
    return tuple(sorted((COLOURS.index(colour) + 1, float(limit)) for colour, limit in limits.items()))


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one stream, in its own unit. Delays in s of phenomenon time.

    ``stuck_s``: the same value for so long means a stuck sensor; None is never.
    """

    low: Bands = ()
    high: Bands = ()
    dead_band: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    stuck_s: float | None = None

    def side(self, kind: LimitKind) -> Bands:
        """The bands of a side; a stuck value is a side of its own with one band."""
        if kind is LimitKind.STUCK:
            return () if self.stuck_s is None else ((1, 0.0),)
        return self.low if kind is LimitKind.LOW else self.high


@dataclass(frozen=True, slots=True)
class LimitEvent:
    """The level of a side moved at a stream; times in ms since 1970.

    ``before`` and ``after`` are levels, 0 for none. ``since_ms`` is when the readings first showed the change,
    ``time_ms`` the reading that completed the delay, ``began_ms`` when the side's alarm as a whole began.
    """

    stream: int
    kind: LimitKind
    before: int
    after: int
    since_ms: int
    began_ms: int
    time_ms: int
    value: float

    @property
    def begins(self) -> bool:
        """The side was without alarm before."""
        return self.before == 0

    @property
    def ends(self) -> bool:
        """The side is without alarm now."""
        return self.after == 0


KINDS = (LimitKind.LOW, LimitKind.HIGH, LimitKind.STUCK)
NEVER = np.iinfo(np.int64).min
Column = tuple[LimitKind, int]
"""One band: its side and its level."""
States = npt.NDArray[np.void]


def state_type(columns: int) -> np.dtype[np.void]:
    """What is remembered of a stream: its last reading; for each band whether it is beyond, since when, and active;

    for each side when its alarm began. ``beyond`` is -1 while nothing is known.
    """
    return np.dtype(
        [
            ("stream", "<u4"),
            ("time", "<i8"),
            ("value", "<f8"),
            ("beyond", "i1", (columns,)),
            ("since", "<i8", (columns,)),
            ("active", "?", (columns,)),
            ("began", "<i8", (len(KINDS),)),
        ]
    )


def columns_of(limits: Mapping[int, Limits]) -> tuple[Column, ...]:
    """Every band that any stream has, by side and level."""
    return in_order({(kind, level) for one in set(limits.values()) for kind in KINDS for level, _ in one.side(kind)})


def in_order(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Bands by side, then by level."""
    return tuple(sorted(columns, key=lambda column: (KINDS.index(column[0]), column[1])))


def threshold(kind: LimitKind, limit: float) -> float:
    """Where a band starts on a scale on which higher is worse."""
    return -limit if kind is LimitKind.LOW else limit
