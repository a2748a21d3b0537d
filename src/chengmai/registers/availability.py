"""How much of a time something was available; pure.

Availability = 1 - outage / agreed time over a span. Outages that overlap count once, an open one until ``now``; what
lies outside the span counts for nothing. A span is half open, its start included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

Outage = tuple[datetime, datetime | None]
Part = tuple[datetime, datetime]
NONE = timedelta()
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Availability:
    """The agreed time of a span, how much of it was lost, and when."""

    agreed: timedelta
    lost: timedelta
    parts: tuple[Part, ...]

    @property
    def percent(self) -> Decimal | None:
        """Percent available, half up to two decimals; None where no time was agreed."""
        return percent_of(self.agreed, self.lost)


def percent_of(agreed: timedelta, lost: timedelta) -> Decimal | None:
    """1 - lost / agreed in percent, half up to two decimals; None where no time was agreed."""
    if agreed <= NONE:
        return None
    kept = Decimal((agreed - lost) // _MICROSECOND) * 100 / Decimal(agreed // _MICROSECOND)
    return kept.quantize(Decimal("0.01"), ROUND_HALF_UP)


def availability(
    outages: Iterable[Outage], start: datetime, end: datetime, now: datetime, since: datetime | None = None
) -> Availability:
    """Of one thing over a span; the part of the span that is not yet over, or before ``since``, is not agreed time."""
    start = start if since is None else max(start, since)
    end = max(start, min(end, now))
    parts = merged(outages, start, end, now)
    return Availability(end - start, sum((until - begin for begin, until in parts), NONE), parts)


def merged(outages: Iterable[Outage], start: datetime, end: datetime, now: datetime) -> tuple[Part, ...]:
    """The parts of a span in which there was any outage, in order, apart from each other."""
    clipped = sorted((max(begin, start), min(now if until is None else until, end)) for begin, until in outages)
    found: list[Part] = []
    for begin, until in clipped:
        if until <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((begin, until))
    return tuple(found)


def together(parts: Sequence[Availability]) -> Decimal | None:
    """The availability of several things: all time lost over all time agreed [%]."""
    return percent_of(sum((one.agreed for one in parts), NONE), sum((one.lost for one in parts), NONE))
