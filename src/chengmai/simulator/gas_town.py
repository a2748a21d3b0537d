"""The town of gas: its network, and the chambers beside it into which gas may get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.network.nearness import plane_of
from chengmai.network.pipe_network import LinkKind, PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.physics.gas_leak import volume_flow_m3s
from chengmai.simulator.towns import Fault, FaultKind, Sensor, SimulatedTown, TownPlan
from chengmai.simulator.underground_air import Climate, UndergroundAir

Floats = npt.NDArray[np.float64]
LARGEST_HOLE_MM, LARGEST_BIOGAS_M3H = 100.0, 5.0
ALARMING_PERCENT = 0.5
"""A chamber's device tells every step above this [%VOL], a tenth of the lower explosive limit; else seldom."""
QUIET_S = 300
RANGE_PERCENT = 20.0
"""A laser sensor measures no more [%VOL]."""
NOISE = {
    Quantity.METHANE: 0.008,
    Quantity.ETHANE: 2.0,
    Quantity.AIR_TEMPERATURE: 0.1,
    Quantity.WATER_LEVEL: 0.005,
    Quantity.BATTERY: 0.02,
}
"""Standard deviation of a reading, in the quantity's unit."""
BATTERY_DAYS, CHANGED_AT = 821.0, 25.0
"""In what time a device's battery falls from 100 % to what it is changed at [d, %]."""
NEGLECTED_DAYS, NEGLECTED_FROM, NEGLECTED_TO = 60.0, 19.0, 9.0
"""One device is not looked after as the others are: its battery goes on until it is nearly empty [d, %, %]."""
PRESSURE_NOISE_SHARE, FLOW_NOISE_SHARE = 0.002, 0.01
OF_CHAMBERS = frozenset(NOISE)


class Supply(Protocol):
    """The gas network as the town asks it."""

    def set_holes(self, diameters_mm: dict[str, float]) -> None:
        """Which pipes have a hole [mm]."""

    def at(self, local: datetime) -> tuple[Floats, Floats, dict[str, float]]:
        """Pressures [kPa], flows [m3/h], escaping methane [kg/s] by pipe."""
        ...


@dataclass(frozen=True, slots=True)
class _Leak:
    fault: Fault
    shares: Floats
    delays: Floats


