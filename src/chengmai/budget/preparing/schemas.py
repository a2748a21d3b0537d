"""Shapes of the doors at which a budget is prepared; amounts are text in ten thousand yuan, as they are typed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.preparing.terms import DraftKind
from chengmai.budget.published.schemas import PrintedFinding
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.findings import Severity
from chengmai.disclosure.layouts import ColumnKind, RowKind


class DraftIn(Schema):
    """What draft is wanted; ``owner`` and ``year`` for an empty one, ``basis`` for the others."""

    kind: DraftKind
    owner: str = ""
    year: int = 0
    unit_name: str = Field(default="", max_length=128)
    basis: UUID | None = None
    with_amounts: bool = False
    reason: str = Field(default="", max_length=2000)


class TieOut(Schema):
    """A rule between tables that does not hold, in words, with the cells it speaks of by their keys."""

    rule: str
    severity: Severity
    table: str
    row: str
    column: str
    other_table: str
    other_row: str
    other_column: str
    sentence: str


class DraftTableHead(Schema):
    """A table of a set by its title; how many rules do not hold at it."""

    key: str
    number: int
    title: str
    errors: int
    warnings: int
    notes: int


class DraftOut(Schema):
    """A set as it is prepared: what it is, whether it may be changed, its tables, what does not hold in it."""

    id: UUID
    unit_name: str
    year: int
    version: int
    state: BudgetSetState
    editable: bool
    revision: int
    reason: str
    basis: UUID | None
    basis_told: str
    changed_by: str
    changed_at: datetime | None
    tables: list[DraftTableHead]
    ties: list[TieOut]


class RecomputedOut(Schema):
    """A sum of the basis that came out otherwise than it was printed."""

    table: str
    row: str
    column: str
    name: str
    printed: str
    computed: str


class StartedDraftOut(Schema):
    """A draft as it begins."""

    draft: DraftOut
    recomputed: list[RecomputedOut]


class GridColumn(Schema):
    """A column by its key; ``label`` is the path of header words over it."""

    key: str
    label: str
    kind: ColumnKind
    side: str


class GridCell(Schema):
    """A cell: its row's key, what it says, and whether it is a sum that nobody types."""

    row: str
    text: str
    computed: bool


class GridLine(Schema):
    """A printed row; a side that has no row there is null. ``level`` is 0 for totals."""

    index: int
    level: int
    cells: list[GridCell | None]


class GridOut(Schema):
    """A table to type in: header rows, columns, lines."""

    key: str
    number: int
    title: str
    unit: str
    rows: RowKind
    header: list[list[str]]
    columns: list[GridColumn]
    lines: list[GridLine]


class StepShape(Schema):
    """One step of typing: ``set`` and ``paste`` name a cell, ``add`` tells a row, ``remove`` names one.

    ``beside`` is the government's class of a row of economic classes; ``before`` the key of the row it shall precede.
    """

    kind: Literal["set", "paste", "add", "remove"]
    row: str = Field(default="", max_length=128)
    column: str = Field(default="", max_length=32)
    text: str = Field(default="", max_length=200_000)
    side: str = Field(default="", max_length=16)
    code: str = Field(default="", max_length=32)
    name: str = Field(default="", max_length=255)
    beside: str = Field(default="", max_length=255)
    amounts: dict[str, str] = {}
    before: str = Field(default="", max_length=128)


class EditIn(Schema):
    """Steps in one table, on the revision the sender saw."""

    revision: int
    table: str
    steps: list[StepShape] = Field(max_length=2000)


class ChangedCell(Schema):
    """A cell that says something else now."""

    row: str
    column: str
    text: str


class EditOut(Schema):
    """What was stored: the cells that changed, or the whole table where rows did; ``undo`` leads back.

    ``differing`` tells which pasted sums are not what came out.
    """

    revision: int
    changed_at: datetime | None
    changed: list[ChangedCell]
    grid: GridOut | None
    undo: list[StepShape]
    differing: list[str]
    tables: list[DraftTableHead]
    ties: list[TieOut]


class DiscardIn(Schema):
    """Why a draft is given up."""

    revision: int
    reason: str = Field(max_length=2000)


class ClassOut(Schema):
    """A code of the classification with its name, and whether the table has it already."""

    code: str
    name: str
    there: bool


class TableImportOut(Schema):
    """What an import came to; with an error nothing was stored."""

    stored: bool
    tables: list[str]
    errors: int
    findings: list[PrintedFinding]
    draft: DraftOut


class LeftOverOut(Schema):
    """What is left of a project of the year before, by source, in ten thousand yuan."""

    table: str
    row: str
    name: str
    general: str
    fund: str
    state_capital: str


class CarriedIn(Schema):
    """A project to carry over: its class code, and what is carried by source, as typed."""

    name: str = Field(max_length=255)
    code: str = Field(max_length=16)
    general: str = ""
    fund: str = ""
    state_capital: str = ""


class CarryIn(Schema):
    """The projects to carry over, on the revision the sender saw."""

    revision: int
    projects: list[CarriedIn] = Field(max_length=500)
