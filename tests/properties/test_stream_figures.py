"""Slopes, medians of days and lines of devices: arrays say what a few plain loops say."""

from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.detection.baseline import DAY_MS, SLOTS, band_of, day_medians, deviations
from chengmai.detection.device_line import LineEvent, LineSettings, judge_lines
from chengmai.detection.observations import Observations
from chengmai.detection.rate import LEAST_READINGS, slopes

Reading = tuple[int, int, float]
readings = st.lists(
    st.tuples(st.sampled_from([1, 2, 7]), st.integers(0, 60), st.floats(-50, 50, allow_nan=False)), max_size=60
)


def rows(told: list[Reading], minute_ms: int = 60_000) -> Observations:
    """One reading for each stream and minute: the last told."""
    kept = {(stream, minute): value for stream, minute, value in told}
    ordered = sorted(kept)
    times = np.array([minute * minute_ms for _, minute in ordered], dtype=np.int64).astype("datetime64[ms]")
    return Observations.fresh([stream for stream, _ in ordered], times, [kept[key] for key in ordered])


def plain_slopes(told: Observations, window_min: int) -> dict[tuple[int, int], float]:
    known: dict[int, list[tuple[int, float]]] = {}
    found = {}
    for stream, time, value in zip(told.stream.tolist(), told.time.astype(np.int64), told.value.tolist(), strict=True):
        minute = int(time) // 60_000
        known.setdefault(stream, []).append((minute, value))
        near = [(x, y) for x, y in known[stream] if minute - window_min < x <= minute]
        if len(near) < LEAST_READINGS or near[-1][0] - near[0][0] < 0.5 * window_min:
            continue
        mean_x, mean_y = sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near)
        found[stream, minute] = sum((x - mean_x) * (y - mean_y) for x, y in near) / sum(
            (x - mean_x) ** 2 for x, _ in near
        )
    return found


@settings(max_examples=150, deadline=None)
@given(readings, st.integers(2, 30))
def test_slopes_are_those_of_the_line_through_each_window(told: list[Reading], window_min: int) -> None:
    history = rows(told)
    found = slopes(history, history, window_min * 60_000)
    by_moment = {
        (int(stream), int(time) // 60_000): value
        for stream, time, value in zip(found.stream, found.time.astype(np.int64), found.value, strict=True)
    }
    expected = plain_slopes(history, window_min)
    assert by_moment.keys() == expected.keys()
    for key, value in expected.items():
        assert by_moment[key] == pytest.approx(value, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(readings)
def test_a_day_s_medians_are_the_medians_of_its_slots(told: list[Reading]) -> None:
    streams = np.array([1, 2, 7], dtype=np.uint32)
    history = rows(told, 1_000_000)
    table = day_medians(history, streams, 0)
    for column, stream in enumerate(streams.tolist()):
        for slot in range(SLOTS):
            own = [
                float(value)
                for one, time, value in zip(history.stream, history.time.astype(np.int64), history.value, strict=True)
                if int(one) == stream and 0 <= time < DAY_MS and int(time) * SLOTS // DAY_MS == slot
            ]
            if own:
                assert table[slot, column] == pytest.approx(median(own))
            else:
                assert np.isnan(table[slot, column])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-10, 10, allow_nan=False), min_size=3, max_size=9), st.floats(-100, 100, allow_nan=False))
def test_what_lay_there_on_past_days_is_never_beyond_its_band(levels: list[float], value: float) -> None:
    streams = np.array([1], dtype=np.uint32)
    band = band_of([np.full((SLOTS, 1), level) for level in levels], 3)
    assert band is not None
    now = Observations.fresh([1], np.array([DAY_MS // 2], dtype="datetime64[ms]"), [value])
    (beyond,) = deviations(now, streams, band, 0, 3.0).value.tolist()
    middle = median(levels)
    spread = 1.4826 * median([abs(level - middle) for level in levels])
    if abs(value - middle) <= 3 * spread:
        assert beyond == 0.0
    else:
        assert abs(beyond) == pytest.approx(abs(value - middle) - 3 * spread, abs=1e-9)
        assert np.sign(beyond) == np.sign(value - middle)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 400)), max_size=120), st.integers(1, 40))
def test_faults_of_a_line_begin_and_end_in_turn_however_rows_are_cut(told: list[tuple[int, int]], size: int) -> None:
    times = np.array([second * 60_000 for _, second in told], dtype=np.int64).astype("datetime64[ms]")
    all_rows = Observations.fresh([stream for stream, _ in told], times, [1.0] * len(told))
    memory: dict[str, Any] = {}
    standing: set[tuple[int, str]] = set()
    events: list[LineEvent] = []
    for first in range(0, len(told), size):
        part = all_rows.take(np.arange(first, min(first + size, len(told))))
        events += judge_lines(part, {1: 600.0, 2: 60.0}, LineSettings(2.0, 600.0, 3600.0), memory)
    for event in events:
        assert event.begins != ((event.stream, event.fault) in standing)
        standing ^= {(event.stream, event.fault)}
