"""Limits: plain Python and arrays tell the same events, however rows are cut into batches and ordered."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.detection import limits as module
from chengmai.detection.limit_bands import LimitEvent, LimitKind, Limits, bands
from chengmai.detection.limits import judge_limits
from chengmai.detection.observations import Observations

LIMITS = {
    1: Limits(
        low=bands({"yellow": 3.0, "red": 2.0}),
        high=bands({"blue": 5.0, "orange": 6.0}),
        dead_band=1.0,
        on_delay_s=120,
        off_delay_s=60,
        stuck_s=180,
    ),
    2: Limits(high=bands({"yellow": 5.0})),
    3: Limits(low=bands({"yellow": 3.0, "orange": 2.4}), dead_band=0.5, off_delay_s=120),
    4: Limits(stuck_s=0),
}
readings = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4, 9]), st.integers(0, 30), st.sampled_from([1.0, 2.0, 2.5, 3.0, 5.5, 6.5])),
    max_size=60,
)


def rows(told: list[tuple[int, int, float]]) -> Observations:
    seen: dict[tuple[int, int], int] = {}
    revisions = []
    for stream, minute, _ in told:
        seen[stream, minute] = seen.get((stream, minute), -1) + 1
        revisions.append(seen[stream, minute])
    fresh = Observations.fresh(
        [t[0] for t in told], np.array([t[1] * 60_000 for t in told], dtype="datetime64[ms]"), [t[2] for t in told]
    )
    return Observations(fresh.stream, fresh.time, fresh.value, np.array(revisions, dtype=np.uint32), fresh.batch)


def judged(batches: list[list[tuple[int, int, float]]], plain_rows: int) -> tuple[list[LimitEvent], Any]:
    memory: dict[str, Any] = {}
    kept, module.PLAIN_ROWS = module.PLAIN_ROWS, plain_rows
    try:
        events = [event for told in batches for event in judge_limits(rows(told), LIMITS, memory)]
    finally:
        module.PLAIN_ROWS = kept
    return events, memory.get("state")


@settings(max_examples=300, deadline=None)
@given(readings, st.integers(1, 20))
def test_both_ways_tell_the_same(told: list[tuple[int, int, float]], size: int) -> None:
    batches = [told[start : start + size] for start in range(0, len(told), size)]
    assert judged(batches, 0) == judged(batches, 10_000)


@settings(max_examples=200, deadline=None)
@given(readings, st.integers(1, 20))
def test_batches_do_not_matter_when_time_goes_on(told: list[tuple[int, int, float]], size: int) -> None:
    onward = sorted({(stream, minute): (stream, minute, value) for stream, minute, value in told}.values(), key=_time)
    batches = [onward[start : start + size] for start in range(0, len(onward), size)]
    assert judged(batches, 0) == judged([onward], 0)


@settings(max_examples=200, deadline=None)
@given(readings)
def test_levels_follow_each_other(told: list[tuple[int, int, float]]) -> None:
    events, _ = judged([told], 0)
    level: dict[tuple[int, LimitKind], int] = {}
    for event in events:
        key = (event.stream, event.kind)
        assert event.before == level.get(key, 0) != event.after
        assert event.began_ms <= event.time_ms
        assert event.since_ms <= event.time_ms
        level[key] = event.after


def _time(reading: tuple[int, int, float]) -> tuple[int, int]:
    return reading[1], reading[0]
