"""Parameters of rules: what is refused, and that the refusal names rule, parameter, value and what is expected."""

from typing import Any

import pytest

from chengmai.core.errors import InvalidInput
from chengmai.demo import gas_sensors, heat_sensors, quality_sensors, sensors
from chengmai.demo.networks import NETWORKS
from chengmai.warning.detectors import BY_THE_CLOCK, DETECTORS
from chengmai.warning.models import RuleKind
from chengmai.warning.rule_parameters import PARAMETERS, check
from chengmai.warning.rule_shapes import Surroundings

AROUND = Surroundings({"P-1": "G", "P-2": "G", "P-3": "H"}, {"N-GAS": "gas", "N-SEWER": "sewer", "N-WATER": "water"})
SOUND: dict[str, dict[str, Any]] = {
    "limit": {"streams": ["P-1"], "low": {"yellow": 14, "red": 10}, "high": 120.0, "stuck_s": 3600, "severity": "red"},
    "rate": {"quantity": "pressure_head", "fall": 0.5, "window_s": 600},
    "baseline": {"streams": ["P-1"], "below": 5, "days": 14, "least_days": 5, "band_spreads": 3},
    "combination": {
        "conditions": [{"streams": ["P-1"], "low": 5}, {"streams": ["P-2", "P-3"], "high": 9, "count": 2}],
        "window_s": 60,
    },
    "silent": {"gateways": ["G"], "intervals": 3},
    "device": {"gateways": ["G", "H"]},
    "drift": {"streams": ["P-1"], "drift": {"blue": 1}, "reference_days": 7, "recent_days": 3},
    "night_flow": {
        "area": "west",
        "flows": {"P-1": 1, "P-2": -1},
        "tank": {"level": "P-3", "area_m2": 120},
        "window": [2.0, 4.0],
        "statistic": "mean",
        "severities": {"blue": 0, "red": 30},
    },
    "pressure_drop": {"streams": ["P-1", "P-2"], "flows": {"P-3": 1}, "zones": [["P-1"]], "severities": {"red": 15}},
    "cold_station": {
        "streams": ["P-1"],
        "outdoor": "P-2",
        "curve": [[-10, 90], [10, 50.5]],
        "below": {"yellow": 6, "red": 20},
    },
    "make_up": {"make_up": "P-1", "circulation": "P-2", "share": {"yellow": 0.005}},
    "heat_burst": {"make_up": "P-1", "circulation": "P-2", "streams": ["P-3"], "least_sensors": 1},
    "methane": {
        "gas": "N-GAS",
        "chambers": {"N-SEWER": "sewer"},
        "levels": {"yellow": 20, "red": 100},
        "leaks_before": {"g1": 2},
        "gathering": ["N-SEWER:w1"],
        "tracing": {"buffer_m": 30},
    },
}
BROKEN = [
    ("limit", {"low": "much"}, "low"),
    ("limit", {"low": {"green": 3}}, "low"),
    ("limit", {"low": {"yellow": 10, "red": 14}}, "low"),
    ("limit", {"high": {"yellow": 10, "red": 10}}, "high"),
    ("limit", {"low": 130}, "low"),
    ("limit", {"low": None, "high": None, "stuck_s": None}, "low"),
    ("limit", {"streams": ["P-9"]}, "streams"),
    ("limit", {"streams": []}, "streams"),
    ("limit", {"streams": "P-1"}, "streams"),
    ("limit", {"on_delay_s": -1}, "on_delay_s"),
    ("limit", {"on_delay_s": float("nan")}, "on_delay_s"),
    ("limit", {"on_delay_s": True}, "on_delay_s"),
    ("limit", {"severity": "pink"}, "severity"),
    ("rate", {"window_s": 1}, "window_s"),
    ("rate", {"fall": {"yellow": -1}}, "fall"),
    ("rate", {"quantity": "noise"}, "quantity"),
    ("baseline", {"days": 3}, "least_days"),
    ("baseline", {"days": 7.5}, "days"),
    ("baseline", {"weekends_apart": "yes"}, "weekends_apart"),
    ("combination", {"conditions": [{"streams": ["P-1"], "low": 5}]}, "conditions"),
    ("combination", {"conditions": [{"streams": ["P-1"], "low": 5}, {"streams": ["P-2"]}]}, "conditions"),
    ("combination", {"conditions": [{"streams": ["P-1"], "low": 5, "count": 2}] * 2}, "conditions"),
    ("combination", {"conditions": [{"streams": ["P-9"], "low": 5}] * 2}, "conditions"),
    ("silent", {"gateways": ["X"]}, "gateways"),
    ("silent", {"gateways": []}, "gateways"),
    ("silent", {"intervals": 0}, "intervals"),
    ("drift", {"recent_days": 0}, "recent_days"),
    ("night_flow", {"flows": {"P-1": 2}}, "flows"),
    ("night_flow", {"flows": {"P-9": 1}}, "flows"),
    ("night_flow", {"window": [4.0, 2.0]}, "window"),
    ("night_flow", {"window": [2.0, 13.0]}, "window"),
    ("night_flow", {"statistic": "median"}, "statistic"),
    ("night_flow", {"tank": {"level": "P-3"}}, "tank"),
    ("night_flow", {"tank": {"level": "P-3", "area_m2": 0}}, "tank"),
    ("night_flow", {"severities": {"blue": 9, "red": 3}}, "severities"),
    ("night_flow", {"severities": 9}, "severities"),
    ("night_flow", {"area": " "}, "area"),
    ("pressure_drop", {"streams": []}, "streams"),
    ("pressure_drop", {"zones": [["P-3"]]}, "zones"),
    ("pressure_drop", {"zones": [[]]}, "zones"),
    ("cold_station", {"curve": [[-10, 90]]}, "curve"),
    ("cold_station", {"curve": [[-10, 90], [-10, 80]]}, "curve"),
    ("cold_station", {"outdoor": ["P-2"]}, "outdoor"),
    ("make_up", {"circulation": "P-1"}, "circulation"),
    ("make_up", {"share": {"yellow": 1.5}}, "share"),
    ("heat_burst", {"least_sensors": 1.5}, "least_sensors"),
    ("methane", {"gas": "N-WATER"}, "gas"),
    ("methane", {"chambers": {"N-SEWER": "storm"}}, "chambers"),
    ("methane", {"chambers": {}}, "chambers"),
    ("methane", {"leaks_before": {"g1": -1}}, "leaks_before"),
    ("methane", {"tracing": {"depth_m": 3}}, "tracing"),
    ("methane", {"tracing": {"buffer_m": -3}}, "tracing"),
]


