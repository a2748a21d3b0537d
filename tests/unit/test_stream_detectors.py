"""Rate, baseline, drift, floods, clocks, silences and combinations: each as a short story of a few streams."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import numpy as np
import pytest

from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.detection.silence import Expected, Silence, silences
from chengmai.warning.detectors import detector_for
from chengmai.warning.rule_facts import RuleFacts, StreamFacts

START = datetime(2026, 3, 2, tzinfo=UTC)
STREAMS = {
    f"P-{one}": StreamFacts(one, Quantity.PRESSURE_HEAD, f"n{one}", 112.8 + one / 100, 35.5, "G", 300)
    for one in range(1, 6)
}
_NUMBERS = count()
Values = dict[int, Sequence[float]]


def record(values: Values, pace_s: float = 300, start: datetime = START) -> Observations:
    """Readings of streams at one pace, in the order of time; NaN is none."""
    rows = [
        (round((start.timestamp() + place * pace_s) * 1000), stream, value)
        for stream, own in values.items()
        for place, value in enumerate(own)
        if not np.isnan(value)
    ]
    rows.sort()
    times = np.array([row[0] for row in rows], dtype=np.int64).astype("datetime64[ms]")
    return Observations.fresh([row[1] for row in rows], times, [row[2] for row in rows])


def run(kind: str, parameters: dict[str, Any], rows: Observations, chunk: int = 10_000) -> list[Signal]:
    """Signals of the rows in chunks; what a detector reads beside them are all rows told so far."""
    rule = RuleFacts(f"rule-{next(_NUMBERS)}", 1, parameters, "N", STREAMS)
    memory: dict[str, Any] = {}
    signals: list[Signal] = []

    def read(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        edges = [np.datetime64(edge.astimezone(UTC).replace(tzinfo=None), "ms") for edge in (start, end)]
        wanted = np.isin(rows.stream, list(streams)) & (rows.time >= edges[0]) & (rows.time <= edges[1])
        found = rows.take(wanted)
        return found.take(np.lexsort((found.time, found.stream)))

    for first in range(0, len(rows), chunk):
        part = rows.take(np.arange(first, min(first + chunk, len(rows))))
        signals += detector_for(kind).evaluate(rule, part, memory, read)
        memory = msgspec.msgpack.decode(msgspec.msgpack.encode(memory))
    return signals


def told(signals: list[Signal]) -> list[tuple[str, str, str]]:
    return [(one.subject, one.condition.value, one.severity) for one in signals]


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_a_pressure_that_falls_fast_is_told_by_how_fast(chunk: int) -> None:
    values = [50.0] * 10 + [50.0 - 2 * step for step in range(1, 11)] + [30.0] * 12
    parameters = {"streams": ["P-1"], "window_s": 900, "fall": {"yellow": 0.2, "red": 0.5}}
    signals = run("rate", parameters, record({1: values, 2: [20.0] * 32}), chunk)
    assert told(signals) == [("P-1#fall", "begin", "yellow"), ("P-1#fall", "end", "yellow")]
    assert signals[0].reasons[0].code == "rate.fall"
    assert 0.2 < float(signals[0].reasons[0].params["value"]) <= 0.4


def test_a_gap_is_no_change() -> None:
    values = [50.0, 50.0, *[np.nan] * 20, 30.0, 30.0]
    assert run("rate", {"streams": ["P-1"], "window_s": 900, "fall": 0.1}, record({1: values})) == []


def daily(days: int, shift: Sequence[float] = (), pace_min: int = 30) -> list[float]:
    """A day's swing repeated; ``shift`` is added to the last readings."""
    per_day = 24 * 60 // pace_min
    swing = [50 + 10 * np.sin(2 * np.pi * place / per_day) for place in range(per_day)] * days
    for place, extra in enumerate(shift):
        swing[len(swing) - len(shift) + place] += extra
    return swing


@pytest.mark.parametrize("chunk", [3, 10_000])
def test_a_value_usual_at_noon_is_unusual_at_night(chunk: int) -> None:
    parameters = {
        "streams": ["P-1"], "days": 5, "least_days": 3, "band_spreads": 3.0,
        "below": {"orange": 5.0},
        "on_delay_s": 1800,
    }  # fmt: skip
    values = daily(6, shift=[-8.0] * 6 + [0.0] * 4)
    signals = run("baseline", parameters, record({1: values}, 1800, START - timedelta(hours=8)), chunk)
    assert told(signals) == [("P-1#below", "begin", "orange"), ("P-1#below", "end", "orange")]
    assert float(signals[0].reasons[0].params["value"]) == pytest.approx(8.0, abs=0.6)


