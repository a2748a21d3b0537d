"""Limits on the Chinese working calendar: published holidays and make-up days, lights, the end of what is known."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chengmai.casework.clocks.limits import Due, Light, Limit, LimitUnit, Stop, due, elapsed, left, light
from chengmai.core.errors import InvalidInput
from chengmai.core.work_calendar import WorkCalendar, YearDays, published_years, with_years
from chengmai.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8), time(12)), (time(14), time(18)))
CALENDAR = WorkCalendar(published_years(), HOURS, ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def limit(amount: int, unit: LimitUnit) -> Limit:
    return Limit(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("begun", "amount", "unit", "expected"),
    [
        ("2026-03-10 23:00", 4, LimitUnit.URGENT_HOURS, "2026-03-11 03:00"),
        ("2026-03-10 11:00", 2, LimitUnit.WORKING_HOURS, "2026-03-10 15:00"),
        ("2026-03-10 12:30", 1, LimitUnit.WORKING_HOURS, "2026-03-10 15:00"),
        ("2026-03-10 10:00", 1, LimitUnit.WORKING_DAYS, "2026-03-11 10:00"),
        ("2026-03-13 10:00", 1, LimitUnit.WORKING_DAYS, "2026-03-16 10:00"),
        # National day 2026: 1 to 7 October are off; Sunday 20 September and Saturday 10 October are worked.
        ("2026-09-30 17:00", 2, LimitUnit.WORKING_HOURS, "2026-10-08 09:00"),
        ("2026-09-30 08:00", 3, LimitUnit.WORKING_DAYS, "2026-10-09 18:00"),
        ("2026-10-09 08:00", 2, LimitUnit.WORKING_DAYS, "2026-10-10 18:00"),
        ("2026-09-19 10:00", 8, LimitUnit.WORKING_HOURS, "2026-09-20 18:00"),
    ],
)
def test_due_times_on_the_published_calendar(begun: str, amount: int, unit: LimitUnit, expected: str) -> None:
    assert due(local(begun), limit(amount, unit), CALENDAR).due_at == local(expected)


@pytest.mark.parametrize(
    ("elapsed_minutes", "expected"),
    [(0, Light.GREEN), (95.99, Light.GREEN), (96, Light.YELLOW), (120, Light.YELLOW), (120.01, Light.RED)],
)
def test_the_light_changes_at_80_and_at_100_per_cent(elapsed_minutes: float, expected: Light) -> None:
    begun = local("2026-03-10 08:00")
    times = due(begun, limit(2, LimitUnit.URGENT_HOURS), CALENDAR)
    assert light(times, begun + timedelta(minutes=elapsed_minutes)) is expected


def test_a_running_stop_holds_the_light_and_does_not_move_the_due_time_yet() -> None:
    begun = local("2026-03-10 08:00")
    running = Stop(begun + timedelta(minutes=50), None)
    times = due(begun, limit(2, LimitUnit.URGENT_HOURS), CALENDAR, [running])
    assert times.due_at == begun + timedelta(hours=2)
    assert light(times, begun + timedelta(days=9), [running]) is Light.GREEN


def test_stops_that_overlap_stop_the_clock_once() -> None:
    begun = local("2026-03-10 08:00")
    stops = [
        Stop(begun + timedelta(minutes=10), begun + timedelta(minutes=40)),
        Stop(begun + timedelta(minutes=20), begun + timedelta(minutes=50)),
    ]
    assert due(begun, limit(1, LimitUnit.URGENT_HOURS), CALENDAR, stops).due_at == begun + timedelta(minutes=100)


def test_a_due_time_beyond_the_known_calendar_is_not_guessed() -> None:
    last = max(CALENDAR.years)
    begun = local(f"{last}-12-31 08:00")
    times = due(begun, limit(20, LimitUnit.WORKING_DAYS), CALENDAR)
    assert times == Due(None, None)
    assert left(times, LimitUnit.WORKING_DAYS, begun, CALENDAR) is None
    assert light(times, begun + timedelta(days=1)) is Light.GREEN
    assert elapsed(begun, begun + timedelta(days=2), LimitUnit.WORKING_HOURS, CALENDAR) is None
    assert CALENDAR.known_until(begun) == local(f"{last + 1}-01-01 00:00")
    assert due(begun, limit(48, LimitUnit.URGENT_HOURS), CALENDAR).due_at == begun + timedelta(hours=48)


def test_a_year_that_was_given_makes_it_known() -> None:
    last = max(CALENDAR.years)
    given = YearDays(frozenset({date(last + 1, 1, 4)}), frozenset())
    calendar = WorkCalendar(with_years(CALENDAR.years, [(last + 1, given)]), HOURS, ZONE)
    times = due(local(f"{last}-12-31 08:00"), limit(2, LimitUnit.WORKING_DAYS), calendar)
    assert times.due_at is not None
    assert not calendar.is_working_day(date(last + 1, 1, 4))


def test_what_is_left_is_told_on_the_clock_of_the_limit() -> None:
    times = due(local("2026-03-13 17:00"), limit(2, LimitUnit.WORKING_HOURS), CALENDAR)
    assert left(times, LimitUnit.WORKING_HOURS, local("2026-03-14 12:00"), CALENDAR) == timedelta(hours=1)
    assert left(times, LimitUnit.WORKING_HOURS, local("2026-03-16 10:00"), CALENDAR) == -timedelta(hours=1)


@pytest.mark.parametrize("told", ["", "8-12", "08:00-12:00 11:00-18:00", "12:00-08:00", "08:00"])
def test_hours_of_the_day_that_cannot_be_are_refused(told: str) -> None:
    with pytest.raises(InvalidInput, match=r"settings\.invalid"):
        _ = Settings(working_hours=told).day_hours
