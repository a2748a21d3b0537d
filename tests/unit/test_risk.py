"""Risk by a table: points by bands and classes, the matrix with its half-up rounding, the order, what is unknown."""

import copy
from typing import Any

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.network.risk import assess_risk
from chengmai.network.risk_facts import pipe_facts
from chengmai.network.risk_table import PipeFact, RiskLevel, read_risk_table
from chengmai.network.utilities import Utility
from chengmai.risk.customary_tables import CUSTOMARY
from tests.valve_networks import Customer, Pipe, Valve, small_network

TABLE: dict[str, Any] = {
    "factors": [
        {"fact": "age_years", "side": "probability", "weight": 1, "bands": [[10, 1], [30, 3], [None, 5]], "unknown": 4},
        {"fact": "material", "side": "probability", "weight": 1, "classes": {"PE": 2}, "other": 5, "unknown": 3},
        {"fact": "users", "side": "consequence", "weight": 2, "bands": [[100, 1], [None, 5]], "unknown": 2},
    ],
    "levels": [[15, "red"], [9, "orange"], [4, "yellow"], [1, "blue"]],
}
FACTS = {
    PipeFact.AGE_YEARS: np.array([10.0, 10.1, 31.0, np.nan]),
    PipeFact.MATERIAL: np.array(["PE", "PE", "clay", ""]),
    PipeFact.USERS: np.array([100.0, 101.0, 5000.0, np.nan]),
}


def test_points_scores_and_colours_are_those_worked_out_by_hand() -> None:
    found = assess_risk(read_risk_table(TABLE), FACTS)
    assert found.points.tolist() == [[1, 3, 5, 4], [2, 2, 5, 3], [1, 5, 5, 2]]
    assert found.known.tolist() == [[True, True, True, False], [True, True, True, False], [True, True, True, False]]
    assert found.probability.tolist() == [2, 3, 5, 4], "1.5, 2.5, 5 and 3.5, half up"
    assert found.consequence.tolist() == [1, 5, 5, 2]
    assert found.risk.tolist() == [2, 15, 25, 8]
    assert found.levels == (RiskLevel.BLUE, RiskLevel.RED, RiskLevel.RED, RiskLevel.YELLOW)
    assert found.ranked().tolist() == [2, 1, 3, 0]


def test_a_fact_that_nobody_gave_is_unknown_for_every_pipe() -> None:
    found = assess_risk(read_risk_table(TABLE), {PipeFact.USERS: FACTS[PipeFact.USERS]})
    assert found.points[:2].tolist() == [[4] * 4, [3] * 4]
    assert not found.known[:2].any()


def _changed(place: tuple[Any, ...], value: object) -> dict[str, Any]:
    table = copy.deepcopy(TABLE)
    at: Any = table
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return table


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (("factors",), [], "needed"),
        (("factors", 0), "age", "row"),
        (("factors", 0, "fact"), "colour", "fact_known"),
        (("factors", 0, "side"), "both", "side_known"),
        (("factors", 1, "fact"), "age_years", "field_known"),
        (("factors", 0, "weight"), 0, "weight"),
        (("factors", 0, "weight"), float("nan"), "weight"),
        (("factors", 0, "unknown"), 6, "points"),
        (("factors", 0, "unknown"), True, "points"),
        (("factors", 0, "bands"), [[30, 1], [10, 2], [None, 3]], "growing"),
        (("factors", 0, "bands"), [[10, 1], [30, 2]], "band_end"),
        (("factors", 0, "bands"), [[None, 1], [30, 2]], "band_end"),
        (("factors", 0, "bands"), [10, 20], "band"),
        (("factors", 0, "classes"), {"PE": 1}, "field_known"),
        (("factors", 1, "classes"), {}, "needed"),
        (("factors", 2, "side"), "probability", "each_side"),
        (("levels",), [[15, "red"], [9, "orange"], [4, "yellow"]], "levels"),
        (("levels",), [[15, "red"], [9, "orange"], [4, "yellow"], [2, "blue"]], "levels"),
        (("levels",), [[9, "red"], [15, "orange"], [4, "yellow"], [1, "blue"]], "levels"),
        (("levels",), [[26, "red"], [15, "orange"], [4, "yellow"], [1, "blue"]], "levels"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_by_its_name(place: tuple[Any, ...], value: object, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_risk_table(_changed(place, value))
    assert refused.value.code == f"risk.{rule}"


def test_a_fact_may_stand_only_once() -> None:
    with pytest.raises(InvalidInput, match="once"):
        read_risk_table({**TABLE, "factors": [*TABLE["factors"], TABLE["factors"][0]]})


@pytest.mark.parametrize("utility", CUSTOMARY)
def test_the_customary_tables_are_sound(utility: Utility) -> None:
    assert read_risk_table(CUSTOMARY[utility]).levels[-1] == (1, RiskLevel.BLUE)


def test_facts_come_from_the_survey_and_from_what_lies_around() -> None:
    network = small_network(
        4,
        [Pipe(0, 1), Pipe(1, 2), Pipe(2, 3)],
        [Valve(1, at_end=False)],
        customers=[Customer(1, 7), Customer(3, 40), Customer(2, 2)],
    )
    network.links.attributes[0]["laid_year"] = 1990
    network.links.attributes[1]["start_depth"] = "1.2"
    at_node_1 = np.array([[network.nodes.x[1], network.nodes.y[1]]])
    facts = pipe_facts(network, Utility.WATER, 2026, at_node_1, np.zeros((0, 2)), {"p2": 2})
    assert facts[PipeFact.AGE_YEARS][0] == 36
    assert np.isnan(facts[PipeFact.AGE_YEARS][1:]).all()
    assert np.isnan(facts[PipeFact.COVER_M]).tolist() == [True, False, True]
    assert facts[PipeFact.PAST_LEAKS].tolist() == [0, 0, 2]
    assert facts[PipeFact.USERS].tolist() == [7, 42, 42], "those behind the same valve go without"
    distance = facts[PipeFact.KEY_PLACE_M]
    assert distance[:2].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert 300 < distance[2] < 800
    assert np.isnan(facts[PipeFact.CHAMBER_M]).all()
