"""The arithmetic of casework: what is due to close and closed on time, the published figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chengmai.casework.rules import (
    ClosingFacts,
    closed_on_time,
    due_to_close,
    percent,
)

FILED = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_published_month_has_the_published_rates() -> None:
    """972 due to close, 911 closed, 737 of them on time: 93.72 % and 75.82 %."""
    due = FILED + minutes(60)
    on_time = [ClosingFacts(due, FILED + minutes(20), FILED + minutes(60))] * 737
    too_late = [ClosingFacts(due, FILED + minutes(20), FILED + minutes(61))] * (911 - 737)
    handled = [ClosingFacts(due, FILED + minutes(20), None)] * 41
    overdue = [ClosingFacts(due, None, None)] * 20
    not_due = [ClosingFacts(END + minutes(1), None, None)] * 33
    cases = [
        facts
        for facts in (*on_time, *too_late, *handled, *overdue, *not_due)
        if due_to_close(facts, START, END, at=END + minutes(1))
    ]
    assert len(cases) == 972
    assert percent(sum(facts.closed_at is not None for facts in cases), len(cases)) == Decimal("93.72")
    assert percent(sum(closed_on_time(facts) for facts in cases), len(cases)) == Decimal("75.82")


def test_half_a_hundredth_is_rounded_up_and_nothing_due_has_no_rate() -> None:
    assert percent(1, 800) == Decimal("0.13")
    assert percent(3, 800) == Decimal("0.38")
    assert percent(0, 0) is None


def test_a_case_is_due_in_the_month_it_was_handled_in_and_in_every_month_it_stayed_overdue() -> None:
    month = timedelta(days=31)
    facts = ClosingFacts(due_at=START + minutes(1), handled_at=END + minutes(5), closed_at=END + minutes(9))
    seen = END + month
    assert due_to_close(facts, START, END, seen)
    assert due_to_close(facts, END, END + month, seen)
    assert not due_to_close(facts, END + month, END + 2 * month, seen + month)


def test_a_month_that_still_runs_sees_nothing_of_the_future() -> None:
    at = FILED
    assert not due_to_close(ClosingFacts(at, None, None), START, END, at)
    assert due_to_close(ClosingFacts(at - minutes(1), None, None), START, END, at)
    assert due_to_close(ClosingFacts(END, at - minutes(1), None), START, END, at)


def test_the_due_time_itself_is_on_time() -> None:
    assert closed_on_time(ClosingFacts(FILED, FILED, FILED))
    assert not closed_on_time(ClosingFacts(FILED, FILED, FILED + timedelta(microseconds=1)))


def test_what_is_due_beyond_the_known_calendar_is_not_overdue_and_on_time_once_closed() -> None:
    assert not due_to_close(ClosingFacts(None, None, None), START, END, END)
    assert due_to_close(ClosingFacts(None, FILED, FILED), START, END, END)
    assert closed_on_time(ClosingFacts(None, FILED, FILED))
    assert not closed_on_time(ClosingFacts(None, FILED, None))
