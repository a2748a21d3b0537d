"""What a device does wrong on its line: it floods, or its clock jumps back; told from the stored rows alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from chengmai.detection.observations import Observations


class LineFault(StrEnum):
    """What is wrong with how a stream reports."""

    FLOOD = "flood"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class LineSettings:
    """``flood_factor``: so many times the readings that the interval allows, within ``window_s``, are a flood.

    ``jump_back_s``: a reading this much older than the stream's newest comes from a clock that jumped.
    """

    flood_factor: float = 10.0
    window_s: float = 300.0
    jump_back_s: float = 86_400.0


@dataclass(frozen=True, slots=True)
class LineEvent:
    """A fault began or ended at a stream; ``size`` is readings in the window, or how far back the clock went [s]."""

    stream: int
    fault: LineFault
    begins: bool
    since_ms: int
    time_ms: int
    size: float


Memory = dict[str, Any]
"""By stream (as text): [newest time, window number, readings in it, floods, clock is back]; times in ms."""


def judge_lines(
    rows: Observations, intervals_s: Mapping[int, float], settings: LineSettings, memory: Memory
) -> list[LineEvent]:
    """Events of the rows of the streams in ``intervals_s``, by stream and time; ``memory`` is brought up to date.

    Every stored row counts for a flood, also a revision. A window is over when a later one begins.
    """
    mine = rows.take(np.isin(rows.stream, np.fromiter(intervals_s, dtype=np.uint32, count=len(intervals_s))))
    if not len(mine):
        return []
    times = mine.time.astype("datetime64[ms]").astype(np.int64)
    order = np.argsort(mine.stream, kind="stable")
    streams, firsts = np.unique(mine.stream[order], return_index=True)
    events: list[LineEvent] = []
    for stream, told in zip(streams.tolist(), np.split(times[order], firsts[1:]), strict=True):
        state = memory.setdefault(str(stream), [0, 0, 0, False, False])
        back = told < state[0] - 1000 * settings.jump_back_s
        events += _clock(stream, told[back].tolist(), told[~back].tolist(), state)
        events += _flood(stream, told[~back], intervals_s[stream], settings, state)
        if not back.all():
            state[0] = max(state[0], int(told[~back].max()))
    return events


def _clock(stream: int, back: list[int], onward: list[int], state: list[Any]) -> list[LineEvent]:
    events = []
    newest, was = state[0], bool(state[4])
    if back and not was:
        # The moment told is the last one we can believe: the device's own time is what is wrong.
        events.append(LineEvent(stream, LineFault.CLOCK, True, newest, newest, (newest - min(back)) / 1000))
        was = True
    if onward and was:
        events.append(LineEvent(stream, LineFault.CLOCK, False, max(onward), max(onward), 0.0))
        was = False
    state[4] = was
    return events


def _flood(stream: int, told: Any, interval_s: float, settings: LineSettings, state: list[Any]) -> list[LineEvent]:
    allowed = settings.flood_factor * max(1.0, settings.window_s / interval_s)
    width = round(1000 * settings.window_s)
    events = []
    numbers, counts = np.unique(told // width, return_counts=True)
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        if number < state[1]:
            continue  # told late: the window was judged
        if number > state[1]:
            over = (state[1] + 1) * width
            if state[3] and state[2] <= allowed:
                events.append(LineEvent(stream, LineFault.FLOOD, False, over, over, float(state[2])))
                state[3] = False
            state[1], state[2] = number, 0
        state[2] += count
        if state[2] > allowed and not state[3]:
            last = int(told[told // width == number].max())
            events.append(LineEvent(stream, LineFault.FLOOD, True, number * width, last, float(state[2])))
            state[3] = True
    return events
