"""The limit adapter: one alarm a stream and kind, begun after the delay, ended after it, whatever the chunks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.warning.limit_detector import LimitDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts

STREAMS = {
    "P-1": StreamFacts(3, Quantity.PRESSURE_HEAD, "n1", 112.85, 35.5),
    "P-2": StreamFacts(4, Quantity.PRESSURE_HEAD, "n2"),
}
PARAMETERS = {
    "streams": ["P-1", "P-2", "P-GONE"], "low": 14.0, "dead_band": 1.0, "on_delay_s": 600.0, "off_delay_s": 600.0,
    "stuck_s": 3600.0, "severity": "orange",
}  # fmt: skip
RULE = RuleFacts("limits", 1, PARAMETERS, "N", STREAMS)


def rows_of(values: Sequence[float], stream: int = 3) -> Observations:
    n = len(values)
    times = np.datetime64("2025-03-02T00:00", "ms") + np.arange(n) * np.timedelta64(300_000, "ms")
    zeros = np.zeros(n)
    return Observations(
        np.full(n, stream, dtype=np.uint32), times, np.array(values, dtype=float), zeros.astype(np.uint32),
        zeros.astype(np.uint64),
    )  # fmt: skip


def evaluate(rows: Observations, chunk: int, rule: RuleFacts = RULE) -> list[Signal]:
    """Signals of the rows in chunks, the memory stored between them as the evaluation stores it."""
    memory: dict[str, Any] = {}
    signals: list[Signal] = []
    for first in range(0, len(rows), chunk):
        part = rows.take(np.arange(first, min(first + chunk, len(rows))))
        signals += LimitDetector().evaluate(rule, part, memory, lambda streams, start, end: rows)
        memory = msgspec.msgpack.decode(msgspec.msgpack.encode(memory))
    return signals


READINGS = [20, 21, 13, 12, 11, 12.5, 14.5, 16, 17, 18, 17, 16]


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_a_low_pressure_begins_and_ends_one_alarm(chunk: int) -> None:
    begun, ended = evaluate(rows_of(READINGS), chunk)
    assert (begun.subject, begun.condition, begun.severity) == ("P-1#low", Condition.BEGIN, "orange")
    assert begun.began_at == datetime(2025, 3, 2, 0, 10, tzinfo=UTC)
    assert begun.raised_at == datetime(2025, 3, 2, 0, 20, tzinfo=UTC)
    assert (begun.longitude, begun.latitude) == (112.85, 35.5)
    assert begun.reasons[0].code == "limit.low"
    assert begun.reasons[0].params == {"stream": "P-1", "value": 11.0, "unit": "m", "limit": 14.0}
    assert (begun.evidence[0].stream, begun.evidence[0].start) == (3, begun.began_at)
    assert (ended.subject, ended.condition, ended.reasons[0].code) == ("P-1#low", Condition.END, "limit.low_over")


def test_a_sensor_that_stands_still_is_a_matter_of_maintenance() -> None:
    (stuck,) = evaluate(rows_of([30.0] * 14, stream=4), 5)
    assert (stuck.subject, stuck.severity, stuck.reasons[0].code) == ("P-2#stuck", "blue", "limit.stuck")


def test_streams_the_rule_does_not_name_are_left_alone() -> None:
    assert evaluate(rows_of([1.0] * 9, stream=77), 4) == []


def test_parameters_that_are_no_limits_say_so() -> None:
    rule = RuleFacts("limits", 1, {**PARAMETERS, "low": "much"}, "N", STREAMS)
    with pytest.raises(InvalidInput) as error:
        evaluate(rows_of(READINGS), 4, rule)
    assert error.value.code == "rule.limit_parameters"
