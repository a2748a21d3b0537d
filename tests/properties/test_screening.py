"""Whatever a device can send is screened: rows that can be stored, and refused parts that can be kept."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengmai.sensing import screening
from chengmai.sensing.columns import table_of
from chengmai.sensing.quarantine import Door, Reason, columns_of
from chengmai.sensing.registry import Registry, StreamFacts
from chengmai.sensing.screening import Arrival, Screened, screen

NOW = datetime(2026, 1, 2, tzinfo=UTC)
REGISTRY = Registry(lambda: ([StreamFacts(1, "A", "SIM", "CG", None, None, 300)], {"SIM": ""}))

thoroughly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_text = st.text(st.characters(), max_size=8)  # with lone surrogates, which JSON can write
times = st.sampled_from(["2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
numbers = st.integers() | st.floats()
readings = st.fixed_dictionaries({"stream": any_text, "time": times, "value": numbers})
parts = readings | st.fixed_dictionaries(
    {},
    optional={
        "stream": st.just("A") | any_text | numbers,
        "time": times | any_text | numbers,
        "value": numbers | any_text | st.booleans(),
        "more": any_text,
    },
)
documents = parts | st.fixed_dictionaries({"observations": st.lists(parts | any_text | numbers) | any_text | parts})
json_bytes = documents.map(lambda document: json.dumps(document).encode())


def packed(document: Any) -> bytes:
    """MessagePack with texts as a careless encoder writes them: half characters as the three bytes they would have."""
    match document:
        case dict():
            inner = b"".join(packed(name) + packed(value) for name, value in document.items())
            return bytes([0x80 | len(document)]) + inner
        case list():
            return b"\xdc" + len(document).to_bytes(2, "big") + b"".join(map(packed, document))
        case str():
            text = document.encode("utf-8", "surrogatepass")
            return b"\xd9" + bytes([len(text)]) + text
        case bool() | float():
            return msgspec.msgpack.encode(document)
    return msgspec.msgpack.encode(document % 2**63)


def screened(payload: bytes, *, is_packed: bool = False) -> Screened:
    """The payload screened as one message of gateway SIM, and all that came of it put into the store's columns."""
    result = screen([Arrival("SIM", Door.HTTP, payload, NOW, is_packed)], REGISTRY, 100_000, 300)
    assert table_of(columns_of(result.refused, 1)).num_rows == len(result.refused)
    assert len(result.message) == len(result.rows)
    return result


@thoroughly
@given(json_bytes)
def test_any_json_is_screened(payload: bytes) -> None:
    result = screened(payload)
    assert len(result.rows) + len(result.refused) >= 1 or json.loads(payload) == {"observations": []}


@thoroughly
@given(documents.map(packed))
def test_any_message_pack_is_screened(payload: bytes) -> None:
    screened(payload, is_packed=True)


@thoroughly
@given(st.binary(max_size=64), st.booleans())
def test_any_bytes_are_screened(payload: bytes, is_packed: bool) -> None:
    screened(payload, is_packed=is_packed)


@pytest.mark.parametrize(
    "payload",
    [
        rb'{"observations": [{"stream": "\ud800", "time": "2026-01-01T00:00:00Z", "value": 1.0}]}',
        rb'{"stream": "A\udfff", "time": "2026-01-01T00:00:00Z", "value": 1.0}',
        b"[" * 100_000,
        b'{"observations":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"stream": "A", "time": "2026-01-01T00:00:00Z", "value": 1' + b"0" * 5000 + b"}",
    ],
    ids=["half a character", "half a character at the end", "deep", "deep and closed", "a number without end"],
)
def test_what_no_reading_can_be_is_refused_as_malformed(payload: bytes) -> None:
    result = screened(payload)
    assert [entry.reason for entry in result.refused] == [Reason.MALFORMED]
    assert not len(result.rows)


def test_neighbours_of_half_a_character_are_stored() -> None:
    good = '{"stream": "A", "time": "2026-01-01T00:00:00Z", "value": 1.0}'
    result = screened(f'{{"observations": [{good}, {good.replace("A", chr(92) + "ud800")}, {good}]}}'.encode())
    assert result.rows.value.tolist() == [1.0, 1.0]
    assert [entry.reason for entry in result.refused] == [Reason.MALFORMED]


def test_a_message_at_which_the_decoder_fails_is_kept_and_its_neighbours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = screening.decode

    def fails_at_poison(payload: bytes, *, packed: bool = False) -> Any:
        if payload == b"poison":
            raise ZeroDivisionError
        return decode(payload, packed=packed)

    monkeypatch.setattr(screening, "decode", fails_at_poison)
    good = b'{"stream": "A", "time": "2026-01-01T00:00:00Z", "value": 1.0}'
    arrivals = [
        Arrival("SIM", Door.MQTT, payload, NOW, message=place) for place, payload in enumerate([b"poison", good])
    ]
    result = screen(arrivals, REGISTRY, 100_000, 300)
    assert result.message.tolist() == [1]
    assert [(entry.reason, entry.payload) for entry in result.refused] == [(Reason.MALFORMED, b"poison")]
