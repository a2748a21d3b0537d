"""District heat: a network of pipe pairs solved by pandapipes, supply and return side by side.

One link of the network is a trench with two pipes of equal size. The source (a reservoir with ``supply_c``) lifts water
of a set temperature into the supply side; stations (nodes with ``heat_kw``) let it through to the return side and take
their heat from it. Temperatures are in degC, pressures in kPa (gauge), flows in kg/s, heat in kW; a node that nothing
feeds has NaN. pandapipes takes seconds to import, so it is imported where a model is made and nowhere earlier.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import ChengmaiError, InvalidInput
from chengmai.network.pipe_network import LinkStatus, NodeKind, PipeNetwork

Floats = npt.NDArray[np.float64]
KELVIN = 273.15
DESIGN_OUTDOOR_C = -9.0
"""Outdoor temperature for which stations tell their heat ``heat_kw`` [degC]."""
INDOOR_C = 18.0
"""Room temperature that must be held; no heat is drawn when it is as warm outdoors [degC]."""
ROUGHNESS_M = 0.0005
"""Roughness of steel pipes of a primary network where the survey tells none [m], the usual design figure."""
DROP_K = 45.0
"""Usual fall of temperature over a station's primary side [K]."""
WATER_J_PER_KG_K = 4186.0
_TRICKLE_KG_S = 1e-3
"""A shut station lets this much through: a branch without any flow has no temperature."""


class HeatNotSolved(ChengmaiError):
    """pandapipes could not solve the network."""


@dataclass(frozen=True, slots=True)
class HeatConditions:
    """Under what the network runs.

    ``load`` is the share of every station's design flow, ``drop`` the share of its usual fall of temperature;
    ``stations`` overrides the flow's share by node code (0: shut);
    ``supply_c`` is the source's temperature [degC], None as surveyed; ``lift_kpa`` its lift [kPa], None as surveyed;
    ``leaks`` [kg/s] escape from the supply side by node code; ``closed`` links are shut in both pipes; ``ground_c`` is
    the temperature around the pipes [degC].
    """

    load: float = 1.0
    drop: float = 1.0
    supply_c: float | None = None
    lift_kpa: float | None = None
    ground_c: float = 5.0
    stations: Mapping[str, float] = field(default_factory=dict)
    leaks: Mapping[str, float] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class HeatSolution:
    """One steady state, in the network's order.

    ``supply_c``, ``return_c``, ``supply_kpa``, ``return_kpa`` (n_nodes,); ``supply_kg_s`` and ``return_kg_s``
    (n_links,) positive from a link's start to its end; ``loss_kw`` (n_links,) of both pipes together; ``station_kg_s``
    (n_nodes,) through the stations, 0 elsewhere. ``circulation_kg_s`` leaves the sources, ``make_up_kg_s`` of it does
    not come back, ``source_kw`` heats it.
    """

    supply_c: Floats
    return_c: Floats
    supply_kpa: Floats
    return_kpa: Floats
    supply_kg_s: Floats
    return_kg_s: Floats
    loss_kw: Floats
    station_kg_s: Floats
    circulation_kg_s: float
    make_up_kg_s: float
    source_kw: float

    @property
    def make_up_share(self) -> float:
        """Make-up water as a share of the circulation."""
        return self.make_up_kg_s / self.circulation_kg_s if self.circulation_kg_s > 0 else 0.0


def load_at(outdoor_c: float) -> float:
    """Share of the design heat that buildings need at an outdoor temperature [degC]; never below 0."""
    return max(0.0, (INDOOR_C - outdoor_c) / (INDOOR_C - DESIGN_OUTDOOR_C))


def transmittance(diameter_m: float) -> float:
    """Heat lost by one buried, factory-insulated pipe [W/(m K)] where the survey tells no ``u_w_mk``.

    2 pi lambda / ln(D/d) with 0.033 W/(m K) of polyurethane 45 mm thick, a usual build of the insulation.
    """
    return float(2 * np.pi * 0.033 / np.log((diameter_m + 0.09) / diameter_m))


def stations_of(network: PipeNetwork) -> npt.NDArray[np.intp]:
    """Positions of the heat exchange stations: the nodes that tell a design heat."""
    return np.array(
        [i for i, attributes in enumerate(network.nodes.attributes) if float(attributes.get("heat_kw") or 0) > 0],
        dtype=np.intp,
    )


