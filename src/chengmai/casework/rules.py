"""The arithmetic of casework, pure: lights on the 24-hour clock, and what counts as due to close and closed on time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from chengmai.casework.clocks import limits as clocks
from chengmai.casework.clocks.limits import YELLOW_FROM, Due, Light


def light(begun: datetime, due: datetime, at: datetime) -> Light:
    """The light of a limit on the 24-hour clock: green below 80 % of it, yellow from 80 % to 100 %, red above."""
    return clocks.light(Due(begun + (due - begun) * float(YELLOW_FROM), due), at)


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What the closing indicators read of one case; a void case is not given to them at all.

    ``due_at`` is None where it lies beyond the calendar that is known: later than any moment seen.
    """

    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None


def due_to_close(facts: ClosingFacts, start: datetime, end: datetime, at: datetime) -> bool:
    """Whether a case was due to close in [start, end), seen at ``at``: handled in it, or overdue and not handled.

    A case that is overdue stays due in every following span until it is handled.
    """
    seen = min(end, at)
    if facts.handled_at is not None and facts.handled_at < seen:
        return facts.handled_at >= start
    return facts.due_at is not None and facts.due_at < seen


def closed_on_time(facts: ClosingFacts) -> bool:
    """Whether it was closed by its due time."""
    return facts.closed_at is not None and (facts.due_at is None or facts.closed_at <= facts.due_at)


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
