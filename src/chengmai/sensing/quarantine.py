"""What could not be stored as a reading, and why: kept to be looked at, never in its neighbours' way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

KEPT_BYTES = 4096
"""How much of a refused message is kept."""


class Reason(StrEnum):
    """Why a message or one of its readings was refused."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    FAR_FUTURE = "far_future"
    FAR_PAST = "far_past"
    UNKNOWN_STREAM = "unknown_stream"
    FOREIGN_STREAM = "foreign_stream"
    NON_FINITE = "non_finite"
    UNMAPPED = "unmapped"


class Door(StrEnum):
    """The way a message came in."""

    HTTP = "http"
    MQTT = "mqtt"


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused message or reading; ``size`` is that of the whole [bytes], ``message`` its number or 0."""

    received: datetime
    gateway: str
    door: Door
    reason: Reason
    detail: str
    payload: bytes
    size: int
    message: int = 0


@dataclass(frozen=True, slots=True)
class QuarantinePlace:
    """The place of a refused part in the order of all: when it came [ms since 1970], and its own number."""

    received: int
    ordinal: int

    def __str__(self) -> str:
        return f"{self.received}-{self.ordinal}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The place a text of this form names."""
        received, _, ordinal = text.partition("-")
        return cls(int(received), int(ordinal))


PLACE_PATTERN = r"^\d{1,13}-\d{1,19}$"
"""Texts that name a place."""


def once(refused: Iterable[Refused]) -> list[Refused]:
    """A redelivery may come while the first delivery still waits: the same part of a message only once."""
    found: dict[object, Refused] = {}
    for place, entry in enumerate(refused):
        found.setdefault((entry.message, entry.detail, entry.payload) if entry.message else place, entry)
    return list(found.values())


def columns_of(refused: Sequence[Refused], first: int) -> dict[str, npt.NDArray[Any] | Sequence[str]]:
    """Refused parts as the columns in which they are kept, numbered from ``first``."""
    received = [np.datetime64(entry.received.astimezone(UTC).replace(tzinfo=None), "ms") for entry in refused]
    return {
        "received": np.array(received, dtype="datetime64[ms]"),
        "gateway": [entry.gateway for entry in refused],
        "door": [entry.door.value for entry in refused],
        "reason": [entry.reason.value for entry in refused],
        "detail": [entry.detail.encode("utf-8", "replace").decode() for entry in refused],
        "payload": [entry.payload[:KEPT_BYTES].decode("utf-8", "replace") for entry in refused],
        "size": np.array([entry.size for entry in refused], dtype=np.uint64),
        "message": np.array([entry.message for entry in refused], dtype=np.uint64),
        "ordinal": np.arange(first, first + len(refused), dtype=np.uint64),
    }
