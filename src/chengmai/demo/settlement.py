"""Contracts of the demonstration city: the texts that ship, quantities of the first months of 2025, a paid statement.

Texts and budget are the bureau's as published; months, documents and vouchers are invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from uuid import UUID

from chengmai.access.models import User
from chengmai.core.money import fen_of
from chengmai.demo import people
from chengmai.settlement.models import ServiceContract
from chengmai.settlement.payments import PartDraft, PaymentDraft, pay_statement
from chengmai.settlement.sheets import Adjusted, ByHand, act_on_sheet, adjust, open_sheet, tell
from chengmai.settlement.statements import act_on_statement, draft_statement
from chengmai.settlement.states import SheetAction, StatementAction
from chengmai.settlement.terms import Fund
from chengmai.settlement.versions import BindingDraft, BudgetLineDraft, ContractDraft, bind, load_contract

TEXTS = files("chengmai.demo") / "contracts"
PAYMENT = UUID("01940000-0000-7000-8000-000000000001")
JANUARY, FEBRUARY, MARCH = (date(2025, month, 1) for month in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A shipped text: who is paid, since when, from which rows of the budget's table of projects."""

    name: str
    contractor: str
    valid_from: date
    general: str = ""
    government: str = ""

    def lines(self) -> list[BudgetLineDraft]:
        """The lines that pay."""
        told = ((Fund.GENERAL, self.general), (Fund.GOVERNMENT, self.government))
        return [BudgetLineDraft(fund, "projects", row) for fund, row in told if row]


CONTRACTS = (
    ContractRow("auxiliary-staff", people.STAFFING, JANUARY, "p28"),
    ContractRow("fly-ash-landfill", people.LANDFILL, date(2024, 8, 19), "p21", "p15"),
    ContractRow("guards", people.STAFFING, JANUARY, "p29"),
    ContractRow("relocated-workers", people.STAFFING, JANUARY, "p27"),
    ContractRow("sewage-beishidian", people.SEWAGE_WORKS, date(2024, 1, 1), "p7", "p13"),
    ContractRow("sewage-beishidian-arrears", people.SEWAGE_WORKS, JANUARY, "p7", "p13"),
    ContractRow("sewage-jinjiang-ppp", people.SEWAGE_WORKS, date(2023, 1, 1), "", "p6"),
    ContractRow("sewage-jinjiang-request", people.SEWAGE_WORKS, JANUARY, "", "p6"),
    ContractRow("sewage-qingyuan", people.SEWAGE_WORKS, JANUARY, "p23", "p4"),
    ContractRow("sludge-price-change", people.WASTE_WORKS, JANUARY, "", "p8"),
    ContractRow("waste-incineration", people.INCINERATOR, JANUARY, "", "p14"),
)
MONTHS: dict[str, tuple[tuple[date, str, str, str], ...]] = {
    "BSD-SEWAGE": (
        (JANUARY, "处理水量", "76.712", "万吨"),
        (FEBRUARY, "处理水量", "70.935", "万吨"),
        (MARCH, "处理水量", "78.0261", "万吨"),
    ),
    "FLY-ASH": ((JANUARY, "飞灰量", "842.36", "吨"), (FEBRUARY, "飞灰量", "797.51", "吨")),
}
"""What was told by hand: contract -> month, input, number, unit."""


def ensure_settlement() -> None:
    """Load the contracts that are missing, and the months of those that are new."""
    if ServiceContract.objects.exists():
        return
    found = {}
    for row in CONTRACTS:
        name = f"{row.name}.txt"
        text = (TEXTS / name).read_text("utf-8")
        draft = ContractDraft(name, text, people.BUREAU, row.contractor, row.valid_from, None, row.lines())
        version = load_contract(None, draft).version
        if version is not None:
            found[version.contract.code] = version.contract
    clerk, checker, leader = (User.objects.get(username=name) for name in ("finance", "finance_2", "finance_leader"))
    for code, months in MONTHS.items():
        for month in months:
            _freeze(clerk, checker, found[code], month)
    _settle(clerk, checker, leader, found["BSD-SEWAGE"])
    _correct(clerk, found["FLY-ASH"])
    _staff(clerk, checker, found["AUXILIARY-STAFF"])


def _freeze(clerk: User, checker: User, contract: ServiceContract, told: tuple[date, str, str, str]) -> None:
    month, name, number, unit = told
    sheet = open_sheet(clerk, contract, month)
    sheet = tell(clerk, sheet.pk, sheet.version, [ByHand(name, number, unit, f"{month:%Y 年 %m 月}计量确认单")])
    _close(checker, sheet.pk, sheet.version)


def _close(checker: User, sheet: UUID, version: int) -> None:
    checked = act_on_sheet(checker, sheet, version, SheetAction.CHECK)
    act_on_sheet(checker, sheet, checked.version, SheetAction.FREEZE)


def _settle(clerk: User, checker: User, leader: User, contract: ServiceContract) -> None:
    """The first quarter: approved, and a part of it paid from two funds."""
    statement = draft_statement(clerk, contract, JANUARY, MARCH)
    statement = act_on_statement(checker, statement.pk, statement.version, StatementAction.CHECK)
    statement = act_on_statement(leader, statement.pk, statement.version, StatementAction.APPROVE)
    parts: Sequence[PartDraft] = (
        PartDraft(Fund.GENERAL, fen_of("3000000.00")),
        PartDraft(Fund.GOVERNMENT, fen_of("800000.00")),
    )
    draft = PaymentDraft(PAYMENT, date(2025, 4, 18), "国库支付 2025-0418-07", parts, "第一季度首付")
    pay_statement(clerk, statement.pk, draft)


def _correct(clerk: User, contract: ServiceContract) -> None:
    """March is being drafted, and corrects what was weighed in January."""
    january = contract.sheets.get(month=JANUARY).quantities.get()
    sheet = open_sheet(clerk, contract, MARCH)
    adjust(clerk, sheet.pk, sheet.version, Adjusted(january.pk, "-3.12", "地磅检定报告 2025-03"))


def _staff(clerk: User, checker: User, contract: ServiceContract) -> None:
    """Two months counted by the calendar."""
    bind(clerk, contract, contract.version, [BindingDraft("月数", "calendar", {})])
    for month in (JANUARY, FEBRUARY):
        sheet = open_sheet(clerk, contract, month)
        _close(checker, sheet.pk, sheet.version)
