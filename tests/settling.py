"""A bureau that owes, a contractor that is paid, and people with different eyes, for tests of settlement."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.budget.published.services import load_published
from chengmai.settlement.models import QuantitySheet, ServiceContract, Statement
from chengmai.settlement.payments import PartDraft, PaymentDraft
from chengmai.settlement.sheets import ByHand, act_on_sheet, open_sheet, tell
from chengmai.settlement.statements import act_on_statement, draft_statement
from chengmai.settlement.states import SheetAction, StatementAction
from chengmai.settlement.terms import Fund
from chengmai.settlement.versions import BudgetLineDraft, ContractDraft, load_contract
from tests.people import add_organisation, add_person
from tests.published import PUBLISHED

TEXT = """合同 某厂污水处理费
编号 W-1
依据 测试

已知
    处理水量 : 吨
    绩效     : % = 100 %

约定
    单价 = 2.32 元/吨

计算
    处理费 = 处理水量 × 单价 × 绩效    取整到 0.01 元 四舍五入

应付 处理费
"""
JANUARY, FEBRUARY, MARCH, APRIL = (date(2025, month, 1) for month in (1, 2, 3, 4))
LINES = (BudgetLineDraft(Fund.GENERAL, "projects", "p7"), BudgetLineDraft(Fund.GOVERNMENT, "projects", "p13"))
"""Two lines of the published budget: 208.276 and 17.524 million yuan hundredths, general budget and government fund."""


@dataclass(frozen=True)
class Settling:
    """The people and the contract."""

    owner: Organisation
    contractor: Organisation
    clerk: User
    checker: User
    leader: User
    contract: ServiceContract


def settling(text: str = TEXT, budget: bool = True) -> Settling:
    """Everything up to a contract that is loaded from January 2025 on."""
    owner, contractor = add_organisation(), add_organisation("WORKS", "contractor")
    clerk, checker = add_person("clerk", Role.FINANCE), add_person("checker", Role.FINANCE)
    leader = add_person("leader", Role.FINANCE_LEADER)
    if budget:
        load_published(clerk, "CG", PUBLISHED.name, PUBLISHED.read_bytes())
    loaded = load_contract(clerk, draft_of(text))
    assert loaded.version is not None, loaded.findings
    return Settling(owner, contractor, clerk, checker, leader, loaded.version.contract)


def draft_of(text: str = TEXT, valid_from: date = JANUARY) -> ContractDraft:
    """A contract's text as it is loaded."""
    return ContractDraft("w-1.txt", text, "CG", "WORKS", valid_from, None, LINES)


def frozen(made: Settling, month: date, tonnes: str = "1000", **others: tuple[str, str]) -> QuantitySheet:
    """A month with its quantities, checked and frozen."""
    sheet = open_sheet(made.clerk, made.contract, month)
    told = [ByHand("处理水量", tonnes, "吨", f"抄表单 {month:%Y-%m}")]
    told += [ByHand(name, number, unit, "考核表") for name, (number, unit) in others.items()]
    return freeze(made, tell(made.clerk, sheet.pk, sheet.version, told))


def freeze(made: Settling, sheet: QuantitySheet) -> QuantitySheet:
    """A draft checked and frozen by another person."""
    sheet = act_on_sheet(made.checker, sheet.pk, sheet.version, SheetAction.CHECK)
    return act_on_sheet(made.checker, sheet.pk, sheet.version, SheetAction.FREEZE)


def approved(made: Settling, first: date, last: date | None = None) -> Statement:
    """A statement of frozen months, checked and approved."""
    return approve(made, draft_statement(made.clerk, made.contract, first, last or first))


def approve(made: Settling, statement: Statement) -> Statement:
    """A draft checked and approved by two other people."""
    statement = act_on_statement(made.checker, statement.pk, statement.version, StatementAction.CHECK)
    return act_on_statement(made.leader, statement.pk, statement.version, StatementAction.APPROVE)


def payment(general: int = 0, fund: int = 0, voucher: str = "V-1", on: date = date(2025, 5, 6)) -> PaymentDraft:
    """A payment of so many fen from the two funds."""
    parts = [PartDraft(one, fen) for one, fen in ((Fund.GENERAL, general), (Fund.GOVERNMENT, fund)) if fen]
    return PaymentDraft(uuid4(), on, voucher, parts)