def test_a_baseline_of_too_few_days_is_silent() -> None:
    parameters = {"streams": ["P-1"], "days": 5, "least_days": 3, "below": 5.0}
    assert run("baseline", parameters, record({1: daily(2, shift=[-30.0] * 6)}, 1800)) == []


def test_a_sensor_that_drifts_from_its_neighbours_is_told_and_a_shared_change_is_not() -> None:
    days, per_day = 16, 48
    places = range(days * per_day)
    common = [50 + 5 * np.sin(2 * np.pi * place / per_day) - 0.5 * (place // per_day) for place in places]
    values: Values = {stream: [value + stream for value in common] for stream in (1, 2, 3, 5)}
    values[4] = [value + 4 - 0.3 * max(0, place // per_day - 6) for place, value in enumerate(common)]
    limits = {"drift": {"blue": 1.0, "yellow": 5.0}, "reference_days": 5, "recent_days": 2}
    parameters = {"quantity": "pressure_head", **limits}
    signals = run("drift", parameters, record(values, 1800, START - timedelta(hours=8)), 500)
    assert told(signals) == [("P-4#drift-down", "begin", "blue")]
    assert signals[0].reasons[0].code == "drift.down"


def as_they_came(kind: str, parameters: dict[str, Any], *parts: Observations) -> list[Signal]:
    """Signals of parts that were stored one after the other, whatever their times: later ones are not yet read."""
    rule, memory, stored = RuleFacts(f"rule-{next(_NUMBERS)}", 1, parameters, "N", STREAMS), dict[str, Any](), []
    signals: list[Signal] = []

    def read(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        rows = Observations.concatenate(stored)
        edges = [np.datetime64(edge.astimezone(UTC).replace(tzinfo=None), "ms") for edge in (start, end)]
        found = rows.take(np.isin(rows.stream, list(streams)) & (rows.time >= edges[0]) & (rows.time <= edges[1]))
        return found.take(np.lexsort((found.time, found.stream)))

    for part in parts:
        stored.append(part)
        signals += detector_for(kind).evaluate(rule, part, memory, read)
        memory = msgspec.msgpack.decode(msgspec.msgpack.encode(memory))
    return signals


def days_of(rows: Observations, first: int, last: int, start: datetime) -> Observations:
    """The rows of days ``first`` to ``last`` (not included) after a start."""
    day = (rows.time.astype("datetime64[ms]").astype(np.int64) / 1000 - start.timestamp()) // 86_400
    return rows.take((day >= first) & (day < last))


def test_readings_that_come_late_change_the_band_of_their_days() -> None:
    start = START - timedelta(hours=8)
    parameters = {"streams": ["P-1"], "days": 5, "least_days": 3, "band_spreads": 3.0, "below": 5.0}
    rows = record({1: daily(6, shift=[-8.0] * 48)}, 1800, start)
    early, late, today = days_of(rows, 0, 2, start), days_of(rows, 2, 5, start), days_of(rows, 5, 6, start)
    morning, evening = (today.take(part) for part in np.array_split(np.arange(len(today)), 2))
    assert as_they_came("baseline", parameters, early, morning, evening) == [], "two days are too few"
    signals = as_they_came("baseline", parameters, early, morning, late, evening)
    assert told(signals) == [("P-1#below", "begin", "yellow")]
    assert signals[0].began_at.timestamp() >= float(evening.time.min().astype("datetime64[ms]").astype(np.int64)) / 1000


def test_a_day_whose_readings_come_late_is_taken_into_the_drift_with_the_next_one() -> None:
    start, per_day = START - timedelta(hours=8), 48
    values: Values = {stream: [50.0 + stream] * (10 * per_day) for stream in (1, 2, 3, 5)}
    values[4] = [54.0] * (5 * per_day) + [51.0] * (5 * per_day)
    rows = record(values, 1800, start)
    parameters = {"quantity": "pressure_head", "drift": {"blue": 1.0}, "reference_days": 5, "recent_days": 3}
    on_time = [days_of(rows, day, day + 1, start) for day in range(10)]
    whole = as_they_came("drift", parameters, *on_time)
    assert told(whole) == [("P-4#drift-down", "begin", "blue")]
    held = [part.take(part.stream != 4) if day in (5, 6) else part for day, part in enumerate(on_time)]
    kept_back = [part.take(part.stream == 4) for part in on_time[5:7]]
    missing = as_they_came("drift", parameters, *held[:9])
    assert missing == [], "of three days of the sensor only one is known"
    late = as_they_came("drift", parameters, *held[:8], *kept_back, *held[8:])
    assert told(late) == told(whole)


DEVICE = {"gateways": ["G"], "flood_factor": 10, "window_s": 600, "jump_back_s": 86_400}


def test_a_device_that_floods_is_told_once_and_ends() -> None:
    flood = record({1: [1.0] * 100}, 2)
    after = record({1: [1.0] * 6}, 300, START + timedelta(minutes=15))
    signals = run("device", DEVICE, Observations.concatenate([flood, after]), 40)
    assert told(signals) == [("P-1#flood", "begin", "blue"), ("P-1#flood", "end", "blue")]
    assert signals[0].reasons[0].params == {"stream": "P-1", "count": 40, "minutes": 10.0, "usual": 2}


def test_readings_told_after_an_outage_are_no_flood() -> None:
    assert run("device", DEVICE, record({1: [1.0] * 500}, 300)) == []


def test_a_clock_that_jumps_back_a_year_is_told_until_it_tells_present_times() -> None:
    before, jumped = record({1: [1.0] * 5}), record({1: [1.0] * 5}, 300, START - timedelta(days=365))
    after = record({1: [1.0] * 3}, 300, START + timedelta(hours=2))
    parts = [before, jumped, after]
    rule = RuleFacts("rule", 1, DEVICE, "N", STREAMS)
    memory: dict[str, Any] = {}
    signals = [one for part in parts for one in detector_for("device").evaluate(rule, part, memory, _nothing)]
    assert told(signals) == [("P-1#clock", "begin", "blue"), ("P-1#clock", "end", "blue")]
    assert float(signals[0].reasons[0].params["days"]) == pytest.approx(365.0, abs=0.1)


def _nothing(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
    return Observations.fresh([], [], [])


COMBINED = {
    "conditions": [{"streams": ["P-1", "P-2", "P-3"], "low": 20.0, "count": 2}, {"streams": ["P-4"], "high": 90.0}],
    "window_s": 600,
    "severity": "orange",
}


@pytest.mark.parametrize("chunk", [1, 4, 10_000])
def test_conditions_count_together_within_their_window_only(chunk: int) -> None:
    rows = record(
        {
            1: [30, 10, 10, 10, 10, 30, 30, 30, 30, 30],
            2: [30, 30, 10, 10, 10, 30, 30, 30, 30, 30],
            3: [30] * 10,
            4: [50, 50, 50, 50, 50, 50, 95, 50, 50, 50],
        }
    )
    signals = run("combination", COMBINED, rows, chunk)
    assert told(signals) == [("all", "begin", "orange"), ("all", "end", "orange")]
    begun, over = signals
    assert begun.raised_at == START + timedelta(minutes=30)
    assert over.raised_at == START + timedelta(minutes=35)
    assert begun.reasons[0].params["count"] == 2


def test_conditions_too_far_apart_are_no_combination() -> None:
    rows = record({1: [10, 30, 30, 30, 30], 2: [10, 30, 30, 30, 30], 4: [50, 50, 50, 50, 95]})
    assert run("combination", COMBINED, rows) == []


EXPECTED = [Expected(1, "G", 60_000), Expected(2, "G", 60_000), Expected(3, "H", 60_000)]


def test_one_stream_is_silent_alone_and_a_gateway_as_a_whole() -> None:
    now = 10_000_000
    heard = {1: now - 10_000, 2: now - 400_000, 3: now - 500_000}
    assert silences(now, heard, 0, EXPECTED, 5) == [
        Silence("G", 2, now - 400_000, 1),
        Silence("H", None, now - 500_000, 1),
    ]
    assert silences(now, {1: now - 400_000, 2: now - 500_000, 3: now}, 0, EXPECTED, 5) == [
        Silence("G", None, now - 400_000, 2)
    ]


def test_nobody_is_missed_for_the_time_before_we_listened() -> None:
    now = 10_000_000
    assert silences(now, {}, now - 200_000, EXPECTED, 5) == []
    assert [one.stream for one in silences(now, {}, now - 400_000, EXPECTED, 5)] == [None, None]


def test_a_begin_is_never_told_twice() -> None:
    signals = run("device", DEVICE, record({1: [1.0] * 400}, 2), 10)
    assert [one.condition for one in signals].count(Condition.BEGIN) == 1


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("rate", {"streams": ["P-1"], "window_s": 900, "fall": 1.0}),
        ("baseline", {"streams": ["P-1"], "below": 1.0}),
        ("drift", {"streams": ["P-1"], "drift": 1.0, "reference_days": 5, "recent_days": 2}),
        ("device", {**DEVICE, "gateways": ["G"]}),
        ("combination", COMBINED),
        ("limit", {"streams": ["P-1"], "low": 10.0}),
    ],
)
def test_rows_of_other_streams_alone_are_nobody_s_business(kind: str, parameters: dict[str, Any]) -> None:
    assert run(kind, parameters, record({77: [1.0, 2.0]})) == []
