"""Limits on single streams: low, high and stuck, with a dead-band and delays, over many streams at once.

A reading beyond its limit must stay so for ``on_delay_s`` of phenomenon time before the condition begins, and must be
back by the dead-band for ``off_delay_s`` before it ends. Rows not younger than the last one seen of their stream are
left out: what is told late or told again revises the record, not the past state of the alarm.

Above ``PLAIN_ROWS`` rows the work is done on arrays, below in plain Python; both give the same events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, nan
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations

PLAIN_ROWS = 50
"""Up to this many rows plain Python is quicker than building arrays."""


class LimitKind(StrEnum):
    """What may be wrong with a single stream."""

    LOW = "low"
    HIGH = "high"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one stream, in its own unit; None is no limit. Delays in s of phenomenon time.

    ``stuck_s``: the same value for so long means a stuck sensor; None is never.
    """

    low: float | None = None
    high: float | None = None
    dead_band: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    stuck_s: float | None = None


@dataclass(frozen=True, slots=True)
class LimitEvent:
    """A condition began or ended at a stream; times in ms since 1970.

    ``since_ms`` is when the readings first showed it, ``time_ms`` the reading that completed the delay.
    """

    stream: int
    kind: LimitKind
    begins: bool
    since_ms: int
    time_ms: int
    value: float


_KINDS = (LimitKind.LOW, LimitKind.HIGH, LimitKind.STUCK)
_NEVER = np.iinfo(np.int64).min
_STATE = np.dtype(
    [
        ("stream", "<u4"),
        ("time", "<i8"),
        ("value", "<f8"),
        ("beyond", "i1", (3,)),
        ("since", "<i8", (3,)),
        ("active", "?", (3,)),
    ]
)
"""What is remembered of a stream: its last reading and, for each kind, whether it is beyond, since when, and active.

``beyond`` is -1 while nothing is known.
"""
_States = npt.NDArray[np.void]
Memory = dict[str, Any]
"""Plain values: ``{"state": bytes}``, the packed rows of ``_STATE`` by stream."""


def judge_limits(rows: Observations, limits: Mapping[int, Limits], memory: Memory) -> list[LimitEvent]:
    """Events the rows cause, ordered by time, stream and kind; ``memory`` is brought up to date.

    Rows of streams without limits are left out. Rows may come in any order; each stream's are taken by time, the
    newest revision of a time counts.
    """
    wanted = np.isin(rows.stream, np.fromiter(limits, dtype=np.uint32, count=len(limits)))
    mine = rows if wanted.all() else rows.take(wanted)
    if not len(mine):
        return []
    state = _remembered(memory, mine.stream)
    judge = _judge_plain if len(mine) <= PLAIN_ROWS else _judge_arrays
    events = judge(mine, limits, state)
    memory["state"] = state.tobytes()
    return sorted(events, key=lambda event: (event.time_ms, event.stream, _KINDS.index(event.kind)))


def _remembered(memory: Memory, streams: npt.NDArray[np.uint32]) -> _States:
    """The memory as an array ordered by stream, with a fresh row for every stream not met before."""
    old = np.frombuffer(memory.get("state", b""), dtype=_STATE)
    new = np.setdiff1d(streams, old["stream"])
    fresh = np.zeros(len(new), dtype=_STATE)
    fresh["stream"], fresh["time"], fresh["value"], fresh["beyond"] = new, _NEVER, nan, -1
    state = np.concatenate([old, fresh])
    return state[np.argsort(state["stream"], kind="stable")]


def _thresholds(kind: LimitKind, limits: Limits) -> tuple[float, float]:
    """Where a condition starts and where it is over, on a scale on which higher is worse."""
    if kind is LimitKind.LOW:
        start = inf if limits.low is None else -limits.low
    else:
        start = inf if limits.high is None else limits.high
    return start, start - limits.dead_band


# -- plain --


def _judge_plain(rows: Observations, limits: Mapping[int, Limits], state: _States) -> list[LimitEvent]:
    times = rows.time.astype("datetime64[ms]").astype(np.int64).tolist()
    readings = sorted(zip(rows.stream.tolist(), times, rows.revision.tolist(), rows.value.tolist(), strict=True))
    events: list[LimitEvent] = []
    for place, (stream, time, _, value) in enumerate(readings):
        if place + 1 < len(readings) and readings[place + 1][:2] == (stream, time):
            continue
        at = int(np.searchsorted(state["stream"], stream))
        if time > int(state["time"][at]):
            events += _step(stream, time, value, limits[stream], state[at])
    return events


