"""Between decoding and storing: which readings are believable and ours, which go to the quarantine and why."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite

import msgspec
import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations
from chengmai.sensing.payloads import Broken, Decoded, decode
from chengmai.sensing.quarantine import KEPT_BYTES, Door, Reason, Refused
from chengmai.sensing.registry import Registry

_LOG = logging.getLogger(__name__)
FIRST_MOMENT = np.datetime64("2000-01-01", "ms")
"""Readings that claim to be older are taken for a device without a clock."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as it came in; ``message`` is its number at the broker, 0 at other doors."""

    gateway: str
    door: Door
    payload: bytes
    received: datetime
    packed: bool = False
    message: int = 0
    size: int | None = None
    """Bytes of the whole message, when ``payload`` is only its beginning."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What of some messages may be stored, with the number of each row's message, and what was refused."""

    rows: Observations
    message: npt.NDArray[np.uint64]
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class _Columns:
    stream: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    message: list[int] = field(default_factory=list)


def screen(arrivals: Sequence[Arrival], registry: Registry, max_message_bytes: int, max_future_s: int) -> Screened:
    """Decode and judge messages, in their order; never raises for what a device can send."""
    columns = _Columns()
    refused: list[Refused] = []
    for arrival in arrivals:
        size = arrival.size if arrival.size is not None else len(arrival.payload)
        if size > max_message_bytes:
            refused.append(_refuse(arrival, Reason.OVERSIZED, f"{size} > {max_message_bytes}", arrival.payload))
        else:
            refused += _screen_one(arrival, registry, max_future_s, columns)
    rows = Observations.fresh(
        columns.stream, np.array(columns.time, dtype=np.int64).astype("datetime64[ms]"), columns.value
    )
    return Screened(rows, np.array(columns.message, dtype=np.uint64), refused)


def _screen_one(arrival: Arrival, registry: Registry, max_future_s: int, columns: _Columns) -> list[Refused]:
    """Put believable readings of one message into the columns; the rest is returned, each with its reason."""
    decoded = _decoded(arrival, registry)
    refused = [_refuse(arrival, broken.reason, broken.detail, broken.payload) for broken in decoded.broken]
    latest = (arrival.received + timedelta(seconds=max_future_s)).timestamp() * 1000
    earliest = int(FIRST_MOMENT.astype(np.int64))
    before = len(columns.stream)
    for code, time, value in zip(decoded.stream, decoded.time, decoded.value, strict=True):
        facts = registry.stream(code)
        if facts is None:
            reason = Reason.UNKNOWN_STREAM
        elif facts.gateway != arrival.gateway:
            reason = Reason.FOREIGN_STREAM
        elif not isfinite(value):
            reason = Reason.NON_FINITE
        elif time > latest:
            reason = Reason.FAR_FUTURE
        elif time < earliest:
            reason = Reason.FAR_PAST
        else:
            columns.stream.append(facts.id)
            columns.time.append(time)
            columns.value.append(value)
            continue
        refused.append(_refuse(arrival, reason, code[:200], _one(code, time, value)))
    columns.message.extend([arrival.message] * (len(columns.stream) - before))
    return refused


def _decoded(arrival: Arrival, registry: Registry) -> Decoded:
    """The message decoded; one at which the decoder fails is refused whole, for a broker would bring it for ever."""
    mapped = registry.mapped(arrival.gateway)
    try:
        if mapped is not None:
            return mapped.reader.decode(arrival.payload, mapped.streams, arrival.received)
        return decode(arrival.payload, packed=arrival.packed)
    except Exception as error:  # noqa: BLE001 - whatever a device made it fail at, the others must get through
        _LOG.exception("the decoder failed at a message of gateway %s", arrival.gateway)
        return Decoded(broken=[Broken(Reason.MALFORMED, type(error).__name__, arrival.payload)])


def _refuse(arrival: Arrival, reason: Reason, detail: str, payload: bytes) -> Refused:
    size = arrival.size if arrival.size is not None else len(arrival.payload)
    return Refused(
        received=arrival.received,
        gateway=arrival.gateway,
        door=arrival.door,
        reason=reason,
        detail=detail[:500],
        payload=payload[:KEPT_BYTES],
        size=size,
        message=arrival.message,
    )


def _one(code: str, time_ms: int, value: float) -> bytes:
    shown = str(np.datetime64(time_ms, "ms")) + "Z"
    return msgspec.json.encode({"stream": code, "time": shown, "value": value if isfinite(value) else repr(value)})
