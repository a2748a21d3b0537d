"""The simulated heat network: a source, stations and rooms over the weather, solved as pairs of pipes by pandapipes.

Stations follow their heating curves. The network is solved for a few loads and what lies between is read off in
proportion: a solution is made once for each load and each set of bursts and cold stations, so that a step costs next
to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, floor
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.network.pipe_network import NodeKind, PipeNetwork
from chengmai.physics.heat import HeatConditions, HeatModel, HeatSolution, load_at
from chengmai.physics.heat_outage import TIME_CONSTANT_H, USUAL_ROOM_C, class_of
from chengmai.simulator.towns import Fault, FaultKind, Sensor, TownPlan
from chengmai.simulator.weather import Weather

Floats = npt.NDArray[np.float64]
DESIGN_SUPPLY_C, DESIGN_RETURN_C = 70.0, 50.0
"""Of a station's buildings at design load; both meet the rooms' temperature when nothing is needed [degC]."""
LEAST_LOAD = 0.1
"""Circulation never stands still: hot water is drawn in summer too."""
LEAST_FLOW = 0.45
"""Share of the design flow that circulates at no load; temperature is lowered first, then the flow."""
LARGEST_BURST_M3H = 200.0
MAKE_UP_SHARE = 0.0015
"""Usual make-up water as a share of the circulation."""
STATIC_KPA_PER_M3H = 0.6
"""How far pressure sinks everywhere for each m3/h that escapes: the make-up pumps give way."""
KG_PER_M3 = 965.0
STATION_MEMORY_S = 600.0
"""In what time a station's water follows its heat."""
_LOAD_STEP = 0.05
_SENSOR_NOISE = {
    Quantity.SUPPLY_TEMPERATURE: 0.15,
    Quantity.RETURN_TEMPERATURE: 0.15,
    Quantity.AIR_TEMPERATURE: 0.1,
    Quantity.ROOM_TEMPERATURE: 0.05,
    Quantity.HEAT_PRESSURE: 0.8,
}
"""Standard deviation of a reading, in the quantity's unit."""
_FLOW_NOISE = 0.005


@dataclass(slots=True)
class _Station:
    """A station's own water and the rooms behind it [degC]."""

    supply_c: float
    return_c: float
    room_c: float
    set_c: float
    tau_h: float


