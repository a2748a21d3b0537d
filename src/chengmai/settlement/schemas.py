"""Shapes of the doors of settlement; amounts are yuan in text, quantities text with their unit."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from chengmai.settlement.states import SheetAction, SheetState, StatementAction, StatementState
from chengmai.settlement.terms import Fund, OverMonths, StatementLineKind


class ContractPartyOut(Schema):
    """An organisation that owes or is paid."""

    code: str
    name_zh: str
    name_en: str


class ContractSummary(Schema):
    """A contract and what is open of it in a month; ``owed`` is approved and not paid yet."""

    id: UUID
    code: str
    title: str
    owner: ContractPartyOut
    contractor: ContractPartyOut
    number: int
    valid_from: date
    valid_to: date | None
    sheet: UUID | None
    sheet_state: SheetState | None
    lacking: int
    unstated: list[str]
    statement: UUID | None
    statement_code: str
    statement_state: StatementState | None
    owed: str
    writable: bool


class ContractsOut(Schema):
    """The contracts a person sees, as of a month."""

    month: str
    contracts: list[ContractSummary]


class LineIn(Schema):
    """A line of the owner's budget that pays."""

    fund: Fund
    table: str = Field(max_length=32)
    row: str = Field(max_length=128)


class ContractIn(Schema):
    """What a contract's text does not say itself; ``lines`` as ``general=projects.p7 fund=projects.p13``."""

    owner: str = Field(max_length=32)
    contractor: str = Field(max_length=32)
    valid_from: date
    valid_to: date | None = None
    lines: str = Field("", max_length=500)


class ContractFinding(Schema):
    """What is wrong with a contract's text, and on which line."""

    line: int | None
    sentence: str
    severity: str


class ContractLoadedOut(Schema):
    """What loading came to; without an id nothing was loaded."""

    id: UUID | None
    number: int | None
    created: bool
    findings: list[ContractFinding]


class VersionOut(Schema):
    """A version of a contract."""

    number: int
    valid_from: date
    valid_to: date | None
    text: str
    text_hash: str
    source: str
    loaded_at: datetime
    loaded_by: str


class InputOut(Schema):
    """What must be told each month, in which unit, and where it comes from."""

    name: str
    unit: str
    required: bool
    source: str
    parameters: dict[str, str]
    over_months: OverMonths


class BudgetLineOut(Schema):
    """A line that pays, with what is left of it; None where no present budget has it."""

    fund: Fund
    table: str
    row: str
    name: str
    rest: str | None


class MonthSummary(Schema):
    """A month of a contract."""

    id: UUID
    month: str
    state: SheetState


class StatementSummary(Schema):
    """A statement in a row."""

    id: UUID
    code: str
    first: date
    last: date
    state: StatementState
    total: str
    paid: str


class QuantitySourceOut(Schema):
    """A source of quantities, the words it needs, and those it understands."""

    name: str
    needs: list[str]
    may: list[str]


class ContractOut(Schema):
    """A contract with everything that hangs on it."""

    id: UUID
    code: str
    title: str
    version: int
    owner: ContractPartyOut
    contractor: ContractPartyOut
    versions: list[VersionOut]
    inputs: list[InputOut]
    lines: list[BudgetLineOut]
    sources: list[QuantitySourceOut]
    sheets: list[MonthSummary]
    statements: list[StatementSummary]
    advance: str
    writable: bool


class InputBindingIn(Schema):
    """Where an input comes from."""

    input: str = Field(max_length=64)
    source: str = Field(max_length=16)
    parameters: dict[str, str] = {}
    over_months: OverMonths | None = None


class BindingsIn(Schema):
    """Where inputs come from; ``version`` is the contract's that was seen."""

    version: int
    bindings: list[InputBindingIn] = Field(max_length=100)


class MonthIn(Schema):
    """A month, ``2025-01``."""

    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")


class QuantityByHandIn(Schema):
    """A quantity told by hand."""

    input: str = Field(max_length=64)
    number: str = Field(max_length=32)
    unit: str = Field(max_length=32)
    document: str = Field(max_length=255)


class QuantitiesIn(Schema):
    """Quantities told by hand; ``version`` is the sheet's that was seen."""

    version: int
    quantities: list[QuantityByHandIn] = Field(max_length=100)


class SeenIn(Schema):
    """The version that was seen."""

    version: int


