"""A budget in its year through its doors: adjusted by decisions, spent by vouchers, never beyond what is allowed."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.budget.execution.services import Spending, book_spending
from chengmai.budget.execution.terms import BookingSource
from chengmai.budget.models import BudgetCell, BudgetSet, ExecutionBooking
from chengmai.budget.performance.evidence import gather, is_sealed, year_span
from chengmai.budget.performance.sources import Question
from chengmai.budget.published.services import load_published
from tests.kept import kept
from tests.people import add_person, client_of
from tests.published import PUBLISHED

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
HEADER = ["科目编码或项目", "资金来源", "金额（元）", "日期", "凭证号", "摘要"]
Ask = Callable[..., tuple[int, dict]]  # type: ignore[type-arg]


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
def budget(clerk: User) -> str:
    """The id of the published budget, which is the present one."""
    return str(BudgetSet.objects.get().pk)


@pytest.fixture
def ask(finance: Client, budget: str) -> Ask:
    """Sends to a door of the budget."""

    def send(path: str, body: dict) -> tuple[int, dict]:  # type: ignore[type-arg]
        answer = finance.post(f"{ROOT}/budgets/{budget}/{path}", json.dumps(body), "application/json")
        return answer.status_code, answer.json()

    return send


def adjustment(*entries: tuple[str, str, str, str]) -> dict:  # type: ignore[type-arg]
    """The body of an adjustment."""
    told = [dict(zip(("table", "row", "column", "amount"), one, strict=True)) for one in entries]
    return {
        "id": str(uuid4()),
        "reason": "追加",
        "decided_on": "2025-07-01",
        "document": "市财字〔2025〕7号",
        "entries": told,
    }


def spending(amount: str, voucher: str = "P1", **told: str) -> dict:  # type: ignore[type-arg]
    """The body of a booking on project p5 (二水厂滤池顶棚…, 38.23万元)."""
    return {"table": "projects", "row": "p5", "amount": amount, "on": "2025-03-10", "voucher": voucher} | told


def row(answer: dict, key: str) -> dict:  # type: ignore[type-arg]
    """A row of the execution."""
    return next(one for one in answer["rows"] if f"{one['table']}.{one['row']}" == key)


def test_money_is_adjusted_spent_and_told_by_row_and_month(ask: Ask, finance: Client, budget: str) -> None:
    cells = list(BudgetCell.objects.order_by("pk").values())
    status, answer = ask("bookings", spending("382300.00"))
    assert status == 200
    assert (row(answer, "projects.p5")["left"], row(answer, "projects.p5")["rate"]) == ("0.00", "100.00")
    status, over = ask("bookings", spending("0.01", "P2"))
    assert (status, over["error"]["code"], over["error"]["params"]["over"]) == (409, "execution.over_budget", "0.01")
    status, adjusted = ask(
        "adjustments", adjustment(("projects", "p5", "general", "1000"), ("projects", "p1", "general", "-1000"))
    )
    assert (status, len(adjusted[0]["entries"])) == (200, 2)  # type: ignore[index]
    status, answer = ask("bookings", spending("1000", "P2", on="2025-07-02", fund="general"))
    assert status == 200
    told = row(answer, "projects.p5")
    assert (told["original"], told["planned"], told["spent"]) == ("382300.00", "383300.00", "383300.00")
    assert row(answer, "projects.p1")["planned"] == "999000.00"
    assert [month["spent_until"] for month in answer["months"]][1:8] == ["0.00"] + ["382300.00"] * 4 + ["383300.00"] * 2
    # Basic and project expenditure of table 3 are what there is to spend, but for what print had rounded.
    assert answer["planned"] == "282788100.00"
    assert answer["months"][5]["planned_until"] == "141394050.00"
    assert list(BudgetCell.objects.order_by("pk").values()) == cells, "the published figures stay"
    assert AuditEntry.objects.filter(action__in=("budget.book", "budget.adjust")).count() == 3


def test_an_adjustment_never_takes_more_than_there_is_or_was_spent(ask: Ask) -> None:
    status, below = ask("adjustments", adjustment(("projects", "p5", "general", "-382300.01")))
    assert (status, below["error"]["code"]) == (409, "execution.below_zero")
    ask("bookings", spending("300000"))
    status, spent = ask("adjustments", adjustment(("projects", "p5", "general", "-100000")))
    assert (status, spent["error"]["code"], spent["error"]["params"]["short"]) == (
        409,
        "execution.below_spent",
        "17700.00",
    )
    for cell, code in (
        (("projects", "total", "general", "1"), "execution.cell_is_sum"),
        (("projects", "p99", "general", "1"), "execution.no_cell"),
        (("projects", "p5", "general", "0"), "execution.amount_missing"),
    ):
        status, answer = ask("adjustments", adjustment(cell))
        assert (status, answer["error"]["code"]) == (422, code)


def test_what_was_decided_is_taken_back_by_a_further_entry_only(ask: Ask) -> None:
    body = adjustment(("projects", "p5", "general", "1000"))
    assert ask("adjustments", body)[0] == 200
    assert len(ask("adjustments", body)[1]) == 1, "sent again it is one"
    assert ask("adjustments", {**body, "reason": "other"})[0] == 409
    back = {"id": str(uuid4()), "reason": "误列"}
    status, answer = ask(f"adjustments/{body['id']}/reversal", back)
    assert (status, [one["reversed"] for one in answer]) == (200, [False, True])  # type: ignore[index]
    assert [one["entries"][0]["amount"] for one in answer] == ["-1000.00", "1000.00"]  # type: ignore[index]
    assert ask(f"adjustments/{body['id']}/reversal", {**back, "id": str(uuid4())})[0] == 409
    for table in ("budget_adjustmententry", "budget_budgetadjustment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_a_voucher_is_booked_once_on_a_row_and_taken_out_by_its_negative(ask: Ask) -> None:
    assert ask("bookings", spending("100"))[0] == 200
    status, again = ask("bookings", spending("100"))
    assert (status, len(again["bookings"])) == (200, 1)
    status, taken = ask("bookings", spending("101"))
    assert (status, taken["error"]["code"]) == (409, "execution.voucher_taken")
    booking = again["bookings"][0]["id"]
    status, answer = ask(f"bookings/{booking}/reversal", {"reason": "误付"})
    assert (status, row(answer, "projects.p5")["spent"]) == (200, "0.00")
    assert ask(f"bookings/{booking}/reversal", {"reason": "x"})[0] == 409
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE budget_executionbooking SET amount_fen = 1")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"row": "p99"}, "execution.no_row"),
        ({"table": "expenditure", "row": "2120104"}, "execution.no_row"),
        ({"table": "expenditure", "row": "212"}, "execution.no_row"),
        ({"amount": "-1"}, "execution.amount_not_positive"),
        ({"on": "2024-12-31"}, "execution.day_unfit"),
        ({"voucher": " "}, "execution.voucher_missing"),
        ({"fund": "x"}, "execution.fund_unknown"),
        ({"amount": "0.001"}, "money.not_an_amount"),
    ],
)
def test_what_cannot_be_booked_is_refused(ask: Ask, told: dict[str, str], code: str) -> None:
    status, answer = ask("bookings", spending("1") | told)
    assert (status, answer["error"]["code"]) == (422, code)


def test_a_source_of_money_is_not_overspent_although_the_row_has_more(ask: Ask) -> None:
    status, answer = ask("bookings", spending("1", fund="fund"))
    assert (status, answer["error"]["code"]) == (409, "execution.over_budget")


def sheet(*rows: list[object]) -> SimpleUploadedFile:
    """A workbook of bookings."""
    book = openpyxl.Workbook()
    for line in (["2025年支出明细"], HEADER, *rows):
        book.active.append(line)  # type: ignore[union-attr]
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("支出.xlsx", data.getvalue())


def test_a_sheet_is_booked_whole_or_not_at_all_and_once(finance: Client, budget: str) -> None:
    door = f"{ROOT}/budgets/{budget}/booking-sheets"
    bad = [
        ["p5", "一般公共预算", "1,000.00", "2025-03-01", "A1", ""],
        ["金匠污水处理厂运营费", "", "1", "2025-03-01", "A2", ""],
        ["2101101", "", "一百", "2025-13-01", "A3", ""],
        ["p5", "", "999999", "2025-03-01", "A4", ""],
        ["没有的项目", "彩票", "1", "2025/3/1", "A5", ""],
    ]
    answer = finance.post(door, {"file": sheet(*bad)}).json()
    assert (answer["booked"], ExecutionBooking.objects.count()) == (0, 0)
    assert [(one["row"], one["field"], one["value"], one["rule"]) for one in answer["findings"]] == [
        (4, "科目编码或项目", "金匠污水处理厂运营费", "booking.row_ambiguous"),
        (5, "金额（元）", "一百", "booking.no_amount"),
        (5, "日期", "2025-13-01", "booking.no_day"),
        (6, "金额（元）", "999999.00", "booking.over_budget"),
        (7, "科目编码或项目", "没有的项目", "booking.no_row"),
        (7, "资金来源", "彩票", "booking.no_fund"),
    ]
    assert "projects.p3, projects.p6" in answer["findings"][0]["sentence"]
    good = [bad[0], ["2101101", "", 1234.5, "2025年4月2日", "A6", "医保"]]
    assert finance.post(f"{door}?dry_run=true", {"file": sheet(*good)}).json()["booked"] == 0
    first, second = (finance.post(door, {"file": sheet(*good)}).json() for _ in range(2))
    assert [(one["booked"], one["known"], one["findings"]) for one in (first, second)] == [(2, 0, []), (0, 2, [])]
    assert sum(ExecutionBooking.objects.values_list("amount_fen", flat=True)) == 223_450


def test_another_part_books_by_the_same_rules_and_the_rate_is_evidence(budget: str) -> None:
    told = Spending("projects", "p5", 9_557_500, date(2025, 5, 1), "S-1", note="结算")
    for created in (True, False):
        [booked] = book_spending(None, "CG", 2025, [told], BookingSource.SERVICE)
        assert booked.created is created
    start, end = year_span(2025, until_month=7)
    found = gather("execution_rate", Question({"budget_owner": "CG", "budget_row": "projects.p5"}, start, end, "CG"))
    assert (found.value_micro, found.unit) == (25_000_000, "%")
    assert [one["kind"] for one in found.inputs] == ["budget_row", "booking"]
    assert is_sealed(found)
    early = gather(
        "execution_rate", Question({"budget_owner": "CG", "budget_row": "all"}, start, year_span(2025, 4)[1])
    )
    assert early.value_micro == 0
