"""Drafts of a budget through their doors: begun, typed into under a lock, discarded; nothing else is ever changed."""

import io
import json
from collections.abc import Callable, Iterator

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.budget.models import BudgetCell, BudgetSet
from chengmai.budget.published.services import load_published
from chengmai.budget.published.states import BudgetSetState
from tests.api.doors import DOORS
from tests.kept import kept
from tests.people import add_organisation, add_person, client_of
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
Answer = dict[str, object]


@pytest.fixture(scope="module")
def clerk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """A finance clerk of the bureau, who has loaded its published budget."""
    with kept(django_db_blocker):
        made = add_person("finance", Role.FINANCE)
        load_published(made, "CG", PUBLISHED.name, PUBLISHED.read_bytes())
        yield made


@pytest.fixture
def finance(clerk: User) -> Client:
    """The clerk's browser."""
    return client_of(clerk)


@pytest.fixture
def present(clerk: User) -> str:
    """The id of the published budget, which is the present one."""
    return str(BudgetSet.objects.get().pk)


def send(client: Client, method: str, path: str, body: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    """Status and answer of a request with a JSON body."""
    answer = client.generic(method, f"{ROOT}{path}", json.dumps(body), "application/json")
    return answer.status_code, answer.json()


def start(client: Client, **told: object) -> dict:  # type: ignore[type-arg]
    """A draft that is begun."""
    status, answer = send(client, "POST", "/budget-drafts", told)
    assert status == 200, answer
    return answer  # type: ignore[no-any-return]


def edit(client: Client, draft: str, revision: int, table: str, *steps: Answer) -> tuple[int, dict]:  # type: ignore[type-arg]
    """What comes of steps of typing."""
    return send(client, "PATCH", f"/budgets/{draft}/grids", {"revision": revision, "table": table, "steps": steps})


def cells_of(budget: str) -> list[tuple[object, ...]]:
    """Everything stored of a budget's tables."""
    rows = BudgetCell.objects.filter(table__budget=budget).order_by("pk")
    return list(rows.values_list("pk", "row", "column", "row_key", "text", "printed", "fen"))


def test_an_empty_budget_is_typed_and_every_step_is_stored_summed_audited_and_taken_back(finance: Client) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]
    assert (draft["state"], draft["revision"], len(draft["tables"]), draft["ties"]) == ("draft", 1, 13, [])
    status, answer = edit(
        finance, draft["id"], 1, "general", {"kind": "add", "code": "2120104", "amounts": {"project": "1,685.94"}}
    )
    assert (status, answer["revision"]) == (200, 2)
    assert [line["cells"][1]["text"] for line in answer["grid"]["lines"]] == [
        "",
        "城乡社区支出",
        "城乡社区管理事务",
        "城管执法",
    ]
    assert any("1685.94" in tie["sentence"] for tie in answer["ties"])
    status, typed = edit(
        finance, draft["id"], 2, "general", {"kind": "set", "row": "2120104", "column": "basic", "text": "０.06"}
    )
    assert (status, typed["grid"]) == (200, None)
    assert {(cell["row"], cell["column"], cell["text"]) for cell in typed["changed"]} == {
        (row, column, text)
        for row in ("total", "212", "21201", "2120104")
        for column, text in (("basic", "0.06"), ("total", "1686.00"))
    }
    grid = finance.get(f"{ROOT}/budgets/{draft['id']}/grids/general").json()
    assert [cell["text"] for cell in grid["lines"][0]["cells"]] == ["合计", "", "1686.00", "0.06", "1685.94"]
    assert [cell["computed"] for cell in grid["lines"][3]["cells"]] == [False, False, True, False, False]
    for back in (typed["undo"], answer["undo"]):
        revision = finance.get(f"{ROOT}/budgets/{draft['id']}/draft").json()["revision"]
        assert edit(finance, draft["id"], revision, "general", *back)[0] == 200
    assert len(finance.get(f"{ROOT}/budgets/{draft['id']}/grids/general").json()["lines"]) == 1
    entries = AuditEntry.objects.filter(action="budget.edit").order_by("sequence")
    assert entries.count() == 4
    second = entries[1]
    assert second.before is not None
    assert second.after is not None
    assert (second.before["cells"][".2120104.basic"], second.after["cells"][".2120104.basic"]) == ("", "0.06")