class HeatTown:
    """Runs forward in time only; the same seed and the same moments give the same readings."""

    def __init__(
        self, code: str, network: PipeNetwork, sensors: Sequence[Sensor], zone: ZoneInfo, seed: int, start: datetime
    ) -> None:
        """Draw what differs from the survey; raises InvalidInput for a sensor on an unknown element."""
        self._code, self.now, self._sensors = code, start, tuple(sensors)
        self._rng = np.random.default_rng([seed, 5])
        rough = network.links.roughness * self._rng.lognormal(0, 0.15, len(network.links))
        self._network = replace(network, links=replace(network.links, roughness=rough))
        self._model = HeatModel(self._network)
        self._weather = Weather(zone, seed, start)
        self._source = int(np.flatnonzero(network.nodes.kind == NodeKind.RESERVOIR)[0])
        attributes = network.nodes.attributes
        self._stations = {}
        for node in self._model.stations:
            room = USUAL_ROOM_C + float(self._rng.normal(0.8, 0.5))
            tau = TIME_CONSTANT_H[class_of(str(attributes[node].get("building_class", "")))]
            self._stations[str(network.nodes.code[node])] = _Station(45.0, 38.0, room, room, tau)
        self._offsets = {sensor.stream: float(self._rng.normal(0, 0.2)) for sensor in self._sensors}
        self._faults: dict[tuple[FaultKind, str], Fault] = {}
        self._solutions: dict[tuple[object, ...], HeatSolution] = {}
        for sensor in self._sensors:
            if sensor.element not in network.node_index:
                raise InvalidInput("simulator.unknown_element", stream=sensor.stream, element=sensor.element)
        self._outdoor = self._weather.advance(start)
        self._settle()

    def _settle(self) -> None:
        """Begin as after a long time in this weather."""
        for station in self._stations.values():
            station.supply_c, station.return_c = self._aim(station, 1.0)

    # -- faults ---------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> list[Fault]:
        """Bursts and cold stations, by kind and element."""
        return [self._faults[key] for key in sorted(self._faults)]

    def takes(self, network: str, kind: FaultKind) -> bool:
        """Bursts and cold stations of the own network."""
        return kind in (FaultKind.HEAT_BURST, FaultKind.COLD_STATION) and network == self._code

    def begin_fault(self, network: str, kind: FaultKind, element: str, size: float) -> None:
        """Burst a pair of pipes or its node (m3/h), or leave a station cold (share of heat missing)."""
        if (kind, element) in self._faults:
            raise Conflict("simulator.fails_already", element=element)
        if kind is FaultKind.COLD_STATION:
            known, most = element in self._stations, 1.0
        else:
            known = element in self._network.link_index or element in self._network.node_index
            most = LARGEST_BURST_M3H
        if not known:
            raise InvalidInput("simulator.no_such_element", element=element, network=network)
        if not 0 < size <= most:
            raise InvalidInput("simulator.fault_size", value=size, limit=most)
        self._faults[kind, element] = Fault(network, kind, element, size, self.now)
        self._solutions.clear()

    def end_fault(self, network: str, kind: FaultKind, element: str) -> None:
        """Mend it; raises InvalidInput when it does not fail."""
        if self._faults.pop((kind, element), None) is None:
            raise InvalidInput("simulator.fails_not", element=element)
        self._solutions.clear()

    @property
    def _lost_m3h(self) -> float:
        return sum(fault.size for (kind, _), fault in self._faults.items() if kind is FaultKind.HEAT_BURST)

    def _share(self, station: str) -> float:
        """Share of its heat that a station gets."""
        fault = self._faults.get((FaultKind.COLD_STATION, station))
        return 1.0 if fault is None else 1.0 - fault.size

    # -- time -----------------------------------------------------------------------------------------------------

    def advance(self, moment: datetime) -> dict[str, float]:
        """Run to a moment and read every sensor, in its quantity's unit."""
        seconds = max((moment - self.now) / timedelta(seconds=1), 0.0)
        self._outdoor = self._weather.advance(moment)
        self.now = moment
        solved = self._solved()
        memory = exp(-seconds / STATION_MEMORY_S)
        for code, station in self._stations.items():
            warm = self._warmth(solved, code)
            supply, back = self._aim(station, warm)
            station.supply_c = memory * station.supply_c + (1 - memory) * supply
            station.return_c = memory * station.return_c + (1 - memory) * back
            held = self._outdoor + (station.set_c - self._outdoor) * min(warm, 1.0)
            stay = exp(-seconds / 3600 / station.tau_h)
            station.room_c = stay * station.room_c + (1 - stay) * (held if warm < 0.98 else station.set_c)
        return {sensor.stream: self._read(sensor, solved) for sensor in self._sensors}

    def close(self) -> None:
        """Forget the solutions."""
        self._solutions.clear()

    def _aim(self, station: _Station, warm: float) -> tuple[float, float]:
        """Supply and return of a station's buildings for a share of the heat they need [degC]."""
        load = max(load_at(self._outdoor), LEAST_LOAD)
        room = station.room_c
        return (
            room + (DESIGN_SUPPLY_C - USUAL_ROOM_C) * load * warm,
            room + (DESIGN_RETURN_C - USUAL_ROOM_C) * load * warm,
        )

    def _warmth(self, solved: "_Mixed", code: str) -> float:
        """Share of the heat it needs that a station gets: its flow, and the temperature that reaches it."""
        node = self._network.node_index[code]
        arrives, leaves = solved.supply_c[node], self._source_supply_c - 4.0
        room = USUAL_ROOM_C
        if np.isnan(arrives):
            return 0.0
        return self._share(code) * float(np.clip((arrives - room) / (leaves - room), 0.0, 1.0))

    @property
    def _load(self) -> float:
        return float(np.clip(load_at(self._outdoor), LEAST_LOAD, 1.1))

    @property
    def _source_supply_c(self) -> float:
        """The source's supply temperature: the design's at full load, 70 degC at least for hot water [degC]."""
        design = float(self._network.nodes.attributes[self._source].get("supply_c") or 110.0)
        return 70.0 + (design - 70.0) * self._load

    def _solved(self) -> "_Mixed":
        low = floor(self._load / _LOAD_STEP) * _LOAD_STEP
        share = (self._load - low) / _LOAD_STEP
        return _Mixed(self._solution(low), self._solution(low + _LOAD_STEP), share)

    def _solution(self, load: float) -> HeatSolution:
        key = round(load, 4)
        if (key,) not in self._solutions:
            flow = LEAST_FLOW + (1 - LEAST_FLOW) * load
            leaks: dict[str, float] = {}
            for (kind, element), fault in self._faults.items():
                if kind is FaultKind.HEAT_BURST:
                    node = self._leaking_node(element)
                    leaks[node] = leaks.get(node, 0.0) + fault.size * KG_PER_M3 / 3600
            self._solutions[key,] = self._model.solve(
                HeatConditions(
                    load=flow,
                    drop=load / flow,
                    supply_c=70.0 + (self._design_c - 70.0) * load,
                    # The valve of a cold station is nearly shut, which the others feel as more pressure.
                    stations={code: flow * self._share(code) for code in self._stations if self._share(code) < 1},
                    leaks=leaks,
                )
            )
        return self._solutions[key,]

    @property
    def _design_c(self) -> float:
        return float(self._network.nodes.attributes[self._source].get("supply_c") or 110.0)

    def _leaking_node(self, element: str) -> str:
        if element in self._network.node_index:
            return element
        link = self._network.link_index[element]
        return str(self._network.nodes.code[self._network.links.end[link]])

    # -- sensors --------------------------------------------------------------------------------------------------

    def _read(self, sensor: Sensor, solved: "_Mixed") -> float:
        node = self._network.node_index[sensor.element]
        value = self._value(sensor.quantity, sensor.element, node, solved)
        spread = _SENSOR_NOISE.get(sensor.quantity, _FLOW_NOISE * abs(value))
        offset = self._offsets[sensor.stream] if sensor.quantity in _SENSOR_NOISE else 0.0
        noisy = value + offset + float(self._rng.normal(0, spread))
        return round(noisy if sensor.quantity in _SENSOR_NOISE else max(noisy, 0.0), 2)

    def _value(self, quantity: Quantity, element: str, node: int, solved: "_Mixed") -> float:
        station = self._stations.get(element)
        at_source = node == self._source
        if quantity is Quantity.AIR_TEMPERATURE:
            return self._outdoor
        if quantity is Quantity.HEAT_PRESSURE:
            return float(np.nan_to_num(solved.supply_kpa[node])) - STATIC_KPA_PER_M3H * self._lost_m3h
        if at_source:
            return self._value_at_source(quantity, node, solved)
        if station is None:
            return float(solved.supply_c[node] if quantity is Quantity.SUPPLY_TEMPERATURE else solved.return_c[node])
        if quantity is Quantity.SUPPLY_TEMPERATURE:
            return station.supply_c
        if quantity is Quantity.RETURN_TEMPERATURE:
            return station.return_c
        if quantity is Quantity.ROOM_TEMPERATURE:
            return station.room_c
        through = float(solved.station_kg_s[node])
        if quantity is Quantity.HEAT_POWER:
            return through * 4.186 * float(solved.supply_c[node] - solved.return_c[node])
        return through / KG_PER_M3 * 3600

    def _value_at_source(self, quantity: Quantity, node: int, solved: "_Mixed") -> float:
        if quantity is Quantity.SUPPLY_TEMPERATURE:
            return float(solved.supply_c[node])
        if quantity is Quantity.RETURN_TEMPERATURE:
            return float(solved.return_c[node])
        if quantity is Quantity.HEAT_POWER:
            return solved.source_kw
        circulation = solved.circulation_kg_s / KG_PER_M3 * 3600
        if quantity is Quantity.MAKE_UP_FLOW:
            return MAKE_UP_SHARE * circulation + self._lost_m3h
        return circulation


class _Mixed:
    """Two solutions mixed in proportion; ``share`` of the second."""

    def __init__(self, first: HeatSolution, second: HeatSolution, share: float) -> None:
        def mix(a: Floats, b: Floats) -> Floats:
            return np.asarray((1 - share) * a + share * b)

        self.supply_c, self.return_c = mix(first.supply_c, second.supply_c), mix(first.return_c, second.return_c)
        self.supply_kpa = mix(first.supply_kpa, second.supply_kpa)
        self.station_kg_s = mix(first.station_kg_s, second.station_kg_s)
        self.circulation_kg_s = (1 - share) * first.circulation_kg_s + share * second.circulation_kg_s
        self.source_kw = (1 - share) * first.source_kw + share * second.source_kw


def town_of(plan: TownPlan) -> HeatTown:
    """The town of a plan with one heat network."""
    code, network = next(iter(plan.networks.items()))
    return HeatTown(code, network, plan.sensors, ZoneInfo(plan.zone), plan.seed, plan.since)
