"""Gas hydraulics: a network of pipes and regulators solved by pandapipes, pressures in kPa (gauge), flows in m3/h.

Flows and demands are volumes at 20 degC and 101.325 kPa (standard conditions, GB/T 19204). A source is a node of kind
RESERVOIR with the attribute ``pressure_kpa``; a regulator is a link of kind PRV with the attribute ``outlet_kpa``.

pandapipes takes seconds to be imported: make a model only where that hurts nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import ChengmaiError, InvalidInput
from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, PipeNetwork

Floats = npt.NDArray[np.float64]
AMBIENT_KPA = 101.325
NORMAL_K, STANDARD_K = 273.15, 293.15
_BAR_KPA = 100.0
_SHORTEST_M = 0.5
USUAL_ROUGHNESS_MM = 0.1
"""Of a network whose survey tells coefficients instead of heights: steel, after GB 50028."""


class GasHydraulicsFailed(ChengmaiError):
    """The gas network could not be solved."""


@dataclass(frozen=True, slots=True)
class GasProperties:
    """A gas: density at 0 degC and 101.325 kPa [kg/m3], viscosity [Pa s], compressibility 1 + slope * p [1/bar]."""

    normal_density_kgm3: float
    viscosity_pas: float
    compressibility_slope: float

    @property
    def standard_density_kgm3(self) -> float:
        """Density at 20 degC and 101.325 kPa [kg/m3]."""
        return self.normal_density_kgm3 * NORMAL_K / STANDARD_K


METHANE = GasProperties(0.7175, 1.08e-5, -0.0022)
"""Pure methane; natural gas of class 12T differs by a few per cent. Values of NIST's web book at 10 degC."""


@dataclass(frozen=True, slots=True)
class GasHydraulics:
    """One solution: ``pressure_kpa`` (n_nodes,) gauge and ``flow_m3h`` (n_links,); NaN where no source feeds."""

    pressure_kpa: Floats
    flow_m3h: Floats


class GasModel:
    """A gas network opened in pandapipes; one model belongs to one thread."""

    def __init__(self, network: PipeNetwork, gas: GasProperties = METHANE, temperature_k: float = 283.15) -> None:
        """Build the model; raises InvalidInput without a source, or for one or a regulator without its pressure."""
        import pandapipes

        self.network, self._gas, self._pandapipes = network, gas, pandapipes
        self._temperature_k = temperature_k
        sources = np.flatnonzero(network.nodes.kind != NodeKind.JUNCTION)
        if not len(sources):
            raise InvalidInput("gas.no_source")
        self._net: Any = pandapipes.create_empty_network(fluid=_fluid(pandapipes, gas))
        first = _number(network.nodes.attributes[sources[0]], "pressure_kpa", str(network.nodes.code[sources[0]]))
        pandapipes.create_junctions(
            self._net, len(network.nodes), pn_bar=first / _BAR_KPA, tfluid_k=temperature_k, height_m=0.0
        )
        for source in sources:
            kpa = _number(network.nodes.attributes[source], "pressure_kpa", str(network.nodes.code[source]))
            pandapipes.create_ext_grid(self._net, int(source), p_bar=kpa / _BAR_KPA, t_k=temperature_k)
        self._add_pipes()
        self._add_regulators()
        nodes = np.arange(len(network.nodes))
        self._sinks = pandapipes.create_sinks(self._net, nodes, mdot_kg_per_s=np.zeros(len(nodes)))

    def _add_pipes(self) -> None:
        links = self.network.links
        self._pipes = np.flatnonzero((links.kind == LinkKind.PIPE) & (links.status != LinkStatus.CLOSED))
        self._pandapipes.create_pipes_from_parameters(
            self._net,
            links.start[self._pipes],
            links.end[self._pipes],
            length_km=np.maximum(links.length[self._pipes], _SHORTEST_M) / 1000,
            inner_diameter_mm=links.diameter[self._pipes] * 1000,
            k_mm=self._roughness_mm(),
            loss_coefficient=links.minor_loss[self._pipes],
        )

    def _roughness_mm(self) -> Floats:
        if self.network.options.headloss != "D-W":
            return np.full(len(self._pipes), USUAL_ROUGHNESS_MM)
        return self.network.links.roughness[self._pipes] * 1000

    def _add_regulators(self) -> None:
        links = self.network.links
        open_ = links.status != LinkStatus.CLOSED
        self._regulators = np.flatnonzero((links.kind == LinkKind.PRV) & open_)
        for link in self._regulators:
            kpa = _number(links.attributes[link], "outlet_kpa", str(links.code[link]))
            start, end = int(links.start[link]), int(links.end[link])
            self._pandapipes.create_pressure_control(self._net, start, end, end, controlled_p_bar=kpa / _BAR_KPA)
        others = np.flatnonzero(~np.isin(links.kind, (LinkKind.PIPE, LinkKind.PRV)) & open_)
        for link in others:
            self._pandapipes.create_valve(
                self._net, int(links.start[link]), int(links.end[link]), float(links.diameter[link]) * 1000
            )
        self._others = others

    def solve(self, demands_m3s: Floats, outflows_kgs: Mapping[int, float] | None = None) -> GasHydraulics:
        """Solve for demands at nodes (n_nodes,) [m3/s] and outflows through holes by node [kg/s].

        Raises GasHydraulicsFailed when the iteration does not end: more is drawn than the network can carry.
        """
        mass = demands_m3s * self._gas.standard_density_kgm3
        for node, outflow in (outflows_kgs or {}).items():
            mass[node] += outflow
        self._net.sink.loc[self._sinks, "mdot_kg_per_s"] = mass
        try:
            self._pandapipes.pipeflow(self._net, friction_model="colebrook", iter=100, max_iter_colebrook=100)
        except Exception as error:
            raise GasHydraulicsFailed("gas.not_solved", reason=repr(error)[:200]) from error
        flow = np.full(len(self.network.links), np.nan)
        per_kg = 3600 / self._gas.standard_density_kgm3
        flow[self._pipes] = self._net.res_pipe.mdot_from_kg_per_s.to_numpy() * per_kg
        if len(self._regulators):
            flow[self._regulators] = self._net.res_press_control.mdot_from_kg_per_s.to_numpy() * per_kg
        if len(self._others):
            flow[self._others] = self._net.res_valve.mdot_from_kg_per_s.to_numpy() * per_kg
        return GasHydraulics(self._net.res_junction.p_bar.to_numpy(dtype=float) * _BAR_KPA, flow)