@pytest.mark.parametrize("kind", PARAMETERS)
def test_sound_parameters_pass(kind: str) -> None:
    check("R", kind, SOUND[kind], AROUND)


@pytest.mark.parametrize(("kind", "broken", "name"), BROKEN)
def test_a_refusal_names_rule_parameter_value_and_what_is_expected(
    kind: str, broken: dict[str, Any], name: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("R", kind, {**SOUND[kind], **broken}, AROUND)
    assert (refused.value.params["rule"], refused.value.params["name"]) == ("R", name)
    if refused.value.code not in {"rule.watches_nothing", "rule.no_limit"}:
        assert refused.value.code == "rule.parameter_refused"
        assert refused.value.params["expected"]
        assert "value" in refused.value.params


def test_a_parameter_too_many_or_too_few_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"rule\.parameter_unknown \(name=colour\)"):
        check("R", "limit", {**SOUND["limit"], "colour": 1}, AROUND)
    with pytest.raises(InvalidInput, match=r"rule\.parameter_missing \(name=window_s\)"):
        check("R", "rate", {"streams": ["P-1"], "fall": 1}, AROUND)


def test_every_kind_of_rule_has_its_parameters_and_the_demonstrations_rules_keep_to_them() -> None:
    assert set(PARAMETERS) == set(RuleKind.values)
    parts = (sensors, gas_sensors, heat_sensors, quality_sensors)
    around = Surroundings(
        {stream.code: stream.gateway for part in parts for stream in part.streams()},
        {network.code: network.utility.value for network in NETWORKS},
    )
    for part in parts:
        for rule in part.rules():
            check(rule.code, rule.kind, rule.parameters, around)


def test_every_kind_of_rule_has_its_detector_or_the_clock() -> None:
    assert {*DETECTORS, *BY_THE_CLOCK} == set(RuleKind.values)
