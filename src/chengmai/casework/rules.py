"""The arithmetic of casework, pure: due times, lights, and what counts as due to close and closed on time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

YELLOW_FROM = Decimal("0.8")
"""Share of a limit from which the light is yellow; over the whole limit it is red."""


class Light(StrEnum):
    """How a case stands against its limit."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Stop:
    """A span in which the clock stands still; ``end`` is None while it does."""

    start: datetime
    end: datetime | None


def due_at(filed_at: datetime, limit_minutes: int, stops: Iterable[Stop] = ()) -> datetime:
    """When a case is due: its limit on the 24-hour clock after filing, later by every ended stop."""
    stopped = sum((stop.end - stop.start for stop in stops if stop.end is not None), timedelta())
    return filed_at + timedelta(minutes=limit_minutes) + stopped


def light(filed_at: datetime, due: datetime, at: datetime, stops: Iterable[Stop] = ()) -> Light:
    """Green below 80 % of the limit, yellow from 80 % to 100 %, red above; stops do not count as elapsed.

    ``due`` already holds the ended stops; ``at`` is now, or the moment of closing.
    """
    ended = timedelta()
    for stop in stops:
        if stop.end is None:
            at = min(at, stop.start)
        else:
            ended += stop.end - stop.start
    elapsed, limit = at - filed_at - ended, due - filed_at - ended
    if elapsed > limit:
        return Light.RED
    return Light.YELLOW if elapsed >= limit * float(YELLOW_FROM) else Light.GREEN


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What the closing indicators read of one case; a void case is not given to them at all."""

    due_at: datetime
    handled_at: datetime | None
    closed_at: datetime | None


def due_to_close(facts: ClosingFacts, start: datetime, end: datetime, at: datetime) -> bool:
    """Whether a case was due to close in [start, end), seen at ``at``: handled in it, or overdue and not handled.

    A case that is overdue stays due in every following span until it is handled.
    """
    seen = min(end, at)
    if facts.handled_at is not None and facts.handled_at < seen:
        return facts.handled_at >= start
    return facts.due_at < seen


def closed_on_time(facts: ClosingFacts) -> bool:
    """Whether it was closed by its due time."""
    return facts.closed_at is not None and facts.closed_at <= facts.due_at


def closed(facts: ClosingFacts, seen: datetime) -> bool:
    """Whether a case that was due in a span is closed, its handling being before ``seen``, the span's end or now.

    An overdue case is due in every span until it is handled; it counts as closed in the one that saw it handled.
    """
    return facts.closed_at is not None and facts.handled_at is not None and facts.handled_at < seen


def percent(numerator: int, denominator: int) -> Decimal | None:
    """A rate in per cent, rounded half up to two places when shown; None when nothing was due."""
    if denominator == 0:
        return None
    return (Decimal(100 * numerator) / Decimal(denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