class SheetAdjustmentIn(Schema):
    """By how much a frozen quantity was wrong."""

    version: int
    quantity: UUID
    difference: str = Field(max_length=32)
    document: str = Field(max_length=255)


class SheetActionIn(Schema):
    """One step on a sheet."""

    action: SheetAction
    version: int


class QuantityInput(Schema):
    """One thing a quantity was made from: what it is, its identity, its revision or hash, its page."""

    kind: str
    id: str
    facts: dict[str, Any]


class SheetQuantityOut(Schema):
    """A quantity with what it was made from."""

    id: UUID
    sheet: UUID
    month: str
    input: str
    number: str
    unit: str
    estimated: str
    source: str
    inputs: list[QuantityInput]
    remarks: list[str]
    document: str
    seal: str
    intact: bool
    adjusts: UUID | None


class HandOut(Schema):
    """Who did something, and when."""

    by: str
    at: datetime | None


class QuantitySheetOut(Schema):
    """A month's quantities."""

    id: UUID
    contract: UUID
    code: str
    title: str
    month: str
    state: SheetState
    version: int
    drafted: HandOut
    checked: HandOut
    frozen: HandOut
    seal: str
    intact: bool
    inputs: list[InputOut]
    quantities: list[SheetQuantityOut]
    adjusted_later: list[SheetQuantityOut]
    adjustable: list[SheetQuantityOut]
    writable: bool
    own_work: bool


class StatementIn(Schema):
    """The months to settle, ``2025-01`` to ``2025-03``."""

    first: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    last: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")


class StatementLineIn(Schema):
    """A line by hand; the amount is above zero, its kind gives the sign."""

    version: int
    kind: StatementLineKind
    amount: str
    reason: str = Field(max_length=500)
    document: str = Field(max_length=255)


class StatementActionIn(Schema):
    """One step on a statement."""

    action: StatementAction
    version: int
    reason: str = Field("", max_length=500)


class StatementStep(Schema):
    """One step of the contract's text: the formula as written, with its figures, exact and cut."""

    name: str
    line: int
    formula: str
    with_figures: str
    uncut: str
    value: str
    rounding: str | None


class StatementLineOut(Schema):
    """A line with its steps and the quantities it was computed from."""

    position: int
    kind: StatementLineKind
    amount: str
    reason: str
    document: str
    about: UUID | None
    about_code: str
    stated: str
    corrected: str
    terms: dict[str, str]
    steps: list[StatementStep]
    quantities: list[SheetQuantityOut]


class PaymentPartIn(Schema):
    """What of a payment comes from a fund."""

    fund: Fund
    amount: str


class PaymentIn(Schema):
    """A payment; ``id`` is made by the sender."""

    id: UUID
    on: date
    voucher: str = Field(max_length=64)
    parts: list[PaymentPartIn] = Field(max_length=2)
    note: str = Field("", max_length=500)


class PaymentReversalIn(Schema):
    """That a payment is taken back, and why; ``id`` is that of the new one."""

    id: UUID
    reason: str = Field(max_length=500)


class PaymentPartOut(Schema):
    """What of a payment came from a fund, by which line of the budget."""

    fund: Fund
    line: str
    amount: str


class PaymentOut(Schema):
    """A payment."""

    id: UUID
    on: date
    voucher: str
    amount: str
    note: str
    by: str
    parts: list[PaymentPartOut]
    reverses: UUID | None
    reversed: bool


class PostingEntryOut(Schema):
    """One side of a posting; debit or credit, the other is empty."""

    account: str
    name: str
    debit: str
    credit: str


class PostingOut(Schema):
    """A posting of the ledger."""

    id: UUID
    on: date
    source: str
    text: str
    entries: list[PostingEntryOut]
    intact: bool


class StatementOut(Schema):
    """A statement with all that it rests on and all that was paid on it."""

    id: UUID
    code: str
    contract: UUID
    contract_code: str
    title: str
    basis: str
    owner: ContractPartyOut
    contractor: ContractPartyOut
    number: int
    text_hash: str
    first: date
    last: date
    state: StatementState
    version: int
    total: str
    paid: str
    rest: str
    drafted: HandOut
    checked: HandOut
    approved: HandOut
    ended: HandOut
    reason: str
    seal: str
    intact: bool
    lines: list[StatementLineOut]
    funds: list[BudgetLineOut]
    payments: list[PaymentOut]
    postings: list[PostingOut]
    advance: str
    writable: bool
    own_work: bool
