"""Tables of a workbook, a CSV file or a text taken over into a draft: findings first, then all of them or none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import BudgetSet
from chengmai.budget.preparing.services import changed, locked_draft
from chengmai.budget.preparing.store import replace_cells
from chengmai.budget.published.queries import table_of
from chengmai.core.findings import Severity
from chengmai.disclosure.drafting.draft_tables import FEN_OF_UNIT, GridTable, from_published, in_wan
from chengmai.disclosure.drafting.totalling import sums_of, totalled
from chengmai.disclosure.findings import DocumentFinding, in_order
from chengmai.disclosure.layouts import layout_for
from chengmai.disclosure.reading.published_tables import PublishedTables, read_tables
from chengmai.disclosure.reading.tables import PublishedTable
from chengmai.disclosure.reading.workbook import open_document

_ABOUT_OTHERS = {"disclosure.table.missing"}
"""What is wrong with a whole set only: a file may hold one table."""


@dataclass(frozen=True, slots=True)
class TableImport:
    """What an import came to: the tables of the file that the draft has, what was found, whether it was stored."""

    budget: BudgetSet
    tables: tuple[str, ...]
    findings: tuple[DocumentFinding, ...]
    stored: bool


def import_tables(
    user: User, budget_id: UUID, revision: int, name: str, data: bytes, table: str = "", dry_run: bool = False
) -> TableImport:
    """Take over the tables of a file, or only one of them; with any error, or ``dry_run``, nothing is stored.

    Sums are worked out anew; where the file prints another, that is told. Raises NotFound and Conflict as typing does.
    """
    document = open_document(name, data)
    read = read_tables(document)
    with transaction.atomic():
        take_turn()
        budget = locked_draft(user, budget_id, revision)
        known = set(budget.tables.values_list("key", flat=True))
        chosen = [one for key, one in read.tables.items() if key in known and table in ("", key)]
        findings, grids = _weigh(budget, read, chosen, table)
        findings = [document.located(one) for one in (*document.found, *findings)]
        broken = not chosen or any(one.severity == Severity.ERROR for one in findings)
        if not broken and not dry_run:
            for grid in grids:
                replace_cells(table_of(budget, grid.key), grid)
            changed(user, budget)
            after = {"file": name, "sha256": sha256(data).hexdigest(), "tables": [grid.key for grid in grids]}
            record(user, "budget.import", "budget_set", str(budget.pk), after=after)
    keys = tuple(one.key for one in chosen)
    return TableImport(budget, keys, tuple(in_order(findings)), not broken and not dry_run)


def _weigh(
    budget: BudgetSet, read: PublishedTables, chosen: Iterable[PublishedTable], only: str
) -> tuple[list[DocumentFinding], list[GridTable]]:
    """What stands against the tables, and the tables as they would be stored."""
    layout, grids = layout_for(budget.year), []
    keys = {one.key for one in chosen}
    findings = [
        one
        for one in read.findings
        if one.rule not in _ABOUT_OTHERS and (not only or one.place.table in keys or not one.place.table)
    ]
    for table in chosen:
        place = table.block.place(1, None, table.key)
        if read.year and read.year != budget.year:
            findings.append(_found("draft.import_year", place, str(read.year), str(budget.year)))
        findings += _amounts(table, layout.unit)
        grid = replace(from_published(table, layout.unit), form=layout.form(table.key))
        done = totalled(grid)
        findings += _sums(table, grid, done)
        grids.append(done)
    return findings, grids


def _found(
    rule: str, place: object, value: str, other: str = "", severity: Severity = Severity.ERROR
) -> DocumentFinding:
    return DocumentFinding(rule=rule, severity=severity, place=place, value=value, other_value=other)  # type: ignore[arg-type]


def _amounts(table: PublishedTable, unit: str) -> Iterable[DocumentFinding]:
    """Amounts that a draft does not hold: below zero, or finer than a fen."""
    factor = FEN_OF_UNIT[table.caption.money_unit or unit]
    for row in table.rows:
        for cell in row.cells.values():
            if cell.amount is None:
                continue
            if cell.amount.value < 0:
                yield _found("draft.below_zero", cell.place, cell.text)
            elif cell.amount.value * factor != (cell.amount.value * factor).to_integral_value():
                yield _found("draft.too_fine", cell.place, cell.text)


def _sums(table: PublishedTable, before: GridTable, after: GridTable) -> Iterable[DocumentFinding]:
    """Sums that the file prints otherwise than they come out; a blank one says nothing."""
    sums = sums_of(after.form, after.rows)
    for row in before.rows:
        for column, fen in row.fen.items():
            is_now = after.fen(row.key, column)
            cell = table.cell(row.key, column, row.side)
            if (row.key, column) in sums and fen and fen != is_now and cell is not None:
                yield _found("draft.import_sum", cell.place, in_wan(fen), in_wan(is_now) or "0.00", Severity.WARNING)
