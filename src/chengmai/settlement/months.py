"""Calendar months: the first day stands for the month."""

from collections.abc import Iterator
from datetime import date, timedelta


def first_day(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return following(month) - timedelta(days=1)


def months(first: date, last: date) -> Iterator[date]:
    """Every month from one to another, both with them."""
    month = first_day(first)
    while month <= last:
        yield month
        month = following(month)
