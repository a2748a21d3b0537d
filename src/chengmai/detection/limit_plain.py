"""Limits in plain Python: quicker than arrays for few rows, and what the arrays are held against."""

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np

from chengmai.detection.limit_bands import KINDS, Column, LimitEvent, LimitKind, Limits, States, threshold
from chengmai.detection.observations import Observations


def judge_plain(
    rows: Observations, limits: Mapping[int, Limits], columns: tuple[Column, ...], state: States
) -> list[LimitEvent]:
    """Events of the rows; ``state`` is brought up to date."""
    times = rows.time.astype("datetime64[ms]").astype(np.int64).tolist()
    readings = sorted(zip(rows.stream.tolist(), times, rows.revision.tolist(), rows.value.tolist(), strict=True))
    events: list[LimitEvent] = []
    for place, (stream, time, _, value) in enumerate(readings):
        if place + 1 < len(readings) and readings[place + 1][:2] == (stream, time):
            continue
        at = int(np.searchsorted(state["stream"], stream))
        if time > int(state["time"][at]):
            events += _step(stream, time, value, limits[stream], columns, state[at])
    return events


def _step(
    stream: int, time: int, value: float, limits: Limits, columns: tuple[Column, ...], state: Any
) -> list[LimitEvent]:
    """Take one reading in; changes ``state``, a row of ``state_type``."""
    events = []
    unchanged = value == float(state["value"])
    state["time"], state["value"] = time, value
    for side, kind in enumerate(KINDS):
        mine = [(number, level) for number, (owner, level) in enumerate(columns) if owner is kind]
        before = max((level for number, level in mine if state["active"][number]), default=0)
        for number, level in mine:
            _band(number, level, kind, time, value, unchanged, limits, state)
        after = max((level for number, level in mine if state["active"][number]), default=0)
        if after == before:
            continue
        since = {level: int(state["since"][number]) for number, level in mine}
        if before == 0:
            state["began"][side] = min(since[level] for number, level in mine if state["active"][number])
        began = int(state["began"][side])
        told = began if before == 0 else since[max(before, after)]
        events.append(LimitEvent(stream, kind, before, after, told, began, time, value))
    return events


def _band(
    number: int, level: int, kind: LimitKind, time: int, value: float, unchanged: bool, limits: Limits, state: Any
) -> None:
    was, since, active = int(state["beyond"][number]), int(state["since"][number]), bool(state["active"][number])
    if kind is LimitKind.STUCK:
        beyond = unchanged
        on_delay, off_delay = inf if limits.stuck_s is None else limits.stuck_s, 0.0
        since = since if unchanged else time
    else:
        limit = dict(limits.side(kind)).get(level)
        start = inf if limit is None else threshold(kind, limit)
        scaled = -value if kind is LimitKind.LOW else value
        beyond = scaled > start or (scaled > start - limits.dead_band and was == 1)
        on_delay, off_delay = limits.on_delay_s, limits.off_delay_s
        since = since if int(beyond) == was else time
    state["beyond"][number], state["since"][number] = beyond, since
    if beyond != active and time - since >= 1000 * (on_delay if beyond else off_delay):
        state["active"][number] = beyond
