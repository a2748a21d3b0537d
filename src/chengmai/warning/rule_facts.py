"""What a detector is given and what it must do: the facts of a rule, rows, a memory, and a way to read more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal

Read = Callable[[Sequence[int], datetime, datetime], Observations]
"""Newest revisions of streams between two moments, both included, ordered by stream and time."""


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """A datastream as detectors see it; coordinates in degrees."""

    id: int
    quantity: Quantity
    element: str = ""
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as detectors see it; ``streams`` by code are those of its network."""

    code: str
    version: int
    parameters: Mapping[str, Any]
    network_code: str = ""
    streams: Mapping[str, StreamFacts] = field(default_factory=dict)


class Detector(Protocol):
    """What the evaluation asks of every kind of rule."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of newly stored rows, oldest first; ``memory`` (plain values) is changed and kept."""
