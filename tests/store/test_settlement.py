"""From a month's quantities to what was paid: every step by another person, to the fen, done whole or not at all."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from chengmai.access.audit import verify
from chengmai.access.roles import Role
from chengmai.budget.execution.services import rows_to_spend
from chengmai.budget.models import BudgetSet, ExecutionBooking
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.settlement import ledger
from chengmai.settlement.form import export_statement
from chengmai.settlement.models import Payment, Posting, QuantitySheet, Statement, StatementLine
from chengmai.settlement.payments import pay_advance, pay_statement, reverse_payment
from chengmai.settlement.queries import visible_statement
from chengmai.settlement.sheets import Adjusted, ByHand, act_on_sheet, adjust, open_sheet, sheet_seal, tell
from chengmai.settlement.statements import (
    LineByHand,
    act_on_statement,
    add_line,
    draft_statement,
    paid_fen,
    statement_seal,
)
from chengmai.settlement.states import SheetAction, StatementAction, StatementState
from chengmai.settlement.terms import LedgerAccount, StatementLineKind
from chengmai.settlement.versions import load_contract
from tests.kept import kept
from tests.people import add_organisation, add_person
from tests.settling import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    TEXT,
    Settling,
    approve,
    approved,
    draft_of,
    freeze,
    frozen,
    payment,
    settling,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Settling]:
    """A contract at 2.32 yuan a tonne; made once, each test begins with it and no month."""
    with kept(django_db_blocker):
        yield settling()


def refused(code: str, error: pytest.ExceptionInfo[ChengmaiError]) -> dict[str, object]:
    """The figures of a refusal, which is the one expected."""
    assert error.value.code == code
    return error.value.params


def accounts(made: Settling) -> dict[LedgerAccount, int]:
    """What stands on every account."""
    return {account: ledger.balance(made.contract, account) for account in LedgerAccount}


def test_a_month_becomes_a_statement_is_approved_posted_and_paid_in_parts_from_two_funds(made: Settling) -> None:
    frozen(made, JANUARY, "1000.335", 绩效=("95", "%"))
    statement = approved(made, JANUARY)
    assert statement.total_fen == 220_474, "1000.335 x 2.32 x 0.95 = 2204.73834, half up"
    step = statement.lines.get().account["steps"][0]
    assert step["formula"] == "处理水量 × 单价 × 绩效"
    assert step["with_figures"] == "1,000.335 吨 × 2.32 元/吨 × 95 %"
    assert (step["value"], step["rounding"]) == ("2,204.74 元", "0.01 元 四舍五入")
    pay_statement(made.clerk, statement.pk, payment(200_000, 0, "V-1"))
    pay_statement(made.clerk, statement.pk, payment(10_000, 10_474, "V-2"))
    assert paid_fen(statement) == statement.total_fen
    assert accounts(made) == {
        LedgerAccount.SERVICES: 220_474,
        LedgerAccount.PAYABLE: 0,
        LedgerAccount.FROM_GENERAL: -210_000,
        LedgerAccount.FROM_GOVERNMENT: -10_474,
        LedgerAccount.ADVANCES: 0,
    }
    booked = {(one.row_key, one.fund, one.voucher): one.amount_fen for one in ExecutionBooking.objects.all()}
    assert booked == {
        ("p7", "general", "V-1"): 200_000,
        ("p7", "general", "V-2"): 10_000,
        ("p13", "fund", "V-2"): 10_474,
    }
    assert all(ledger.is_sealed(one) for one in Posting.objects.all())
    assert statement.seal == statement_seal(statement)
    assert verify().intact


def test_the_same_payment_sent_again_is_one_and_another_under_its_id_is_refused(made: Settling) -> None:
    frozen(made, JANUARY)
    statement, sent = approved(made, JANUARY), payment(1000)
    first = pay_statement(made.clerk, statement.pk, sent)
    assert pay_statement(made.clerk, statement.pk, sent) == first
    assert (Payment.objects.count(), paid_fen(statement)) == (1, 1000)
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        pay_statement(made.clerk, statement.pk, type(sent)(sent.id, sent.on, "V-9", sent.parts))


def test_a_payment_over_the_line_names_line_rest_and_asked_and_leaves_nothing_half_posted(made: Settling) -> None:
    frozen(made, JANUARY, "100000000")
    statement = approved(made, JANUARY)
    row = rows_to_spend(BudgetSet.objects.get())["projects", "p13"]
    before = accounts(made)
    with pytest.raises(Conflict) as error:
        pay_statement(made.clerk, statement.pk, payment(5000, row.planned + 1))
    assert refused("settlement.over_line", error) == {
        "line": row.name,
        "rest": f"{row.planned // 100}.00",
        "asked": f"{row.planned // 100}.01",
    }
    assert (Payment.objects.count(), ExecutionBooking.objects.count(), accounts(made)) == (0, 0, before)
    pay_statement(made.clerk, statement.pk, payment(0, row.planned))
    with pytest.raises(Conflict) as error:
        pay_statement(made.clerk, statement.pk, payment(0, 1, "V-2"))
    assert refused("settlement.over_line", error)["rest"] == "0.00"


def test_more_than_is_owed_is_not_paid_nor_what_is_not_approved_nor_from_a_year_without_budget(made: Settling) -> None:
    frozen(made, JANUARY)
    statement = draft_statement(made.clerk, made.contract, JANUARY, JANUARY)
    with pytest.raises(Conflict, match=r"settlement\.not_approved"):
        pay_statement(made.clerk, statement.pk, payment(1))
    approve(made, statement)
    with pytest.raises(Conflict) as error:
        pay_statement(made.clerk, statement.pk, payment(232_001))
    assert refused("settlement.over_statement", error)["rest"] == "2320.00"
    with pytest.raises(NotFound, match=r"execution\.no_present"):
        pay_statement(made.clerk, statement.pk, payment(1, on=date(2024, 5, 6)))
    assert (Payment.objects.count(), ExecutionBooking.objects.count()) == (0, 0)


def test_a_payment_is_reversed_in_the_budget_and_in_the_ledger_once(made: Settling) -> None:
    frozen(made, JANUARY)
    statement = approved(made, JANUARY)
    paid = pay_statement(made.clerk, statement.pk, payment(1000, 500))
    owed = accounts(made)[LedgerAccount.PAYABLE]
    reverse_payment(made.clerk, paid.pk, uuid4(), "账号有误")
    assert (paid_fen(statement), sum(one.amount_fen for one in ExecutionBooking.objects.all())) == (0, 0)
    assert accounts(made)[LedgerAccount.PAYABLE] == owed - 1500
    with pytest.raises(Conflict, match=r"settlement\.reversed_already"):
        reverse_payment(made.clerk, paid.pk, uuid4(), "再来一次")


def test_nobody_checks_or_approves_his_own_work(made: Settling) -> None:
    sheet = open_sheet(made.clerk, made.contract, JANUARY)
    sheet = tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "1", "吨", "抄表单")])
    with pytest.raises(NotAllowed, match=r"settlement\.four_eyes"):
        act_on_sheet(made.clerk, sheet.pk, sheet.version, SheetAction.CHECK)
    freeze(made, sheet)
    both = add_person("both", Role.FINANCE, Role.FINANCE_LEADER)
    statement = draft_statement(both, made.contract, JANUARY, JANUARY)
    with pytest.raises(NotAllowed, match=r"settlement\.four_eyes"):
        act_on_statement(both, statement.pk, 1, StatementAction.CHECK)
    act_on_statement(made.checker, statement.pk, 1, StatementAction.CHECK)
    with pytest.raises(NotAllowed, match=r"settlement\.four_eyes"):
        act_on_statement(both, statement.pk, 2, StatementAction.APPROVE)
    with pytest.raises(NotAllowed, match=r"door\.not_allowed"):
        act_on_statement(made.checker, statement.pk, 2, StatementAction.APPROVE)
    assert Posting.objects.count() == 0


def test_two_people_move_one_statement_at_once_and_the_later_is_told(made: Settling) -> None:
    frozen(made, JANUARY)
    seen = draft_statement(made.clerk, made.contract, JANUARY, JANUARY)
    act_on_statement(made.checker, seen.pk, seen.version, StatementAction.CHECK)
    with pytest.raises(Conflict) as error:
        act_on_statement(made.clerk, seen.pk, seen.version, StatementAction.DISCARD, "改期")
    assert refused("version.stale", error) == {"sent": 1, "present": 2}
    assert Statement.objects.get().state == StatementState.CHECKED


def test_a_month_is_closed_once_and_takes_nothing_more(made: Settling) -> None:
    sheet = frozen(made, JANUARY)
    assert sheet.seal == sheet_seal(sheet)
    for again in (
        lambda: act_on_sheet(made.checker, sheet.pk, sheet.version, SheetAction.FREEZE),
        lambda: open_sheet(made.clerk, made.contract, JANUARY),
        lambda: tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "2", "吨", "补单")]),
    ):
        with pytest.raises(Conflict) as error:
            again()
        assert refused("settlement.month_closed", error) == {"month": "2025-01"}
    assert QuantitySheet.objects.count() == 1


def test_a_price_change_inside_a_frozen_month_is_refused_and_one_after_it_counts_from_then_on(made: Settling) -> None:
    frozen(made, JANUARY)
    dearer = TEXT.replace("2.32", "3.00")
    with pytest.raises(Conflict) as error:
        load_contract(made.clerk, draft_of(dearer, date(2025, 1, 15)))
    assert refused("settlement.month_frozen", error) == {"month": "2025-01", "day": "2025-01-15"}
    loaded = load_contract(made.clerk, draft_of(dearer, FEBRUARY))
    assert loaded.created
    assert not load_contract(made.clerk, draft_of(dearer, FEBRUARY)).created, "the same text from the same day"
    frozen(made, FEBRUARY)
    with pytest.raises(InvalidInput) as unfit:
        draft_statement(made.clerk, made.contract, JANUARY, FEBRUARY)
    assert refused("settlement.version_changes", unfit) == {"day": "2025-02-01"}
    assert [approved(made, month).total_fen for month in (JANUARY, FEBRUARY)] == [232_000, 300_000]


def test_late_data_is_a_line_of_a_later_statement_at_the_price_of_its_own_month(made: Settling) -> None:
    january = frozen(made, JANUARY, "1000")
    stated = approved(made, JANUARY)
    before = (january.seal, stated.seal, stated.total_fen)
    load_contract(made.clerk, draft_of(TEXT.replace("2.32", "3.00"), FEBRUARY))
    sheet = open_sheet(made.clerk, made.contract, FEBRUARY)
    base = january.quantities.get()
    sheet = adjust(made.clerk, sheet.pk, sheet.version, Adjusted(base.pk, "-100.5", "水表校验报告"))
    sheet = tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "200", "吨", "抄表单")])
    freeze(made, sheet)
    later = approved(made, FEBRUARY)
    lines = {line.kind: line for line in later.lines.all()}
    assert lines[StatementLineKind.COMPUTED].amount_fen == 60_000
    assert lines[StatementLineKind.ADJUSTMENT].amount_fen == -23_316, "100.5 x 2.32, the price of January"
    assert lines[StatementLineKind.ADJUSTMENT].about == stated
    assert later.total_fen == 60_000 - 23_316
    january.refresh_from_db()
    stated.refresh_from_db()
    assert (january.seal, stated.seal, stated.total_fen) == before
    assert (sheet_seal(january), statement_seal(stated)) == before[:2]


def test_a_second_correction_counts_what_the_first_one_did(made: Settling) -> None:
    january = frozen(made, JANUARY, "1000")
    approved(made, JANUARY)
    base = january.quantities.get()
    for month, tonnes in ((FEBRUARY, "5"), (MARCH, "7")):
        sheet = open_sheet(made.clerk, made.contract, month)
        sheet = adjust(made.clerk, sheet.pk, sheet.version, Adjusted(base.pk, tonnes, "补传"))
        sheet = tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "100", "吨", "抄表单")])
        freeze(made, sheet)
        approved(made, month)
    assert [
        one.amount_fen for one in StatementLine.objects.filter(kind=StatementLineKind.ADJUSTMENT).order_by("pk")
    ] == [
        1160,
        1624,
    ]


def test_a_correction_that_comes_before_its_month_is_stated_goes_into_it(made: Settling) -> None:
    january = frozen(made, JANUARY, "1000")
    sheet = open_sheet(made.clerk, made.contract, FEBRUARY)
    sheet = adjust(made.clerk, sheet.pk, sheet.version, Adjusted(january.quantities.get().pk, "50", "补传"))
    freeze(made, tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "10", "吨", "抄表单")]))
    assert approved(made, JANUARY).total_fen == 1050 * 232
    assert approved(made, FEBRUARY).total_fen == 10 * 232


def test_months_are_settled_in_order_each_once_and_only_when_frozen(made: Settling) -> None:
    frozen(made, JANUARY)
    frozen(made, FEBRUARY)
    with pytest.raises(Conflict, match=r"settlement\.months_in_order"):
        draft_statement(made.clerk, made.contract, FEBRUARY, FEBRUARY)
    with pytest.raises(Conflict, match=r"settlement\.month_not_frozen"):
        draft_statement(made.clerk, made.contract, JANUARY, MARCH)
    statement = approved(made, JANUARY, FEBRUARY)
    assert statement.total_fen == 464_000
    with pytest.raises(Conflict, match=r"settlement\.month_stated"):
        draft_statement(made.clerk, made.contract, FEBRUARY, FEBRUARY)


def test_a_reversed_statement_leaves_the_ledger_even_and_its_months_free(made: Settling) -> None:
    frozen(made, JANUARY)
    statement = approved(made, JANUARY)
    paid = pay_statement(made.clerk, statement.pk, payment(100))
    with pytest.raises(Conflict) as error:
        act_on_statement(made.leader, statement.pk, 3, StatementAction.REVERSE, "重算")
    assert refused("settlement.paid_already", error) == {"paid": "1.00"}
    reverse_payment(made.clerk, paid.pk, uuid4(), "重算")
    act_on_statement(made.leader, statement.pk, 3, StatementAction.REVERSE, "重算")
    assert set(accounts(made).values()) == {0}
    assert approved(made, JANUARY).code != statement.code


def test_an_advance_is_offset_and_no_more_than_was_paid(made: Settling) -> None:
    pay_advance(made.clerk, made.contract.pk, payment(100_000))
    frozen(made, JANUARY)
    statement = draft_statement(made.clerk, made.contract, JANUARY, JANUARY)
    with pytest.raises(Conflict) as error:
        add_line(made.clerk, statement.pk, 1, LineByHand(StatementLineKind.ADVANCE, 100_001, "抵扣", "预付协议"))
    assert refused("settlement.over_advance", error) == {"rest": "1000.00", "asked": "1000.01"}
    statement = add_line(made.clerk, statement.pk, 1, LineByHand(StatementLineKind.ADVANCE, 60_000, "抵扣", "预付协议"))
    with pytest.raises(Conflict, match=r"settlement\.over_advance"):
        add_line(made.clerk, statement.pk, 2, LineByHand(StatementLineKind.ADVANCE, 40_001, "抵扣", "预付协议"))
    statement = add_line(
        made.clerk, statement.pk, 2, LineByHand(StatementLineKind.DEDUCTION, 2_000, "考核扣款", "考核表")
    )
    approve(made, statement)
    assert Statement.objects.get().total_fen == 232_000 - 60_000 - 2_000
    found = accounts(made)
    assert (found[LedgerAccount.SERVICES], found[LedgerAccount.PAYABLE]) == (230_000, -170_000)
    assert found[LedgerAccount.ADVANCES] == 40_000


def test_a_formula_that_cannot_be_worked_out_states_nothing_and_names_its_line(made: Settling) -> None:
    text = TEXT.replace("编号 W-1", "编号 W-2").replace("× 绩效", "÷ 绩效")
    loaded = load_contract(made.clerk, draft_of(text))
    assert loaded.version is not None
    other = Settling(made.owner, made.contractor, made.clerk, made.checker, made.leader, loaded.version.contract)
    frozen(other, JANUARY, "1", 绩效=("0", "%"))
    with pytest.raises(InvalidInput) as error:
        draft_statement(made.clerk, other.contract, JANUARY, JANUARY)
    assert refused("contract.division_by_zero", error) == {"line": 13}
    assert Statement.objects.count() == 0


def test_a_text_with_a_wrong_unit_is_not_loaded(made: Settling) -> None:
    loaded = load_contract(made.clerk, draft_of(TEXT.replace("处理水量 × 单价", "处理水量 + 单价"), APRIL))
    assert loaded.version is None
    assert [(one.rule, one.row) for one in loaded.findings] == [("contract.unit_differs", 13)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (ByHand("处理水量", "1", "元", "单"), "contract.input_unit"),
        (ByHand("处理气量", "1", "吨", "单"), "contract.no_input"),
        (ByHand("处理水量", "-1", "吨", "单"), "settlement.quantity_negative"),
        (ByHand("处理水量", "1.1234567", "吨", "单"), "settlement.no_number"),
        (ByHand("处理水量", "1", "吨", " "), "settlement.document_missing"),
    ],
)
def test_a_quantity_that_does_not_fit_is_refused(made: Settling, told: ByHand, code: str) -> None:
    sheet = open_sheet(made.clerk, made.contract, JANUARY)
    with pytest.raises(InvalidInput) as error:
        tell(made.clerk, sheet.pk, sheet.version, [ByHand("处理水量", "5", "吨", "单"), told])
    refused(code, error)
    sheet.refresh_from_db()
    assert (sheet.version, sheet.quantities.count()) == (1, 0)


def test_an_input_that_is_missing_stops_the_check_and_one_told_in_part_the_statement(made: Settling) -> None:
    sheet = open_sheet(made.clerk, made.contract, JANUARY)
    with pytest.raises(InvalidInput, match=r"contract\.input_missing"):
        act_on_sheet(made.checker, sheet.pk, sheet.version, SheetAction.CHECK)
    frozen(made, JANUARY, "1", 绩效=("90", "%"))
    frozen(made, FEBRUARY)
    with pytest.raises(InvalidInput) as error:
        draft_statement(made.clerk, made.contract, JANUARY, FEBRUARY)
    assert refused("settlement.not_alike", error) == {"name": "绩效"}


def test_a_statement_is_printed_with_steps_capitals_signatures_and_payments(made: Settling) -> None:
    frozen(made, JANUARY, "1000.335", 绩效=("95", "%"))
    statement = approved(made, JANUARY)
    pay_statement(made.clerk, statement.pk, payment(200_000))
    book = load_workbook(BytesIO(export_statement(made.leader, statement, "zh-CN")))
    rows = [tuple(cell for cell in row if cell) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0] == ("某厂污水处理费 结算单",)
    assert (
        "处理费",
        "处理水量 × 单价 × 绩效 取整到 0.01 元 四舍五入",
        "1,000.335 吨 × 2.32 元/吨 × 95 % = 2,204.73834 元",
        "2,204.74 元",
    ) in rows
    assert ("结算金额（大写）", "贰仟贰佰零肆元柒角肆分", "2204.74") in rows
    assert ("已支付", "2000.00", "未付（元）", "204.74") in rows
    assert [row[:2] for row in rows if row[0] in {"编制", "复核", "审定"}] == [
        ("编制", "clerk"),
        ("复核", "checker"),
        ("审定", "leader"),
    ]


def test_who_is_paid_sees_what_is_approved_and_writes_nothing(made: Settling) -> None:
    works = add_person("works", *Role, organisation=made.contractor)
    others = add_person("others", *Role, organisation=add_organisation("OTHER", "contractor"))
    frozen(made, JANUARY)
    statement = draft_statement(made.clerk, made.contract, JANUARY, JANUARY)
    with pytest.raises(NotFound):
        visible_statement(works, statement.pk)
    approve(made, statement)
    assert visible_statement(works, statement.pk) == statement
    with pytest.raises(NotFound):
        visible_statement(others, statement.pk)
    with pytest.raises(NotAllowed, match=r"settlement\.not_the_payer"):
        pay_statement(works, statement.pk, payment(100))
    with pytest.raises(NotAllowed, match=r"settlement\.not_the_payer"):
        act_on_statement(works, statement.pk, 3, StatementAction.REVERSE, "无")
