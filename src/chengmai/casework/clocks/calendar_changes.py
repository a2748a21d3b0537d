"""Giving a year of the working calendar: due times that follow from it are worked out anew in the same transaction."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.cases import history
from chengmai.casework.cases.states import OVER
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.clocks import stages, timing
from chengmai.casework.clocks.calendar_years import FIRST_YEAR, LAST_YEAR, ToldYear, present_calendar
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.events import case_event
from chengmai.casework.models import CalendarYear, Case
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.identity import new_id

_FRIDAY = 4


@transaction.atomic
def give_year(user: User, told: ToldYear) -> int:
    """Write a year; returns how many cases are due at another time now.

    Raises NotAllowed, InvalidInput, or Conflict when somebody else wrote it meanwhile.
    """
    take_turn()
    demand_manager(user)
    _check(told)
    values: dict[str, Any] = {
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
    kept = {"off": before.off, "worked": before.worked, "source": before.source} if before else None
    record(user, "calendar.give", "calendar_year", str(told.year), before=kept, after=values)
    return _tell_again(user)


def _tell_again(user: User) -> int:
    """Work out anew what is due in working time or was not known: of open cases, and of those over with none."""
    working = Q(case_class__limit_unit__in=(LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS)) & ~Q(state__in=OVER)
    calendar, changed, at = present_calendar(), 0, now()
    cases = Case.objects.select_related("case_class", "department", "handler").prefetch_related("stops")
    for case in cases.filter(working | Q(due_at=None)):
        before = (case.yellow_at, case.due_at)
        timing.set_due(case, timing.stops_of(case), calendar)
        if before == (case.yellow_at, case.due_at):
            continue
        case.version += 1
        Case.objects.filter(pk=case.pk).update(yellow_at=case.yellow_at, due_at=case.due_at, version=case.version)
        stages.follow(case, at)
        history.write(case, user, "calendar", case.state, step_id=new_id(), fingerprint="")
        case_event("case.noted", case, "calendar")
        changed += 1
    return changed


def _check(told: ToldYear) -> None:
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise InvalidInput("calendar.year_out_of_range", year=told.year, first=FIRST_YEAR, last=LAST_YEAR)
    if not told.source.strip():
        raise InvalidInput("calendar.source_missing")
    for day in (*told.off, *told.worked):
        _check_day(day, told)


def _check_day(day: date, told: ToldYear) -> None:
    if day.year != told.year:
        raise InvalidInput("calendar.other_year", day=day.isoformat(), year=told.year)
    if day in told.off and day.weekday() > _FRIDAY:
        raise InvalidInput("calendar.weekend_is_off", day=day.isoformat())
    if day in told.worked and day.weekday() <= _FRIDAY:
        raise InvalidInput("calendar.weekday_is_worked", day=day.isoformat())
