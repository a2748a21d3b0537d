"""Registers through their doors: entries with their life, money, files, sheets, four eyes, scope."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from chengmai.access.models import AuditEntry, Organisation, User
from chengmai.access.roles import Role
from chengmai.registers.kinds import load_customary, shipped
from chengmai.registers.models import EntryStep, RegisterEntry
from tests.people import add_organisation, add_person, client_of
from tests.pictures import picture

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
VEHICLE = {"plate": "晋E·1234", "model": "皮卡", "kind": "patrol", "insured_until": "2027-01-31"}
SEIZED = {
    "document": "ZK-1", "what": "三轮车", "kind": "vehicle", "number": "1", "person": "张三",
    "taken_on": "2026-03-02", "keep_until": "2026-04-01",
}  # fmt: skip


@pytest.fixture
def clerk() -> Client:
    """The bureau's operator, the shipped registers loaded."""
    load_customary()
    return client_of(add_person("clerk", Role.OPERATOR, organisation=add_organisation()))


def leader(name: str = "leader") -> Client:
    return client_of(add_person(name, Role.SHIFT_LEADER))


def send(client: Client, method: str, path: str, body: object = None, status: int = 200) -> Any:
    answer = getattr(client, method)(f"{ROOT}{path}", data=body, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def enter(client: Client, register: str, values: dict[str, str], status: int = 201, **more: str) -> Any:
    return send(client, "post", f"/registers/{register}/entries", {"owner": "CG", "values": values, **more}, status)


def move(client: Client, entry: Any, name: str, status: int = 200, **more: Any) -> Any:
    body = {"version": entry["entry"]["version"], "move": name, **more}
    return send(client, "post", f"/register-entries/{entry['entry']['id']}/moves", body, status)


def test_a_vehicle_with_its_fuel_in_whole_fen_and_what_belongs_to_it(clerk: Client) -> None:
    vehicle = enter(clerk, "vehicle", VEHICLE)
    assert (vehicle["entry"]["code"], vehicle["entry"]["state"]) == ("晋E·1234", "in_use")
    assert vehicle["entry"]["expires_on"] == "2027-01-31"
    for amount, litres in (("301.10", "40.01"), ("0.20", "0.5")):
        fuel = {"vehicle": "晋E·1234", "on": "2026-03-02", "litres": litres, "amount": amount}
        enter(clerk, "vehicle_fuel", fuel)
    assert sorted(RegisterEntry.objects.filter(kind__code="vehicle_fuel").values_list("amount_fen", flat=True)) == [
        20, 30110,
    ]  # fmt: skip
    page = send(clerk, "get", "/registers/vehicle_fuel/entries")
    assert (page["total"], page["amount"]) == (2, "301.30")
    assert {one["labels"]["vehicle"] for one in page["items"]} == {"晋E·1234 皮卡"}
    told = send(clerk, "get", f"/register-entries/{vehicle['entry']['id']}")
    assert {"vehicle_fuel": (2, "301.30")}.items() <= {
        one["kind"]: (one["count"], one["amount"]) for one in told["belongings"]
    }.items()
    found = send(clerk, "get", f"/registers/vehicle_fuel/entries?target={vehicle['entry']['id']}&q=1234")
    assert found["total"] == 2
    assert send(clerk, "get", "/registers/vehicle_fuel/entries?q=nothing")["total"] == 0


def test_a_change_is_compared_and_set_and_the_database_keeps_the_history(clerk: Client) -> None:
    made = enter(clerk, "vehicle", VEHICLE)["entry"]
    path, body = f"/register-entries/{made['id']}", {"version": 1, "owner": "CG", "values": {**VEHICLE, "unit": "一队"}}
    assert send(clerk, "put", path, body)["entry"]["version"] == 2
    assert send(clerk, "put", path, body, 409)["error"]["code"] == "version.stale"
    again = send(clerk, "put", path, {**body, "version": 2})
    assert again["entry"]["version"] == 2
    assert [step["action"] for step in again["history"]] == ["change", "enter"]
    assert AuditEntry.objects.filter(object_id=made["id"]).count() == 2
    for sentence in ("UPDATE registers_entrystep SET note = 'x'", "DELETE FROM registers_entrystep"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentence)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"plate": ""}, "finding.entry.field_missing"),
        ({"kind": "tank"}, "finding.entry.choice_unknown"),
        ({"price": "12.345"}, "finding.entry.money_form"),
        ({"insured_until": "2026-02-30"}, "finding.entry.day_form"),
        ({"colour": "red"}, "finding.entry.field_unknown"),
        ({"photo": "01990000-0000-7000-8000-000000000001"}, "finding.entry.file_unknown"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(clerk: Client, values: dict[str, str], code: str) -> None:
    assert enter(clerk, "vehicle", {**VEHICLE, **values}, 422)["error"]["code"] == code
    assert not RegisterEntry.objects.exists()


def test_a_taken_key_and_an_unknown_reference_are_refused(clerk: Client) -> None:
    enter(clerk, "vehicle", VEHICLE)
    assert enter(clerk, "vehicle", VEHICLE, 409)["error"]["code"] == "register.taken"
    fuel = {"vehicle": "晋E·9", "on": "2026-03-02", "litres": "1", "amount": "1"}
    assert enter(clerk, "vehicle_fuel", fuel, 422)["error"]["code"] == "finding.entry.reference_unknown"


def test_disposal_of_seized_goods_wants_a_second_pair_of_eyes(clerk: Client) -> None:
    first, second = leader("first"), leader("second")
    item = enter(first, "seized_item", SEIZED)
    assert move(first, item, "dispose", 409)["error"]["code"] == "register.move_forbidden"
    assert move(first, item, "keep", 422)["error"]["code"] == "finding.entry.field_missing"
    item = move(first, item, "keep", values={"store": "一号库"})
    assert move(first, item, "ask_disposal", 422, values={"how": "拍卖"})["error"]["code"] == "register.note_missing"
    item = move(first, item, "ask_disposal", values={"how": "拍卖"}, note="逾期无人认领")
    assert (item["moves"], item["may_change"]) == ([], False)
    assert move(first, item, "dispose", 403)["error"]["code"] == "register.same_person"
    assert move(clerk, item, "dispose", 403)["error"]["code"] == "door.not_allowed"
    path = f"/register-entries/{item['entry']['id']}"
    body = {"version": item["entry"]["version"], "owner": "CG", "values": {**SEIZED, "how": "赠予"}}
    assert send(second, "put", path, body, 409)["error"]["code"] == "register.awaits_other"
    item = move(second, item, "dispose")
    assert item["entry"]["state"] == "disposed"
    assert item["entry"]["values"]["ended_on"]
    assert [step["to_state"] for step in item["history"]] == ["disposed", "disposal_asked", "kept", "taken_in"]


def test_what_a_move_does_not_ask_for_it_does_not_change(clerk: Client) -> None:
    item = enter(leader(), "seized_item", SEIZED)
    refused = move(clerk, item, "keep", 422, values={"store": "一号库", "person": "李四"})
    assert refused["error"]["code"] == "register.not_of_move"


def test_a_fault_is_taken_and_cleared_at_its_moments(clerk: Client) -> None:
    fault = enter(clerk, "fault", {"what": "大屏黑屏", "found_at": "2026-03-02 08:30"})
    assert fault["entry"]["code"].startswith("GZ")
    assert fault["entry"]["values"]["found_at"] == "2026-03-02T00:30:00+00:00"
    fault = move(clerk, fault, "take", values={"taken_by": "驻场工程师"})
    assert fault["entry"]["values"]["taken_at"]
    fault = move(clerk, fault, "clear", values={"repair": "更换电源", "cleared_at": "2026-03-02 10:00"})
    assert fault["entry"]["values"]["cleared_at"] == "2026-03-02T02:00:00+00:00"
    assert EntryStep.objects.count() == 3


def test_a_photograph_is_checked_and_opens_through_its_entry_alone(clerk: Client) -> None:
    def upload(client: Client, data: bytes, status: int = 201) -> Any:
        answer = client.post(f"{ROOT}/register-files", {"file": SimpleUploadedFile("a.jpg", data)})
        assert answer.status_code == status, answer.content
        return answer.json()

    assert upload(clerk, b"<html>", 422)["error"]["code"] == "register.file_kind"
    photo, paper = upload(clerk, picture()), upload(clerk, b"%PDF-1.4 insurance")
    assert (photo["media_type"], paper["media_type"]) == ("image/jpeg", "application/pdf")
    assert enter(clerk, "vehicle", {**VEHICLE, "photo": paper["id"]}, 422)["error"]["code"].endswith("file_unknown")
    stranger = client_of(add_person("other", Role.OPERATOR))
    assert enter(stranger, "vehicle", {**VEHICLE, "photo": photo["id"]}, 422)["error"]["code"].endswith("file_unknown")
    made = enter(clerk, "vehicle", {**VEHICLE, "photo": photo["id"]})["entry"]
    opened = stranger.get(f"{ROOT}/register-entries/{made['id']}/files/{photo['id']}")
    assert (opened.status_code, opened.headers["Content-Type"]) == (200, "image/jpeg")
    assert clerk.get(f"{ROOT}/register-entries/{made['id']}/files/{paper['id']}").status_code == 404


def import_sheet(client: Client, register: str, text: str, *, dry_run: bool = False) -> Any:
    path = f"{ROOT}/registers/{register}/imports?dry_run={str(dry_run).lower()}"
    answer = client.post(path, {"file": SimpleUploadedFile("sheet.csv", text.encode())})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_sheet_comes_back_as_it_went_out_and_changes_only_what_differs(clerk: Client) -> None:
    head = "车牌号,车型,用途,购置金额,保险到期,状态\n"
    told = head + "晋E·1,皮卡,执法巡查,98000.00,2027-01-31,在用\n晋E·2,货车,清运,12.5,2027/2/1,\n"
    assert import_sheet(clerk, "vehicle", told, dry_run=True)["counts"]["new"] == 2
    assert not RegisterEntry.objects.exists()
    assert import_sheet(clerk, "vehicle", told)["written"]
    assert import_sheet(clerk, "vehicle", told)["counts"]["unchanged"] == 2
    out = clerk.get(f"{ROOT}/registers/vehicle/sheet?format=csv").content.decode("utf-8-sig")
    assert "12.50" in out
    assert import_sheet(clerk, "vehicle", out)["counts"] == {
        "new": 0, "changed": 0, "unchanged": 2, "errors": 0, "warnings": 0,
    }  # fmt: skip
    changed = import_sheet(clerk, "vehicle", "车牌号,使用单位\n晋E·2,一队\n")
    assert (changed["written"], changed["counts"]["changed"]) == (True, 1)
    fuel = "车辆,日期,加油量,金额\n晋E·1,2026-03-02,40.01,301.10\n"
    assert import_sheet(clerk, "vehicle_fuel", fuel)["written"]


def test_whatever_is_wrong_in_a_sheet_is_told_row_by_row_and_nothing_is_written(clerk: Client) -> None:
    enter(clerk, "vehicle", VEHICLE)
    head = "车牌号,车型,用途,购置金额,状态,颜色\n"
    rows = ["晋E·1,皮卡,坦克,1,,", "晋E·2,皮卡,执法巡查,1.001,维修中,", "晋E·2,皮卡,清运,,,", "晋E·1234,,,,报废,"]
    found = import_sheet(clerk, "vehicle", head + "\n".join(rows) + "\n")
    assert not found["written"]
    assert {(one["row"], one["rule"]) for one in found["findings"]} >= {
        (1, "entry.column_unknown"),
        (2, "entry.choice_unknown"),
        (3, "entry.money_form"),
        (3, "entry.state_not_first"),
        (4, "entry.twice"),
        (5, "entry.state_by_move"),
        (5, "entry.field_missing"),
    }
    assert RegisterEntry.objects.count() == 1


def company() -> tuple[Organisation, User]:
    above = add_organisation()
    made = Organisation.objects.create(code="CO", name_zh="公司", name_en="Co", kind="contractor", parent=above)
    return made, add_person("company", Role.DEPARTMENT_HANDLER, organisation=made)


def test_a_company_sees_and_names_only_its_own(clerk: Client) -> None:
    organisation, person = company()
    theirs = client_of(person)
    made = enter(clerk, "vehicle", VEHICLE)["entry"]
    own = enter(theirs, "vehicle", {**VEHICLE, "plate": "晋E·5"}, owner=organisation.code)
    assert own["entry"]["owner"]["code"] == "CO"
    assert send(theirs, "get", "/registers/vehicle/entries")["total"] == 1
    assert send(clerk, "get", "/registers/vehicle/entries")["total"] == 2
    assert send(theirs, "get", f"/register-entries/{made['id']}", status=404)["error"]["code"].endswith("unknown")
    assert enter(theirs, "vehicle", {**VEHICLE, "plate": "晋E·6"}, 422)["error"]["code"].endswith("owner_unknown")
    fuel = {"vehicle": made["id"], "on": "2026-03-02", "litres": "1", "amount": "1"}
    refused = enter(theirs, "vehicle_fuel", fuel, 422, owner=organisation.code)
    assert refused["error"]["code"] == "finding.entry.reference_unknown"
    taken = import_sheet(theirs, "vehicle", f"车牌号,车型,用途\n{VEHICLE['plate']},皮卡,清运\n")
    assert [one["rule"] for one in taken["findings"]] == ["entry.taken"]


def test_an_administrator_writes_the_next_version_and_what_entries_hold_stays(clerk: Client) -> None:
    admin = client_of(add_person("admin", Role.SYSTEM_ADMINISTRATOR))
    enter(clerk, "vehicle", VEHICLE)
    document = next(one for one in shipped("kinds") if one["code"] == "vehicle")
    more = {"code": "colour", "name_zh": "颜色", "name_en": "Colour", "type": "text"}
    wider = {**document, "fields": [*document["fields"], more]}
    body = {"version": 1, "definition": wider}
    assert send(clerk, "put", "/registers/vehicle", body, 403)["error"]["code"] == "door.not_allowed"
    told = send(admin, "put", "/registers/vehicle", body)
    assert (told["kind"]["version"], len(told["revisions"])) == (2, 2)
    assert send(admin, "put", "/registers/vehicle", body, 409)["error"]["code"] == "version.stale"
    enter(clerk, "vehicle", {**VEHICLE, "plate": "晋E·7", "colour": "白"})
    fewer = {"version": 2, "definition": document}
    assert send(admin, "put", "/registers/vehicle", fewer, 409)["error"]["code"] == "register.field_in_use"
    states = [one for one in document["states"] if one["code"] != "in_use"]
    broken = {"version": 2, "definition": {**wider, "states": states}}
    assert send(admin, "put", "/registers/vehicle", broken, 422)["error"]["code"] == "register.definition"
    own = {
        "code": "stamp", "name_zh": "印章", "name_en": "Stamps", "domain": "other", "prefix": "YZ",
        "fields": [{"code": "name", "name_zh": "名称", "name_en": "Name", "type": "text", "needed": True}],
        "states": [{"code": "kept", "name_zh": "保管", "name_en": "Kept", "first": True, "active": True}],
    }  # fmt: skip
    send(admin, "put", "/registers/stamp", {"version": 0, "definition": own})
    assert enter(clerk, "stamp", {"name": "公章"})["entry"]["code"].startswith("YZ")
    send(admin, "put", "/registers/stamp", {"version": 1, "definition": own, "retired": True})
    assert enter(clerk, "stamp", {"name": "公章"}, 409)["error"]["code"] == "register.retired"


def test_availability_of_the_lines_counts_overlapping_outages_once_and_void_ones_not_at_all(clerk: Client) -> None:
    for number in ("ZX-1", "ZX-2"):
        line = {"number": number, "name": "县区专线", "carrier": "电信", "bandwidth": "100", "opened_on": "2026-01-01"}
        enter(clerk, "line", line)
    outage = {"line": "ZX-1", "told_by": "hand", "began_at": "2026-03-02 00:00", "ended_at": "2026-03-03 00:00"}
    enter(clerk, "line_outage", outage, state="ended")
    enter(clerk, "line_outage", {**outage, "began_at": "2026-03-02 12:00"}, state="ended")
    wrong = enter(clerk, "line_outage", {**outage, "line": "ZX-2"}, state="ended")
    move(clerk, wrong, "void", note="误报")
    found = send(clerk, "get", "/registers/line_outage/availability?start=2026-03-01&end=2026-03-11")
    assert [(one["code"], one["percent"], one["lost_s"]) for one in found["rows"]] == [
        ("ZX-1", "90.00", 86_400), ("ZX-2", "100.00", 0),
    ]  # fmt: skip
    assert found["percent"] == "95.00"
    assert len(found["rows"][0]["lost"]) == 1
    refused = send(clerk, "get", "/registers/vehicle/availability", status=422)
    assert refused["error"]["code"] == "register.no_spans"
