"""The arithmetic of casework: lights, due times, what is due to close, the published figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chengmai.casework.rules import (
    ClosingFacts,
    Light,
    Stop,
    closed_on_time,
    due_at,
    due_to_close,
    light,
    percent,
)

FILED = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [(0, Light.GREEN), (79.99, Light.GREEN), (80, Light.YELLOW), (100, Light.YELLOW), (100.01, Light.RED)],
)
def test_the_light_changes_at_80_and_at_100_per_cent(elapsed: float, expected: Light) -> None:
    assert light(FILED, due_at(FILED, 100), FILED + minutes(elapsed)) is expected


def test_a_stop_moves_the_due_time_and_does_not_count_as_elapsed() -> None:
    stop = Stop(FILED + minutes(10), FILED + minutes(40))
    due = due_at(FILED, 100, [stop])
    assert due == FILED + minutes(130)
    assert light(FILED, due, FILED + minutes(109), [stop]) is Light.GREEN
    assert light(FILED, due, FILED + minutes(110), [stop]) is Light.YELLOW
    assert light(FILED, due, FILED + minutes(131), [stop]) is Light.RED


def test_a_running_stop_holds_the_light() -> None:
    running = Stop(FILED + minutes(50), None)
    assert due_at(FILED, 100, [running]) == FILED + minutes(100)
    assert light(FILED, FILED + minutes(100), FILED + minutes(5000), [running]) is Light.GREEN


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
