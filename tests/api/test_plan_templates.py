"""Contingency plans through the doors: made, changed into versions, copied under a code of their own, retired."""

from typing import Any

import pytest

from tests.api.test_disposal import Desk
from tests.disposal import City, build_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def step(**changes: Any) -> dict[str, Any]:
    return {"title_zh": "关阀", "title_en": "Close", "responsible": "owner", "limit_minutes": 30, **changes}


def plan(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    about = {
        "version": 0,
        "utility": "water",
        "kind": "burst",
        "levels": ["red"],
        "name_zh": "爆管",
        "name_en": "Burst",
    }
    return {**about, "steps": list(steps), **changes}


def test_a_plan_is_made_changed_into_versions_and_retired_and_its_versions_stay(city: City) -> None:
    leader = Desk(city, "shift_leader")
    made = leader.put("/plan-templates/burst-north", plan(step()))
    assert (made["version"], made["active"], made["made_by"]["username"]) == (1, True, "shift_leader")
    assert leader.put("/plan-templates/burst-north", plan(step()), status=409)["error"]["code"] == "version.stale"
    police = step(responsible="external", external_zh="交警", external_en="Police", limit_minutes=10)
    changed = leader.put("/plan-templates/burst-north", plan(police, step(), version=1))
    assert [one["external_en"] for one in changed["steps"]] == ["Police", ""]
    copy = leader.put("/plan-templates/burst-south", plan(*[step()] * 2))
    assert copy["version"] == 1

    retired = leader.put("/plan-templates/burst-north", plan(step(), version=2, active=False))
    assert (retired["version"], retired["active"]) == (3, False)
    offered = {one["code"] for one in leader.get("/plan-templates")}
    assert "burst-south" in offered
    assert "burst-north" not in offered
    versions = leader.get("/plan-templates/burst-north")
    assert [(one["version"], len(one["steps"]), one["active"]) for one in versions] == [
        (3, 1, False),
        (2, 2, False),
        (1, 1, False),
    ]


def test_a_step_nobody_answers_for_is_refused_with_its_row(city: City) -> None:
    leader = Desk(city, "shift_leader")
    wrong = plan(step(), step(responsible=""), step(responsible="external"))
    refused = leader.put("/plan-templates/burst-north", wrong, status=422)["error"]
    assert refused["code"] == "plan.step_without_responsible"
    assert [finding["row"] for finding in refused["params"]["findings"]] == [2, 3]
    leader.get("/plan-templates/burst-north", status=404)
    Desk(city, "operator").put("/plan-templates/burst-north", plan(step()), status=403)