def test_refused_cells_are_told_one_by_one_and_nothing_is_stored(finance: Client) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]["id"]
    before = cells_of(draft)
    status, answer = edit(
        finance, draft, 1, "three_public", {"kind": "paste", "row": "abroad", "column": "general", "text": "1\tx\n2\t3"}
    )
    assert (status, answer["error"]["code"]) == (422, "draft.refused")
    [cell] = answer["error"]["params"]["cells"]
    assert (cell["row"], cell["column"], cell["value"], cell["rule"]) == ("abroad", "fund", "x", "draft.no_amount")
    assert "因公出国" in cell["sentence"]
    assert cells_of(draft) == before
    assert BudgetSet.objects.get(pk=draft).revision == 1


def test_two_people_at_once_the_second_is_told_and_nothing_is_lost(finance: Client) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]["id"]
    other = client_of(add_person("wang", Role.FINANCE))
    step = {"kind": "set", "row": "abroad", "column": "general", "text": "1"}
    assert edit(other, draft, 1, "three_public", step)[0] == 200
    status, answer = edit(finance, draft, 1, "three_public", {**step, "text": "2"})
    assert (status, answer["error"]["code"]) == (409, "draft.stale")
    assert "wang" in answer["error"]["message"]
    assert BudgetCell.objects.get(table__budget=draft, row_key="abroad", column="general").fen == 1_000_000


def test_a_correction_copies_the_present_version_which_stays_as_it_is(finance: Client, present: str) -> None:
    before = cells_of(present)
    assert send(finance, "POST", "/budget-drafts", {"kind": "correction", "basis": present})[0] == 422, "no reason"
    started = start(finance, kind="correction", basis=present, reason="表12漏列一项")
    draft = started["draft"]
    assert (draft["year"], draft["version"], draft["reason"], draft["basis"]) == (2025, 2, "表12漏列一项", present)
    assert started["recomputed"] == [], "what printing had rounded in its sums stays in them"
    status, twice = send(finance, "POST", "/budget-drafts", {"kind": "correction", "basis": present, "reason": "x"})
    assert (status, twice["error"]["code"]) == (409, "draft.there_already")
    step = {"kind": "set", "row": "p5", "column": "general", "text": "40"}
    assert edit(finance, draft["id"], 1, "projects", step)[0] == 200
    assert cells_of(present) == before
    table = finance.get(f"{ROOT}/budgets/{draft['id']}/tables/projects").json()
    assert table["printed_rows"][5]["cells"][1]["text"] == "40.00"


def test_the_next_year_begins_from_the_year_before(finance: Client, present: str) -> None:
    draft = start(finance, kind="next_year", basis=present)["draft"]
    assert (draft["year"], draft["version"]) == (2026, 1)
    grid = finance.get(f"{ROOT}/budgets/{draft['id']}/grids/projects").json()
    assert (len(grid["lines"]), grid["lines"][1]["cells"][1]["text"]) == (38, "")
    assert grid["title"].startswith("2026年")
    status, empty = send(finance, "POST", "/budget-drafts", {"kind": "empty", "year": 2025, "unit_name": "x"})
    assert (status, empty["error"]["code"]) == (409, "draft.year_has_present")


