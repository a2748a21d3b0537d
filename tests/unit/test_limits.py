"""What a limit means: delay, dead-band, stuck, late rows; each as a short story of one stream."""

from typing import Any

import numpy as np
import pytest

from chengmai.detection import limits as module
from chengmai.detection.limit_bands import Bands, LimitKind, Limits, bands
from chengmai.detection.limits import judge_limits
from chengmai.detection.observations import Observations


@pytest.fixture(params=[0, 1000], ids=["arrays", "plain"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLAIN_ROWS", request.param)


def at(limit: float) -> Bands:
    """One yellow band."""
    return bands({"yellow": limit})


def story(
    limits: Limits, *values: float, memory: dict[str, Any] | None = None, start: int = 0
) -> list[tuple[Any, ...]]:
    """One value a minute; what it causes as (kind, begins, minute since, minute told)."""
    minutes = np.arange(start, start + len(values))
    rows = Observations.fresh([7] * len(values), (minutes * 60_000).astype("datetime64[ms]"), values)
    events = judge_limits(rows, {7: limits}, {} if memory is None else memory)
    return [(event.kind, not event.ends, event.since_ms // 60_000, event.time_ms // 60_000) for event in events]


def test_without_delay_a_limit_tells_at_once() -> None:
    assert story(Limits(high=at(5)), 4, 6, 6, 4) == [
        (LimitKind.HIGH, True, 1, 1),
        (LimitKind.HIGH, False, 3, 3),
    ]
    assert story(Limits(low=at(5)), 6, 4, 6) == [
        (LimitKind.LOW, True, 1, 1),
        (LimitKind.LOW, False, 2, 2),
    ]


def test_a_short_excursion_is_not_told() -> None:
    assert story(Limits(high=at(5), on_delay_s=120), 4, 6, 6, 4) == []
    assert story(Limits(high=at(5), on_delay_s=120), 4, 6, 6, 6) == [(LimitKind.HIGH, True, 1, 3)]


def test_a_short_return_is_not_told() -> None:
    told = story(Limits(high=at(5), off_delay_s=120), 6, 4, 6, 4, 4, 4)
    assert told == [(LimitKind.HIGH, True, 0, 0), (LimitKind.HIGH, False, 3, 5)]


def test_inside_the_dead_band_nothing_changes() -> None:
    told = story(Limits(high=at(5), dead_band=1), 6, 4.5, 4.5, 4)
    assert told == [(LimitKind.HIGH, True, 0, 0), (LimitKind.HIGH, False, 3, 3)]
    assert story(Limits(high=at(5), dead_band=1), 4.5, 4.9) == []


def test_the_same_value_for_long_is_a_stuck_sensor() -> None:
    told = story(Limits(stuck_s=180), 1, 2, 2, 2, 2, 3)
    assert told == [(LimitKind.STUCK, True, 1, 4), (LimitKind.STUCK, False, 5, 5)]


def test_memory_goes_on_where_it_was() -> None:
    memory: dict[str, Any] = {}
    limits = Limits(high=at(5), on_delay_s=120)
    assert story(limits, 4, 6, memory=memory) == []
    assert story(limits, 6, 6, memory=memory, start=2) == [(LimitKind.HIGH, True, 1, 3)]


def test_late_rows_do_not_turn_the_past_round() -> None:
    memory: dict[str, Any] = {}
    limits = Limits(high=at(5))
    assert story(limits, 4, 6, memory=memory, start=10) == [(LimitKind.HIGH, True, 11, 11)]
    assert story(limits, 4, 4, memory=memory, start=5) == []
    assert story(limits, 4, memory=memory, start=12) == [(LimitKind.HIGH, False, 12, 12)]


def test_a_stream_without_limits_is_nobody_s_business() -> None:
    rows = Observations.fresh([1], np.array([0], dtype="datetime64[ms]"), [1e9])
    assert judge_limits(rows, {7: Limits(high=at(1))}, {}) == []


COLOURED = Limits(high=bands({"yellow": 5, "orange": 7, "red": 9}), dead_band=1)


def levels(limits: Limits, *values: float) -> list[tuple[int, int, int, int]]:
    """One value a minute; what it causes as (level before, level after, minute since, minute the alarm began)."""
    minutes = np.arange(len(values))
    rows = Observations.fresh([7] * len(values), (minutes * 60_000).astype("datetime64[ms]"), values)
    events = judge_limits(rows, {7: limits}, {})
    return [(event.before, event.after, event.since_ms // 60_000, event.began_ms // 60_000) for event in events]


def test_one_alarm_moves_between_colours_and_remembers_when_it_began() -> None:
    assert levels(COLOURED, 4, 6, 8, 10, 8.5, 7.5, 6.5, 5.5, 3) == [
        (0, 2, 1, 1), (2, 3, 2, 1), (3, 4, 3, 1), (4, 3, 5, 1), (3, 2, 7, 1), (2, 0, 8, 1),
    ]  # fmt: skip


def test_a_leap_over_bands_is_one_step() -> None:
    assert levels(COLOURED, 4, 20, 0) == [(0, 4, 1, 1), (4, 0, 2, 1)]


def test_the_gravest_band_waits_for_its_own_delay() -> None:
    slow = Limits(low=bands({"yellow": 5, "red": 2}), on_delay_s=120)
    assert levels(slow, 6, 4, 4, 1, 1, 1) == [(0, 2, 1, 1), (2, 4, 3, 1)]


def test_a_rule_that_lost_a_band_still_ends_what_the_band_began() -> None:
    memory: dict[str, Any] = {}
    assert story(Limits(high=bands({"red": 9})), 10, memory=memory) == [(LimitKind.HIGH, True, 0, 0)]
    changed = Limits(low=at(1))
    assert story(changed, 10, memory=memory, start=1) == [(LimitKind.HIGH, False, 1, 1)]
    assert story(changed, 0, memory=memory, start=2) == [(LimitKind.LOW, True, 2, 2)]
