"""Construction projects through their doors: counted from the register, money against ceilings, papers, scope."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.models import ConstructionProject
from chengmai.core.identity import new_id
from chengmai.demo import lifeline_project
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.models import Device
from chengmai.devices.services import add_whole
from chengmai.devices.states import DeviceState
from chengmai.devices.type_changes import load_customary
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/projects/LIFELINE"


@pytest.fixture
def engineer() -> Client:
    """A bureau's engineer before the lifeline project as the demonstration city has it."""
    add_organisation("CG")
    lifeline_project.ensure_project("CG")
    return client_of(add_person("engineer", Role.NETWORK_ENGINEER))


@pytest.fixture
def finance(engineer: Client) -> Client:
    return client_of(add_person("finance", Role.FINANCE))


def done(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"{ROOT}{path}", body, "application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def cost(yuan: str, **more: object) -> dict[str, object]:
    told = {"heading": "HARDWARE", "kind": "contract", "on": "2025-02-01", "document": "No. 1"}
    return {"id": str(new_id()), "amount": yuan, **told, **more}


def test_the_lifeline_project_is_what_the_target_sheet_says(engineer: Client) -> None:
    found = engineer.get(ROOT).json()
    planned = {lot["code"]: lot["quantities"][0]["planned"] for lot in found["lots"]}
    assert planned == {"gas": 29, "water": 17, "heat": 10, "centre": 51, "platforms": 2, "programs": 3}
    ceilings = {one["code"]: one["ceiling"] for one in found["headings"]}
    assert (ceilings["HARDWARE"], ceilings["PLATFORM"], ceilings["SOFTWARE"]) == (
        "2637800.00",
        "2138900.00",
        "4309700.00",
    )
    assert found["sums"]["budget"] == "26000000.00"
    assert [one["planned_text"] for one in found["milestones"]][1] == "2025年3月前"
    lifeline_project.ensure_project("CG")
    assert ConstructionProject.objects.count() == 1


def test_devices_are_what_the_register_counts(engineer: Client) -> None:
    load_customary()
    told = [
        DeviceFacts(f"D{number}", "water-pressure", "CG", project="LIFELINE", lot=lot)
        for number, lot in enumerate(["gas", "gas", "gas", "water"])
    ]
    states = {"D0": DeviceState.IN_SERVICE, "D1": DeviceState.INSTALLED, "D2": DeviceState.IN_STOCK}
    add_whole(None, told, Known.read(None, told), {**states, "D3": DeviceState.OUT_OF_SERVICE})
    found = engineer.get(ROOT).json()
    gas = found["lots"][0]["quantities"][0]
    assert (gas["present"], gas["states"]["in_stock"], gas["states"]["in_service"]) == (2, 1, 1)
    assert (found["sums"]["devices_planned"], found["sums"]["devices_present"]) == (107, 3)
    Device.objects.filter(code="D2").update(state=DeviceState.IN_SERVICE)
    assert engineer.get(ROOT).json()["sums"]["devices_present"] == 4
    listed = engineer.get("/api/v1/projects").json()
    assert [one["sums"]["devices_present"] for one in listed] == [4]


def test_finance_books_and_the_engineer_does_not(engineer: Client, finance: Client) -> None:
    found = done(finance, "/costs", cost("2637800.00", lot="gas"))
    assert (found["may_book"], found["may_manage"]) == (True, False)
    heading = found["headings"][0]
    assert (heading["committed"], heading["paid"], heading["over"]) == ("2637800.00", "0.00", "0.00")
    refused = finance.post(f"{ROOT}/costs", cost("0.01"), "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "project.over_ceiling")
    assert "2637800.00" in refused.json()["error"]["message"]
    assert engineer.post(f"{ROOT}/costs", cost("1"), "application/json").status_code == 403
    marked = done(finance, "/costs", cost("470000.01", heading="STUDY"))
    assert (marked["entries"][-1]["over_ceiling"], marked["sums"]["over"]) == ("0.01", "0.01")
    entry = marked["entries"][-1]["id"]
    back = done(finance, f"/costs/{entry}/reversal", {"id": str(new_id()), "reason": "typed wrong"})
    assert (back["sums"]["over"], back["entries"][1]["reversed"], len(back["entries"])) == ("0.00", True, 3)
    wrong = finance.post(f"{ROOT}/costs", cost("1.001"), "application/json")
    assert wrong.json()["error"]["code"] == "money.not_an_amount"


def test_a_milestone_cites_a_paper_that_is_kept_and_read_on_the_record(engineer: Client, finance: Client) -> None:
    file = SimpleUploadedFile("会议纪要.pdf", b"%PDF-1.7 minutes")
    paper = engineer.post(f"{ROOT}/papers", {"file": file}).json()
    body = {"version": 1, "on": "2025-01-20", "evidence": "会议纪要", "paper": paper["id"]}
    found = done(engineer, "/milestones/START/reaching", body)
    start = found["milestones"][0]
    assert (start["light"], start["paper"]["name"], start["noted_by"]["username"]) == (
        "reached",
        "会议纪要.pdf",
        "engineer",
    )
    assert found["sums"]["milestones_overdue"] == 4
    read = finance.get(f"/api/v1/papers/{paper['id']}")
    assert (read.content, read["Content-Disposition"].split(";")[0]) == (b"%PDF-1.7 minutes", "attachment")
    assert AuditEntry.objects.filter(action="project.paper_read", actor="finance").count() == 1
    wrong = engineer.post(f"{ROOT}/papers", {"file": SimpleUploadedFile("a.html", b"<script>")})
    assert wrong.json()["error"]["code"] == "project.paper_not_pdf"
    auditor = client_of(add_person("auditor", Role.AUDITOR))
    file.seek(0)
    assert auditor.post(f"{ROOT}/papers", {"file": file}).status_code == 403
    again = done(engineer, "/milestones/START/reopening", {"version": 2, "reason": "only half of it"})
    assert again["milestones"][0]["light"] == "overdue"


def test_a_lot_is_delivered_and_accepted(engineer: Client) -> None:
    body = {"id": str(new_id()), "lot": "programs", "kind": "software", "number": 3}
    found = done(engineer, "/deliveries", {**body, "on": "2025-02-01", "document": "到货单"})
    assert found["lots"][5]["quantities"][0]["present"] == 3
    found = done(engineer, "/lots/programs/acceptances", {})
    acceptance = found["lots"][5]["acceptances"][0]
    assert acceptance["allowed_actions"] == ["find_defects", "pass", "fail", "withdraw"]
    act = {"id": str(new_id()), "action": "pass", "version": 1, "held_on": "2025-03-01", "members": "验收组"}
    answer = engineer.post(f"/api/v1/acceptances/{acceptance['id']}/actions", act, "application/json")
    assert answer.json()["sums"]["lots_accepted"] == 1
    assert answer.json()["lots"][5]["may_apply"] is False


def test_a_project_is_registered_through_the_door(engineer: Client) -> None:
    body = {
        "version": 0,
        "name_zh": "供水智能调度",
        "name_en": "Water dispatching",
        "owner": "CG",
        "budget": "1200000.50",
        "headings": [{"code": "H", "name_zh": "硬件", "name_en": "Hardware", "ceiling": "1000.00"}],
        "lots": [
            {
                "code": "L",
                "name_zh": "一标段",
                "name_en": "Lot 1",
                "heading": "H",
                "quantities": [{"kind": "device", "planned": 4, "unit": "台"}],
            }
        ],
        "milestones": [{"code": "M", "name_zh": "开工", "name_en": "Start", "planned_on": "2026-01-01"}],
    }
    made = engineer.put("/api/v1/projects/WATER-2", body, "application/json")
    assert (made.status_code, made.json()["version"], made.json()["sums"]["budget"]) == (200, 1, "1200000.50")
    assert engineer.put("/api/v1/projects/WATER-2", body, "application/json").status_code == 409


@pytest.mark.parametrize("path", ["", "/costs", "/papers"])
def test_another_company_sees_nothing_of_it(engineer: Client, path: str) -> None:
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = client_of(add_person("gas", Role.NETWORK_ENGINEER, Role.FINANCE, organisation=gas))
    assert stranger.get("/api/v1/projects").json() == []
    if path == "/papers":
        answer = stranger.post(f"{ROOT}{path}", {"file": SimpleUploadedFile("a.pdf", b"%PDF-")})
    elif path:
        answer = stranger.post(f"{ROOT}{path}", cost("1"), "application/json")
    else:
        answer = stranger.get(ROOT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "project.not_found")