def test_what_is_no_draft_is_changed_by_no_door(finance: Client, present: str) -> None:
    before = cells_of(present)
    facts = BudgetSet.objects.filter(pk=present).values()[0]
    tried = 0
    for (method, path), door in DOORS.items():
        if method == "GET" or "{budget_id}" not in path:
            continue
        body = door.body if isinstance(door.body, list) else (door.body or {}) | {"revision": facts["revision"]}
        if "steps" in body:
            body |= {
                "table": "projects",
                "steps": [{"kind": "set", "row": "p5", "column": "general", "text": "1"}],
            }
        address = path.format(**{**door.path, "budget_id": present})
        if door.file is not None:
            upload = SimpleUploadedFile("x.csv", b"x")
            status = finance.post(f"{ROOT}{address}?{door.query}", {**body, door.file: upload}).status_code
        else:
            status = send(finance, method, address, body)[0]
        tried += 1
        assert cells_of(present) == before, path
        if "draft" in path or "grid" in path or "discarding" in path:
            assert status == 409, path
    assert tried >= 2
    after = BudgetSet.objects.filter(pk=present).values()[0]
    assert {name: after[name] for name in ("revision", "version", "year")} == {
        name: facts[name] for name in ("revision", "version", "year")
    }


@pytest.mark.parametrize(
    "state", [one for one in BudgetSetState if one not in (BudgetSetState.DRAFT, BudgetSetState.PRESENT)]
)
def test_only_a_draft_is_typed_into(finance: Client, state: BudgetSetState) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]["id"]
    BudgetSet.objects.filter(pk=draft).update(state=state)
    step = {"kind": "set", "row": "abroad", "column": "general", "text": "1"}
    status, answer = edit(finance, draft, 1, "three_public", step)
    assert (status, answer["error"]["code"]) == (409, "draft.not_a_draft")
    assert finance.get(f"{ROOT}/budgets/{draft}/draft").json()["editable"] is False


def test_a_draft_is_discarded_with_a_reason_and_makes_room(finance: Client) -> None:
    begin: Callable[[], dict] = lambda: start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]  # type: ignore[type-arg]  # noqa: E731
    draft = begin()["id"]
    assert send(finance, "POST", f"/budgets/{draft}/discarding", {"revision": 1, "reason": " "})[0] == 422
    status, answer = send(finance, "POST", f"/budgets/{draft}/discarding", {"revision": 1, "reason": "重新编制"})
    assert (status, answer["state"]) == (200, "discarded")
    discarded = AuditEntry.objects.get(action="budget.discard")
    assert discarded.after is not None
    assert discarded.after["reason"] == "重新编制"
    assert begin()["version"] == 2


def test_scope_and_permissions_hold(finance: Client, present: str) -> None:
    draft = start(finance, kind="correction", basis=present, reason="x")["draft"]["id"]
    company = add_organisation("GAS", "company")
    stranger = client_of(add_person("stranger", Role.FINANCE, organisation=company))
    assert stranger.get(f"{ROOT}/budgets/{draft}/draft").status_code == 404
    assert edit(stranger, draft, 1, "income")[0] == 404
    assert send(stranger, "POST", "/budget-drafts", {"kind": "next_year", "basis": present})[0] == 404
    assert send(stranger, "POST", "/budget-drafts", {"kind": "empty", "owner": "CG", "year": 2026})[0] == 404
    reader = client_of(add_person("auditor", Role.AUDITOR))
    assert reader.get(f"{ROOT}/budgets/{draft}/grids/income").status_code == 200
    assert edit(reader, draft, 1, "income")[0] == 403


def test_classes_are_found_by_code_and_by_words(finance: Client) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]["id"]
    found = finance.get(f"{ROOT}/budgets/{draft}/grids/general/classes?asked=21201").json()
    assert [one["code"] for one in found] == ["21201", "2120101", "2120102", "2120104", "2120199"]
    named = finance.get(f"{ROOT}/budgets/{draft}/grids/basic/classes?asked=接待").json()
    assert named == [{"code": "30217", "name": "公务接待费", "there": False}]
    assert finance.get(f"{ROOT}/budgets/{draft}/grids/projects/classes?asked=x").json() == []


