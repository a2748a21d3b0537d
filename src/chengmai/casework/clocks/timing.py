"""Due times of cases: what their class's limit, their stops and the working calendar make of them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from chengmai.casework.clocks import limits as clocks
from chengmai.casework.clocks.calendar_years import present_calendar
from chengmai.casework.clocks.limits import Due, Light, Limit, LimitUnit, Stop
from chengmai.casework.models import Case
from chengmai.core.work_calendar import WorkCalendar


def limit_of(case: Case) -> Limit:
    """The limit of a case: its class's, and what it was extended by."""
    return Limit(Decimal(case.case_class.limit_amount + case.extra_amount), LimitUnit(case.case_class.limit_unit))


def stops_of(case: Case) -> list[Stop]:
    """The spans in which a case's clock stood still, in order."""
    return sorted((Stop(stop.started_at, stop.ended_at) for stop in case.stops.all()), key=lambda stop: stop.start)


def set_due(case: Case, stops: Iterable[Stop] = (), calendar: WorkCalendar | None = None) -> None:
    """Work out when a case's light turns yellow and red; it is not stored here."""
    times = clocks.due(case.filed_at, limit_of(case), calendar or present_calendar(), stops)
    case.yellow_at, case.due_at = times.yellow_at, times.due_at


def light_of(case: Case, at: datetime) -> Light:
    """A case's light at a moment; a case that is over keeps the light it was closed with."""
    return clocks.light(Due(case.yellow_at, case.due_at), case.closed_at or at, stops_of(case))


def left_s(case: Case, at: datetime, calendar: WorkCalendar) -> int | None:
    """Seconds left on the case's own clock, negative when it is over; None where that is not known."""
    stop = next((stop for stop in stops_of(case) if stop.end is None), None)
    seen = min(at, stop.start) if stop else at
    unit = LimitUnit(case.case_class.limit_unit)
    found = clocks.left(Due(case.yellow_at, case.due_at), unit, case.closed_at or seen, calendar)
    return None if found is None else round(found.total_seconds())
