"""Bytes to readings: one shape for every door, decoded into columns; pure.

A payload is ``{"observations": [{"stream", "time", "value"}, ...]}`` or one bare observation, as JSON or MessagePack.
``time`` is ISO 8601 with its zone. A broken reading does not take its neighbours with it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chengmai.sensing.quarantine import Reason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
Moment = Annotated[datetime, Meta(tz=True)]


class Reading(Struct):
    """One reading as it travels."""

    stream: str
    time: Moment
    value: float


class Payload(Struct):
    """Many readings, or one bare reading."""

    observations: list[Reading] | UnsetType = UNSET
    stream: str | UnsetType = UNSET
    time: Moment | UnsetType = UNSET
    value: float | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of a payload that is no reading: why, in the decoder's words, and its own bytes."""

    reason: Reason
    detail: str
    payload: bytes


@dataclass(slots=True)
class Decoded:
    """Columns of equal length, ``time`` in ms since 1970, and what could not be decoded."""

    stream: list[str] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        """Take one reading in."""
        self.stream.append(reading.stream)
        self.time.append((reading.time - _EPOCH) // _MILLISECOND)
        self.value.append(reading.value)


_decode_json = msgspec.json.Decoder(Payload).decode
_decode_msgpack = msgspec.msgpack.Decoder(Payload).decode


def decode(payload: bytes, *, packed: bool = False) -> Decoded:
    """The readings of a payload; ``packed`` says MessagePack. Never raises for what a device can send."""
    try:
        message = _decode_msgpack(payload) if packed else _decode_json(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_piecewise(payload, msgspec.msgpack.decode if packed else json.loads)
    decoded = Decoded()
    if isinstance(message.observations, list):
        readings = message.observations
        decoded.stream = [reading.stream for reading in readings]
        decoded.time = [(reading.time - _EPOCH) // _MILLISECOND for reading in readings]
        decoded.value = [reading.value for reading in readings]
    elif isinstance(message.stream, str) and isinstance(message.time, datetime) and isinstance(message.value, float):
        decoded.add(Reading(message.stream, message.time, message.value))
    else:
        decoded.broken.append(Broken(Reason.MALFORMED, "neither observations nor stream, time and value", payload))
    return decoded


def _decode_piecewise(payload: bytes, load: Callable[[bytes], Any]) -> Decoded:
    """Reading by reading, so that each good one gets through; slower, and only for payloads with something broken."""
    decoded = Decoded()
    try:
        document = load(payload)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        decoded.broken.append(Broken(Reason.MALFORMED, str(error), payload))
        return decoded
    parts = document.get("observations", [document]) if isinstance(document, dict) else None
    if not isinstance(parts, list):
        decoded.broken.append(Broken(Reason.MALFORMED, "observations is no list", payload))
        return decoded
    for part in parts:
        try:
            reading = msgspec.convert(part, Reading)
            reading.stream.encode()  # JSON can write half of a character ("\\ud800"), which is no text anywhere else
            decoded.add(reading)
        except (msgspec.ValidationError, OverflowError, UnicodeEncodeError) as error:
            decoded.broken.append(Broken(Reason.MALFORMED, str(error), repr(part).encode("utf-8", "replace")))
    return decoded
