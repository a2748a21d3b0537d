"""The night-flow adapter: rows in any chunks lead to the same signals as the record as a whole."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.night_balance import BalanceArea
from chengmai.detection.night_signals import parameters_of
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.warning.night_flow_detector import NightFlowDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts

AREA = BalanceArea("zone", {"Q-IN": 1, "Q-OUT": -1})
STREAMS = {"Q-IN": StreamFacts(7, Quantity.FLOW), "Q-OUT": StreamFacts(9, Quantity.FLOW)}
RULE = RuleFacts("night", 1, parameters_of(AREA), "N", STREAMS)


def _record(days: int = 40) -> Observations:
    rng = np.random.default_rng(5)
    count = days * 96
    times = np.datetime64("2025-03-02T16:00", "ms") + np.arange(count) * np.timedelta64(900_000, "ms")
    hour = np.arange(count) / 4 % 24
    flow = 80 + 40 * np.sin((hour - 9) / 24 * 2 * np.pi) + rng.normal(0, 1.5, count)
    flow += np.where(np.arange(count) >= 25 * 96 + 50, 12.0, 0)
    stream = np.tile(np.array([7, 9], dtype=np.uint32), count)
    value = np.column_stack([flow + 20, np.full(count, 20.0)]).ravel()
    zeros = np.zeros(2 * count)
    return Observations(stream, np.repeat(times, 2), value, zeros.astype(np.uint32), zeros.astype(np.uint64))


def _evaluate(rows: Observations, chunk: int) -> list[Signal]:
    memory: dict[str, Any] = {}
    seen = 0

    def read(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        low, high = (np.datetime64(one.astimezone(UTC).replace(tzinfo=None), "ms") for one in (start, end))
        stored = np.arange(len(rows)) < seen
        return rows.take(stored & np.isin(rows.stream, list(streams)) & (rows.time >= low) & (rows.time <= high))

    signals: list[Signal] = []
    for first in range(0, len(rows), chunk):
        seen = min(first + chunk, len(rows))
        part = rows.take(np.arange(first, seen))
        signals += NightFlowDetector().evaluate(RULE, part, memory, read)
    return signals


def test_chunks_of_any_size_give_the_same_signals() -> None:
    rows = _record()
    whole = _evaluate(rows, len(rows))
    assert [one.condition for one in whole if one.condition is not Condition.UPDATE] == [Condition.BEGIN]
    assert whole[0].size_m3h == pytest.approx(12, abs=2)
    assert whole[0].began_at.date().isoformat() == "2025-03-28"
    assert _evaluate(rows, 1000) == whole
    assert _evaluate(rows, 37) == whole


def test_a_rule_that_names_an_unknown_stream_says_so() -> None:
    rule = RuleFacts("night", 1, parameters_of(BalanceArea("zone", {"Q-NONE": 1})), "N", STREAMS)
    with pytest.raises(InvalidInput) as error:
        NightFlowDetector().evaluate(rule, _record(1), {}, lambda streams, start, end: _record(1))
    assert error.value.code == "rule.unknown_stream"
