"""Heat networks against closed forms, and against the answers of six tools on a published exercise."""

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.pipe_networks import pipe_network

from chengmai.core.errors import InvalidInput
from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.directions import supply_directions
from chengmai.physics.heat import DROP_K, WATER_J_PER_KG_K, HeatConditions, HeatModel, HeatSolution

DESTEST = Path(__file__).parent / "data" / "destest"
FLOW_KG_S = 553 / 3600
"""What each house draws; 553 kg/h is the flow of three of the tools."""
FALL_K = 30.0
GROUND_C = 10.0
OTHER_UNIT = ("TRNSYS_TUD_2021", "Heat loss supply between i and h [W]")


def rows(name: str) -> list[dict[str, str]]:
    with (DESTEST / name).open(newline="") as source:
        return list(csv.DictReader(source))


def network_0() -> PipeNetwork:
    """The exercise's network with the pipes the tools computed with."""
    pipes = {
        key: (float(row["inner_diameter_m"]), float(row["u_w_mk"]))
        for row in rows("effective_pipes.csv")
        for key in row["pipes"].split()
    }
    points = {row["Node"]: (float(row["X-Position [m]"]), float(row["Y-Position [m]"])) for row in rows("nodes.csv")}
    nodes: dict[str, dict[str, object]] = {}
    for code, (x, y) in points.items():
        nodes[code] = {"x": x, "y": y}
        if code == "i":
            nodes[code] |= {"source": True, "supply_c": 70.0, "pressure_kpa": 300.0, "lift_kpa": 300.0}
        if code.startswith("SimpleDistrict"):
            nodes[code] |= {"heat_kw": 19.35, "flow_kg_s": FLOW_KG_S, "drop_k": FALL_K}
    links, attributes = [], {}
    for row in rows("pipes.csv"):
        start, end = row["Ending Node"], row["Beginning Node"]
        key = "SimpleDistrict" if end.startswith("SimpleDistrict") else f"{start}-{end}"
        diameter, u = pipes[key] if key in pipes else pipes[f"{end}-{start}"]
        apart = float(np.hypot(*np.subtract(points[start], points[end])))
        length = apart if start == "i" else float(row["Length [m]"])
        links.append((f"{start}-{end}", start, end, length, diameter))
        attributes[f"{start}-{end}"] = {"u_w_mk": u}
    return pipe_network(nodes, links, attributes, roughness=2.5e-5)


def answers_of(network: PipeNetwork, solution: HeatSolution) -> dict[str, float]:
    """Our answer by the exercise's column names."""
    at = network.node_index
    told = {
        "Mass flow rate supply i [kg_h]": solution.circulation_kg_s * 3600,
        "Pressure drop supply between i and e [Pa]": solution.supply_kpa[at["i"]] - solution.supply_kpa[at["e"]],
        "Pressure drop return between a and i [Pa]": solution.return_kpa[at["a"]] - solution.return_kpa[at["i"]],
        "Pressure drop return between i and h [Pa]": solution.return_kpa[at["h"]] - solution.return_kpa[at["i"]],
    }
    told = {name: value * (1000 if "[Pa]" in name else 1) for name, value in told.items()}
    for side, warm in (("supply", solution.supply_c), ("return", solution.return_c)):
        for node in ("i", "h", "g", "f", "e", "SimpleDistrict_1"):
            told[f"Fluid temperature {side} {node} [C]"] = warm[at[node]]
    through = abs(solution.supply_kg_s[network.link_index["i-h"]])
    fall = solution.supply_c[at["i"]] - solution.supply_c[at["h"]]
    told["Heat loss supply between i and h [W]"] = through * WATER_J_PER_KG_K * fall
    told["Total heat load supplied by heat source [W]"] = solution.source_kw * 1000
    return {name: float(value) for name, value in told.items()}


def test_the_answer_to_destest_network_0_lies_within_the_six_tools_on_every_column() -> None:
    """Two diameters and four transmittances were told by six of the 18 columns; see the data's README."""
    network = network_0()
    answer = answers_of(network, HeatModel(network).solve(HeatConditions(ground_c=GROUND_C)))
    tools = rows("answers.csv")
    columns = [name for name in tools[0] if name != "tool"]
    assert len(tools) == 6
    assert sorted(answer) == sorted(columns)
    assert len(columns) == 18
    outside = {}
    for column in columns:
        told = [float(row[column]) for row in tools if (row["tool"], column) != OTHER_UNIT]
        # Two tools tell temperatures and drops with all digits they have; ours is compared as it is, untouched.
        if not min(told) <= answer[column] <= max(told):
            outside[column] = (min(told), answer[column], max(told))
    assert outside == {}


def line(length_m: float, u_w_mk: float, flow_kg_s: float) -> PipeNetwork:
    nodes = {
        "s": {"source": True, "supply_c": 90.0, "pressure_kpa": 250.0, "lift_kpa": 200.0},
        "t": {"heat_kw": 1.0, "flow_kg_s": flow_kg_s, "drop_k": 20.0},
    }
    return pipe_network(nodes, [("p", "s", "t", length_m, 0.1)], {"p": {"u_w_mk": u_w_mk}})


