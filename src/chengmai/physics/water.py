"""Water hydraulics: a network solved by EPANET in memory, SI units in and out.

Heads and pressures are in m of water, flows in m3/s, emitter coefficients in m3/s per m^0.5. One model belongs to one
thread. EPANET's loose accuracy would let a warm start miss by centimetres, so 1e-4 is the loosest that is taken.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
from epanet import toolkit as en

from chengmai.core.errors import ChengmaiError, InvalidInput
from chengmai.network.inp_writer import write_inp
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork

Floats = npt.NDArray[np.float64]
ACCURACY = 1e-4
"""Largest sum of flow changes over the sum of flows at which an iteration may end."""
_HOUR = 3600.0


class HydraulicsFailed(ChengmaiError):
    """EPANET could not solve the network."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the network is solved under.

    ``time_s`` into the demand patterns, ``demand_multiplier`` over all demands, ``levels`` of tanks [m above bottom],
    ``open_links`` pumps and pipes set open or shut; what is not given stays as the network says.
    """

    time_s: int = 0
    demand_multiplier: float = 1.0
    levels: Mapping[str, float] | None = None
    open_links: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Hydraulics:
    """One solution: ``pressure`` (n_nodes,) [m] and ``flow`` (n_links,) [m3/s], in the network's order."""

    pressure: Floats
    flow: Floats


class WaterModel:
    """A network opened in EPANET; use as a context manager, or close it."""

    def __init__(self, network: PipeNetwork, accuracy: float = ACCURACY) -> None:
        """Open the network; raises InvalidInput without a source or with an accuracy looser than 1e-4."""
        if not network.has_source:
            raise InvalidInput("water.no_source")
        if not 0 < accuracy <= ACCURACY:
            raise InvalidInput("water.accuracy", value=accuracy, limit=ACCURACY)
        self.network = network
        self._project: Any = en.createproject()
        with tempfile.TemporaryDirectory(prefix="chengmai-water-") as folder, _failing():
            path = Path(folder) / "network.inp"
            path.write_text(write_inp(network))
            en.open(self._project, str(path), str(path.with_suffix(".rpt")), "")
            en.setstatusreport(self._project, en.NO_REPORT)
            en.setoption(self._project, en.ACCURACY, accuracy)
            en.settimeparam(self._project, en.DURATION, 0)
            en.openH(self._project)
        self._node = np.array([en.getnodeindex(self._project, str(code)) for code in network.nodes.code])
        self._link = np.array([en.getlinkindex(self._project, str(code)) for code in network.links.code])
        self._emitting: set[int] = set()
        self._warm = False

    def __enter__(self) -> "WaterModel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give EPANET's memory back; more than once does no harm."""
        if self._project is not None:
            en.closeH(self._project)
            en.deleteproject(self._project)
            self._project = None

    def set_conditions(self, conditions: Conditions) -> None:
        """Make these the conditions of what is solved next."""
        with _failing():
            en.settimeparam(self._project, en.PATTERNSTART, int(conditions.time_s))
            en.setoption(self._project, en.DEMANDMULT, float(conditions.demand_multiplier))
            for code, level in (conditions.levels or {}).items():
                en.setnodevalue(self._project, self._node_of(code), en.TANKLEVEL, float(level))
            for code, is_open in (conditions.open_links or {}).items():
                en.setlinkvalue(self._project, self._link_of(code), en.INITSTATUS, 1.0 if is_open else 0.0)

    def set_multipliers(self, multipliers: Mapping[str, float]) -> None:
        """Give patterns of one step their multiplier of the moment."""
        with _failing():
            for code, multiplier in multipliers.items():
                index = en.getpatternindex(self._project, code)
                en.setpatternvalue(self._project, index, 1, float(multiplier))

    def set_emitters(self, coefficients: Mapping[int, float]) -> None:
        """Outflows c * pressure^0.5 at nodes by position [m3/s per m^0.5]; nodes not named emit nothing of ours."""
        with _failing():
            for node in self._emitting - coefficients.keys():
                own = float(self.network.nodes.emitter[node])
                en.setnodevalue(self._project, int(self._node[node]), en.EMITTER, own * _HOUR)
            for node, coefficient in coefficients.items():
                total = float(self.network.nodes.emitter[node]) + coefficient
                en.setnodevalue(self._project, int(self._node[node]), en.EMITTER, total * _HOUR)
        self._emitting = set(coefficients)

    def solve(self) -> Hydraulics:
        """Solve for the present conditions; raises HydraulicsFailed when there is no solution.

        After the first it starts from the solution before, which is many times faster.
        """
        self._run()
        return Hydraulics(self._values(en.PRESSURE)[self._node - 1], self._flows()[self._link - 1] / _HOUR)

    def _run(self) -> None:
        with _failing():
            en.initH(self._project, 0 if self._warm else 10)
            en.runH(self._project)
        self._warm = True

    def _values(self, what: int) -> Floats:
        count = len(self._node)
        return np.array([en.getnodevalue(self._project, node, what) for node in range(1, count + 1)])

    def _flows(self) -> Floats:
        count = len(self._link)
        return np.array([en.getlinkvalue(self._project, link, en.FLOW) for link in range(1, count + 1)])

    def flows_at(self, links: npt.NDArray[np.intp]) -> Floats:
        """Flows [m3/s] of a few links in the last solution."""
        return np.array([en.getlinkvalue(self._project, int(self._link[link]), en.FLOW) for link in links]) / _HOUR

    def solve_at(self, nodes: npt.NDArray[np.intp]) -> Floats:
        """Solve and read the pressures [m] of a few nodes only."""
        self._run()
        return np.array([en.getnodevalue(self._project, int(self._node[node]), en.PRESSURE) for node in nodes])

    def _node_of(self, code: str) -> int:
        if code not in self.network.node_index:
            raise InvalidInput("water.unknown_node", code=code)
        return int(self._node[self.network.node_index[code]])

    def _link_of(self, code: str) -> int:
        if code not in self.network.link_index:
            raise InvalidInput("water.unknown_link", code=code)
        return int(self._link[self.network.link_index[code]])


@contextmanager
def _failing() -> Iterator[None]:
    """EPANET's errors under our code."""
    try:
        yield
    except ChengmaiError:
        raise
    except Exception as error:
        raise HydraulicsFailed("water.not_solved", reason=str(error)) from error


def orifice_coefficient(diameter_m: float, discharge: float = 0.75) -> float:
    """Emitter coefficient [m3/s per m^0.5] of a round hole [m]: Q = Cd * A * sqrt(2 g H)."""
    return float(discharge * np.pi / 4 * diameter_m**2 * np.sqrt(2 * 9.81))


def hazen_williams_loss(flow: float, length: float, diameter: float, coefficient: float) -> float:
    """Head lost [m] along a pipe: flow [m3/s], length and diameter [m]; EPANET's constant in SI (10.667)."""
    return float(10.667 * coefficient**-1.852 * diameter**-4.871 * length * abs(flow) ** 1.852 * np.sign(flow))


def junctions(network: PipeNetwork) -> npt.NDArray[np.intp]:
    """Positions of the junctions."""
    return np.flatnonzero(network.nodes.kind == NodeKind.JUNCTION)


def pipes(network: PipeNetwork) -> npt.NDArray[np.intp]:
    """Positions of the pipes."""
    return np.flatnonzero(network.links.kind == LinkKind.PIPE)
