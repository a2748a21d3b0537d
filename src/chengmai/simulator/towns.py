"""What every simulated town is: it moves on, it is measured, and something in it can be made to fail."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chengmai.core.units import Quantity
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility


class TownKind(StrEnum):
    """Which engine runs a town."""

    WATER = "water"
    GAS = "gas"
    HEAT = "heat"


TOWN_OF = {
    Utility.WATER: TownKind.WATER,
    Utility.GAS: TownKind.GAS,
    Utility.HEAT: TownKind.HEAT,
    Utility.STORM: TownKind.GAS,
    Utility.SEWER: TownKind.GAS,
    Utility.POWER: TownKind.GAS,
    Utility.TELECOM: TownKind.GAS,
}
"""Whose town a network is a part of: chambers belong to the town of the gas that may get into them."""


class FaultKind(StrEnum):
    """What can be made to fail. The size of each is told in a unit of its own.

    ``pipe_break`` m3/h of water at the present pressure; ``gas_leak`` diameter of the hole [mm]; ``biogas`` methane
    made in a chamber [m3/h]; ``heat_burst`` m3/h lost; ``cold_station`` share of heat missing; ``quality`` chlorine
    missing [mg/L].
    """

    PIPE_BREAK = "pipe_break"
    GAS_LEAK = "gas_leak"
    BIOGAS = "biogas"
    HEAT_BURST = "heat_burst"
    COLD_STATION = "cold_station"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A datastream of a simulated town, the element it measures, the network of that, and the gateway that sends it.

    In the past it told one reading in ``interval_s``, the oftenest the town moves; 0: as often as that.
    """

    stream: str
    quantity: Quantity
    element: str
    network: str = ""
    gateway: str = ""
    interval_s: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that fails at present: where, how, how much (see FaultKind), and since when (aware UTC)."""

    network: str
    kind: FaultKind
    element: str
    size: float
    since: datetime


@dataclass(frozen=True, slots=True, eq=False)
class TownPlan:
    """One town: its networks by code with what flows in them, its sensors, and where its history starts (aware UTC).

    ``interval_s`` lies between two reports of the present, ``history_step_s`` between two moments of the history.
    """

    kind: TownKind
    networks: Mapping[str, PipeNetwork]
    utilities: Mapping[str, Utility]
    sensors: tuple[Sensor, ...]
    zone: str
    seed: int
    since: datetime
    interval_s: float
    history_step_s: float = 300.0


class SimulatedTown(Protocol):
    """Runs forward in time only."""

    now: datetime

    @property
    def faults(self) -> list[Fault]:
        """What fails at present."""
        ...

    def takes(self, network: str, kind: FaultKind) -> bool:
        """Whether this is the town that a fault of a kind in a network happens to."""
        ...

    def begin_fault(self, network: str, kind: FaultKind, element: str, size: float) -> None:
        """Let something fail; raises InvalidInput for what cannot fail so, Conflict when it does already."""
        ...

    def end_fault(self, network: str, kind: FaultKind, element: str) -> None:
        """Mend it; raises InvalidInput when it does not fail."""
        ...

    def advance(self, moment: datetime) -> dict[str, float]:
        """Run to a moment and read the sensors that report then, by stream, in their quantities' units."""
        ...

    def close(self) -> None:
        """Give back what the engine holds."""
        ...


def _water(plan: TownPlan) -> SimulatedTown:
    from chengmai.simulator.engine import town_of

    return town_of(plan)


def _heat(plan: TownPlan) -> SimulatedTown:
    from chengmai.simulator.heat_town import town_of

    return town_of(plan)


def _gas(plan: TownPlan) -> SimulatedTown:
    from chengmai.simulator.gas_town import gas_town_of

    return gas_town_of(plan)


BUILDERS: dict[TownKind, Callable[[TownPlan], SimulatedTown]] = {
    TownKind.WATER: _water,
    TownKind.GAS: _gas,
    TownKind.HEAT: _heat,
}
"""How each kind of town is built. Engines are imported when they are needed: some take seconds."""


def buildable(plans: Iterable[TownPlan]) -> list[TownPlan]:
    """Of some plans those that have an engine, the quickest to start first."""
    return [plan for kind in TownKind for plan in plans if plan.kind is kind and kind in BUILDERS]
