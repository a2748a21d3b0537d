"""Spans of an evaluation: local days from the first to the last, both included."""

from datetime import date, datetime, time, timedelta

from chengmai.casework.evaluation.facts import Seen
from chengmai.core.clock import month_span, now
from chengmai.core.errors import InvalidInput
from chengmai.settings import current

LONGEST_DAYS = 3660
"""Ten years: a span that takes in more is a slip of the pen."""


def span_of(first: date | None, last: date | None, at: datetime | None = None) -> tuple[date, date, Seen]:
    """The days of a span (the present month where none is given) and its moments.

    Raises InvalidInput for days out of order, too many of them, or a span that has not begun.
    """
    zone, present = current().zone, now()
    today = present.astimezone(zone).date()
    start_day = first or (last.replace(day=1) if last else today.replace(day=1))
    if last is None:
        _, following = month_span(start_day.year, start_day.month, zone)
        last = following.astimezone(zone).date() - timedelta(days=1)
    if not start_day <= last or (last - start_day).days >= LONGEST_DAYS or not 2000 <= start_day.year <= 2200:
        raise InvalidInput("evaluation.span_invalid", first=start_day.isoformat(), last=last.isoformat())
    if start_day > today:
        raise InvalidInput("evaluation.span_not_begun", first=start_day.isoformat())
    start = datetime.combine(start_day, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    seen_at = present if at is None else min(at, present)
    return start_day, last, Seen(start, end, seen_at)