class GasTown:
    """Runs forward in time only; the same seed and the same moments give the same readings."""

    def __init__(
        self,
        networks: Mapping[str, PipeNetwork],
        utilities: Mapping[str, Utility],
        sensors: tuple[Sensor, ...],
        zone: ZoneInfo,
        seed: int,
        start: datetime,
        supply: Supply | None = None,
    ) -> None:
        """Raises InvalidInput without a gas network, or for a sensor on an unknown element."""
        gas = [code for code in sorted(networks) if utilities[code] is Utility.GAS]
        if not gas:
            raise InvalidInput("simulator.no_gas_network")
        self.gas_code, self.gas = gas[0], networks[gas[0]]
        self._rng = np.random.default_rng(seed)
        self._plane = plane_of(self.gas)
        self.air = UndergroundAir(networks, utilities, self._plane, seed)
        self._supply = supply or _solved_supply(self.gas, self._rng)
        self._zone, self.now, self._sensors = zone, start, sensors
        self._places = {one.stream: self._place(one) for one in sensors}
        self._leaks: dict[str, _Leak] = {}
        self._biogas: dict[tuple[str, str], Fault] = {}
        self._told: dict[int, float] = {}
        self._batteries = sorted({self._places[one.stream] for one in sensors if one.quantity is Quantity.BATTERY})

    def _place(self, sensor: Sensor) -> int:
        if sensor.quantity in OF_CHAMBERS:
            return self.air.place(sensor.network, sensor.element)
        at = self.gas.link_index if sensor.quantity is Quantity.GAS_FLOW else self.gas.node_index
        if sensor.element not in at:
            raise InvalidInput("simulator.unknown_element", stream=sensor.stream, element=sensor.element)
        return at[sensor.element]

    # -- faults ---------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> list[Fault]:
        """Leaks by pipe, then chambers that make biogas."""
        leaks = [self._leaks[pipe].fault for pipe in sorted(self._leaks)]
        return leaks + [self._biogas[key] for key in sorted(self._biogas)]

    def takes(self, network: str, kind: FaultKind) -> bool:
        """Leaks of the gas network, biogas in a network of chambers."""
        if kind is FaultKind.GAS_LEAK:
            return network == self.gas_code
        return kind is FaultKind.BIOGAS and any(network == code for code, _ in self.air.index)

    def begin_fault(self, network: str, kind: FaultKind, element: str, size: float) -> None:
        """Make a hole [mm] in a gas pipe, or let a chamber make biogas [m3/h]."""
        most = LARGEST_HOLE_MM if kind is FaultKind.GAS_LEAK else LARGEST_BIOGAS_M3H
        if not 0 < size <= most:
            raise InvalidInput("simulator.fault_size", value=size, limit=most)
        if element in self._leaks if kind is FaultKind.GAS_LEAK else (network, element) in self._biogas:
            raise Conflict("simulator.fails_already", element=element)
        fault = Fault(network, kind, element, size, self.now)
        if kind is FaultKind.BIOGAS:
            self.air.make_biogas(network, element, size)
            self._biogas[network, element] = fault
            return
        place = self.gas.link_index.get(element, -1)
        if place < 0 or self.gas.links.kind[place] != LinkKind.PIPE:
            raise InvalidInput("simulator.not_a_gas_pipe", element=element)
        self._supply.set_holes({**self._holes, element: size})
        x, y = self.gas.midpoint(place)
        shares, delays = self.air.shares_of_leak(self._plane.metres(np.array([x]), np.array([y]))[0])
        self._leaks[element] = _Leak(fault, shares, delays)

    def end_fault(self, network: str, kind: FaultKind, element: str) -> None:
        """Mend a pipe, or end the biogas of a chamber; raises InvalidInput when there is nothing to end."""
        if kind is FaultKind.GAS_LEAK and element in self._leaks:
            del self._leaks[element]
            self.air.forget(element)
            self._supply.set_holes(self._holes)
        elif kind is FaultKind.BIOGAS and (network, element) in self._biogas:
            self.air.make_biogas(network, element, -self._biogas.pop((network, element)).size)
        else:
            raise InvalidInput("simulator.fails_not", element=element)

    @property
    def _holes(self) -> dict[str, float]:
        return {pipe: leak.fault.size for pipe, leak in self._leaks.items()}

    # -- time -----------------------------------------------------------------------------------------------------

    def advance(self, moment: datetime) -> dict[str, float]:
        """Run to a moment and read the sensors whose devices report then."""
        seconds = max((moment - self.now).total_seconds(), 0.0)
        local = moment.astimezone(self._zone)
        pressure, flow, escaping = self._supply.at(local)
        leaks = {
            pipe: (volume_flow_m3s(escaping[pipe]), leak.shares, leak.delays) for pipe, leak in self._leaks.items()
        }
        climate = self.air.advance(seconds, local, leaks)
        self.now = moment
        reporting = self._reporting(moment)
        read = {}
        for sensor in self._sensors:
            place = self._places[sensor.stream]
            if sensor.quantity in OF_CHAMBERS:
                if place in reporting:
                    read[sensor.stream] = self._of_chamber(sensor.quantity, place, climate)
                continue
            told = flow[place] if sensor.quantity is Quantity.GAS_FLOW else pressure[place]
            noise = FLOW_NOISE_SHARE if sensor.quantity is Quantity.GAS_FLOW else PRESSURE_NOISE_SHARE
            if np.isfinite(told):
                read[sensor.stream] = round(float(told) * (1 + float(self._rng.normal(0, noise))), 4)
        return read

    def _reporting(self, moment: datetime) -> set[int]:
        """Chambers whose devices report now: those with gas at once, the others every few minutes."""
        seconds = moment.timestamp()
        chambers = {self._places[one.stream] for one in self._sensors if one.quantity in OF_CHAMBERS}
        due = {
            place
            for place in chambers
            if self.air.methane_percent(place) >= ALARMING_PERCENT
            or seconds - self._told.get(place, float("-inf")) >= QUIET_S
        }
        self._told |= dict.fromkeys(due, seconds)
        return due

    def _of_chamber(self, quantity: Quantity, place: int, climate: Climate) -> float:
        noise = float(self._rng.normal(0, NOISE[quantity]))
        if quantity is Quantity.METHANE:
            return round(min(max(self.air.methane_percent(place) + noise, 0.0), RANGE_PERCENT), 3)
        if quantity is Quantity.ETHANE:
            return round(max(self.air.ethane_ppm(place) + noise, 0.0), 1)
        if quantity is Quantity.BATTERY:
            return round(self._charge(place) + noise, 2)
        if quantity is Quantity.AIR_TEMPERATURE:
            return round(self.air.temperature_c(place, climate) + noise, 2)
        return round(max(self.air.water_level_m(place, climate) + noise, 0.0), 3)

    def _charge(self, place: int) -> float:
        """Charge of the battery of a chamber's device [%]: they were put in on different days."""
        days, number = self.now.timestamp() / 86_400, self._batteries.index(place)
        if number == 0:
            return NEGLECTED_FROM - (NEGLECTED_FROM - NEGLECTED_TO) * (days / NEGLECTED_DAYS % 1)
        age = (days / BATTERY_DAYS + number / len(self._batteries)) % 1
        return 100.0 - (100.0 - CHANGED_AT) * age

    def close(self) -> None:
        """Nothing is held open."""


def _solved_supply(network: PipeNetwork, rng: np.random.Generator) -> Supply:
    from chengmai.simulator.gas_supply import GasSupply

    return GasSupply(network, rng)


def gas_town_of(plan: TownPlan) -> SimulatedTown:
    """The town of a plan with a gas network and networks of chambers."""
    return GasTown(plan.networks, plan.utilities, plan.sensors, ZoneInfo(plan.zone), plan.seed, plan.since)
