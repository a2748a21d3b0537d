"""What a detector is given and what it must do: the facts of a rule, rows, a memory, and a way to read more."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chengmai.core.errors import InvalidInput
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
    gateway: str = ""
    interval_s: int = 300
    network: str = ""

    @property
    def place(self) -> tuple[float | None, float | None]:
        """Longitude and latitude."""
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as detectors see it; ``streams`` by code are those of its network."""

    code: str
    version: int
    parameters: Mapping[str, Any]
    network_code: str = ""
    streams: Mapping[str, StreamFacts] = field(default_factory=dict)

    def stream(self, code: str) -> StreamFacts:
        """The stream of a code; raises InvalidInput when the network has none of it."""
        if code not in self.streams:
            raise InvalidInput("rule.unknown_stream", rule=self.code, stream=code)
        return self.streams[code]

    def watched(self) -> dict[int, tuple[str, StreamFacts]]:
        """Code and facts of each stream the rule watches, by id: those it names, and all of its ``quantity``.

        A stream the network no longer has is passed over.
        """
        named = [code for code in self.parameters.get("streams", ()) if code in self.streams]
        quantity = self.parameters.get("quantity")
        if quantity:
            named += [code for code, facts in self.streams.items() if facts.quantity == quantity]
        return {self.streams[code].id: (code, self.streams[code]) for code in named}


_BASES = {"night_flow": ("flows", "tank", "window", "statistic"), "pressure_drop": ("streams", "flows")}


def basis_of(kind: str, parameters: Mapping[str, Any]) -> list[str]:
    """What a detector's memory as a whole stands on, for kinds that judge several streams as one; else nothing.

    With another basis its memory begins afresh: what it learnt was learnt of something else.
    """
    names = {"night_flow": ("flows", "tank", "window", "statistic"), "pressure_drop": ("streams", "flows")}.get(
        kind, ()
    )
    return [json.dumps(parameters.get(name), sort_keys=True) for name in names]


class Detector(Protocol):
    """What the evaluation asks of every kind of rule."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of newly stored rows, oldest first; ``memory`` (plain values) is changed and kept."""
