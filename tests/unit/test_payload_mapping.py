"""A maker's own JSON by a mapping: what fits comes out in our units, what does not is told with its path."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengmai.core.errors import InvalidInput
from chengmai.sensing.mapping import read_mapping
from chengmai.sensing.payloads import Decoded

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOON = 1_772_334_000_000
"""2026-03-01 03:00 UTC, 11:00 in Shanghai."""
STREAMS = {"methane": "M", "battery": "B", "pressure_head": "P"}
METHANE = {"path": "d.ch4", "quantity": "methane", "unit": "%LEL"}
MAKER = {"time": {"path": "d.ts", "form": "epoch_s"}, "readings": [METHANE]}


def decoded(document: dict[str, Any], payload: Any) -> Decoded:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_mapping(document).decode(data, STREAMS, NOW)


def told(found: Decoded) -> list[tuple[str, int, float]]:
    return list(zip(found.stream, found.time, found.value, strict=True))


def test_percent_of_the_explosive_limit_becomes_percent_of_volume() -> None:
    assert told(decoded(MAKER, {"d": {"ts": NOON / 1000, "ch4": 20}})) == [("M", NOON, pytest.approx(1.0))]
    assert told(decoded(MAKER, {"d": {"ts": NOON / 1000, "ch4": "100.0"}})) == [("M", NOON, pytest.approx(5.0))]


@pytest.mark.parametrize(
    ("row", "raw", "value"),
    [
        ({"quantity": "pressure_head", "unit": "MPa"}, 0.35, 35.69),
        ({"quantity": "pressure_head", "unit": "kPa"}, 9.80665, 1.0),
        ({"quantity": "methane", "unit": "ppm"}, 10_000, 1.0),
        ({"quantity": "battery", "unit": "%", "scale": 100 / 3.6, "offset": 0}, 1.8, 50.0),
        ({"quantity": "methane", "unit": "%VOL", "scale": 0.01, "offset": -4.0}, 500, 1.0),
    ],
)
def test_units_scale_and_offset(row: dict[str, Any], raw: float, value: float) -> None:
    document = {"time": {"form": "received"}, "readings": [{"path": "v", **row}]}
    (found,) = told(decoded(document, {"v": raw}))
    assert found[2] == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("time", "written"),
    [
        ({"form": "epoch_ms"}, NOON),
        ({"form": "epoch_s"}, str(NOON // 1000)),
        ({"form": "iso"}, "2026-03-01T11:00:00+08:00"),
        ({"form": "iso", "zone": "Asia/Shanghai"}, "2026-03-01 11:00:00"),
        ({"form": "pattern", "pattern": "%Y%m%d%H%M%S", "zone": "Asia/Shanghai"}, "20260301110000"),
        ({"form": "pattern", "pattern": "%d/%m/%y %I:%M %p", "zone": "UTC"}, "01/03/26 03:00 AM"),
    ],
)
def test_times_as_makers_write_them(time: dict[str, Any], written: Any) -> None:
    document = {"time": {"path": "t", **time}, "readings": [{"path": "v", "quantity": "methane"}]}
    assert told(decoded(document, {"t": written, "v": 1})) == [("M", NOON, 1.0)]


def test_a_list_of_elements_with_one_broken_among_them() -> None:
    document = {
        "time": {"path": "at", "form": "epoch_ms"},
        "each": "data.list",
        "readings": [{**METHANE, "path": "v"}, {"path": "/dev/bat.1", "quantity": "battery", "optional": True}],
    }
    payload = {"dev": {"bat.1": 90}, "data": {"list": [{"at": NOON, "v": 20}, {"at": "soon", "v": 1}, {"at": NOON}]}}
    found = decoded(document, payload)
    assert told(found) == [("M", NOON, 1.0), ("B", NOON, 90.0), ("B", NOON, 90.0)]
    assert [(part.reason.value, part.detail) for part in found.broken] == [
        ("unmapped", "at: no number"),
        ("unmapped", "v: missing"),
    ]


@pytest.mark.parametrize(
    ("payload", "reason", "detail"),
    [
        (b"not json", "malformed", None),
        ({"d": {"ts": 1}}, "unmapped", "d.ch4: missing"),
        ({"d": {"ch4": 1}}, "unmapped", "d.ts: no time"),
        ({"d": {"ts": 1, "ch4": True}}, "unmapped", "d.ch4: no number"),
        ({"d": {"ts": 1, "ch4": "1e999"}}, "unmapped", "d.ch4: no number"),
        ({"d": {"ts": 1e300, "ch4": 1}}, "unmapped", "d.ts: 1e+300 is no moment"),
        ([1, 2], "unmapped", "d.ts: no time"),
    ],
)
def test_what_does_not_fit_is_told_with_its_path(payload: Any, reason: str, detail: str | None) -> None:
    found = decoded(MAKER, payload)
    assert told(found) == []
    assert [part.reason.value for part in found.broken] == [reason]
    assert detail is None or found.broken[0].detail == detail


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"time": None}, "mapping.needed"),
        ({"readings": []}, "mapping.needed"),
        ({"exec": "import os"}, "mapping.field_unknown"),
        ({"readings": [{**METHANE, "eval": "x"}]}, "mapping.field_unknown"),
        ({"readings": [{**METHANE, "unit": "bar"}]}, "unit.unfit"),
        ({"readings": [{**METHANE, "quantity": "smell"}]}, "mapping.word"),
        ({"readings": [{**METHANE, "path": "a..b"}]}, "mapping.path"),
        ({"readings": [{**METHANE, "scale": "2"}]}, "mapping.figure"),
        ({"readings": [METHANE] * 65}, "mapping.too_many"),
        ({"time": {"path": "t", "form": "pattern", "pattern": "%Y-%j"}}, "mapping.pattern"),
        ({"time": {"path": "t", "form": "iso", "zone": "Mars/North"}}, "mapping.zone"),
    ],
)
def test_a_mapping_that_breaks_a_rule_is_refused_by_its_field(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_mapping({**MAKER, **changed})
    assert refused.value.code == code


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
parts = leaves | st.lists(leaves, max_size=3) | st.fixed_dictionaries({}, optional={"ts": leaves, "ch4": leaves})
anything = parts | st.fixed_dictionaries({"d": parts})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_whatever_a_device_sends_is_read_or_refused_and_never_raises(payload: Any) -> None:
    found = decoded(MAKER, payload)
    assert bool(found.stream) != bool(found.broken)
