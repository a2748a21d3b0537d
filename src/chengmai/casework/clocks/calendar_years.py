"""The working calendar that holds here: published years, and the years that an administrator gave."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from chengmai.casework.models import CalendarYear
from chengmai.core.work_calendar import WorkCalendar, YearDays, published_years, with_years
from chengmai.settings import current

FIRST_YEAR, LAST_YEAR = 2000, 2200
_published = cache(published_years)


@dataclass(frozen=True, slots=True)
class ToldYear:
    """A year as told: days off from Monday to Friday, weekend days that are worked, and who published it."""

    year: int
    off: tuple[date, ...]
    worked: tuple[date, ...]
    source: str
    version: int
    """0 for a year that nobody gave by hand yet."""


def present_calendar() -> WorkCalendar:
    """The working calendar of the city with every year that is known."""
    given = ((row.year, _days(row)) for row in CalendarYear.objects.all())
    return WorkCalendar(with_years(_published(), given), current().day_hours, current().zone)


def told_years() -> list[ToldYear]:
    """Every known year, published or given, in order."""
    given = {row.year: row for row in CalendarYear.objects.all()}
    told = []
    for year, days in sorted(with_years(_published(), ((one, _days(row)) for one, row in given.items())).items()):
        row = given.get(year)
        source, version = (row.source, row.version) if row else ("chinesecalendar", 0)
        told.append(ToldYear(year, tuple(sorted(days.off)), tuple(sorted(days.worked)), source, version))
    return told


def _days(row: CalendarYear) -> YearDays:
    return YearDays(*(frozenset(date.fromisoformat(day) for day in days) for days in (row.off, row.worked)))
