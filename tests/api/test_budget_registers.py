"""Registers and the explanation of a budget at their doors: written, read from sheets, drafted, edited, audited."""

import io
import json
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.budget.models import BudgetPassage, BudgetSet
from chengmai.budget.preparing import services as preparing
from chengmai.budget.preparing.services import DraftOrder
from chengmai.budget.preparing.terms import DraftKind
from chengmai.budget.release.printed import printed_of
from chengmai.disclosure.checking.checks import check_document
from tests.people import add_person, client_of

pytestmark = pytest.mark.django_db
LINE: dict[str, Any] = {"kind": "works", "name": "修缮", "general": "90.00"}


class Desk:
    """A clerk with an empty draft of 2026."""

    def __init__(self) -> None:
        self.person = add_person("clerk", Role.FINANCE)
        order = DraftOrder(DraftKind.EMPTY, "CG", 2026, "晋城市城市管理局")
        self.budget: BudgetSet = preparing.start_draft(self.person, order).budget
        self.client: Client = client_of(self.person)
        self.root = f"/api/v1/budgets/{self.budget.pk}"

    def send(self, method: str, door: str, body: Any) -> tuple[int, Any]:
        """Status and answer."""
        answer = self.client.generic(method, f"{self.root}/{door}", json.dumps(body), "application/json")
        return answer.status_code, answer.json()

    def read(self, door: str) -> Any:
        """What a door shows."""
        return self.client.get(f"{self.root}/{door}").json()

    def sheet(self, name: str, data: bytes) -> Any:
        """What a sheet is read as."""
        file = SimpleUploadedFile(name, data)
        return self.client.post(f"{self.root}/register-sheets", {"file": file}).json()


@pytest.fixture
def desk() -> Desk:
    """A desk."""
    return Desk()


def test_registers_are_kept_audited_and_held_against_the_tables(desk: Desk) -> None:
    assert desk.read("registers")["procurement"] is None
    body = {
        "revision": 0,
        "procurement": [LINE | {"project": "没有的项目"}],
        "assets": [{"kind": "office_area", "quantity": "5,136.8"}, {"kind": "leaders", "quantity": ""}],
        "compared": [{"subject": "reception", "before": "1", "now": "2.5", "reason": "接待增加"}],
    }
    status, told = desk.send("PATCH", "registers", body)
    assert (status, told["revision"], told["sums"]["works"], told["sums"]["total"]) == (200, 1, "90.00", "90.00")
    held = {one["kind"]: one["quantity"] for one in told["assets"]}
    assert (held["office_area"], held["leaders"]) == ("5136.8", "")
    reception = next(one for one in told["compared"] if one["subject"] == "reception")
    assert (reception["before"], reception["now"], reception["table_now"]) == ("1.00", "2.50", "0.00")
    assert {one["rule"] for one in told["ties"]} == {"disclosure.register.now", "disclosure.register.no_project"}
    entry = AuditEntry.objects.filter(action="budget.registers").get()
    assert entry.after is not None
    assert entry.after["procurement"] == [["works", "修缮", "", "没有的项目", {"general": "900000.00"}]]
    assert desk.send("PATCH", "registers", {"revision": 0, "procurement": []})[1]["error"]["code"] == "register.stale"
    status, told = desk.send("PATCH", "registers", {"revision": 1, "procurement": []})
    assert (told["procurement"], told["sums"]["total"], told["assets"]) == (
        [],
        "0.00",
        desk.read("registers")["assets"],
    )


