"""What a detector says: a condition began, still holds with news, or ended, at a subject, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Condition(StrEnum):
    """Whether a signal starts, renews or ends a condition."""

    BEGIN = "begin"
    UPDATE = "update"
    END = "end"


@dataclass(frozen=True, slots=True)
class Reason:
    """A catalogue code (``reason.<code>``) with the figures its sentence needs."""

    code: str
    params: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """The readings of one stream that a detector used: from ``start`` to ``end``, both included, aware UTC."""

    stream: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Element:
    """A network element a signal points at; ``score`` in 0..1, the likelier the higher."""

    code: str
    kind: str
    score: float
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding of a detector. Times are aware UTC; ``size_m3h`` is the estimated loss [m3/h]."""

    subject: str
    condition: Condition
    severity: str
    began_at: datetime
    raised_at: datetime
    reasons: tuple[Reason, ...]
    evidence: tuple[Span, ...]
    size_m3h: float | None = None
    elements: tuple[Element, ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    """What the kind of rule tells beside: plain values, units in the names."""
