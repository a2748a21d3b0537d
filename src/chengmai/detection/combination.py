"""Several conditions within one window: an alarm only when all of them were met shortly after each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chengmai.detection.limit_bands import Limits
from chengmai.detection.limits import judge_limits
from chengmai.detection.observations import Observations


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: at least ``count`` of the streams are beyond their limits."""

    limits: Mapping[int, Limits]
    count: int = 1


@dataclass(frozen=True, slots=True)
class CombinationEvent:
    """All clauses hold from ``since_ms`` (the first of them), known at ``time_ms``; or they no longer do.

    ``streams`` are those that were beyond in the end, clause by clause.
    """

    begins: bool
    since_ms: int
    time_ms: int
    streams: tuple[int, ...]


def judge_combination(
    rows: Observations, clauses: Sequence[Clause], window_ms: int, memory: dict[str, Any]
) -> list[CombinationEvent]:
    """Events in the order of time; ``memory`` is brought up to date.

    A clause is met while enough of its streams are beyond, and counts for ``window_ms`` after it stopped. The end is
    told for the moment at which the first clause no longer counts, once a reading past that moment has come.
    """
    states = memory.setdefault("clauses", [{"limits": {}, "beyond": [], "since": 0, "until": -1} for _ in clauses])
    changes: list[tuple[int, int, int, bool]] = []
    latest = memory.get("latest", 0)
    for number, (clause, state) in enumerate(zip(clauses, states, strict=True)):
        for event in judge_limits(rows, clause.limits, state["limits"]):
            if event.begins or event.ends:
                changes.append((event.time_ms, number, event.stream, event.begins))
        mine = np.isin(rows.stream, np.fromiter(clause.limits, dtype=np.uint32, count=len(clause.limits)))
        latest = max([latest, *_ms(rows.take(mine))[-1:]])
    events = []
    for time, number, stream, begins in sorted(changes):
        events += _expire(states, window_ms, time, memory)
        _change(states[number], clauses[number].count, stream, time, begins)
        if not memory.get("holds") and all(_counts(state, window_ms, time) for state in states):
            memory["holds"] = True
            since = min(state["since"] for state in states)
            events.append(CombinationEvent(True, since, time, _streams(states)))
    events += _expire(states, window_ms, latest, memory)
    memory["latest"] = latest
    return events


def _ms(rows: Observations) -> list[int]:
    told: list[int] = np.sort(rows.time.astype("datetime64[ms]").astype(np.int64)).tolist()
    return told


def _change(state: dict[str, Any], count: int, stream: int, time: int, begins: bool) -> None:
    """Take one stream's change in: ``until`` is the moment the clause stopped being met, None while it is."""
    was = len(state["beyond"]) >= count
    beyond = {*state["beyond"], stream} if begins else set(state["beyond"]) - {stream}
    state["beyond"] = sorted(beyond)
    now = len(beyond) >= count
    if now and not was:
        state["since"], state["until"] = time, None
    elif was and not now:
        state["until"] = time
    if begins:
        state["last"] = stream


def _counts(state: dict[str, Any], window_ms: int, time: int) -> bool:
    until = state["until"]
    return until is None or (until >= 0 and time - until <= window_ms)


def _expire(states: list[dict[str, Any]], window_ms: int, time: int, memory: dict[str, Any]) -> list[CombinationEvent]:
    """The end of what holds, when a clause stopped counting before ``time``."""
    if not memory.get("holds"):
        return []
    over = [state["until"] + window_ms for state in states if state["until"] is not None]
    if not over or min(over) >= time:
        return []
    memory["holds"] = False
    moment = min(over)
    return [CombinationEvent(False, moment, moment, _streams(states))]


def _streams(states: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(stream for state in states for stream in (state["beyond"] or [state.get("last", 0)]))
