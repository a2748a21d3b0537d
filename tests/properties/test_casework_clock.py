"""The clock of cases under any times: lights only get worse, stops never cost anybody time, months leave no gap."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from chengmai.casework.rules import ClosingFacts, Light, Stop, closed_on_time, due_at, due_to_close, light

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
minutes = st.integers(0, 400_000).map(lambda count: BEGIN + timedelta(minutes=count))
limits = st.integers(1, 20_000)
WORSE = [Light.GREEN, Light.YELLOW, Light.RED]


@st.composite
def stopped(draw: st.DrawFn, filed: datetime) -> list[Stop]:
    """Stops one after another, all ended."""
    edges = sorted(draw(st.lists(st.integers(0, 5_000), min_size=0, max_size=6).filter(lambda e: len(e) % 2 == 0)))
    moments = [filed + timedelta(minutes=edge) for edge in edges]
    return [Stop(start, end) for start, end in zip(moments[::2], moments[1::2], strict=True)]


@given(filed=minutes, limit=limits, first=st.integers(0, 50_000), later=st.integers(0, 50_000))
def test_a_light_only_gets_worse(filed: datetime, limit: int, first: int, later: int) -> None:
    due = due_at(filed, limit)
    at = filed + timedelta(minutes=first)
    before, after = light(filed, due, at), light(filed, due, at + timedelta(minutes=later))
    assert WORSE.index(before) <= WORSE.index(after)


@given(data=st.data(), filed=minutes, limit=limits)
def test_the_light_is_red_exactly_after_the_due_time(data: st.DataObject, filed: datetime, limit: int) -> None:
    stops = data.draw(stopped(filed))
    due = due_at(filed, limit, stops)
    last = max([filed, *(stop.end for stop in stops if stop.end)])
    at = data.draw(st.integers(0, 50_000).map(lambda count: last + timedelta(minutes=count)))
    assert (light(filed, due, at, stops) is Light.RED) == (at > due)


@given(data=st.data(), filed=minutes, limit=limits)
def test_a_stop_moves_the_due_time_by_its_own_length(data: st.DataObject, filed: datetime, limit: int) -> None:
    stops = data.draw(stopped(filed))
    stood = sum((stop.end - stop.start for stop in stops if stop.end), timedelta())
    assert due_at(filed, limit, stops) == due_at(filed, limit) + stood


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