@pytest.mark.parametrize(("length_m", "flow_kg_s"), [(1000.0, 2.0), (5000.0, 0.5)])
def test_one_pipe_cools_as_the_closed_form_says(length_m: float, flow_kg_s: float) -> None:
    """T = Tg + (T0 - Tg) exp(-U L / (m c)): to 1 % of the fall, water's heat capacity changing that much over it."""
    solution = HeatModel(line(length_m, 0.3, flow_kg_s)).solve(HeatConditions(ground_c=8.0))
    expected = 8.0 + 82.0 * np.exp(-0.3 * length_m / (flow_kg_s * 4190.0))
    assert solution.supply_c[1] == pytest.approx(expected, abs=0.01 * (90.0 - expected) + 0.005)
    back = solution.supply_c[1] - 20.0
    expected = 8.0 + (back - 8.0) * np.exp(-0.3 * length_m / (flow_kg_s * 4190.0))
    assert solution.return_c[0] == pytest.approx(expected, abs=0.01 * (back - expected) + 0.005)


def test_one_pipe_loses_pressure_as_darcy_and_colebrook_say() -> None:
    """Half a percent: density and viscosity are water's at 90 degC in our own figures below."""
    solution = HeatModel(line(1000.0, 0.0, 8.0)).solve()
    density, viscosity, roughness = 965.3, 0.3145e-3, 0.0005
    speed = 8.0 / density / (np.pi / 4 * 0.01)
    reynolds, factor = density * speed * 0.1 / viscosity, 0.03
    for _ in range(50):
        factor = (-2 * np.log10(2.51 / (reynolds * factor**0.5) + roughness / 0.1 / 3.71)) ** -2
    expected = factor * 1000 / 0.1 * density / 2 * speed**2 / 1000
    assert solution.supply_kpa[0] - solution.supply_kpa[1] == pytest.approx(expected, rel=0.005)


def test_what_escapes_is_made_up_and_pressure_falls_with_it() -> None:
    model = HeatModel(line(1000.0, 0.3, 8.0))
    whole, leaking = model.solve(), model.solve(HeatConditions(leaks={"t": 2.0}))
    assert whole.make_up_kg_s == pytest.approx(0.0, abs=1e-6)
    assert leaking.make_up_kg_s == pytest.approx(2.0, abs=1e-6)
    assert leaking.circulation_kg_s == pytest.approx(10.0, abs=1e-6)
    assert leaking.supply_kpa[1] < whole.supply_kpa[1] - 1
    again = model.solve()
    assert again.supply_kpa[1] == pytest.approx(whole.supply_kpa[1], abs=1e-6)


def test_what_is_cut_off_has_no_temperature_and_the_rest_goes_on() -> None:
    nodes = {
        "s": {"source": True, "supply_c": 90.0},
        "t": {"heat_kw": 500.0},
        "u": {"heat_kw": 500.0},
    }
    network = pipe_network(nodes, [("p", "s", "t", 500.0, 0.15), ("q", "t", "u", 500.0, 0.15)])
    solution = HeatModel(network).solve(HeatConditions(closed=frozenset({"q"})))
    assert np.isnan(solution.supply_c[2])
    assert np.isnan(solution.return_kpa[2])
    assert solution.station_kg_s[2] == 0
    assert 88 < solution.supply_c[1] < 90
    with pytest.raises(InvalidInput):
        HeatModel(network).solve(HeatConditions(closed=frozenset({"none"})))


def test_epanet_and_pandapipes_agree_on_every_direction_of_a_looped_network() -> None:
    nodes = {"s": {"source": True}} | {f"n{i}": {"z": float(7 * i % 20)} for i in range(9)}
    for i, heat in ((2, 900.0), (4, 400.0), (6, 1500.0), (8, 700.0)):
        nodes[f"n{i}"] |= {"heat_kw": heat, "drop_k": DROP_K}
    pairs = [("s", "n0"), ("n0", "n1"), ("n2", "n1"), ("n0", "n3"), ("n3", "n4"), ("n1", "n4"), ("n5", "n2")]
    pairs += [("n4", "n5"), ("n3", "n6"), ("n7", "n6"), ("n4", "n7"), ("n7", "n8"), ("n8", "n5")]
    links = [(f"p{i}", a, b, 100.0 + 37 * i, 0.08 + 0.02 * (i % 4)) for i, (a, b) in enumerate(pairs)]
    network = pipe_network(nodes, links)
    theirs = HeatModel(network).solve().supply_kg_s / 1000
    ours = supply_directions(network, 0)
    assert np.count_nonzero(theirs < 0) >= 3
    assert np.array_equal(np.sign(ours), np.sign(theirs))
    # Water is lighter and thinner when it is hot, so loops share a little differently.
    assert ours == pytest.approx(theirs, abs=0.03 * np.abs(theirs).max())