@pytest.mark.parametrize(
    ("part", "value", "code"),
    [
        ("procurement", [LINE | {"general": ""}], "register.nothing"),
        ("procurement", [LINE | {"name": " "}], "register.name"),
        ("procurement", [LINE | {"general": "1.2.3"}], "money.not_an_amount"),
        ("procurement", [LINE | {"general": "-1"}], "money.not_an_amount"),
        ("procurement", [LINE | {"general": "99999999999999"}], "register.amount"),
        ("assets", [{"kind": "leaders", "quantity": "many"}], "register.not_a_quantity"),
        ("assets", [{"kind": "leaders", "quantity": "1.234"}], "register.quantity"),
        ("compared", [{"subject": "income"}, {"subject": "income"}], "register.subject_twice"),
        ("classes", [{"name": "", "project_class": "running"}], "register.name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(desk: Desk, part: str, value: Any, code: str) -> None:
    status, told = desk.send("PATCH", "registers", {"revision": 0, "assets": [], part: value})
    assert (status, told["error"]["code"]) == (422, code)
    assert desk.read("registers")["revision"] == 0


def test_sheets_of_every_register_are_read_and_faults_named_by_row(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(["采购类别", "采购项目", "预算项目", "一般公共预算（元）", "单位资金"])
    book.active.append(["政府采购货物", "服装", "城管服装采购项目", "461,500", "1"])
    book.active.append(["合计", "", "", "461500", ""])
    other = book.create_sheet("资产")
    other.append(["资产", "数量"])
    other.append(["执法执勤用车", "60"])
    held = io.BytesIO()
    book.save(held)
    first, second = desk.sheet("台账.xlsx", held.getvalue())
    assert (first["register_name"], first["findings"]) == ("procurement", [])
    assert [(one["general"], one["own"], one["project"]) for one in first["procurement"]] == [
        ("46.15", "1.00", "城管服装采购项目")
    ]
    assert second["assets"] == [{"kind": "enforcement", "quantity": "60"}]
    pasted = "比较项目\t上年预算数\t原因\n公务接待费\t1.00\t\n接待\t2\t\n公务接待费\t3\t\n机关运行经费\t1.234.5\t\n"
    (told,) = desk.sheet("paste.csv", pasted.encode())
    assert [one["subject"] for one in told["compared"]] == ["reception", "operating"]
    assert [(one["row"], one["rule"]) for one in told["findings"]] == [
        (3, "register.unknown_word"),
        (4, "register.told_twice"),
        (5, "register.no_amount"),
    ]
    assert "公务接待费" in told["findings"][0]["sentence"]
    classes = "项目名称,项目类别\n办公用房修缮,其他运转类\n办公用房修缮,特定目标类\n"
    (told,) = desk.sheet("c.csv", classes.encode())
    assert (told["classes"][0]["project_class"], told["findings"][0]["rule"]) == ("running", "register.told_twice")
    (told,) = desk.sheet("nothing.csv", "一,二\n".encode())
    assert (told["register_name"], told["findings"][0]["rule"]) == ("", "register.no_header")


def test_an_explanation_is_drafted_edited_and_drafted_again_around_what_was_written(desk: Desk) -> None:
    told = desk.read("explanation")
    assert told["passages"] == []
    assert {(one["standing"], one["carried"]) for one in told["sections"]} == {("missing", False)}
    status, told = desk.send("POST", "explanation/draft", {"seal": told["seal"]})
    assert status == 200
    assert told["marks"] > 40
    assert all(one["drafted"] for one in told["passages"] if one["kind"] == "text")
    passages = [{key: one[key] for key in ("kind", "level", "number", "text")} for one in told["passages"]]
    at = next(i for i, one in enumerate(told["passages"]) if one["section"] == "duties" and one["kind"] == "text")
    passages[at]["text"] = "负责城市管理。"
    status, told = desk.send("PUT", "explanation", {"seal": told["seal"], "passages": passages})
    assert (status, told["passages"][at]["drafted"], told["passages"][at]["marks"]) == (200, False, 0)
    _, told = desk.send("PUT", "explanation", {"seal": told["seal"], "passages": passages})
    assert not told["passages"][at]["drafted"], "saved twice, it is still a person's"
    stale = desk.send("PUT", "explanation", {"seal": "0" * 64, "passages": []})
    assert (stale[0], stale[1]["error"]["code"]) == (409, "budget.passages.stale")
    desk.send("PATCH", "registers", {"revision": 0, "procurement": [LINE]})
    status, told = desk.send("POST", "explanation/draft", {"seal": told["seal"]})
    texts = [one["text"] for one in told["passages"]]
    assert "负责城市管理。" in texts
    assert any("政府采购预算总额90.00万元" in text for text in texts)
    by_key = {one["key"]: one["standing"] for one in told["sections"]}
    assert (by_key["duties"], by_key["procurement"]) == ("own", "same")
    passages = [{key: one[key] for key in ("kind", "level", "number", "text")} for one in told["passages"]]
    at = next(i for i, one in enumerate(texts) if "政府采购预算总额" in one)
    passages[at]["text"] = "政府采购预算总额80.00万元。"
    _, told = desk.send("PUT", "explanation", {"seal": told["seal"], "passages": passages})
    section = next(one for one in told["sections"] if one["key"] == "procurement")
    assert (section["standing"], [one["told"] for one in section["figures"]][:1]) == ("own", [False])
    _, kept = desk.send("POST", "explanation/draft", {"seal": told["seal"]})
    assert "政府采购预算总额80.00万元。" in [one["text"] for one in kept["passages"]]
    _, over = desk.send("POST", "explanation/draft", {"seal": kept["seal"], "over": ["procurement"]})
    assert "政府采购预算总额80.00万元。" not in [one["text"] for one in over["passages"]]
    put = AuditEntry.objects.filter(action="budget.passages").order_by("-pk").first()
    assert put is not None
    assert put.before is not None
    assert put.before["taken"] == ["政府采购预算总额80.00万元。"]
    wrong = desk.send("POST", "explanation/draft", {"seal": over["seal"], "over": ["nothing"]})
    assert wrong[1]["error"]["code"] == "explanation.no_section"


def test_a_mark_that_is_left_is_an_error_of_what_would_be_released(desk: Desk) -> None:
    desk.send("POST", "explanation/draft", {"seal": desk.read("explanation")["seal"]})
    found = check_document(printed_of(desk.budget).document()).findings
    marks = [one for one in found if one.rule == "disclosure.text.placeholder" and one.severity == "error"]
    assert len(marks) == desk.read("explanation")["marks"]


def test_only_a_draft_is_written_and_readers_only_read(desk: Desk) -> None:
    seal = desk.read("explanation")["seal"]
    BudgetSet.objects.filter(pk=desk.budget.pk).update(state="in_review")
    assert desk.read("explanation")["editable"] is False
    assert desk.send("POST", "explanation/draft", {"seal": seal})[1]["error"]["code"] == "budget.not_a_draft"
    assert not BudgetPassage.objects.filter(budget=desk.budget).exists()


def test_last_years_words_are_known_as_such_until_they_are_changed(desk: Desk) -> None:
    desk.send("POST", "explanation/draft", {"seal": desk.read("explanation")["seal"]})
    BudgetSet.objects.filter(pk=desk.budget.pk).update(state="present")
    order = DraftOrder(DraftKind.NEXT_YEAR, "CG", basis=desk.budget.pk)
    desk.root = f"/api/v1/budgets/{preparing.start_draft(desk.person, order).budget.pk}"
    told = desk.read("explanation")
    assert {(one["standing"], one["carried"]) for one in told["sections"] if one["key"] == "income"} == {("own", True)}
    passages = [{key: one[key] for key in ("kind", "level", "number", "text")} for one in told["passages"]]
    at = next(i for i, one in enumerate(told["passages"]) if one["section"] == "income" and one["kind"] == "text")
    passages[at]["text"] = "2027年度收入。"
    _, told = desk.send("PUT", "explanation", {"seal": told["seal"], "passages": passages})
    carried = {one["key"]: one["carried"] for one in told["sections"]}
    assert (carried["income"], carried["operating"]) == (False, True)
