"""Gas physics against closed forms, another solver and published figures."""

from dataclasses import replace
from math import exp, inf

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.blast import blast_radius_m, impact_radius_m, overpressure_kpa, tnt_kg
from chengmai.physics.chamber_gas import ChamberGas, Chambers, seconds_to_share
from chengmai.physics.gas_hydraulics import (
    METHANE,
    GasModel,
    GasProperties,
    base_demands,
    single_pipe_outlet_kpa,
)
from chengmai.physics.gas_leak import critical_ratio, leak_mass_flow_kgs, volume_flow_m3s


def network(pipes: list[tuple[str, str, str, float, float, float]], source_kpa: float, valves: str = "") -> PipeNetwork:
    """Pipes (code, start, end, length [m], diameter [mm], roughness [mm]) fed at S."""
    names = sorted({end for pipe in pipes for end in pipe[1:3]} - {"S"})
    text = (
        "[JUNCTIONS]\n" + "\n".join(f" {name} 0" for name in names) + "\n[RESERVOIRS]\n S 1\n[PIPES]\n"
        + "\n".join(f" {c} {a} {b} {length} {d} 100 0 Open" for c, a, b, length, d, _ in pipes)
        + f"\n[VALVES]\n{valves}\n[OPTIONS]\n Units CMH\n[COORDINATES]\n S 0 0\n"
        + "\n".join(f" {name} {place} 1" for place, name in enumerate(names)) + "\n[END]\n"
    )  # fmt: skip
    read, _ = read_inp(text.encode(), "gas.inp")
    rough = {code: k for code, _, _, _, _, k in pipes}
    nodes = tuple({"pressure_kpa": source_kpa} if code == "S" else {} for code in read.nodes.code)
    heights = np.array([rough.get(str(code), 0.1) / 1000 for code in read.links.code])
    return replace(
        read,
        nodes=replace(read.nodes, attributes=nodes),
        links=replace(read.links, roughness=heights),
        options=replace(read.options, headloss="D-W"),
    )


def solve_kgs(net: PipeNetwork, drawn: dict[str, float], gas: GasProperties = METHANE) -> dict[str, float]:
    """Pressures [kPa] by node when masses [kg/s] are drawn."""
    outflows = {net.node_index[code]: kgs for code, kgs in drawn.items()}
    solved = GasModel(net, gas).solve(np.zeros(len(net.nodes)), outflows)
    return {str(code): float(kpa) for code, kpa in zip(net.nodes.code, solved.pressure_kpa, strict=True)}


@pytest.mark.parametrize(("inlet_kpa", "flow_kgs", "length_m", "diameter_mm"), [
    (400.0, 0.5, 2000.0, 150.0),
    (2.5, 0.004, 300.0, 100.0),
    (1600.0, 3.0, 5000.0, 250.0),
])  # fmt: skip
def test_one_pipe_is_as_the_closed_form_says(
    inlet_kpa: float, flow_kgs: float, length_m: float, diameter_mm: float
) -> None:
    net = network([("P", "S", "A", length_m, diameter_mm, 0.1)], inlet_kpa)
    expected = single_pipe_outlet_kpa(inlet_kpa, flow_kgs, length_m, diameter_mm / 1000, 0.1)
    fall = inlet_kpa - expected
    assert fall > 0.01
    assert inlet_kpa - solve_kgs(net, {"A": flow_kgs})["A"] == pytest.approx(fall, rel=0.004)


def test_three_parallel_pipes_have_the_pressures_stanet_computed() -> None:
    """STANET's pressures [bar] of a network of 5 km pipes DN50 with three roughnesses, as pandapipes ships them."""
    gas = GasProperties(0.84, 1.193e-5, -0.0022)
    net = network(
        [
            ("1", "S", "B", 5000, 50, 0.1),
            ("2", "B", "C", 5000, 50, 0.1),
            ("3", "C", "D", 5000, 50, 0.1),
            ("4", "D", "E", 5000, 50, 0.1),
            ("5", "B", "C", 5000, 50, 0.5),
            ("6", "B", "C", 5000, 50, 1.0),
            ("7", "D", "F", 5000, 50, 0.5),
        ],
        500.0,
    )
    solved = solve_kgs(net, {"E": 0.001867, "F": 0.001867}, gas)
    stanet = {"S": 5.0, "B": 4.9868, "C": 4.9847, "D": 4.9715, "E": 4.9675, "F": 4.9669}
    assert {code: kpa / 100 for code, kpa in solved.items()} == pytest.approx(stanet, abs=1e-4)