def base_demands(network: PipeNetwork, multipliers: Mapping[str, float]) -> Floats:
    """Demand at each node [m3/s] when every pattern stands at its multiplier; without a pattern the base itself."""
    demands = np.zeros(len(network.nodes))
    codes = [pattern.code for pattern in network.patterns]
    factor = np.array([multipliers.get(codes[i], 1.0) if i >= 0 else 1.0 for i in network.demands.pattern])
    np.add.at(demands, network.demands.node, network.demands.base * factor)
    return demands


def single_pipe_outlet_kpa(
    inlet_kpa: float,
    flow_kgs: float,
    length_m: float,
    diameter_m: float,
    roughness_mm: float,
    gas: GasProperties = METHANE,
    temperature_k: float = 283.15,
) -> float:
    """Gauge pressure at the end of one level pipe, in closed form for isothermal flow, Colebrook-White's friction.

    p1^2 - p2^2 = lambda L/D (m/A)^2 Z R_s T, kinetic energy left out; Z at the mean pressure (iterated).
    """
    area = np.pi / 4 * diameter_m**2
    reynolds = abs(flow_kgs) * diameter_m / (area * gas.viscosity_pas)
    friction = 0.02
    for _ in range(60):
        root = -2 * np.log10(2.51 / (reynolds * np.sqrt(friction)) + roughness_mm / 1000 / (3.71 * diameter_m))
        friction = 1 / root**2
    specific = AMBIENT_KPA * 1000 / (gas.normal_density_kgm3 * NORMAL_K)  # R_s of the gas [J/(kg K)]
    first = (inlet_kpa + AMBIENT_KPA) * 1000
    last = first
    for _ in range(60):
        mean = 2 / 3 * (first + last - first * last / (first + last))
        compressibility = 1 + gas.compressibility_slope * mean / 1e5
        square = first**2 - friction * length_m / diameter_m * (flow_kgs / area) ** 2 * compressibility * specific * (
            temperature_k
        )
        if square <= 0:
            raise GasHydraulicsFailed("gas.not_solved", reason="more than the pipe can carry")
        last = float(np.sqrt(square))
    return float(last / 1000 - AMBIENT_KPA)


def _fluid(pandapipes: Any, gas: GasProperties) -> Any:
    """The gas as pandapipes wants it; its density is that at 0 degC, its compressibility one line over pressure."""
    properties = pandapipes.properties.fluids
    fluid = pandapipes.create_constant_fluid("gas", "gas", density=gas.normal_density_kgm3, viscosity=gas.viscosity_pas)
    fluid.add_property("heat_capacity", properties.FluidPropertyConstant(2190.0))
    fluid.add_property("molar_mass", properties.FluidPropertyConstant(16.04))
    slope = properties.FluidPropertyLinear(gas.compressibility_slope, 1.0)
    fluid.add_property("compressibility", slope)
    fluid.add_property("der_compressibility", properties.FluidPropertyConstant(gas.compressibility_slope))
    return fluid


def _number(attributes: Mapping[str, Any], name: str, code: str) -> float:
    try:
        return float(attributes[name])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("gas.pressure_missing", element=code, attribute=name) from error
