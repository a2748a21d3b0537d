"""Limits on single streams: bands below and above and a stuck value, with a dead-band and delays, over many streams.

A side (low, high) has up to four bands, one for each colour. A reading beyond a band must stay so for ``on_delay_s``
of phenomenon time before the band is active, and must be back by the dead-band for ``off_delay_s`` before it is not.
The level of a side is its gravest active band: it begins, moves between colours, and ends. Rows not younger than the
last one seen of their stream are left out: what is told late or told again revises the record, not the past state of
the alarm.

Above ``PLAIN_ROWS`` rows the work is done on arrays (``limit_arrays``), below in plain Python (``limit_plain``);
both give the same events.
"""

from collections.abc import Mapping
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.limit_arrays import judge_arrays
from chengmai.detection.limit_bands import (
    KINDS,
    NEVER,
    Column,
    LimitEvent,
    LimitKind,
    Limits,
    States,
    columns_of,
    in_order,
    state_type,
)
from chengmai.detection.limit_plain import judge_plain
from chengmai.detection.observations import Observations

PLAIN_ROWS = 50
"""Up to this many rows plain Python is quicker than building arrays."""
Memory = dict[str, Any]
"""Plain values: ``{"columns": [...], "state": bytes}``, the packed rows of ``state_type`` by stream."""


def judge_limits(rows: Observations, limits: Mapping[int, Limits], memory: Memory) -> list[LimitEvent]:
    """Events the rows cause, ordered by time, stream and kind; ``memory`` is brought up to date.

    Rows of streams without limits are left out. Rows may come in any order; each stream's are taken by time, the
    newest revision of a time counts.
    """
    wanted = np.isin(rows.stream, np.fromiter(limits, dtype=np.uint32, count=len(limits)))
    mine = rows if wanted.all() else rows.take(wanted)
    columns, state = _remembered(memory, mine.stream, columns_of(limits))
    if not len(mine) or not columns:
        return []
    judge = judge_plain if len(mine) <= PLAIN_ROWS else judge_arrays
    events = judge(mine, limits, columns, state)
    memory["columns"], memory["state"] = [_name(column) for column in columns], state.tobytes()
    return sorted(events, key=lambda event: (event.time_ms, event.stream, KINDS.index(event.kind)))


def _name(column: Column) -> str:
    return f"{column[0]}-{column[1]}"


def _column(name: str) -> Column:
    kind, _, level = name.rpartition("-")
    return LimitKind(kind), int(level)


def _remembered(
    memory: Memory, streams: npt.NDArray[np.uint32], wanted: tuple[Column, ...]
) -> tuple[tuple[Column, ...], States]:
    """The bands to judge, and the memory ordered by stream with a fresh row for every stream not met before.

    A rule whose bands were changed keeps what is known of those it still has; a band it lost stays until it ended.
    """
    had = tuple(_column(name) for name in memory.get("columns", []))
    old = np.frombuffer(memory.get("state", b"") if had else b"", dtype=state_type(len(had)))
    columns = wanted
    if had != wanted:
        lost = {column for place, column in enumerate(had) if old["active"][:, place].any()}
        columns = in_order({*wanted, *lost})
        old = _rebanded(old, had, columns)
    state = np.concatenate([old, _fresh(np.setdiff1d(streams, old["stream"]), len(columns))])
    return columns, state[np.argsort(state["stream"], kind="stable")]


def _fresh(streams: npt.NDArray[np.uint32], columns: int) -> States:
    fresh = np.zeros(len(streams), dtype=state_type(columns))
    fresh["stream"], fresh["time"], fresh["value"], fresh["beyond"] = streams, NEVER, nan, -1
    return fresh


def _rebanded(old: States, had: tuple[Column, ...], wanted: tuple[Column, ...]) -> States:
    moved = _fresh(old["stream"], len(wanted))
    for name in ("time", "value", "began"):
        moved[name] = old[name]
    for place, column in enumerate(wanted):
        if column in had:
            for name in ("beyond", "since", "active"):
                moved[name][:, place] = old[name][:, had.index(column)]
    return moved
