"""Performance through its doors: a year in lights, a sheet with computed indicators, a look from start to seal."""

import json
from typing import Any

import pytest
from django.test import Client

from chengmai.access.roles import Role
from chengmai.budget.models import PerformanceEvidence
from chengmai.core.identity import new_id
from chengmai.demo import lifeline_project, lifeline_sheet
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/performance"
SHEET = f"{ROOT}/{lifeline_sheet.CODE}"


@pytest.fixture
def clerk() -> Client:
    """A clerk of the bureau's finance before the lifeline project's sheet."""
    add_organisation("CG")
    lifeline_project.ensure_project("CG")
    lifeline_sheet.ensure_sheet()
    return client_of(add_person("clerk", Role.FINANCE))


def sent(client: Client, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.generic(method, path, json.dumps(body), "application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def lines(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """A line for every indicator that is assessed, each as its target says."""
    rows = [one for one in sheet["indicators"] if one["id"] in sheet["assessed"]]
    return [
        {
            "indicator": one["id"],
            "value": one["value"],
            "on": one["by"],
            "share": "0.9" if one["comparison"] == "word" else None,
            "reason": "other",
            "reason_text": "如上",
        }
        for one in rows
    ]


def test_a_year_is_shown_with_its_sheets_units_and_the_whole(clerk: Client) -> None:
    found = clerk.get(ROOT).json()
    assert (found["year"], found["years"], len(found["sheets"])) == (2025, [2025], 1)
    one = found["sheets"][0]
    assert (one["budget"], one["indicators"], one["bound"], one["score"]) == ("26000000.00", 17, 10, None)
    # Nobody has reported yet: what the sources tell (no device, no delivery) is the light.
    assert (one["light"], found["whole"]["lights"]["red"], found["units"][0]["name"]) == ("red", 1, "数字化服务中心")
    assert clerk.get(f"{ROOT}?year=2024").json()["sheets"] == []


def test_an_indicator_opens_to_what_it_was_computed_from(clerk: Client) -> None:
    engineer = client_of(add_person("engineer", Role.NETWORK_ENGINEER))
    body = {"id": str(new_id()), "lot": "programs", "kind": "software", "number": 2, "on": "2025-02-01"}
    sent(engineer, "POST", "/api/v1/projects/LIFELINE/deliveries", {**body, "document": "到货单 7"})
    found = clerk.get(SHEET).json()
    programs = next(one for one in found["indicators"] if one["name"] == "购置系统软件" and one["span"] == "year")
    assert (programs["target"], programs["computed"]["value"], programs["light"]) == ("3套", "2", "red")
    opened = clerk.get(f"/api/v1/performance-evidence/{programs['computed']['id']}").json()
    assert (opened["sealed"], opened["items"][0]["label"], opened["items"][0]["path"]) == (
        True,
        "到货单 7",
        "/projects/LIFELINE",
    )
    assert "到货" in opened["formula"]


def test_a_self_evaluation_from_the_first_line_to_its_seal(clerk: Client) -> None:
    found = clerk.get(SHEET).json()
    path = f"{SHEET}/assessments/self_evaluation"
    saved = sent(clerk, "PUT", path, {"version": 0, "executed": "13000000.00", "lines": lines(found)})
    look = saved["assessments"][0]
    assert (look["execution_rate"], look["execution_points"], look["state"]) == ("50.00", "5.00", "draft")
    assert sum(float(line["full"]) for line in look["lines"]) == pytest.approx(90)
    # What a source can tell counts, what it cannot tell yet (no milestone reached) is as typed.
    by_name = {one["id"]: one["name"] for one in found["indicators"]}
    told = {by_name[line["indicator"]]: (line["value"], line["on"], line["points"]) for line in look["lines"]}
    assert told["燃气专项硬件设备"] == ("0", None, "0.00")
    assert told["平台建设完成时间"][1] == "2025-10-31"
    open_line = {**lines(found)[0], "indicator": found["assessed"][-1], "value": None}
    opened = {"version": 1, "executed": "13000000.00", "lines": [*lines(found)[:-1], open_line]}
    sent(clerk, "PUT", path, opened)
    refused = clerk.post(f"{path}/submission", {"version": 2}, "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "performance.rows_open")
    assert "市民满意度" in refused.json()["error"]["message"]
    sent(clerk, "PUT", path, {"version": 2, "executed": "13000000.00", "lines": lines(found)})
    given = sent(clerk, "POST", f"{path}/submission", {"version": 3})["assessments"][0]
    assert (given["state"], given["intact"], given["submitted_by"]["username"]) == ("submitted", True, "clerk")
    listed = clerk.get(ROOT).json()
    assert (listed["sheets"][0]["score"], listed["whole"]["score"]) == (given["score"], given["score"])


def test_a_binding_is_made_and_taken_off_through_the_door(clerk: Client) -> None:
    found = clerk.get(SHEET).json()
    citizens = next(one for one in found["indicators"] if one["name"] == "市民满意度" and one["span"] == "year")
    body = {"version": found["version"], "indicator": citizens["id"], "source": "warnings_lifted", "subject": {}}
    bound = sent(clerk, "POST", f"{SHEET}/bindings", body)
    now_bound = next(one for one in bound["indicators"] if one["id"] == citizens["id"])
    assert (now_bound["source_name"], now_bound["computed"]["inputs"]) == ("预警解除率", 0)
    stale = clerk.post(f"{SHEET}/bindings", body, "application/json")
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "version.stale")
    freed = sent(clerk, "POST", f"{SHEET}/bindings", {**body, "version": bound["version"], "source": ""})
    assert next(one for one in freed["indicators"] if one["id"] == citizens["id"])["computed"] is None
    sources = {one["code"]: one["words"] for one in clerk.get("/api/v1/performance-sources").json()}
    assert sources["lot_devices"] == ["project", "lot"]


def test_a_sheet_is_written_through_the_door(clerk: Client) -> None:
    body = {
        "version": 0,
        "year": 2026,
        "name": "晋城市城市生命线建设项目",
        "owner": "CG",
        "funds": [{"span": "year", "source": "city", "amount": "1200.5"}],
        "indicators": [
            {
                "span": "year",
                "group": "output",
                "aspect": "quantity",
                "name": "设备",
                "comparison": "at_least",
                "value": "12.5",
                "unit": "台",
            }
        ],
    }
    made = sent(clerk, "PUT", f"{ROOT}/2026-1", body)
    assert (made["budget"], made["indicators"][0]["target"], made["version"]) == ("1200.50", "≥12.5台", 1)
    assert [one["code"] for one in made["others"]] == [lifeline_sheet.CODE]
    body["indicators"][0]["value"] = "1e400"  # type: ignore[index]
    wrong = clerk.put(f"{ROOT}/2026-1", {**body, "version": 1}, "application/json")
    assert wrong.json()["error"]["code"] == "performance.number_unfit"


def test_how_points_are_given_is_set_through_the_door(clerk: Client) -> None:
    found = clerk.get("/api/v1/performance-scheme").json()
    assert (found["version"], found["parameters"]["plain"]["output"]) == (0, 50)
    body = {"version": 0, "parameters": {**found["parameters"], "good": "75"}, "note": "本市办法"}
    assert sent(clerk, "PUT", "/api/v1/performance-scheme", body)["version"] == 1
    wrong = {"version": 1, "parameters": {"happiness": 1}}
    answer = clerk.put("/api/v1/performance-scheme", wrong, "application/json")
    assert answer.json()["error"]["code"] == "performance.scheme_field"


def test_another_company_sees_nothing_of_it_and_a_reader_changes_nothing(clerk: Client) -> None:
    clerk.get(SHEET)
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = client_of(add_person("gas", Role.FINANCE, organisation=gas))
    assert stranger.get(ROOT).json()["sheets"] == []
    assert stranger.get(SHEET).status_code == 404
    evidence = PerformanceEvidence.objects.all()[0]
    assert stranger.get(f"/api/v1/performance-evidence/{evidence.pk}").status_code == 404
    auditor = client_of(add_person("auditor", Role.AUDITOR))
    assert auditor.get(SHEET).json()["may_manage"] is False
    assert auditor.put(f"{SHEET}/assessments/monitoring", {"version": 0}, "application/json").status_code == 403
