"""The working calendar that holds here: published years, and the years that an administrator gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.models import CalendarYear
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.work_calendar import WorkCalendar, YearDays, published_years, with_years
from chengmai.settings import current

FIRST_YEAR, LAST_YEAR = 2000, 2200
_FRIDAY = 4
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


@transaction.atomic
def give_year(user: User, told: ToldYear) -> None:
    """Write a year; raises NotAllowed, InvalidInput, or Conflict when somebody else wrote it meanwhile."""
    take_turn()
    if Permission.CASEWORK_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.CASEWORK_MANAGE.value)
    if not user.sees_whole_city:
        raise NotAllowed("casework.bureau_only")
    _check(told)
    values = {
        "off": sorted(day.isoformat() for day in set(told.off)),
        "worked": sorted(day.isoformat() for day in set(told.worked)),
        "source": told.source.strip(),
    }
    before = CalendarYear.objects.filter(year=told.year).first()
    if told.version == 0:
        try:
            with transaction.atomic():
                CalendarYear.objects.create(year=told.year, **values)
        except IntegrityError as error:
            raise Conflict("version.stale", sent=0, present="?") from error
    elif not CalendarYear.objects.filter(year=told.year, version=told.version).update(
        **values, version=told.version + 1
    ):
        raise Conflict("version.stale", sent=told.version, present="?")
    record(user, "calendar.give", "calendar_year", str(told.year), before=_facts(before), after=values)


def _check(told: ToldYear) -> None:
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise InvalidInput("calendar.year_out_of_range", year=told.year, first=FIRST_YEAR, last=LAST_YEAR)
    if not told.source.strip():
        raise InvalidInput("calendar.source_missing")
    for day in (*told.off, *told.worked):
        if day.year != told.year:
            raise InvalidInput("calendar.other_year", day=day.isoformat(), year=told.year)
    for day in told.off:
        if day.weekday() > _FRIDAY:
            raise InvalidInput("calendar.weekend_is_off", day=day.isoformat())
    for day in told.worked:
        if day.weekday() <= _FRIDAY:
            raise InvalidInput("calendar.weekday_is_worked", day=day.isoformat())


def _days(row: CalendarYear) -> YearDays:
    return YearDays(*(frozenset(date.fromisoformat(day) for day in days) for days in (row.off, row.worked)))


def _facts(row: CalendarYear | None) -> Mapping[str, object] | None:
    return None if row is None else {"off": row.off, "worked": row.worked, "source": row.source}
