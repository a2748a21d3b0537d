"""Shapes of the doors of many units: rounds, the table of units and rules, what came, its findings."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.checking.schemas import CheckFinding
from chengmai.budget.published.schemas import BudgetOwner
from chengmai.budget.units.rules import DocumentState, HandInState, MatchGround


class RoundIn(Schema):
    """A round to begin: its name, the budget year, whose it is (the caller's organisation by default)."""

    name: str = Field(max_length=200)
    year: int
    owner: str = Field("", max_length=32)


class RoundOut(Schema):
    """A round with how many units are expected and how its documents stand."""

    id: UUID
    owner: BudgetOwner
    name: str
    year: int
    started_at: datetime
    units: int
    documents: int
    waiting: int


class RoundDocumentOut(Schema):
    """A document that came; sums are yuan in strings, null where it does not print them."""

    id: UUID
    name: str
    received_on: date
    unit: str
    ground: MatchGround
    state: DocumentState
    error: str
    unit_name: str
    year: int
    tables: int
    income: str | None
    spending: str | None
    three_public: str | None
    errors: int
    warnings: int
    notes: int
    undecided: int
    rules: dict[str, dict[str, int]]


class UnitRowOut(Schema):
    """One unit: how it stands to its day, and the document whose findings and sums count (null for none)."""

    code: str
    name: str
    due_on: date | None
    handed_in_on: date | None
    state: HandInState
    days_late: int
    counted: bool
    shown: RoundDocumentOut | None
    others: list[RoundDocumentOut]


class SumOut(Schema):
    """A sum over units, yuan in a string, and of how many units it is."""

    yuan: str
    units: int


class RoundTotals(Schema):
    """All units together."""

    units: int
    on_time: int
    late: int
    missing: int
    unusable: int
    awaited: int
    checking: int
    income: SumOut
    spending: SumOut
    three_public: SumOut
    errors: int
    warnings: int
    notes: int
    undecided: int


class RoundRule(Schema):
    """A rule that found something: its short name, its kind, in how many units and how often."""

    rule: str
    name: str
    rule_group: str
    findings: int
    units: int


class RoundProgress(Schema):
    """How far the checks are."""

    documents: int
    waiting: int
    checked: int
    failed: int


class RoundDetail(Schema):
    """A round as one table; ``astray`` are documents of no unit on the list, which count in no sum."""

    round: RoundOut
    as_of: date
    may_manage: bool
    progress: RoundProgress
    totals: RoundTotals
    rules: list[RoundRule]
    rows: list[UnitRowOut]
    astray: list[RoundDocumentOut]


class ListFinding(Schema):
    """What is wrong with a list of units, in words."""

    row: int | None
    sentence: str


class UnitListOut(Schema):
    """Whether a list was taken; with any finding it was not."""

    units: int
    findings: list[ListFinding]


class RefusedFileOut(Schema):
    """A file that was not taken, and why."""

    name: str
    reason: str


class HandInOut(Schema):
    """What became of an upload: files taken, files that are in the round already, files refused."""

    taken: int
    known: list[str]
    refused: list[RefusedFileOut]


class AssignIn(Schema):
    """The code of the unit a document belongs to; empty when it is nobody's."""

    unit: str = Field("", max_length=32)


class UnitFinding(CheckFinding):
    """A finding with the lines it speaks of, as printed."""

    text: str
    other_text: str


class DocumentFindings(Schema):
    """The findings of a document, all of them or those of a rule."""

    document: RoundDocumentOut
    total: int
    findings: list[UnitFinding]
