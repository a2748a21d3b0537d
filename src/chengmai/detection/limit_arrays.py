"""Limits on arrays: the same events as the plain way of ``limits``, for many rows at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.limit_bands import KINDS, Column, LimitEvent, LimitKind, Limits, States, threshold
from chengmai.detection.observations import Observations


@dataclass(frozen=True, slots=True)
class _Rows:
    """Readings ordered by stream and time, one for each; ``first`` (n,) is the index of the first of each row's stream.

    ``at`` (n,) is the row's place in the memory.
    """

    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]

    @property
    def opens(self) -> npt.NDArray[np.bool_]:
        """True at the first row of every stream."""
        opens: npt.NDArray[np.bool_] = self.first == np.arange(len(self.first))
        return opens

    def previous(self, values: npt.NDArray[Any], before: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The values of the row before in the same stream; ``before`` (n,) where there is none."""
        shifted = np.concatenate([values[:1], values[:-1]])
        return np.where(self.opens, before, shifted)

    def hold(self, values: npt.NDArray[Any], told: npt.NDArray[np.bool_], before: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Where ``told``, the row's own value, else the last told one of its stream, else ``before`` (n,)."""
        last = np.maximum.accumulate(np.where(told, np.arange(len(told)), -1))
        return np.where(last >= self.first, values[last], before)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of all rows: the levels of its bands (n_bands,); whether active and since when (n_bands, n)."""

    levels: npt.NDArray[np.int64]
    active: npt.NDArray[np.bool_]
    since: npt.NDArray[np.int64]


def judge_arrays(
    rows: Observations, limits: Mapping[int, Limits], columns: tuple[Column, ...], state: States
) -> list[LimitEvent]:
    """Events of the rows; ``state`` is brought up to date."""
    ordered = _ordered(rows, state)
    if ordered is None:
        return []
    events: list[LimitEvent] = []
    settings, starts = _settings(limits, state["stream"], columns)
    before, mine = state[ordered.at], settings[ordered.at]
    last = np.append(ordered.opens[1:], True)
    for place, kind in enumerate(KINDS):
        numbers = [number for number, (owner, _) in enumerate(columns) if owner is kind]
        if not numbers:
            continue
        active, since = [], []
        for number in numbers:
            beyond, moved = _judged(kind, ordered, before, mine, starts[ordered.at, number], number)
            on, off = ("stuck_s", "zero") if kind is LimitKind.STUCK else ("on_delay_s", "off_delay_s")
            certain = ordered.time - moved >= 1000 * np.where(beyond, mine[on], mine[off])
            held = ordered.hold(beyond, certain, before["active"][:, number])
            active.append(held)
            since.append(moved)
            state["beyond"][ordered.at[last], number] = beyond[last]
            state["since"][ordered.at[last], number] = moved[last]
        side = _Side(np.array([columns[number][1] for number in numbers]), np.array(active), np.array(since))
        events += _events(kind, place, side, ordered, before["active"][:, numbers], state)
        state["active"][np.ix_(ordered.at[last], numbers)] = side.active[:, last].T
    state["time"][ordered.at[last]] = ordered.time[last]
    state["value"][ordered.at[last]] = ordered.value[last]
    return events


def _events(
    kind: LimitKind, place: int, side: _Side, rows: _Rows, were_active: npt.NDArray[np.bool_], state: States
) -> list[LimitEvent]:
    """What the levels of one side did; the moments at which alarms began are remembered in ``state``."""
    level = (side.levels[:, None] * side.active).max(axis=0)
    before = rows.previous(level, (side.levels * were_active).max(axis=1))
    begins = (before == 0) & (level > 0)
    never = np.iinfo(np.int64).max
    earliest = np.where(side.active, side.since, never).min(axis=0)
    began = rows.hold(earliest, begins, state["began"][rows.at, place])
    last = np.append(rows.opens[1:], True)
    state["began"][rows.at[last], place] = began[last]
    band = np.searchsorted(side.levels, np.maximum(level, before))
    since = np.where(begins, began, side.since[np.minimum(band, len(side.levels) - 1), np.arange(len(level))])
    return [
        LimitEvent(
            stream=int(state["stream"][rows.at[row]]),
            kind=kind,
            before=int(before[row]),
            after=int(level[row]),
            since_ms=int(since[row]),
            began_ms=int(began[row]),
            time_ms=int(rows.time[row]),
            value=float(rows.value[row]),
        )
        for row in np.flatnonzero(level != before).tolist()
    ]


def _ordered(rows: Observations, state: States) -> _Rows | None:
    """The rows that count: the newest revision of each time, younger than what is remembered; None when none does."""
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    order = np.lexsort((rows.revision, times, rows.stream))
    stream, time, value = rows.stream[order], times[order], rows.value[order]
    at = np.searchsorted(state["stream"], stream)
    newest = np.append((stream[1:] != stream[:-1]) | (time[1:] != time[:-1]), True)
    counts = newest & (time > state["time"][at])
    if not counts.any():
        return None
    stream, time, value, at = stream[counts], time[counts], value[counts], at[counts]
    opens = np.append(True, stream[1:] != stream[:-1])
    first = np.maximum.accumulate(np.where(opens, np.arange(len(stream)), 0))
    return _Rows(time, value, first, at)


_SETTINGS = np.dtype([(name, "<f8") for name in ("dead_band", "on_delay_s", "off_delay_s", "stuck_s", "zero")])


def _settings(
    limits: Mapping[int, Limits], streams: npt.NDArray[np.uint32], columns: tuple[Column, ...]
) -> tuple[npt.NDArray[np.void], npt.NDArray[np.float64]]:
    """Settings beside the memory, and where each band starts (n_streams, n_columns), higher being worse."""
    table = np.zeros(len(streams), dtype=_SETTINGS)
    starts = np.full((len(streams), len(columns)), inf)
    rows: dict[Limits, tuple[Any, list[float]]] = {}
    none = Limits()
    for place, stream in enumerate(streams.tolist()):
        one = limits.get(stream, none)
        if one not in rows:
            stuck = inf if one.stuck_s is None else one.stuck_s
            rows[one] = (
                (one.dead_band, one.on_delay_s, one.off_delay_s, stuck, 0.0),
                [_start(one, kind, level) for kind, level in columns],
            )
        table[place], starts[place] = rows[one]
    return table, starts


def _start(limits: Limits, kind: LimitKind, level: int) -> float:
    limit = dict(limits.side(kind)).get(level)
    return inf if limit is None else threshold(kind, limit)


_Judged = tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]


def _judged(
    kind: LimitKind,
    rows: _Rows,
    before: States,
    settings: npt.NDArray[np.void],
    start: npt.NDArray[np.float64],
    number: int,
) -> _Judged:
    """Whether each row is beyond a band, with the dead-band, and since when; or the same value as before, and since."""
    if kind is LimitKind.STUCK:
        same = rows.value == rows.previous(rows.value, before["value"])
        return same, rows.hold(rows.time, ~same, before["since"][:, number])
    scaled = -rows.value if kind is LimitKind.LOW else rows.value
    above = scaled > start
    told = above | ~(scaled > start - settings["dead_band"])
    was = before["beyond"][:, number]
    beyond = rows.hold(above, told, was == 1)
    changed = beyond.astype(np.int8) != rows.previous(beyond.astype(np.int8), was)
    return beyond, rows.hold(rows.time, changed, before["since"][:, number])
