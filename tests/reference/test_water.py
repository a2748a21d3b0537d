"""Hydraulics against closed forms and against another solver."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import fsolve

from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Severity
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.breaks import SUFFIX, part_pipes
from chengmai.physics.water import Conditions, WaterModel, hazen_williams_loss, orifice_coefficient

HILLSIDE = Path(__file__).parent.parent / "data" / "networks" / "hillside.inp"


def network_of(text: str) -> PipeNetwork:
    network, findings = read_inp(text.encode(), "made.inp")
    assert [finding for finding in findings if finding.severity == Severity.ERROR] == []
    return network


LINE = """
[JUNCTIONS]
 A 10
 B 5
[RESERVOIRS]
 R 60
[PIPES]
 P1 R A 800 200 120 0 Open
 P2 A B 500 150 100 0 Open
[DEMANDS]
 A 36
 B 18
[OPTIONS]
 Units CMH
 Headloss H-W
[END]
"""

LOOPS = """
[JUNCTIONS]
 1 20
 2 18
 3 15
 4 12
 5 10
[RESERVOIRS]
 R 75
[PIPES]
 a R 1 1000 300 130 0 Open
 b 1 2 900 200 120 0 Open
 c 1 3 800 250 110 0 Open
 d 2 4 700 200 100 0 Open
 e 3 4 650 150 120 0 Open
 f 4 5 600 150 90 0 Open
 g 3 5 1200 200 130 0 Open
[DEMANDS]
 1 10
 2 55
 3 40
 4 70
 5 60
[OPTIONS]
 Units CMH
 Headloss H-W
[END]
"""


def test_pressures_along_a_line_follow_hazen_williams() -> None:
    """Two pipes in series: every metre of head lost is known beforehand; 1 mm."""
    with WaterModel(network_of(LINE)) as model:
        solved = model.solve()
    at_a = 60 - hazen_williams_loss(54 / 3600, 800, 0.2, 120)
    at_b = at_a - hazen_williams_loss(18 / 3600, 500, 0.15, 100)
    assert solved.pressure[:2] == pytest.approx([at_a - 10, at_b - 5], abs=1e-3)
    assert solved.flow == pytest.approx([54 / 3600, 18 / 3600], rel=1e-6)


def test_a_hole_gives_what_the_orifice_formula_says() -> None:
    """Q = Cd A sqrt(2 g H) at the pressure that the same solution has at the hole; 0.1 %."""
    network = network_of(LINE)
    node = network.node_index["B"]
    with WaterModel(network) as model:
        quiet = model.solve()
        model.set_emitters({node: orifice_coefficient(0.02)})
        leaking = model.solve()
        model.set_emitters({})
        again = model.solve()
    escaped = leaking.flow[1] - quiet.flow[1]
    assert escaped == pytest.approx(0.75 * np.pi / 4 * 0.02**2 * np.sqrt(2 * 9.81 * leaking.pressure[node]), rel=1e-3)
    assert again.pressure == pytest.approx(quiet.pressure, abs=1e-3)


def test_a_looped_network_agrees_with_newton_on_the_heads() -> None:
    """The same equations solved by MINPACK instead of EPANET; pressures within 5 mm, flows within 0.05 m3/h."""
    network = network_of(LOOPS)
    with WaterModel(network) as model:
        solved = model.solve()
    links, inner = network.links, 5
    demand = np.zeros(6)
    demand[network.demands.node] = network.demands.base

    def flows(heads: np.ndarray) -> np.ndarray:
        drop = heads[links.start] - heads[links.end]
        resistance = 10.667 * links.roughness**-1.852 * links.diameter**-4.871 * links.length
        return np.asarray(np.sign(drop) * (np.abs(drop) / resistance) ** (1 / 1.852))

    def unbalanced(inside: np.ndarray) -> np.ndarray:
        heads = np.append(inside, 75.0)
        net = -demand.copy()
        np.add.at(net, links.end, flows(heads))
        np.add.at(net, links.start, -flows(heads))
        return np.asarray(net[:inner])

    heads = fsolve(unbalanced, np.array([74.0, 70.0, 71.0, 65.0, 64.0]), xtol=1e-12)
    assert np.abs(unbalanced(heads)).max() < 1e-9
    assert solved.pressure[:inner] == pytest.approx(heads - network.nodes.elevation[:inner], abs=5e-3)
    assert solved.flow * 3600 == pytest.approx(flows(np.append(heads, 75.0)) * 3600, abs=0.05)


def test_a_warm_start_ends_where_a_cold_one_does() -> None:
    network, _ = read_inp(HILLSIDE.read_bytes(), HILLSIDE.name)
    cold = []
    for multiplier in (0.4, 1.0, 1.6):
        with WaterModel(network) as model:
            model.set_conditions(Conditions(0, multiplier))
            cold.append(model.solve().pressure)
    with WaterModel(network) as model:
        for multiplier, expected in zip((0.4, 1.0, 1.6), cold, strict=True):
            model.set_conditions(Conditions(0, multiplier))
            assert model.solve().pressure == pytest.approx(expected, abs=5e-3)


def test_a_parted_pipe_changes_nothing_until_it_leaks() -> None:
    network = network_of(LOOPS)
    parted = part_pipes(network, ["e", "g"])
    assert parted.pipe_length_m == pytest.approx(network.pipe_length_m)
    with WaterModel(network) as whole, WaterModel(parted) as cut:
        before = whole.solve().pressure
        assert cut.solve().pressure[: len(before)] == pytest.approx(before, abs=2e-3)
        cut.set_emitters({parted.node_index["e" + SUFFIX]: orifice_coefficient(0.03)})
        assert cut.solve().pressure[3] < before[3] - 0.1


def test_what_cannot_be_solved_is_refused() -> None:
    network = network_of(LINE)
    with pytest.raises(InvalidInput, match="accuracy"):
        WaterModel(network, accuracy=1e-2)
    with pytest.raises(InvalidInput, match="not_a_pipe"):
        part_pipes(network, ["nothing"])
    nodes = replace(network.nodes, kind=np.zeros_like(network.nodes.kind))
    with pytest.raises(InvalidInput, match="no_source"):
        WaterModel(replace(network, nodes=nodes))
    with WaterModel(network) as model, pytest.raises(InvalidInput, match="unknown_link"):
        model.set_conditions(Conditions(open_links={"none": True}))
