"""Clocks of cases under any times, limits, stops and calendars; which months a case counts in."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from chengmai.casework.clocks.limits import Light, Limit, LimitUnit, Stop, due, elapsed, left, light
from chengmai.casework.rules import ClosingFacts, closed_on_time, due_to_close
from chengmai.core.work_calendar import WorkCalendar, YearDays

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
ZONE = ZoneInfo("Asia/Shanghai")
WORSE = [Light.GREEN, Light.YELLOW, Light.RED]
minutes = st.integers(0, 400_000).map(lambda count: BEGIN + timedelta(minutes=count))
limits = st.builds(Limit, st.integers(1, 40).map(Decimal), st.sampled_from(LimitUnit))


def _days(year: int, weekend: bool) -> st.SearchStrategy[date]:
    some = st.integers(0, 364).map(lambda count: date(year, 1, 1) + timedelta(days=count))
    return some.filter(lambda day: (day.weekday() > 4) == weekend)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Three known years with any holidays and make-up days, and any hours of the day."""
    years = {}
    for year in (2026, 2027, 2028):
        off = draw(st.frozensets(_days(year, weekend=False), max_size=12))
        worked = draw(st.frozensets(_days(year, weekend=True), max_size=6))
        years[year] = YearDays(off, worked)
    edges = sorted(
        draw(st.lists(st.integers(0, 23), min_size=2, max_size=4, unique=True).filter(lambda e: len(e) != 3))
    )
    hours = tuple((time(start), time(end)) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return WorkCalendar(years, hours, ZONE)


@st.composite
def stopped(draw: st.DrawFn, begun: datetime) -> list[Stop]:
    """Stops one after another, all ended."""
    edges = sorted(draw(st.lists(st.integers(0, 9_000), max_size=6).filter(lambda e: len(e) % 2 == 0)))
    moments = [begun + timedelta(minutes=edge) for edge in edges]
    return [Stop(start, end) for start, end in zip(moments[::2], moments[1::2], strict=True)]


def worked_minutes(calendar: WorkCalendar, start: datetime, end: datetime, unit: LimitUnit) -> int:
    """Minutes from start to end that a clock of this unit counts, one by one: slow, and plain to see right."""
    counted, at = 0, start
    while at < end:
        here = at.astimezone(ZONE)
        worked = any(first <= here.time() < last for first, last in calendar.hours)
        counted += unit is LimitUnit.URGENT_HOURS or (worked and calendar.is_working_day(here.date()))
        at += timedelta(minutes=1)
    return counted


@given(calendar=calendars(), start=minutes, limit=limits, later=st.integers(0, 100_000))
def test_whoever_begins_later_is_due_no_earlier(
    calendar: WorkCalendar, start: datetime, limit: Limit, later: int
) -> None:
    first = due(start, limit, calendar).due_at
    second = due(start + timedelta(minutes=later), limit, calendar).due_at
    assert first is not None
    assert second is not None
    assert start < first <= second


@given(data=st.data(), calendar=calendars(), start=minutes, limit=limits)
def test_exactly_the_limit_lies_between_start_and_due_with_no_minute_that_does_not_count(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, limit: Limit
) -> None:
    stops = data.draw(stopped(start))
    at = due(start, limit, calendar, stops).due_at
    assert at is not None
    assert elapsed(start, at, limit.unit, calendar, stops) == limit.length(calendar)
    before = at - timedelta(minutes=1)
    assert worked_minutes(calendar, before, at, limit.unit) == 1
    assert not any(stop.start <= before < (stop.end or at) for stop in stops)


@given(calendar=calendars(), start=minutes, unit=st.sampled_from(LimitUnit), length=st.integers(0, 3_000))
def test_what_is_counted_is_what_counting_minute_by_minute_finds(
    calendar: WorkCalendar, start: datetime, unit: LimitUnit, length: int
) -> None:
    end = start + timedelta(minutes=length)
    assert elapsed(start, end, unit, calendar) == timedelta(minutes=worked_minutes(calendar, start, end, unit))


@given(data=st.data(), calendar=calendars(), start=minutes, limit=limits)
def test_a_pause_is_a_shift_by_what_the_clock_would_have_counted_in_it(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, limit: Limit
) -> None:
    plain = due(start, limit, calendar).due_at
    assert plain is not None
    begin = start + timedelta(minutes=data.draw(st.integers(0, int((plain - start) / timedelta(minutes=1)) - 1)))
    stop = Stop(begin, begin + timedelta(minutes=data.draw(st.integers(0, 20_000))))
    assert stop.end is not None
    shifted = due(start, limit, calendar, [stop]).due_at
    assert shifted is not None
    assert elapsed(plain, shifted, limit.unit, calendar) == elapsed(stop.start, stop.end, limit.unit, calendar)


@given(data=st.data(), calendar=calendars(), start=minutes, limit=limits, later=st.integers(0, 100_000))
def test_a_light_only_gets_worse_and_is_red_exactly_after_the_due_time(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, limit: Limit, later: int
) -> None:
    stops = data.draw(stopped(start))
    times = due(start, limit, calendar, stops)
    at = start + timedelta(minutes=data.draw(st.integers(0, 100_000)))
    assert times.due_at is not None
    after = at + timedelta(minutes=later)
    assert WORSE.index(light(times, at, stops)) <= WORSE.index(light(times, after, stops))
    assert (light(times, at, stops) is Light.RED) == (at > times.due_at)
    rest = left(times, limit.unit, at, calendar)
    assert rest is not None
    assert (rest >= timedelta(0)) or at > times.due_at


@given(due=minutes, handled=st.none() | minutes)
def test_a_case_is_due_in_every_month_from_its_due_time_to_its_handling_and_in_no_other(
    due: datetime, handled: datetime | None
) -> None:
    end = BEGIN + 12 * MONTH
    facts = ClosingFacts(due, handled, None)
    counted = [
        month for month in range(12) if due_to_close(facts, BEGIN + month * MONTH, BEGIN + (month + 1) * MONTH, at=end)
    ]
    first = (due - BEGIN) // MONTH
    last = 11 if handled is None else (handled - BEGIN) // MONTH
    # Overdue is after the due time: a case due at the month's last moment is counted from the next month on.
    assume((due - BEGIN) % MONTH != timedelta(0))
    assert counted == list(range(min(first, last), last + 1))


@given(due=minutes, closed=minutes)
def test_on_time_is_not_after_the_due_time(due: datetime, closed: datetime) -> None:
    assert closed_on_time(ClosingFacts(due, closed, closed)) == (closed <= due)