class HeatModel:
    """A heat network opened in pandapipes; belongs to one thread."""

    def __init__(self, network: PipeNetwork) -> None:
        """Build both sides; raises InvalidInput without a source or without a station."""
        import pandapipes

        self._pandapipes = pandapipes
        self.network = network
        self.stations = stations_of(network)
        self._sources = np.flatnonzero(network.nodes.kind == NodeKind.RESERVOIR)
        if not len(self._sources):
            raise InvalidInput("heat.no_source")
        if not len(self.stations):
            raise InvalidInput("heat.no_station")
        self._design_kw = np.array([float(self._told(node, "heat_kw", 0.0)) for node in self.stations])
        self._drop_k = np.array([float(self._told(node, "drop_k", DROP_K)) for node in self.stations])
        self._net = self._build()

    def _told(self, node: int | np.integer[Any], name: str, default: float) -> float:
        value = self.network.nodes.attributes[int(node)].get(name)
        return default if value is None else float(value)

    def _build(self) -> Any:
        """Supply junctions 0..n-1, return junctions n..2n-1; pipes likewise, return pipes laid against supply ones."""
        pp, nodes, links = self._pandapipes, self.network.nodes, self.network.links
        n, m = len(nodes), len(links)
        net = pp.create_empty_network(fluid="water")
        heights = np.nan_to_num(np.tile(nodes.elevation, 2))
        pp.create_junctions(net, 2 * n, pn_bar=5.0, tfluid_k=KELVIN + 60.0, height_m=heights)
        rough = links.roughness if self.network.options.headloss == "D-W" else np.full(m, ROUGHNESS_M)
        told = [attributes.get("u_w_mk") for attributes in links.attributes]
        per_metre = np.array(
            [transmittance(d) if u is None else float(u) for u, d in zip(told, links.diameter, strict=True)]
        )
        pp.create_pipes_from_parameters(
            net,
            np.concatenate([links.start, links.end + n]),
            np.concatenate([links.end, links.start + n]),
            # Fittings have no length of their own in a survey; a solver divides by it.
            length_km=np.tile(np.maximum(links.length, 0.1) / 1000, 2),
            inner_diameter_mm=np.tile(links.diameter * 1000, 2),
            k_mm=np.tile(rough * 1000, 2),
            loss_coefficient=np.tile(links.minor_loss, 2),
            u_w_per_m2k=np.tile(per_metre / (np.pi * links.diameter), 2),
            text_k=KELVIN + 5.0,
        )
        pp.create_heat_consumers(
            net,
            self.stations,
            self.stations + n,
            controlled_mdot_kg_per_s=self._flows(np.ones(len(self.stations))),
            deltat_k=self._drop_k,
        )
        for node in self._sources:
            pp.create_circ_pump_const_pressure(net, int(node) + n, int(node), 5.0, 3.0, t_flow_k=KELVIN + 100.0)
        return net

    def _flows(self, shares: Floats) -> Floats:
        """What stations let through [kg/s] for shares of their design heat.

        A station's ``flow_kg_s`` is its design flow where told, else what its heat needs at the usual fall.
        """
        usual = self._design_kw * 1000 / (WATER_J_PER_KG_K * self._drop_k)
        design = np.array(
            [self._told(node, "flow_kg_s", flow) for node, flow in zip(self.stations, usual, strict=True)]
        )
        return np.maximum(design * shares, _TRICKLE_KG_S)

    def solve(self, conditions: HeatConditions | None = None) -> HeatSolution:
        """Solve one steady state; raises InvalidInput for unknown codes, HeatNotSolved when there is none."""
        conditions = conditions or HeatConditions()
        self._set(conditions)
        options = {
            "mode": "bidirectional",
            "friction_model": "colebrook",
            "tol_p": 1e-6,
            "tol_m": 1e-6,
            "tol_T": 1e-4,
            "max_iter_hyd": 100,
            "max_iter_therm": 100,
            "max_iter_bidirect": 50,
        }
        try:
            self._pandapipes.pipeflow(self._net, **options)
        except Exception as error:
            raise HeatNotSolved("heat.not_solved", reason=f"{type(error).__name__}: {error}"[:200]) from error
        return self._read(conditions)

    def _set(self, conditions: HeatConditions) -> None:
        net = self._net
        codes = [str(self.network.nodes.code[node]) for node in self.stations]
        for code in (*conditions.stations, *conditions.leaks):
            if code not in self.network.node_index:
                raise InvalidInput("heat.unknown_node", code=code)
        for code in conditions.closed:
            if code not in self.network.link_index:
                raise InvalidInput("heat.unknown_link", code=code)
        shares = np.array([conditions.stations.get(code, conditions.load) for code in codes])
        net.heat_consumer["controlled_mdot_kg_per_s"] = self._flows(shares)
        net.heat_consumer["deltat_k"] = self._drop_k * conditions.drop
        shut = self.network.links.status == LinkStatus.CLOSED
        shut = shut | np.isin(self.network.links.code, np.array(sorted(conditions.closed), dtype=np.str_))
        net.pipe["in_service"] = np.tile(~shut, 2)
        net.pipe["text_k"] = KELVIN + conditions.ground_c
        for place, node in enumerate(self._sources):
            back = self._told(node, "pressure_kpa", 200.0)
            lift = self._told(node, "lift_kpa", 300.0) if conditions.lift_kpa is None else conditions.lift_kpa
            warm = self._told(node, "supply_c", 110.0) if conditions.supply_c is None else conditions.supply_c
            net.circ_pump_pressure.loc[place, ["p_flow_bar", "plift_bar", "t_flow_k"]] = [
                (back + lift) / 100,
                lift / 100,
                KELVIN + warm,
            ]
        self._leak({code: kg_s for code, kg_s in conditions.leaks.items() if kg_s > 0})

    def _leak(self, leaks: Mapping[str, float]) -> None:
        """Let water escape; what escapes is made up before the pump, at the first source's return side."""
        net, n = self._net, len(self.network.nodes)
        for kind in ("sink", "source"):
            if kind in net:
                net[kind].drop(net[kind].index, inplace=True)
        for code, escaping in leaks.items():
            self._pandapipes.create_sink(net, self.network.node_index[code], mdot_kg_per_s=float(escaping))
        if leaks:
            made_up = float(sum(leaks.values()))
            self._pandapipes.create_source(net, int(self._sources[0]) + n, mdot_kg_per_s=made_up)

    def _read(self, conditions: HeatConditions) -> HeatSolution:
        net, n, m = self._net, len(self.network.nodes), len(self.network.links)
        warm = net.res_junction["t_k"].to_numpy(dtype=np.float64) - KELVIN
        pressed = net.res_junction["p_bar"].to_numpy(dtype=np.float64) * 100
        warm = np.where(np.isnan(pressed), np.nan, warm)
        flow = np.nan_to_num(net.res_pipe["mdot_from_kg_per_s"].to_numpy(dtype=np.float64))
        start, end = net.pipe["from_junction"].to_numpy(), net.pipe["to_junction"].to_numpy()
        entering = np.where(flow >= 0, warm[start], warm[end])
        leaving = net.res_pipe["t_outlet_k"].to_numpy(dtype=np.float64) - KELVIN
        loss = np.nan_to_num(np.abs(flow) * WATER_J_PER_KG_K * (entering - leaving)) / 1000
        through = np.zeros(n)
        through[self.stations] = np.nan_to_num(net.res_heat_consumer["mdot_from_kg_per_s"].to_numpy(dtype=np.float64))
        # What leaves a source is what its supply pipes carry away from it, and what is drawn or escapes at it.
        leaving_source = coming_back = heat = 0.0
        for node in self._sources:
            out = (
                float(flow[:m][start[:m] == node].sum() - flow[:m][end[:m] == node].sum())
                + float(through[node])
                + float(conditions.leaks.get(str(self.network.nodes.code[node]), 0.0))
            )
            back = float(flow[m:][end[m:] == node + n].sum() - flow[m:][start[m:] == node + n].sum())
            back += float(through[node])
            leaving_source, coming_back = leaving_source + out, coming_back + back
            heat += back * WATER_J_PER_KG_K * float(warm[node] - warm[node + n]) / 1000
        return HeatSolution(
            supply_c=warm[:n],
            return_c=warm[n:],
            supply_kpa=pressed[:n],
            return_kpa=pressed[n:],
            supply_kg_s=flow[:m],
            return_kg_s=-flow[m:],
            loss_kw=loss[:m] + loss[m:],
            station_kg_s=through,
            circulation_kg_s=leaving_source,
            make_up_kg_s=leaving_source - coming_back,
            source_kw=heat,
        )


def solve_heat(network: PipeNetwork, conditions: HeatConditions) -> HeatSolution:
    """One steady state of a network: what a pool process is given to do."""
    return HeatModel(network).solve(conditions)
