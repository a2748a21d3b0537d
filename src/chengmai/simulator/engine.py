"""The simulated town: a hidden network that runs through time, drawn on by its people and measured by its sensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, pi, sin, sqrt
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.network.pipe_network import LinkStatus, Pattern, PipeNetwork
from chengmai.physics.breaks import SUFFIX, part_pipes
from chengmai.physics.water import Conditions, WaterModel
from chengmai.simulator.hidden_network import Difference, hidden_network
from chengmai.simulator.towns import Fault, FaultKind, Sensor, TownPlan
from chengmai.simulator.water_quality import LARGEST_MISSING_MG_L, QUALITIES, WaterQuality

Floats = npt.NDArray[np.float64]
LARGEST_BREAK_M3H = 200.0
_LONGEST_STEP_S = 300.0


@dataclass(frozen=True, slots=True)
class Break:
    """A broken pipe: since when (aware UTC), and its outflow at the pressure it had when it broke [m3/h]."""

    pipe: str
    since: datetime
    size_m3h: float


class Town:
    """Runs forward in time only; the same seed and the same moments give the same readings."""

    def __init__(
        self,
        believed: PipeNetwork,
        sensors: Sequence[Sensor],
        zone: ZoneInfo,
        seed: int,
        start: datetime,
        difference: Difference | None = None,
        network: str = "",
    ) -> None:
        """Draw the hidden network from the seed; raises InvalidInput for a sensor on an unknown element."""
        self._difference = difference or Difference()
        self._rng = np.random.default_rng(seed)
        hidden = hidden_network(believed, self._rng, self._difference)
        self._patterns = {pattern.code: np.array(pattern.multipliers) for pattern in hidden.patterns}
        single = tuple(Pattern(pattern.code, (1.0,)) for pattern in hidden.patterns)
        self._hidden = replace(hidden, patterns=single, controls=())
        self._controls = believed.controls
        self._step_s = believed.options.pattern_step_s
        self._zone, self._sensors, self.now, self._network = zone, tuple(sensors), start, network
        self._offsets = self._rng.normal(0, self._difference.pressure_offset_m, len(self._sensors))
        self._swing = 0.0
        tanks = believed.tanks
        self._levels = {
            str(believed.nodes.code[node]): float(level)
            for node, level in zip(tanks.node, tanks.initial_level, strict=True)
        }
        self._areas = {
            str(believed.nodes.code[node]): pi / 4 * float(diameter) ** 2
            for node, diameter in zip(tanks.node, tanks.diameter, strict=True)
        }
        self._open: dict[str, bool] = {}
        self._breaks: dict[str, tuple[Break, float]] = {}
        self._check(believed)
        self._open_model()
        self._quality = self._quality_of(seed)

    def _quality_of(self, seed: int) -> WaterQuality | None:
        """The quality of the water, where sensors measure it; water travels as at the middle of the first day."""
        if not any(sensor.quantity in QUALITIES for sensor in self._sensors):
            return None
        with WaterModel(self._hidden) as model:
            model.set_multipliers({code: float(values.mean()) for code, values in self._patterns.items()})
            flow = model.solve().flow
        return WaterQuality(self._hidden, flow, self._sensors, seed)

    def _check(self, network: PipeNetwork) -> None:
        for sensor in self._sensors:
            at = network.link_index if sensor.quantity is Quantity.FLOW else network.node_index
            if sensor.element not in at:
                raise InvalidInput("simulator.unknown_element", stream=sensor.stream, element=sensor.element)

    def _open_model(self) -> None:
        network = part_pipes(self._hidden, sorted(self._breaks))
        self._model = WaterModel(network)
        pressures = [s.element for s in self._sensors if s.quantity is Quantity.PRESSURE_HEAD]
        flows = [s.element for s in self._sensors if s.quantity is Quantity.FLOW]
        self._pressure_at = {code: place for place, code in enumerate(pressures)}
        self._flow_at = {code: place for place, code in enumerate(flows)}
        self._nodes = np.array([network.node_index[code] for code in pressures], dtype=np.intp)
        # Tanks are filled by what the links at them carry, so those are read beside the metered ones.
        feeding = [
            (str(code), link, 1 if network.links.end[link] == node else -1)
            for code in self._levels
            for node in [network.node_index[code]]
            for link in np.flatnonzero((network.links.start == node) | (network.links.end == node))
        ]
        self._feeding = [(tank, len(flows) + place, sign) for place, (tank, _, sign) in enumerate(feeding)]
        self._links = np.array(
            [*(network.link_index[code] for code in flows), *(link for _, link, _ in feeding)], dtype=np.intp
        )
        emitters = {network.node_index[pipe + SUFFIX]: c for pipe, (_, c) in self._breaks.items()}
        self._model.set_emitters(emitters)

    def close(self) -> None:
        """Give the hydraulic model back."""
        self._model.close()

    # -- breaks ---------------------------------------------------------------------------------------------------

    @property
    def breaks(self) -> list[Break]:
        """The pipes that are broken now, by code."""
        return [self._breaks[pipe][0] for pipe in sorted(self._breaks)]

    def break_pipe(self, pipe: str, size_m3h: float) -> Break:
        """Break a pipe; raises InvalidInput for a size or pipe that cannot be, Conflict when it is broken already."""
        if not 0 < size_m3h <= LARGEST_BREAK_M3H:
            raise InvalidInput("simulator.size", value=size_m3h, limit=LARGEST_BREAK_M3H)
        if pipe in self._breaks:
            raise Conflict("simulator.broken_already", pipe=pipe)
        parted = part_pipes(self._hidden, sorted({*self._breaks, pipe}))
        with WaterModel(parted) as model:
            model.set_conditions(self._conditions())
            model.set_multipliers(self._multipliers(self.now))
            head = max(float(model.solve().pressure[parted.node_index[pipe + SUFFIX]]), 5.0)
        done = Break(pipe, self.now, size_m3h)
        self._breaks[pipe] = (done, size_m3h / 3600 / sqrt(head))
        self._reopen()
        return done

    def mend_pipe(self, pipe: str) -> None:
        """Mend a pipe; raises InvalidInput when it is whole."""
        if self._breaks.pop(pipe, None) is None:
            raise InvalidInput("simulator.not_broken", pipe=pipe)
        self._reopen()

    @property
    def faults(self) -> list[Fault]:
        """Broken pipes and places where the water is spoiled."""
        broken = [Fault(self._network, FaultKind.PIPE_BREAK, one.pipe, one.size_m3h, one.since) for one in self.breaks]
        spoilings = self._quality.spoilings if self._quality else {}
        return broken + [
            Fault(self._network, FaultKind.QUALITY, one.node, one.missing_mg_l, one.since)
            for _, one in sorted(spoilings.items())
        ]

    def takes(self, network: str, kind: FaultKind) -> bool:
        """Breaks of pipes and bad water in the own network; no network named means this one."""
        mine = (FaultKind.PIPE_BREAK, FaultKind.QUALITY) if self._quality else (FaultKind.PIPE_BREAK,)
        return kind in mine and network in ("", self._network)

    def begin_fault(self, network: str, kind: FaultKind, element: str, size: float) -> None:
        """Break a pipe, as ``break_pipe``, or spoil the water at a node and all that flows on from it."""
        if kind is FaultKind.PIPE_BREAK or self._quality is None:
            self.break_pipe(element, size)
            return
        if element not in self._hidden.node_index:
            raise InvalidInput("simulator.no_such_element", element=element, network=network)
        if not 0 < size <= LARGEST_MISSING_MG_L:
            raise InvalidInput("simulator.fault_size", value=size, limit=LARGEST_MISSING_MG_L)
        if element in self._quality.spoilings:
            raise Conflict("simulator.fails_already", element=element)
        self._quality.spoil(element, size, self.now)

    def end_fault(self, network: str, kind: FaultKind, element: str) -> None:
        """Mend a pipe, as ``mend_pipe``, or make the water good again."""
        if kind is FaultKind.PIPE_BREAK or self._quality is None:
            self.mend_pipe(element)
        elif not self._quality.clean(element):
            raise InvalidInput("simulator.fails_not", element=element)

    def _reopen(self) -> None:
        self._model.close()
        self._open_model()

    # -- time -----------------------------------------------------------------------------------------------------

    def advance(self, moment: datetime) -> dict[str, float]:
        """Run to a moment and read every sensor, in its quantity's unit."""
        while (moment - self.now).total_seconds() > _LONGEST_STEP_S:
            self._step(self.now + timedelta(seconds=_LONGEST_STEP_S))
        self._step(moment)
        return self._readings()

    def _step(self, moment: datetime) -> None:
        seconds = max((moment - self.now).total_seconds(), 0.0)
        memory = exp(-seconds / self._difference.demand_memory_s)
        spread = self._difference.demand_swing_share * sqrt(1 - memory**2)
        self._swing = memory * self._swing + float(self._rng.normal(0, spread))
        self.now = moment
        self._control()
        self._model.set_conditions(self._conditions())
        self._model.set_multipliers(self._multipliers(moment))
        self._pressures = self._model.solve_at(self._nodes)
        self._flows = self._model.flows_at(self._links) * 3600
        for tank, place, sign in self._feeding:
            change = sign * float(self._flows[place]) * seconds / 3600 / self._areas[tank]
            self._levels[tank] = max(0.0, self._levels[tank] + change)

    def _conditions(self) -> Conditions:
        day = self.now.astimezone(self._zone).timetuple().tm_yday
        season = 1 + 0.06 * sin(2 * pi * (day - 110) / 365)
        return Conditions(0, season * (1 + self._swing), self._levels, self._open)

    def _multipliers(self, moment: datetime) -> Mapping[str, float]:
        """Patterns start on Monday; between two of their steps demand changes steadily."""
        local = moment.astimezone(self._zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        place = (local.weekday() * 86400 + (local - midnight).total_seconds()) / self._step_s
        first, share = int(place), place - int(place)
        return {
            code: float((1 - share) * values[first % len(values)] + share * values[(first + 1) % len(values)])
            for code, values in self._patterns.items()
        }

    def _control(self) -> None:
        for control in self._controls:
            level = self._levels.get(control.node)
            if level is None or control.status is None:
                continue
            if (level >= control.value) if control.above else (level <= control.value):
                self._open[control.link] = control.status is not LinkStatus.CLOSED

    def _readings(self) -> dict[str, float]:
        read: dict[str, float] = {}
        for place, sensor in enumerate(self._sensors):
            if sensor.quantity is Quantity.PRESSURE_HEAD:
                noise = float(self._rng.normal(0, self._difference.pressure_noise_m))
                value = float(self._pressures[self._pressure_at[sensor.element]]) + float(self._offsets[place]) + noise
                read[sensor.stream] = round(value, 3)
            elif sensor.quantity is Quantity.FLOW:
                factor = 1 + float(self._rng.normal(0, self._difference.flow_noise_share))
                read[sensor.stream] = round(float(self._flows[self._flow_at[sensor.element]]) * factor, 3)
            elif sensor.quantity is Quantity.LEVEL:
                step = self._difference.level_step_m
                read[sensor.stream] = round(round(self._levels[sensor.element] / step) * step, 4)
        return read | (self._quality.read(self.now) if self._quality else {})


def town_of(plan: TownPlan) -> Town:
    """The town of a plan with one water network."""
    code, network = next(iter(plan.networks.items()))
    return Town(network, plan.sensors, ZoneInfo(plan.zone), plan.seed, plan.since, network=code)
