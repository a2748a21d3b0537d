"""What could not be stored as a reading, and why: kept to be looked at, never in its neighbours' way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
