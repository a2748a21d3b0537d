"""Pressure-drop findings as signals, and readings of many streams as one window of common moments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.pressure_drop import DropFinding
from chengmai.detection.pressure_steps import DropSettings, Window
from chengmai.detection.signals import Condition, Reason, Signal, Span

Floats = npt.NDArray[np.float64]
M_PER_MPA = 101.97
"""Head of water that presses with 1 MPa [m]."""
FALL_SEVERITIES = {"yellow": 5.1, "orange": 10.2, "red": 15.3}
"""Least fall of pressure head [m] of each severity: 0.05, 0.10, 0.15 MPa (default of the rule's ``severities``)."""
SIZE_SEVERITIES = {"yellow": 10.0, "orange": 30.0, "red": 60.0}
"""Least rise of inflow [m3/h] of each severity; a large loss is grave even where pressure holds."""
UNKNOWN_SIZE_SEVERITY = "yellow"
"""A burst that no inflow meter can size is not taken for a small one."""
RANKS = ("blue", "yellow", "orange", "red")
STALE_PACES = 3
"""A value this many paces old stands for no present one."""
EVIDENCE_SENSORS = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """Which streams a window is made of: pressures, flows into the area with +1, pumps out of it with -1."""

    pressures: tuple[int, ...]
    flows: Mapping[int, int]

    @property
    def pumps(self) -> tuple[int, ...]:
        """Streams of the flows that leave."""
        return tuple(stream for stream, sign in self.flows.items() if sign < 0)

    @property
    def all(self) -> list[int]:
        """Every stream."""
        return [*self.pressures, *self.flows]


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual values by slot of the local day: ``value`` (n_kinds_of_day, n_slots, n_columns); NaN where not known.

    Columns are the pressures and, last, the inflow. Kinds of day are working days and weekends.
    """

    value: Floats

    def at(self, weekend: npt.NDArray[np.bool_], day_share: Floats) -> Floats:
        """Values at moments, between slots' middles in proportion, shape (n, n_columns)."""
        slots = self.value.shape[1]
        place = day_share * slots - 0.5
        first = np.floor(place).astype(int)
        share = (place - first)[:, None]
        kind = weekend.astype(int)
        mixed: Floats = (1 - share) * self.value[kind, first % slots] + share * self.value[kind, (first + 1) % slots]
        return mixed


def window_of(rows: Observations, columns: Columns, usual: Usual | None, local_ms: int) -> Window:
    """Readings on the moments at which at least half of the pressures were read.

    The newest moment counts only when nearly all of them are there: the rest may be under way. ``local_ms`` is the
    local time's lead over UTC [ms].
    """
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    of_pressure = np.isin(rows.stream, columns.pressures)
    moments, counts = np.unique(times[of_pressure], return_counts=True)
    active = len(np.unique(rows.stream[of_pressure]))
    kept = moments[counts >= 0.5 * active]
    if len(kept) and counts[moments == kept[-1]][0] < 0.9 * active:
        kept = kept[:-1]
    pace = float(np.median(np.diff(kept))) if len(kept) > 1 else 0.0
    values = np.column_stack([_held(rows, times, stream, kept, pace) for stream in columns.all])
    pressure = values[:, : len(columns.pressures)]
    flow = values[:, len(columns.pressures) :]
    inflow = flow @ np.array(list(columns.flows.values()), dtype=np.float64) if columns.flows else np.zeros(len(kept))
    if usual is not None:
        local = kept + local_ms
        weekend = (local // 86_400_000 + 3) % 7 >= 5
        expected = usual.at(weekend, (local % 86_400_000) / 86_400_000)
        pressure, inflow = pressure - expected[:, :-1], inflow - expected[:, -1]
    pumps = flow[:, [place for place, stream in enumerate(columns.flows) if stream in columns.pumps]]
    return Window(kept, pressure, inflow, pumps, usual is not None)


def _held(
    rows: Observations, times: npt.NDArray[np.int64], stream: int, moments: npt.NDArray[np.int64], pace: float
) -> Floats:
    """The last value of a stream at each moment; NaN when it is too old."""
    mine = rows.stream == stream
    own, values = times[mine], rows.value[mine]
    if not len(own):
        return np.full(len(moments), np.nan)
    place = np.searchsorted(own, moments, side="right") - 1
    age = moments - own[np.maximum(place, 0)]
    held: Floats = np.where((place >= 0) & (age <= STALE_PACES * pace), values[np.maximum(place, 0)], np.nan)
    return held


def day_profile(window: Window, local_ms: int, slots: int = 96) -> Floats:
    """Medians of one day by slot, shape (n_slots, n_columns); NaN where nothing was read."""
    slot = ((window.time + local_ms) % 86_400_000) * slots // 86_400_000
    table = np.column_stack([window.pressure, window.inflow])
    profile = np.full((slots, table.shape[1]), np.nan)
    for one in np.unique(slot):
        part = table[slot == one]
        known = ~np.isnan(part).all(axis=0)
        profile[one, known] = np.nanmedian(part[:, known], axis=0)
    return profile


def usual_of(profiles: Sequence[tuple[bool, Floats]], least_days: int = 7) -> Usual | None:
    """Usual values from the profiles of past days, each with whether it was a weekend; None with too few days."""
    if len(profiles) < least_days:
        return None
    every = _median([profile for _, profile in profiles])
    kinds = []
    for weekend in (False, True):
        own = [profile for kind, profile in profiles if kind is weekend]
        middle = _median(own) if own else every
        kinds.append(np.where(np.isnan(middle), every, middle))
    return Usual(np.stack(kinds))


def _median(profiles: Sequence[Floats]) -> Floats:
    stack = np.stack(profiles)
    middle = np.full(stack.shape[1:], np.nan)
    known = ~np.isnan(stack).all(axis=0)
    middle[known] = np.nanmedian(stack[:, known], axis=0)
    return middle


def drop_signal(
    subject: str,
    finding: DropFinding,
    columns: Columns,
    codes: Mapping[int, str],
    places: Mapping[int, tuple[float, float]],
    settings: DropSettings,
    severities: Mapping[str, float],
) -> Signal:
    """A finding as a signal; ``codes`` and ``places`` (degrees) are those of the streams."""
    burst = finding.burst
    fallen = [columns.pressures[place] for place in finding.fallen]
    largest = burst.fall_m[finding.fallen[0]]
    pace = max(burst.began - burst.before, 1)
    start = utc(burst.before - pace * settings.before)
    raised = utc(finding.raised)
    size = {"size_m3h": round(burst.size_m3h, 1)}
    ending = finding.condition is Condition.END
    pressed = Reason(
        "pressure_drop.risen" if ending else "pressure_drop.fallen",
        {
            "sensors": len(fallen),
            "stream": codes[fallen[0]],
            "largest_m": round(abs(largest), 2),
            "largest_mpa": round(abs(largest) / M_PER_MPA, 3),
        },
    )
    known = burst.size_m3h > 0
    if not known:
        flowed = Reason("pressure_drop.isolated")
    elif not ending:
        flowed = Reason("pressure_drop.inflow", {**size})
    else:
        flowed = Reason("pressure_drop.mended", {**size})
    took = Reason("pressure_drop.took", {"seconds": round((finding.raised - burst.before) / 1000)})
    first = fallen[0]
    where = places.get(first, (None, None))
    return Signal(
        subject=f"{subject}#{burst.number}",
        condition=finding.condition,
        severity=_gravest(largest, burst.size_m3h, severities),
        began_at=utc(burst.began),
        raised_at=raised,
        reasons=(pressed, flowed) if ending else (pressed, flowed, took),
        evidence=tuple(Span(one, start, raised) for one in (*fallen[:EVIDENCE_SENSORS], *columns.flows)),
        size_m3h=round(burst.size_m3h, 1) if known else None,
        longitude=where[0],
        latitude=where[1],
    )


def _gravest(fall_m: float, size_m3h: float, severities: Mapping[str, float]) -> str:
    """The severity of a fall that a rise of the flow confirms; one that no meter confirms counts a level less."""
    reached = [RANKS.index(name) for name, least in severities.items() if fall_m >= least and name in RANKS]
    if size_m3h > 0:
        reached += [RANKS.index(name) for name, least in SIZE_SEVERITIES.items() if size_m3h >= least]
        return RANKS[max(reached, default=0)]
    return RANKS[max(RANKS.index(UNKNOWN_SIZE_SEVERITY), max(reached, default=0) - 1)]


def lookback(settings: DropSettings, pace_ms: float) -> timedelta:
    """How far back readings are needed to judge a new one."""
    return timedelta(milliseconds=1.5 * settings.window * pace_ms)
