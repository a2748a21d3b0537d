"""What a limit means: delay, dead-band, stuck, late rows; each as a short story of one stream."""

from typing import Any

import numpy as np
import pytest

from chengmai.detection import limits as module
from chengmai.detection.limits import LimitKind, Limits, judge_limits
from chengmai.detection.observations import Observations


@pytest.fixture(params=[0, 1000], ids=["arrays", "plain"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLAIN_ROWS", request.param)


def story(
    limits: Limits, *values: float, memory: dict[str, Any] | None = None, start: int = 0
) -> list[tuple[Any, ...]]:
    """One value a minute; what it causes as (kind, begins, minute since, minute told)."""
    minutes = np.arange(start, start + len(values))
    rows = Observations.fresh([7] * len(values), (minutes * 60_000).astype("datetime64[ms]"), values)
    events = judge_limits(rows, {7: limits}, {} if memory is None else memory)
    return [(event.kind, event.begins, event.since_ms // 60_000, event.time_ms // 60_000) for event in events]


def test_without_delay_a_limit_tells_at_once() -> None:
    assert story(Limits(high=5), 4, 6, 6, 4) == [(LimitKind.HIGH, True, 1, 1), (LimitKind.HIGH, False, 3, 3)]
    assert story(Limits(low=5), 6, 4, 6) == [(LimitKind.LOW, True, 1, 1), (LimitKind.LOW, False, 2, 2)]


def test_a_short_excursion_is_not_told() -> None:
    assert story(Limits(high=5, on_delay_s=120), 4, 6, 6, 4) == []
    assert story(Limits(high=5, on_delay_s=120), 4, 6, 6, 6) == [(LimitKind.HIGH, True, 1, 3)]


def test_a_short_return_is_not_told() -> None:
    told = story(Limits(high=5, off_delay_s=120), 6, 4, 6, 4, 4, 4)
    assert told == [(LimitKind.HIGH, True, 0, 0), (LimitKind.HIGH, False, 3, 5)]


def test_inside_the_dead_band_nothing_changes() -> None:
    told = story(Limits(high=5, dead_band=1), 6, 4.5, 4.5, 4)
    assert told == [(LimitKind.HIGH, True, 0, 0), (LimitKind.HIGH, False, 3, 3)]
    assert story(Limits(high=5, dead_band=1), 4.5, 4.9) == []


def test_the_same_value_for_long_is_a_stuck_sensor() -> None:
    told = story(Limits(stuck_s=180), 1, 2, 2, 2, 2, 3)
    assert told == [(LimitKind.STUCK, True, 1, 4), (LimitKind.STUCK, False, 5, 5)]


def test_memory_goes_on_where_it_was() -> None:
    memory: dict[str, Any] = {}
    limits = Limits(high=5, on_delay_s=120)
    assert story(limits, 4, 6, memory=memory) == []
    assert story(limits, 6, 6, memory=memory, start=2) == [(LimitKind.HIGH, True, 1, 3)]


def test_late_rows_do_not_turn_the_past_round() -> None:
    memory: dict[str, Any] = {}
    limits = Limits(high=5)
    assert story(limits, 4, 6, memory=memory, start=10) == [(LimitKind.HIGH, True, 11, 11)]
    assert story(limits, 4, 4, memory=memory, start=5) == []
    assert story(limits, 4, memory=memory, start=12) == [(LimitKind.HIGH, False, 12, 12)]


def test_a_stream_without_limits_is_nobody_s_business() -> None:
    rows = Observations.fresh([1], np.array([0], dtype="datetime64[ms]"), [1e9])
    assert judge_limits(rows, {7: Limits(high=1)}, {}) == []
