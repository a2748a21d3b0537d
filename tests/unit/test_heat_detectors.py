"""Cold stations, make-up water and bursts of a heat network: when they begin, what they say, whatever the chunks."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.warning.detectors import DETECTORS
from chengmai.warning.models import RuleKind
from chengmai.warning.rule_facts import Detector, RuleFacts, StreamFacts

STREAMS = {
    "HTS-1": StreamFacts(1, Quantity.SUPPLY_TEMPERATURE, "h1", 112.85, 35.5),
    "HTS-2": StreamFacts(2, Quantity.SUPPLY_TEMPERATURE, "h2"),
    "OT": StreamFacts(3, Quantity.AIR_TEMPERATURE, "h0"),
    "MK": StreamFacts(4, Quantity.MAKE_UP_FLOW, "h0", 112.8, 35.4),
    "HQ": StreamFacts(5, Quantity.HEAT_FLOW, "h0"),
    "HP-1": StreamFacts(6, Quantity.HEAT_PRESSURE, "h1", 112.85, 35.5),
    "HP-2": StreamFacts(7, Quantity.HEAT_PRESSURE, "h2"),
    "HP-3": StreamFacts(8, Quantity.HEAT_PRESSURE, "h3"),
}
COLD = RuleFacts(
    "cold",
    1,
    {
        "streams": ["HTS-1", "HTS-2", "HTS-GONE"],
        "outdoor": "OT",
        "curve": [[-9, 70], [18, 30]],
        "below": {"yellow": 5.0, "orange": 10.0},
        "dead_band": 1.0,
        "on_delay_s": 600.0,
        "off_delay_s": 600.0,
    },
    "H",
    STREAMS,
)
MAKE_UP = RuleFacts(
    "make-up",
    1,
    {"make_up": "MK", "circulation": "HQ", "share": 0.005, "on_delay_s": 900.0, "severity": "orange"},
    "H",
    STREAMS,
)
BURST = RuleFacts(
    "burst",
    1,
    {
        "make_up": "MK",
        "circulation": "HQ",
        "streams": ["HP-1", "HP-2", "HP-3"],
        "rise_share": 0.01,
        "fall_kpa": 10.0,
        "least_sensors": 2,
        "severities": {"yellow": 0.01, "orange": 0.03, "red": 0.1},
    },
    "H",
    STREAMS,
)
START = np.datetime64("2026-01-10T00:00", "ms")


def rows_of(readings: Mapping[str, Sequence[float]], step_s: int = 300) -> Observations:
    """Readings of streams at equal steps, in the order in which they come: moment by moment."""
    n = max(len(values) for values in readings.values())
    streams, times, values = [], [], []
    for step in range(n):
        for code, own in readings.items():
            if step < len(own):
                streams.append(STREAMS[code].id)
                times.append(START + step * np.timedelta64(step_s * 1000, "ms"))
                values.append(own[step])
    return Observations.fresh(streams, times, values)


def run(rule: RuleFacts, kind: RuleKind, rows: Observations, chunk: int) -> list[Signal]:
    """Signals of the rows in chunks, the memory stored between them as the evaluation stores it."""
    detector: Detector = DETECTORS[kind]
    memory: dict[str, Any] = {}
    signals: list[Signal] = []

    def read(streams: Sequence[int], start: Any, end: Any) -> Observations:
        first, last = (np.datetime64(each.replace(tzinfo=None), "ms") for each in (start, end))
        return rows.take(np.isin(rows.stream, list(streams)) & (rows.time >= first) & (rows.time <= last))

    for first in range(0, len(rows), chunk):
        part = rows.take(np.arange(first, min(first + chunk, len(rows))))
        signals += detector.evaluate(rule, part, memory, read)
        memory = msgspec.msgpack.decode(msgspec.msgpack.encode(memory))
    return signals


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
def test_a_station_is_cold_against_its_curve_not_against_a_fixed_limit(chunk: int) -> None:
    """At 4.5 degC outdoors the curve asks for 50 degC: 49 is right then, and cold at -9."""
    mild, frost = [4.5] * 12, [-9.0] * 12
    rows = rows_of({"OT": mild + frost, "HTS-1": [49.0] * 12 + [70.0] * 12, "HTS-2": [49.0] * 12 + [64.0] * 12})
    signals = run(COLD, RuleKind.COLD_STATION, rows, chunk)
    assert [(one.subject, one.condition, one.severity) for one in signals] == [
        ("HTS-2#cold", Condition.BEGIN, "yellow")
    ]
    reason = signals[0].reasons[0]
    assert reason.code == "heat.cold_station"
    assert reason.params == {"stream": "HTS-2", "value": 64.0, "expected": 70.0, "below": 6.0, "outdoor": -9.0}
    assert [span.stream for span in signals[0].evidence] == [2, 3]
    assert (signals[0].raised_at - signals[0].began_at).total_seconds() == 600


def test_a_station_that_grows_colder_changes_colour_and_comes_back() -> None:
    falling = [70.0] * 3 + [64.0] * 6 + [55.0] * 6 + [69.5] * 6
    rows = rows_of({"OT": [-9.0] * len(falling), "HTS-1": falling})
    signals = run(COLD, RuleKind.COLD_STATION, rows, 4)
    assert [(one.condition, one.severity) for one in signals] == [
        (Condition.BEGIN, "yellow"),
        (Condition.UPDATE, "orange"),
        (Condition.END, "orange"),
    ]
    assert signals[-1].reasons[0].code == "heat.cold_station_over"
    assert signals[0].longitude == 112.85


def test_nothing_is_said_without_an_outdoor_temperature() -> None:
    assert run(COLD, RuleKind.COLD_STATION, rows_of({"HTS-1": [20.0] * 20}), 5) == []
    old = rows_of({"OT": [-9.0], "HTS-1": [70.0] * 40 + [20.0] * 20})
    assert run(COLD, RuleKind.COLD_STATION, old, 5) == []


@pytest.mark.parametrize("curve", [[], [[0, 50]], [[0, 50], [0, 60]], [["cold", 50], [1, 2]], 7])
def test_a_curve_must_be_one(curve: object) -> None:
    rule = RuleFacts("cold", 1, {**COLD.parameters, "curve": curve}, "H", STREAMS)
    with pytest.raises(InvalidInput):
        run(rule, RuleKind.COLD_STATION, rows_of({"OT": [0.0], "HTS-1": [50.0]}), 9)


@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_make_up_is_judged_as_a_share_and_only_when_it_lasts(chunk: int) -> None:
    lost = [1.0] * 6 + [9.0] + [1.0] * 6 + [6.0] * 8 + [2.0] * 3
    rows = rows_of({"HQ": [1000.0] * len(lost), "MK": lost})
    signals = run(MAKE_UP, RuleKind.MAKE_UP, rows, chunk)
    assert [(one.condition, one.severity) for one in signals] == [
        (Condition.BEGIN, "orange"),
        (Condition.END, "orange"),
    ]
    assert signals[0].reasons[0].params == {"value": 6.0, "circulation": 1000.0, "percent": 0.6, "limit": 0.5}
    assert signals[0].size_m3h == 6.0
    assert (signals[0].raised_at - signals[0].began_at).total_seconds() == 900


def test_make_up_of_a_network_that_stands_still_says_nothing() -> None:
    assert run(MAKE_UP, RuleKind.MAKE_UP, rows_of({"HQ": [0.0] * 20, "MK": [6.0] * 20}), 6) == []


def burst_rows(make_up: Sequence[float], falls: Mapping[str, float], at: int) -> Observations:
    n = len(make_up)
    pressures = {code: [400.0] * at + [400.0 - fall] * (n - at) for code, fall in falls.items()}
    return rows_of({"HQ": [1000.0] * n, **pressures, "MK": make_up}, step_s=60)


@pytest.mark.parametrize("chunk", [1, 5, 9, 1000])
def test_a_burst_is_make_up_and_pressure_together(chunk: int) -> None:
    rows = burst_rows([1.0] * 20 + [41.0] * 15 + [1.0] * 10, {"HP-1": 30.0, "HP-2": 12.0, "HP-3": 2.0}, 20)
    signals = run(BURST, RuleKind.HEAT_BURST, rows, chunk)
    assert [(one.subject, one.condition) for one in signals] == [
        ("burst#1", Condition.BEGIN),
        ("burst#1", Condition.END),
    ]
    begun = signals[0]
    assert begun.severity == "orange"
    assert begun.size_m3h == 40.0
    assert begun.longitude == 112.85
    assert {reason.code: reason.params for reason in begun.reasons} == {
        "heat_burst.make_up": {"before": 1.0, "after": 41.0, "percent": 4.1},
        "heat_burst.fallen": {"sensors": 2, "stream": "HP-1", "largest_kpa": 30.0},
        "heat_burst.together": {"seconds": 120},
    }
    assert [span.stream for span in begun.evidence] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("make_up", "falls"),
    [
        ([1.0] * 20 + [41.0] * 15, {"HP-1": 0.0, "HP-2": 0.0, "HP-3": 0.0}),
        ([1.0] * 20 + [41.0] * 15, {"HP-1": 30.0, "HP-2": 5.0, "HP-3": 5.0}),
        ([1.0] * 35, {"HP-1": 30.0, "HP-2": 30.0, "HP-3": 30.0}),
        ([1.0] * 20 + [41.0] * 2 + [1.0] * 13, {"HP-1": 30.0, "HP-2": 30.0, "HP-3": 30.0}),
    ],
    ids=["no fall", "one place only", "no water lost", "a spike"],
)
def test_either_alone_is_no_burst(make_up: list[float], falls: dict[str, float]) -> None:
    assert run(BURST, RuleKind.HEAT_BURST, burst_rows(make_up, falls, 20), 7) == []


@pytest.mark.parametrize("kind", [RuleKind.COLD_STATION, RuleKind.MAKE_UP, RuleKind.HEAT_BURST])
def test_a_rule_that_names_no_stream_is_refused(kind: RuleKind) -> None:
    rows = rows_of({"OT": [1.0], "MK": [1.0]})
    with pytest.raises(InvalidInput):
        run(RuleFacts("r", 1, {"curve": [[0, 1], [1, 0]], "streams": ["HTS-1"]}, "H", STREAMS), kind, rows, 9)