def test_a_regulator_holds_its_outlet_and_carries_what_is_drawn_behind_it() -> None:
    net = network([("P1", "S", "A", 500, 200, 0.1), ("P2", "B", "C", 400, 150, 0.01)], 350.0, " R A B 150 PRV 10 0")
    regulated = net.link_index["R"]
    told = tuple({"outlet_kpa": 200.0} if i == regulated else one for i, one in enumerate(net.links.attributes))
    net = replace(net, links=replace(net.links, attributes=told))
    drawn = np.zeros(len(net.nodes))
    drawn[net.node_index["C"]] = 0.1
    solved = GasModel(net).solve(drawn)
    assert solved.pressure_kpa[net.node_index["B"]] == pytest.approx(200.0, abs=1e-6)
    assert solved.pressure_kpa[net.node_index["C"]] < 200.0
    assert solved.flow_m3h[regulated] == pytest.approx(360.0, rel=1e-6)
    assert solved.flow_m3h[net.link_index["P1"]] == pytest.approx(360.0, rel=1e-6)
    with pytest.raises(InvalidInput, match=r"gas\.pressure_missing"):
        GasModel(network([("P", "S", "A", 500, 200, 0.1), ("Q", "B", "C", 9, 150, 0.1)], 350.0, " R A B 150 PRV 10 0"))


def test_demands_follow_their_patterns() -> None:
    net = network([("P", "S", "A", 100, 100, 0.1)], 100.0)
    assert base_demands(net, {}).sum() == 0


def test_choked_air_flows_as_the_textbooks_say() -> None:
    """Mass flux of choked air 0.0404 p0 / sqrt(T0) [kg/(s m2)] (gamma 1.4, R 287), any text on compressible flow."""
    flow = leak_mass_flow_kgs(8e5, 1e-4, 300.0, discharge=1.0, gamma=1.4, molar_mass_kgmol=0.02897)
    assert flow == pytest.approx(0.0404 * 8e5 / 300**0.5 * 1e-4, rel=1e-3)


def test_choking_begins_at_about_1_85_and_both_forms_meet_there() -> None:
    assert critical_ratio() == pytest.approx(1.85, abs=0.02)
    assert critical_ratio(1.4) == pytest.approx(1.893, abs=0.001)
    at = critical_ratio() * 101_325
    flows = [leak_mass_flow_kgs(at * factor, 1e-4) for factor in (1 - 1e-6, 1 + 1e-6)]
    assert flows[0] == pytest.approx(flows[1], rel=1e-5)
    assert leak_mass_flow_kgs(101_325, 1e-4) == 0.0


def test_a_low_pressure_main_leaks_as_bernoulli_says() -> None:
    """Nearly incompressible: Cd A sqrt(2 rho dp)."""
    rho = 101_325 / (8.314462618 / 0.01604 * 283.15)
    flow = leak_mass_flow_kgs(101_325 + 2500, 1e-4)
    assert flow == pytest.approx(0.8 * 1e-4 * (2 * rho * 2500) ** 0.5, rel=0.02)
    assert volume_flow_m3s(0.668) == pytest.approx(1.0, rel=2e-3)


def test_radii_of_blasts() -> None:
    charge = tnt_kg(10.0)
    assert charge == pytest.approx(0.04 * 10 * 50 / 4.52)
    for kpa in (44.0, 17.0):
        assert overpressure_kpa(charge, blast_radius_m(charge, kpa)) == pytest.approx(kpa, rel=1e-6)
    assert blast_radius_m(charge, 17.0) > blast_radius_m(charge, 44.0) > 0
    assert blast_radius_m(8 * charge, 44.0) == pytest.approx(2 * blast_radius_m(charge, 44.0), rel=1e-6)
    assert blast_radius_m(0.0, 17.0) == 0.0
    assert overpressure_kpa(1000.0, 100.0) == pytest.approx(8.4 + 2.7 + 0.7)
    assert impact_radius_m(200, 0.4) == pytest.approx(12.52, abs=0.01)


def test_a_chamber_fills_as_the_closed_form_says() -> None:
    volume, inflow, airing = 3.0, 2e-4, 1e-3
    none = np.zeros(0, dtype=np.int64)
    gas = ChamberGas(Chambers(np.array([volume]), np.array([airing]), none, none, np.zeros(0)))
    reached = seconds_to_share(volume, inflow, airing)
    for _ in range(2000):
        gas.advance(reached / 2000, np.array([inflow]))
    assert gas.share[0] == pytest.approx(0.05, rel=0.04)
    rate = (airing + inflow) / volume
    exact = inflow / (airing + inflow) * (1 - exp(-rate * reached))
    assert gas.share[0] == pytest.approx(exact, rel=1e-3)
    assert seconds_to_share(volume, 4e-5, airing) == inf
    assert seconds_to_share(3.0, 1e-3, 0.0) == pytest.approx(150.0)
    assert seconds_to_share(3.0, inflow, airing, present=0.06) == 0.0
