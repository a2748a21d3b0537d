"""What a source of evidence is, what it is asked and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Subject = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """One object a value was computed from; ``path`` is the page it opens on."""

    kind: str
    id: str
    label: str
    counted: bool
    path: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a source found: a number or a day (None where there is nothing to compute it from), and its inputs."""

    value: Decimal | None = None
    on: date | None = None
    inputs: tuple[EvidenceInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a source is asked: about what, from when until before when, for which organisation ("" for the city)."""

    subject: Subject
    start: datetime
    end: datetime
    scope: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """A source of evidence: its code, the version of its rule, what it must be told, and how it computes."""

    code: str
    version: int
    unit: str
    words: tuple[str, ...]
    compute: Callable[[Question], Found]
    tells_day: bool = False

    @property
    def name(self) -> str:
        """Catalogue code of its name."""
        return f"evidence.{self.code}.name"
