"""Shapes of the doors of published budgets and of the catalogue of purchased services; money is yuan in text."""

from datetime import datetime
from uuid import UUID

from ninja import Schema

from chengmai.budget.published.states import BudgetSetState
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.reading.purchases import PurchaseOutcome


class ReadCounts(Schema):
    """How many things of a kind were read exactly, normalised, or are in doubt."""

    what: str
    exact: int
    normalised: int
    finding: int


class PrintedFinding(Schema):
    """A finding in words; lines count from 1, 0 where it has none."""

    rule: str
    severity: str
    line: int
    other_line: int
    table: str
    sentence: str


class BudgetOwner(Schema):
    """Whose budget it is."""

    code: str
    name_zh: str
    name_en: str


class BudgetSetOut(Schema):
    """A published budget: whose, of which year, from which document, and how much of it was read."""

    id: UUID
    owner: BudgetOwner
    unit_name: str
    year: int
    version: int
    state: BudgetSetState
    source: str
    sha256: str
    lines: int
    loaded_at: datetime
    counts: list[ReadCounts]


class BudgetTableHead(Schema):
    """A table of a set by its title and lines."""

    key: str
    number: int
    title: str
    first_line: int
    last_line: int
    rows: int


class BudgetSetDetail(BudgetSetOut):
    """A set with its tables and the findings of reading it."""

    tables: list[BudgetTableHead]
    findings: list[PrintedFinding]


class PrintedColumn(Schema):
    """A column of a table, by its printed position from 1."""

    key: str
    kind: ColumnKind
    position: int


class PrintedCell(Schema):
    """A cell: what it says, re-printed from its value where it is money; its print where that differs."""

    position: int
    text: str
    printed: str
    yuan: str | None
    fidelity: Fidelity


class PrintedRow(Schema):
    """A printed row with the line it stands on; ``level`` is 0 for totals."""

    line: int
    level: int
    cells: list[PrintedCell]


class BudgetTableOut(BudgetTableHead):
    """A table as it is printed: header rows, columns, rows."""

    header: list[list[str]]
    columns: list[PrintedColumn]
    printed_rows: list[PrintedRow]


class BudgetLoadOut(Schema):
    """What loading or checking a document came to; ``budget`` is null when nothing was stored."""

    budget: BudgetSetOut | None
    created: bool
    lines: int
    tables: int
    of_tables: int
    counts: list[ReadCounts]
    findings: list[PrintedFinding]


class ServiceEntryOut(Schema):
    """A line of the catalogue with the names above it."""

    code: str
    level: int
    name: str
    department: str
    limited_to: str
    line: int
    path: list[str]


class ServiceSearchOut(Schema):
    """The catalogue in force, its departments, and the entries found; empty before one was loaded."""

    title: str
    issue: str
    year: int
    departments: list[str]
    entries: list[ServiceEntryOut]


class PurchaseIn(Schema):
    """A service to be purchased, and by which department of the catalogue."""

    code: str
    name: str
    department: str


class PurchaseCheckOut(Schema):
    """Whether the catalogue allows a purchase; the finding in words, and the entries it may mean."""

    outcome: PurchaseOutcome
    sentence: str
    near: list[ServiceEntryOut]
