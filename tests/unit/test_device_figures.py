"""Completeness and online rate by intervals, worked out by hand; when a battery will be empty."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from chengmai.core.units import Quantity
from chengmai.devices.battery import ForecastBasis, forecast
from chengmai.devices.completeness import FedSpan, Tally, tally_of
from chengmai.devices.type_table import AccuracyKind, MeasuredQuantity

MINUTE = 60_000
DAYS = np.array([0, 60 * MINUTE, 120 * MINUTE], dtype=np.int64)
"""Two short days of an hour."""


def fed(width_minutes: int, spans: list[tuple[int, int]], filled: list[int]) -> FedSpan:
    told = [(start * MINUTE, end * MINUTE) for start, end in spans]
    return FedSpan(width_minutes * MINUTE, told, np.array(filled, dtype=np.int64))


def lists(tally: Tally) -> list[list[int]]:
    return [part.tolist() for part in (tally.expected, tally.complete, tally.due_online, tally.online)]


def test_intervals_count_once_however_often_a_device_tells_and_only_whole_ones_are_expected() -> None:
    # In service from minute 5 to 95, every ten minutes: whole intervals 1..5 and 6..8; told in 1, 2, 6, 0.
    tally = tally_of([fed(10, [(5, 95)], [0, 1, 2, 6])], DAYS)
    # Online in 1..4 (told in 2 at last) and 6..8.
    assert lists(tally) == [[5, 3], [2, 1], [5, 3], [4, 3]]


def test_a_device_is_online_while_any_of_its_streams_tells() -> None:
    quick, slow = fed(10, [(0, 60)], [0]), fed(20, [(0, 60)], [2])
    # At the longest interval, 20 minutes: told in 0 (quick) and 2 (slow), online in all three.
    assert lists(tally_of([quick, slow], DAYS)) == [[9, 0], [2, 0], [3, 0], [3, 0]]


def test_out_of_service_nothing_is_expected() -> None:
    assert lists(tally_of([fed(10, [(0, 20), (100, 120)], [])], DAYS)) == [[2, 2], [0, 0], [2, 2], [0, 0]]
    assert lists(tally_of([], DAYS)) == [[0, 0]] * 4


def test_two_spans_that_share_an_interval_expect_it_once() -> None:
    assert lists(tally_of([fed(10, [(0, 30), (10, 40)], [1])], DAYS))[0] == [4, 0]


NOON = datetime(2026, 3, 1, tzinfo=UTC)


def days(*charges: float) -> list[tuple[datetime, float]]:
    return [(NOON + timedelta(days=10 * number), charge) for number, charge in enumerate(charges)]


def test_a_falling_battery_is_empty_where_its_line_meets_nothing() -> None:
    found = forecast(days(100, 90, 80, 70), 1000)
    assert found is not None
    assert found.basis is ForecastBasis.TREND
    assert found.empty_at is not None
    assert abs(found.empty_at - (NOON + timedelta(days=100))) < timedelta(minutes=1)


def test_a_new_battery_forgets_the_old_one() -> None:
    found = forecast(days(30, 20, 10, 100, 99, 98), 1000)
    assert found is not None
    assert found.empty_at is not None
    assert abs(found.empty_at - (NOON + timedelta(days=50 + 980))) < timedelta(hours=1)


@pytest.mark.parametrize(("readings", "expected"), [(days(50), 500), (days(50, 50, 50, 50), 530), (days(40, 50), 510)])
def test_without_a_falling_line_the_type_s_life_tells(readings: list[tuple[datetime, float]], expected: int) -> None:
    found = forecast(readings, 1000)
    assert found is not None
    assert (found.basis, found.empty_at) == (ForecastBasis.NOMINAL, NOON + timedelta(days=expected))
    unknown = forecast(readings, None)
    assert unknown is not None
    assert unknown.empty_at is None
    assert forecast([], 1000) is None


@pytest.mark.parametrize(
    ("kind", "allowed"), [(AccuracyKind.ABSOLUTE, 0.5), (AccuracyKind.READING, 0.05), (AccuracyKind.RANGE, 0.1)]
)
def test_what_an_accuracy_allows(kind: AccuracyKind, allowed: float) -> None:
    row = MeasuredQuantity(Quantity.METHANE, 0, 20, 0.5, kind)
    assert row.allowed_error(10) == pytest.approx(allowed)