def _step(stream: int, time: int, value: float, limits: Limits, state: Any) -> list[LimitEvent]:
    """Take one reading in; changes ``state``, a row of ``_STATE``."""
    events = []
    unchanged = value == float(state["value"])
    state["time"], state["value"] = time, value
    for number, kind in enumerate(_KINDS):
        was, since, active = int(state["beyond"][number]), int(state["since"][number]), bool(state["active"][number])
        if kind is LimitKind.STUCK:
            beyond = unchanged
            on_delay, off_delay = inf if limits.stuck_s is None else limits.stuck_s, 0.0
            since = since if unchanged else time
        else:
            start, over = _thresholds(kind, limits)
            scaled = -value if kind is LimitKind.LOW else value
            beyond = scaled > start or (scaled > over and was == 1)
            on_delay, off_delay = limits.on_delay_s, limits.off_delay_s
            since = since if int(beyond) == was else time
        state["beyond"][number], state["since"][number] = beyond, since
        if beyond != active and time - since >= 1000 * (on_delay if beyond else off_delay):
            state["active"][number] = beyond
            events.append(LimitEvent(stream, kind, beyond, since, time, value))
    return events


# -- arrays --


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


def _judge_arrays(rows: Observations, limits: Mapping[int, Limits], state: _States) -> list[LimitEvent]:
    ordered = _ordered(rows, state)
    if ordered is None:
        return []
    events: list[LimitEvent] = []
    settings = _settings(limits, state["stream"])
    last = np.append(ordered.opens[1:], True)
    for number, kind in enumerate(_KINDS):
        before = state[ordered.at]
        beyond, since = (_stuck if kind is LimitKind.STUCK else _crossed)(ordered, before, settings[ordered.at], number)
        on, off = ("stuck_s", "zero") if kind is LimitKind.STUCK else ("on_delay_s", "off_delay_s")
        delay = np.where(beyond, settings[on][ordered.at], settings[off][ordered.at])
        certain = ordered.time - since >= 1000 * delay
        active = ordered.hold(beyond, certain, before["active"][:, number])
        changed = active != ordered.previous(active, before["active"][:, number])
        for place in np.flatnonzero(changed).tolist():
            events.append(
                LimitEvent(
                    stream=int(state["stream"][ordered.at[place]]),
                    kind=kind,
                    begins=bool(active[place]),
                    since_ms=int(since[place]),
                    time_ms=int(ordered.time[place]),
                    value=float(ordered.value[place]),
                )
            )
        state["beyond"][ordered.at[last], number] = beyond[last]
        state["since"][ordered.at[last], number] = since[last]
        state["active"][ordered.at[last], number] = active[last]
    state["time"][ordered.at[last]] = ordered.time[last]
    state["value"][ordered.at[last]] = ordered.value[last]
    return events


def _ordered(rows: Observations, state: _States) -> _Rows | None:
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


_SETTINGS = np.dtype(
    [(name, "<f8") for name in ("low", "high", "dead_band", "on_delay_s", "off_delay_s", "stuck_s", "zero")]
)


def _settings(limits: Mapping[int, Limits], streams: npt.NDArray[np.uint32]) -> npt.NDArray[np.void]:
    """Limits as columns beside the memory; a low limit is negated, so that higher is worse for both."""
    table = np.zeros(len(streams), dtype=_SETTINGS)
    none = Limits()
    for place, stream in enumerate(streams.tolist()):
        one = limits.get(stream, none)
        low, high = _thresholds(LimitKind.LOW, one)[0], _thresholds(LimitKind.HIGH, one)[0]
        stuck = inf if one.stuck_s is None else one.stuck_s
        table[place] = (low, high, one.dead_band, one.on_delay_s, one.off_delay_s, stuck, 0.0)
    return table


_Judged = tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]


def _crossed(rows: _Rows, before: _States, settings: npt.NDArray[np.void], number: int) -> _Judged:
    """Beyond the low or the high limit with its dead-band, and since when."""
    start = settings["low" if number == 0 else "high"]
    scaled = -rows.value if number == 0 else rows.value
    above = scaled > start
    told = above | ~(scaled > start - settings["dead_band"])
    was = before["beyond"][:, number]
    beyond = rows.hold(above, told, was == 1)
    changed = beyond.astype(np.int8) != rows.previous(beyond.astype(np.int8), was)
    return beyond, rows.hold(rows.time, changed, before["since"][:, number])


def _stuck(rows: _Rows, before: _States, settings: npt.NDArray[np.void], number: int) -> _Judged:
    """The same value as the reading before, and since when."""
    same = rows.value == rows.previous(rows.value, before["value"])
    return same, rows.hold(rows.time, ~same, before["since"][:, number])
