"""Between decoding and storing: which readings are believable and ours, which go to the quarantine and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from chengmai.detection.observations import Observations
from chengmai.sensing.payloads import decode
from chengmai.sensing.quarantine import KEPT_BYTES, Door, Reason, Refused
from chengmai.sensing.registry import Registry

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
    """What of an arrival may be stored, and what was refused."""

    rows: Observations
    message: npt.NDArray[np.uint64]
    refused: list[Refused]


def screen(arrival: Arrival, registry: Registry, max_message_bytes: int, max_future_s: int) -> Screened:
    """Decode and judge one message; never raises for what a device can send."""
    size = arrival.size if arrival.size is not None else len(arrival.payload)
    if size > max_message_bytes:
        detail = f"{size} > {max_message_bytes}"
        return _screened([], [], [], [_refuse(arrival, Reason.OVERSIZED, detail, arrival.payload)], arrival)
    decoded = decode(arrival.payload, packed=arrival.packed)
    refused = [_refuse(arrival, broken.reason, broken.detail, broken.payload) for broken in decoded.broken]
    latest = (arrival.received + timedelta(seconds=max_future_s)).timestamp() * 1000
    earliest = int(FIRST_MOMENT.astype(np.int64))
    streams: list[int] = []
    times: list[int] = []
    values: list[float] = []
    for code, time, value in zip(decoded.stream, decoded.time, decoded.value, strict=True):
        facts = registry.stream(code)
        if facts is None:
            reason = Reason.UNKNOWN_STREAM
        elif facts.gateway != arrival.gateway:
            reason = Reason.FOREIGN_STREAM
        elif not abs(value) < float("inf"):
            reason = Reason.NON_FINITE
        elif time > latest:
            reason = Reason.FAR_FUTURE
        elif time < earliest:
            reason = Reason.FAR_PAST
        else:
            streams.append(facts.id)
            times.append(time)
            values.append(value)
            continue
        refused.append(_refuse(arrival, reason, code[:200], _one(code, time, value)))
    return _screened(streams, times, values, refused, arrival)


def _screened(
    streams: list[int], times: list[int], values: list[float], refused: list[Refused], arrival: Arrival
) -> Screened:
    rows = Observations.fresh(streams, np.array(times, dtype=np.int64).astype("datetime64[ms]"), values)
    return Screened(rows, np.full(len(rows), arrival.message, dtype=np.uint64), refused)


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
    return msgspec.json.encode({"stream": code, "time": shown, "value": repr(value) if value != value else value})
