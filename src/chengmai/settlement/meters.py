"""What a meter counted in a span, from its counter's readings: roll-over, swapped meters, gaps; pure and exact.

A counter tells the sum since it was made, so readings that are missing inside the span cost nothing: what flowed
between two readings of one meter is their difference. Estimated, and marked so, is only what no counter tells: a share
of a long gap that reaches over an end of the span, the time around a swap, before the first reading and after the last.
It is estimated by the mean rate of what was measured in the span.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from chengmai.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a counter showed at a moment [m3]."""

    at: datetime
    counter: Fraction


class MeterNote(StrEnum):
    """What must be known of a part of a span."""

    ROLL_OVER = "meter_roll_over"
    SWAP = "meter_swap"
    GAP = "meter_gap"
    BACKWARDS = "meter_backwards"
    UNREAD = "meter_unread"


@dataclass(frozen=True, slots=True)
class MeterPart:
    """A noted part of a span: how much it gave [m3], and whether that is estimated."""

    note: MeterNote
    start: datetime
    end: datetime
    volume: Fraction
    estimated: bool


@dataclass(frozen=True, slots=True)
class Metered:
    """What a meter counted in a span [m3], how much of it is estimated, and the parts that must be known of."""

    volume: Fraction
    estimated: Fraction
    parts: tuple[MeterPart, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """How a meter counts: it shows zero again at ``modulus`` [m3], None never; a gap lasts over ``longest_gap``."""

    modulus: Fraction | None = None
    longest_gap: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The time between two readings, cut to the span; ``volume`` is None where no counter tells it."""

    start: datetime
    end: datetime
    volume: Fraction | None
    note: MeterNote | None
    doubtful: bool


def metered(
    readings: Sequence[MeterReading], swaps: Sequence[datetime], start: datetime, end: datetime, counter: Counter
) -> Metered:
    """What flowed from ``start`` to ``end``, by readings in any order, some of them outside.

    At each moment of ``swaps`` another meter took over. Raises InvalidInput for a span that is none, or in which
    nothing was measured at all: then nothing can be estimated either.
    """
    if start >= end:
        raise InvalidInput("meter.no_span")
    stretches = list(_stretches(sorted(readings, key=lambda one: one.at), swaps, start, end, counter))
    known = [one for one in stretches if one.volume is not None]
    measured = sum((_seconds(one.start, one.end) for one in known), Fraction(0))
    if not measured:
        raise InvalidInput("meter.nothing_measured")
    rate = sum((one.volume or Fraction(0) for one in known), Fraction(0)) / measured
    volume, estimated, parts = Fraction(0), Fraction(0), []
    for one in stretches:
        is_estimated = one.volume is None or one.doubtful
        amount = rate * _seconds(one.start, one.end) if one.volume is None else one.volume
        volume += amount
        estimated += amount if is_estimated else 0
        if one.note is not None:
            parts.append(MeterPart(one.note, one.start, one.end, amount, is_estimated))
    return Metered(volume, estimated, tuple(parts))


def _stretches(
    readings: Sequence[MeterReading], swaps: Sequence[datetime], start: datetime, end: datetime, counter: Counter
) -> Iterator[_Stretch]:
    if not readings or readings[0].at > start:
        yield _Stretch(start, min(end, readings[0].at) if readings else end, None, MeterNote.UNREAD, True)
    for before, after in pairwise(readings):
        if before.at < end and after.at > start and after.at > before.at:
            yield _between(before, after, swaps, (start, end), counter)
    if readings and readings[-1].at < end:
        yield _Stretch(max(start, readings[-1].at), end, None, MeterNote.UNREAD, True)


def _between(
    before: MeterReading,
    after: MeterReading,
    swaps: Sequence[datetime],
    span: tuple[datetime, datetime],
    counter: Counter,
) -> _Stretch:
    """What two neighbouring readings tell of the span."""
    first, last = max(before.at, span[0]), min(after.at, span[1])
    if any(before.at < swap <= after.at for swap in swaps):
        return _Stretch(first, last, None, MeterNote.SWAP, True)
    counted, note = after.counter - before.counter, None
    if counted < 0:
        counted += counter.modulus or Fraction(0)
        # A counter that shows zero again has gone on a little; one that fell by half of what it can show was set back.
        if counter.modulus is None or not 0 <= counted <= counter.modulus / 2:
            return _Stretch(first, last, None, MeterNote.BACKWARDS, True)
        note = MeterNote.ROLL_OVER
    share = _seconds(first, last) / _seconds(before.at, after.at)
    long = after.at - before.at > counter.longest_gap
    return _Stretch(first, last, counted * share, MeterNote.GAP if long else note, long and share < 1)


def _seconds(start: datetime, end: datetime) -> Fraction:
    return Fraction((end - start) // timedelta(microseconds=1), 10**6)
