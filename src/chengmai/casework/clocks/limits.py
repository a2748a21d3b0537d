"""Clocks of cases, pure: limits in urgent hours, working hours and working days, due times, lights, what is left.

A working day is as much working time as one working day holds: filed at ten, a limit of one working day ends at ten of
the next. While a case is stopped its clock stands still, whatever its unit.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chengmai.core.work_calendar import WorkCalendar

YELLOW_FROM = Decimal("0.8")
"""Share of a limit from which the light is yellow; over the whole limit it is red."""
_FOREVER = datetime.max.replace(tzinfo=UTC)


class LimitUnit(StrEnum):
    """What a limit is counted in: hours round the clock, hours of working time, or working days."""

    URGENT_HOURS = "urgent_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


class Light(StrEnum):
    """How a case stands against its limit."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of a unit; ``amount`` may be a fraction."""

    amount: Decimal
    unit: LimitUnit

    def length(self, calendar: WorkCalendar) -> timedelta:
        """The limit as time on its own clock."""
        unit = calendar.day_length if self.unit is LimitUnit.WORKING_DAYS else timedelta(hours=1)
        return timedelta(microseconds=int(self.amount * int(unit / timedelta(microseconds=1))))


@dataclass(frozen=True, slots=True)
class Stop:
    """A span in which the clock stands still; ``end`` is None while it does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """When a light turns yellow and red; None where that lies beyond the calendar that is known."""

    yellow_at: datetime | None
    due_at: datetime | None


def due(start: datetime, limit: Limit, calendar: WorkCalendar, stops: Iterable[Stop] = ()) -> Due:
    """When 80 % and all of a limit are used up on its clock; a stop that still runs does not count yet."""
    length = limit.length(calendar)
    yellow = timedelta(microseconds=int(length / timedelta(microseconds=1) * float(YELLOW_FROM)))
    ended = [stop for stop in stops if stop.end is not None]
    return Due(
        _after(yellow, _running(start, limit.unit, calendar, ended)),
        _after(length, _running(start, limit.unit, calendar, ended)),
    )


def light(times: Due, at: datetime, stops: Iterable[Stop] = ()) -> Light:
    """Green below 80 % of the limit, yellow from 80 % to 100 %, red above; a stop that runs holds the light.

    ``times`` already hold the ended stops; ``at`` is now, or the moment of closing.
    """
    for stop in stops:
        if stop.end is None:
            at = min(at, stop.start)
    if times.due_at is not None and at > times.due_at:
        return Light.RED
    return Light.YELLOW if times.yellow_at is not None and at >= times.yellow_at else Light.GREEN


def left(times: Due, unit: LimitUnit, at: datetime, calendar: WorkCalendar) -> timedelta | None:
    """Time left on the limit's own clock at a moment, negative when it is over; None when that is not known."""
    if times.due_at is None:
        return None
    earlier, later = min(at, times.due_at), max(at, times.due_at)
    counted = elapsed(earlier, later, unit, calendar)
    if counted is None:
        return None
    return counted if at <= times.due_at else -counted


def elapsed(
    start: datetime, end: datetime, unit: LimitUnit, calendar: WorkCalendar, stops: Sequence[Stop] = ()
) -> timedelta | None:
    """Time that a clock of this unit counted from start to end, stops left out; None beyond the known calendar."""
    if unit is not LimitUnit.URGENT_HOURS and end > calendar.known_until(start):
        return None
    counted = timedelta()
    for begun, over in _running(start, unit, calendar, stops):
        if begun >= end:
            break
        counted += min(over, end) - begun
    return counted


def _after(length: timedelta, running: Iterator[tuple[datetime, datetime]]) -> datetime | None:
    remaining = length
    for start, end in running:
        if end - start >= remaining:
            return start + remaining
        remaining -= end - start
    return None


def _running(
    start: datetime, unit: LimitUnit, calendar: WorkCalendar, stops: Sequence[Stop]
) -> Iterator[tuple[datetime, datetime]]:
    """The spans in which a clock runs from a moment on: its unit's time less the stops."""
    spans = iter([(start, _FOREVER)]) if unit is LimitUnit.URGENT_HOURS else calendar.working_time(start)
    standing = sorted((stop.start, stop.end or _FOREVER) for stop in stops)
    for begin, end in spans:
        at = begin
        for stop_start, stop_end in standing:
            if stop_start >= end:
                break
            if stop_start > at:
                yield at, stop_start
            at = max(at, stop_end)
        if at < end:
            yield at, end
