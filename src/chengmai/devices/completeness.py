"""How whole the readings of devices in service are, and how long they were online; pure, on interval numbers.

Time is cut into a stream's intervals, counted from 1970. Expected are the intervals that lie whole inside the time in
which the device was in service and fed the stream; complete are those with at least one reading. A device is online in
an interval (the longest of its streams') when any of its streams told something in it or in the two before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ONLINE_INTERVALS = 3
"""Who told nothing for so many intervals is not online (default; as for silent streams)."""

Span = tuple[int, int]
"""From one moment to another [ms since 1970], the end not included."""
Slots = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FedSpan:
    """A stream that a device fed while in service: its interval [ms], the spans, the intervals with a reading."""

    width_ms: int
    spans: Sequence[Span]
    filled: Slots


@dataclass(frozen=True, slots=True)
class Tally:
    """Intervals by day, all arrays (n_days,): expected and complete; those in which devices should and did report."""

    expected: Slots
    complete: Slots
    due_online: Slots
    online: Slots

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.expected + other.expected,
            self.complete + other.complete,
            self.due_online + other.due_online,
            self.online + other.online,
        )


def nothing(days: int) -> Tally:
    """A tally of no device."""
    zero = np.zeros(days, dtype=np.int64)
    return Tally(zero, zero, zero, zero)


def tally_of(streams: Sequence[FedSpan], day_starts_ms: Slots) -> Tally:
    """The tally of one device over days that begin at ``day_starts_ms``; the last entry ends the last day."""
    days = len(day_starts_ms) - 1
    total = nothing(days)
    if not streams:
        return total
    expected, complete = np.zeros(days, dtype=np.int64), np.zeros(days, dtype=np.int64)
    for stream in streams:
        wanted = _slots_in(stream.spans, stream.width_ms)
        expected += _by_day(wanted, stream.width_ms, day_starts_ms)
        complete += _by_day(np.intersect1d(wanted, stream.filled), stream.width_ms, day_starts_ms)
    width = max(stream.width_ms for stream in streams)
    due = np.unique(np.concatenate([_slots_in(stream.spans, width) for stream in streams]))
    heard = np.unique(np.concatenate([stream.filled * stream.width_ms // width for stream in streams]))
    reached = np.unique(np.concatenate([heard + later for later in range(ONLINE_INTERVALS)])) if len(heard) else heard
    return Tally(
        expected,
        complete,
        _by_day(due, width, day_starts_ms),
        _by_day(np.intersect1d(due, reached), width, day_starts_ms),
    )


def _slots_in(spans: Sequence[Span], width_ms: int) -> Slots:
    """Numbers of the intervals that lie whole inside the spans."""
    parts = [np.arange(-(-start // width_ms), end // width_ms, dtype=np.int64) for start, end in spans]
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


def _by_day(slots: Slots, width_ms: int, day_starts_ms: Slots) -> Slots:
    days = len(day_starts_ms) - 1
    if not len(slots):
        return np.zeros(days, dtype=np.int64)
    place = np.searchsorted(day_starts_ms, slots * width_ms, side="right") - 1
    inside = (place >= 0) & (place < days)
    return np.bincount(place[inside], minlength=days).astype(np.int64)


def overlap(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The parts that lie in a span of both."""
    found = [(max(a, c), min(b, d)) for a, b in spans for c, d in others]
    return [(start, end) for start, end in found if start < end]
