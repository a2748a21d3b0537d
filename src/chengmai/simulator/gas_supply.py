"""The simulated gas network through its day: pressures, flows, and what escapes through holes."""

from dataclasses import replace
from datetime import datetime
from math import pi

import numpy as np
import numpy.typing as npt

from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.breaks import SUFFIX, part_pipes
from chengmai.physics.gas_hydraulics import AMBIENT_KPA, GasHydraulics, GasModel, base_demands
from chengmai.physics.gas_leak import leak_mass_flow_kgs

Floats = npt.NDArray[np.float64]
DEMAND_SHARE = 0.10
"""How far real demands stray from the believed ones, standard deviation."""
_ROUNDS = 4


class GasSupply:
    """Solved once for each step of the patterns and each set of holes; between two steps values change steadily."""

    def __init__(self, network: PipeNetwork, rng: np.random.Generator) -> None:
        factor = rng.lognormal(0, DEMAND_SHARE, len(network.nodes))
        demands = replace(network.demands, base=network.demands.base * factor[network.demands.node])
        self._network = replace(network, demands=demands)
        self._holes: dict[str, float] = {}
        self._open()

    def _open(self) -> None:
        self._parted = part_pipes(self._network, sorted(self._holes))
        self._model = GasModel(self._parted)
        self._solved: dict[int, tuple[GasHydraulics, dict[str, float]]] = {}

    def set_holes(self, diameters_mm: dict[str, float]) -> None:
        """Which pipes have a hole, by code [mm]; raises InvalidInput for what is no pipe."""
        before, self._holes = self._holes, dict(diameters_mm)
        try:
            self._open()
        except Exception:
            self._holes = before
            raise

    def at(self, local: datetime) -> tuple[Floats, Floats, dict[str, float]]:
        """Pressures [kPa] by node, flows [m3/h] by link of the whole network, escaping methane [kg/s] by pipe."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        seconds = local.weekday() * 86400 + (local - midnight).total_seconds()
        place = seconds / self._network.options.pattern_step_s
        first, share = int(place), place - int(place)
        (early, lost), (late, lost_late) = self._solution(first), self._solution(first + 1)
        nodes, links = len(self._network.nodes), len(self._network.links)
        pressure = (1 - share) * early.pressure_kpa[:nodes] + share * late.pressure_kpa[:nodes]
        flow = (1 - share) * early.flow_m3h[:links] + share * late.flow_m3h[:links]
        return pressure, flow, {pipe: (1 - share) * lost[pipe] + share * lost_late[pipe] for pipe in lost}

    def _solution(self, step: int) -> tuple[GasHydraulics, dict[str, float]]:
        period = max((len(pattern.multipliers) for pattern in self._network.patterns), default=1)
        step %= period
        if step not in self._solved:
            self._solved[step] = self._solve(step)
        return self._solved[step]

    def _solve(self, step: int) -> tuple[GasHydraulics, dict[str, float]]:
        multipliers = {one.code: one.multipliers[step % len(one.multipliers)] for one in self._network.patterns}
        demands = base_demands(self._parted, multipliers)
        at = {pipe: self._parted.node_index[pipe + SUFFIX] for pipe in self._holes}
        lost = dict.fromkeys(self._holes, 0.0)
        solved = self._model.solve(demands)
        for _ in range(_ROUNDS if lost else 0):
            for pipe, node in at.items():
                # Half-way to the new value: what escapes lowers the pressure that drives it.
                escaping = _escaping_kgs(float(solved.pressure_kpa[node]), self._holes[pipe])
                lost[pipe] += (escaping - lost[pipe]) * (0.5 if lost[pipe] else 0.9)
            solved = self._model.solve(demands, {node: lost[pipe] for pipe, node in at.items()})
        return solved, lost


def _escaping_kgs(pressure_kpa: float, diameter_mm: float) -> float:
    area = pi / 4 * (diameter_mm / 1000) ** 2
    return leak_mass_flow_kgs((max(pressure_kpa, 0.0) + AMBIENT_KPA) * 1000, area)
