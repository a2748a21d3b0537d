"""The pressure-drop adapter over a simulated town: rows in, alarms out, whatever the chunks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.ltown import MAIN_ZONE
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.simulator.engine import Town
from chengmai.simulator.towns import Sensor
from chengmai.warning.pressure_drop_detector import PressureDropDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts
from tests.reference.test_locating import SENSORS, believed

START = datetime(2026, 3, 2, 4, tzinfo=UTC)
SENSED = (
    *(Sensor(f"P-{node}", Quantity.PRESSURE_HEAD, node) for node in SENSORS),
    *(Sensor(f"Q-{link}", Quantity.FLOW, link) for link in MAIN_ZONE.flows),
)
STREAMS = {
    one.stream: StreamFacts(place + 1, one.quantity, one.element, 112.8, 35.5) for place, one in enumerate(SENSED)
}
RULE = RuleFacts(
    "DROP",
    1,
    {
        "streams": [one.stream for one in SENSED if one.quantity is Quantity.PRESSURE_HEAD],
        "flows": {f"Q-{link}": sign for link, sign in MAIN_ZONE.flows.items()},
        "zones": [["P-n1", "P-n4", "P-n31"]],
    },
    "N",
    STREAMS,
)
BROKEN_AT = 60


@cache
def _record(pipe: str) -> Observations:
    town = Town(believed(), SENSED, ZoneInfo("Asia/Shanghai"), 5, START)
    streams, times, values = [], [], []
    for step in range(100):
        if step == BROKEN_AT:
            town.break_pipe(pipe, 25.0)
        moment = town.now + timedelta(seconds=5)
        for code, value in town.advance(moment).items():
            streams.append(STREAMS[code].id)
            times.append(round(moment.timestamp() * 1000))
            values.append(value)
    town.close()
    zeros = np.zeros(len(streams))
    return Observations(
        np.array(streams, dtype=np.uint32),
        np.array(times).astype("datetime64[ms]"),
        np.array(values),
        zeros.astype(np.uint32),
        zeros.astype(np.uint64),
    )


def _evaluate(rows: Observations, chunk: int) -> list[Signal]:
    detector, memory, signals = PressureDropDetector(), {}, []
    for first in range(0, len(rows), chunk):
        seen = min(first + chunk, len(rows))

        def read(streams: Sequence[int], start: datetime, end: datetime, seen: int = seen) -> Observations:
            low, high = (np.datetime64(one.astimezone(UTC).replace(tzinfo=None), "ms") for one in (start, end))
            here = (np.arange(len(rows)) < seen) & np.isin(rows.stream, list(streams))
            part = rows.take(here & (rows.time >= low) & (rows.time <= high))
            return part.take(np.lexsort((part.time, part.stream)))

        signals += detector.evaluate(RULE, rows.take(np.arange(first, seen)), memory, read)
    return signals


@pytest.mark.parametrize("chunk", [36, 360, 3600])
def test_a_broken_pipe_is_one_alarm_with_size_place_and_evidence(chunk: int) -> None:
    (signal,) = _evaluate(_record("p497"), chunk)
    assert signal.condition is Condition.BEGIN
    assert signal.subject == "DROP#1"
    assert signal.size_m3h == pytest.approx(25, abs=3)
    assert (signal.raised_at - START).total_seconds() <= (BROKEN_AT + 6) * 5
    assert [reason.code for reason in signal.reasons][1] == "pressure_drop.inflow"
    assert signal.longitude == 112.8
    assert {span.stream for span in signal.evidence} >= {STREAMS[f"Q-{link}"].id for link in MAIN_ZONE.flows}


def test_a_pipe_behind_the_tank_is_found_without_a_size() -> None:
    (signal,) = _evaluate(_record("p257"), 36)
    assert signal.size_m3h is None
    assert [reason.code for reason in signal.reasons][1] == "pressure_drop.isolated"
    assert signal.severity == "yellow"  # not the least, for nobody knows how large it is


def test_an_unknown_stream_is_told() -> None:
    rule = RuleFacts("DROP", 1, {"streams": ["P-none"], "flows": {}}, "N", STREAMS)
    memory: dict[str, Any] = {}
    with pytest.raises(InvalidInput, match="unknown_stream"):
        PressureDropDetector().evaluate(rule, _record("p497"), memory, lambda *_: _record("p497"))


def test_days_half_told_are_not_read_at_each_evaluation() -> None:
    asked: list[datetime] = []
    told = [(START - timedelta(days=1) + timedelta(minutes=10 * step)) for step in range(20)]
    streams = list(STREAMS.values())

    def read(ids: Sequence[int], start: datetime, end: datetime) -> Observations:
        if end - start == timedelta(days=1):
            asked.append(start)
        return _rows([moment for moment in told if start <= moment <= end], streams)

    detector, memory = PressureDropDetector(), dict[str, Any]()
    for minute in range(0, 150, 10):
        moment = START + timedelta(minutes=minute)
        told.append(moment)
        detector.evaluate(RULE, _rows([moment], streams), memory, read)
    counts = [asked.count(day) for day in sorted(set(asked))]
    assert counts == [3] * PressureDropDetector.days  # at first, and twice an hour after that


def _rows(moments: Sequence[datetime], streams: Sequence[StreamFacts]) -> Observations:
    times = np.array([round(moment.timestamp() * 1000) for moment in moments], dtype="datetime64[ms]")
    return Observations.fresh(
        [one.id for one in streams for _ in moments], np.tile(times, len(streams)), [50.0] * (len(times) * len(streams))
    )