def workbook(*rows: list[object]) -> SimpleUploadedFile:
    """A workbook with one table."""
    book = openpyxl.Workbook()
    for line in rows:
        book.active.append(line)  # type: ignore[union-attr]
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("三公.xlsx", data.getvalue())


def three_public(reception: object, total: object) -> SimpleUploadedFile:
    """Table 10 as a clerk keeps it."""
    return workbook(
        ["2026年财政拨款安排“三公”经费支出预算表"],
        ["单位名称：城市管理局", "单位：万元"],
        ["项目", "2026年预算数", "", "", ""],
        ["", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"],
        ["因公出国（境）费", "", "", "", ""],
        ["公务接待费", "", reception, "", ""],
        ["公务用车购置及运行费", "", "", "", ""],
        ["①公务用车购置费", "", "", "", ""],
        ["②公务用车运行维护费", "", "１,２", "-", ""],
        ["合计", total, "", "", ""],
    )


def test_a_table_is_imported_with_what_is_found_told_first_whole_or_not_at_all(finance: Client) -> None:
    draft = start(finance, kind="empty", year=2026, unit_name="城市管理局")["draft"]["id"]
    door = f"{ROOT}/budgets/{draft}/grid-imports?revision=1"
    before = cells_of(draft)
    bad = finance.post(door, {"file": three_public("二", "3")}).json()
    assert (bad["stored"], bad["tables"], bad["errors"] > 0) == (False, ["three_public"], True)
    file = three_public("2.5", "99")
    with_slip = finance.post(f"{door}&dry_run=true", {"file": file}).json()
    assert (with_slip["stored"], cells_of(draft) == before) == (False, True)
    mended = three_public("2.5", "99")
    mended = workbook(*_rows(mended, "１,２", "1.20"))
    stored = finance.post(door, {"file": mended}).json()
    assert (stored["stored"], stored["errors"], stored["draft"]["revision"]) == (True, 0, 2)
    assert [one["sentence"] for one in stored["findings"] if one["rule"] == "draft.import_sum"] == [
        "文件所印合计为 99.00，自动计算为 3.70，按后者保存。"
    ]
    grid = finance.get(f"{ROOT}/budgets/{draft}/grids/three_public").json()
    assert grid["lines"][-1]["cells"][1]["text"] == "3.70"
    mended.seek(0)
    assert finance.post(door, {"file": mended}).status_code == 409, "an old revision"


def _rows(file: SimpleUploadedFile, old: str, new: str) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    return [[new if cell == old else cell for cell in row] for row in sheet.iter_rows(values_only=True)]  # type: ignore[union-attr]


def test_what_was_not_spent_is_carried_over_once(finance: Client, present: str) -> None:
    spent = {"table": "projects", "row": "p5", "amount": "82300", "on": "2025-06-01", "voucher": "1"}
    assert send(finance, "POST", f"/budgets/{present}/bookings", spent)[0] == 200
    draft = start(finance, kind="next_year", basis=present)["draft"]["id"]
    left = {one["row"]: one for one in finance.get(f"{ROOT}/budgets/{draft}/left-over").json()}
    assert (left["p5"]["general"], left["p5"]["fund"]) == ("30.00", "")
    project = {"name": left["p5"]["name"], "code": "212", "general": "30.00"}
    body = {"revision": 1, "projects": [project]}
    status, refused = send(finance, "POST", f"/budgets/{draft}/carry-over", body)
    assert (status, refused["error"]["code"]) == (422, "draft.refused")
    project["code"] = "2120303"
    status, done = send(finance, "POST", f"/budgets/{draft}/carry-over", body)
    assert (status, done["revision"], done["ties"]) == (200, 2, [])
    status, again = send(finance, "POST", f"/budgets/{draft}/carry-over", {**body, "revision": 2})
    assert (status, again["error"]["code"]) == (409, "draft.carried_already")
