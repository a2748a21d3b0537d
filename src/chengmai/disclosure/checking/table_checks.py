"""Rules between the tables of a published budget: columns, rows, code levels, and one table against others."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Amount
from chengmai.disclosure.checking.arithmetic import Spot
from chengmai.disclosure.checking.relations import shown
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.reading.tables import TOTALS, PublishedTable, TableCell

COLUMNS, LEVELS, ACROSS, SAME_ROW = (
    "disclosure.table.columns",
    "disclosure.table.levels",
    "disclosure.table.across",
    "disclosure.table.rows",
)
TIES = frozenset(
    {
        "appropriation_balance",
        "appropriation_fund",
        "appropriation_general",
        "appropriation_income",
        "appropriation_sources",
        "balance",
        "basic_expenditure",
        "basic_table",
        "carried_table",
        "class_appropriation",
        "class_expenditure",
        "code_expenditure",
        "code_fund",
        "code_fund_appropriation",
        "code_general",
        "columns",
        "expenditure_table",
        "expenditure_total",
        "fund_income",
        "fund_tables",
        "income_carried",
        "income_fund",
        "income_general",
        "income_sources",
        "income_table",
        "income_total",
        "levels",
        "operating_table",
        "projects_fund",
        "projects_general",
        "projects_table",
        "reception",
        "three_public_total",
        "vehicles",
    }
)
"""What ties between tables are called; each has its name in the catalogues, and a rule's name is one of them."""
_ZERO = Decimal(0)
Tables = Mapping[str, PublishedTable]


@dataclass(frozen=True, slots=True)
class TableRule:
    """One rule as data: what kind, of which table, which cell or column is the sum of which."""

    kind: str
    name: str
    total: str
    parts: tuple[str, ...]
    table: str = ""
    side: str = ""
    severity: Severity = Severity.ERROR


@dataclass
class TableChecks:
    """What the rules between tables found, which cells they looked at, and how many sums hold."""

    findings: list[DocumentFinding] = field(default_factory=list)
    covered: set[Spot] = field(default_factory=set)
    holding: int = 0

    def add(
        self, rule: str, name: str, total: TableCell, parts: Sequence[TableCell | None], severity: Severity
    ) -> None:
        """Weigh one sum of cells; cells that hold no number are told where the table is read."""
        printed = [cell for cell in parts if cell is not None]
        if total.amount is None or any(cell.amount is None for cell in printed):
            return
        amounts = [cell.amount for cell in printed if cell.amount is not None]
        self.covered |= {spot(cell) for cell in (total, *printed) if cell.amount is not None and not cell.amount.blank}
        computed = sum((one.value for one in amounts), _ZERO)
        difference = total.amount.value - computed
        if abs(difference) <= _off(amounts, total.amount):
            self.holding += 1
            return
        terms = " + ".join(cell.text.strip() for cell in printed if cell.amount and not cell.amount.blank) or "0"
        self.findings.append(
            DocumentFinding(
                rule,
                severity,
                total.place,
                next((cell.place for cell in printed if cell.amount and not cell.amount.blank), None),
                total.text.strip() or "0",
                shown(computed, total.amount.decimals),
                shown(difference, total.amount.decimals),
                True,
                (("terms", terms), ("name", f"disclosure.tie.{name}")),
            )
        )


def spot(cell: TableCell) -> Spot:
    """Where a cell's figure stands."""
    return (cell.place.line, cell.place.column or 0, 0)


def _off(parts: Iterable[Amount], total: Amount) -> Decimal:
    """Half of the last printed digit of each part that is printed, and of the total; a single cell must be the same."""
    printed = [one for one in parts if not one.blank]
    if len(printed) == 1:
        return _ZERO
    decimals = [*printed, total]
    return sum((Decimal(5).scaleb(-one.decimals - 1) for one in decimals if one.decimals), _ZERO)


def check_tables(tables: Tables) -> TableChecks:
    """Every rule that the tables allow: between columns, from level to level of codes, and between tables."""
    checks = TableChecks()
    for table in tables.values():
        _check_levels(table, checks)
    for rule in table_rules():
        {"columns": _check_columns, "cells": _check_cells, "rows": _check_rows}[rule.kind](rule, tables, checks)
    return checks


def _check_levels(table: PublishedTable, checks: TableChecks) -> None:
    """Every total against its parts: the whole, classes, sections, items; economic classes; projects of a unit."""
    money = [column for column in table.columns if column.kind == ColumnKind.MONEY]
    for row in table.rows:
        children = table.children(row)
        if row.key == "total" and table.row("current", row.side) is not None:
            continue
        if not children or table.key == "three_public" or (row.key in TOTALS and row.side == "income"):
            continue
        for column in money:
            total = row.cells.get(column.key)
            if total is not None:
                parts = [child.cells.get(column.key) for child in children]
                checks.add(LEVELS, "levels", total, parts, Severity.ERROR)


def _check_columns(rule: TableRule, tables: Tables, checks: TableChecks) -> None:
    table = tables.get(rule.table)
    if table is None:
        return
    for row in table.rows:
        total = row.cells.get(rule.total)
        if row.side == rule.side and total is not None:
            parts = [row.cells.get(part) for part in rule.parts]
            if any(part is not None for part in parts):
                checks.add(COLUMNS, "columns", total, parts, rule.severity)


def _check_cells(rule: TableRule, tables: Tables, checks: TableChecks) -> None:
    total = find_cell(tables, rule.total)
    parts = [find_cell(tables, part) for part in rule.parts]
    if total is not None and all(part is not None for part in parts):
        checks.add(ACROSS, rule.name, total, parts, rule.severity)


def find_cell(tables: Tables, path: str) -> TableCell | None:
    """The cell of a path, table:side.row.column; a row is known by its key or else by its name."""
    where, row, column = path.split(".")
    key, _, side = where.partition(":")
    table = tables.get(key)
    if table is None:
        return None
    found = table.row(row, side)
    if found is None:
        found = next((one for one in table.rows if one.side == side and name_key(one.name) == row), None)
    return None if found is None else found.cells.get(column)


def _check_rows(rule: TableRule, tables: Tables, checks: TableChecks) -> None:
    key, _, side = rule.table.partition(":")
    others = [part.partition(".")[0].partition(":") for part in rule.parts]
    if key not in tables or any(other not in tables for other, _, _ in others):
        return
    for row in tables[key].rows:
        total = row.cells.get(rule.total)
        if row.side != side or not row.key.isdigit() or total is None:
            continue
        parts = [
            found.cells.get(part.rpartition(".")[2])
            for part, (other, _, other_side) in zip(rule.parts, others, strict=True)
            if (found := tables[other].row(row.key, other_side)) is not None
        ]
        checks.add(SAME_ROW, rule.name, total, parts, rule.severity)
    for line in _missing_rows(rule, tables, key, side, others):
        checks.findings.append(line)


def _missing_rows(
    rule: TableRule, tables: Tables, key: str, side: str, others: list[tuple[str, str, str]]
) -> Iterator[DocumentFinding]:
    """Rows with money in the first of the other tables that this table does not have, where it lists codes."""
    known = {row.key for row in tables[key].rows if row.side == side}
    levels = {row.level for row in tables[key].rows if row.side == side}
    column = rule.parts[0].rpartition(".")[2]
    for row in tables[others[0][0]].rows:
        cell = row.cells.get(column)
        if row.key.isdigit() and row.key not in known and row.level in levels and cell and cell.amount:
            if not cell.amount.value or row.side != others[0][2]:
                continue
            yield DocumentFinding(
                "disclosure.table.row_missing",
                Severity.ERROR,
                cell.place,
                tables[key].block.place(1, None, key),
                cell.text.strip(),
                detail=(("name", row.name), ("code", row.key)),
            )


@cache
def table_rules() -> tuple[TableRule, ...]:
    """The rules that ship, in the order of their file."""
    told = tomllib.loads((files("chengmai.disclosure") / "data" / "table-rules.toml").read_text("utf-8"))
    rules = []
    for kind in ("columns", "cells", "rows"):
        for rule in told[kind]:
            total = rule["column"] if kind == "rows" else rule["total"]
            name = rule.get("name", kind)
            if name not in TIES:
                raise ValueError(name)
            rules.append(
                TableRule(
                    kind,
                    name,
                    total,
                    tuple(rule["parts"]),
                    rule.get("table", ""),
                    rule.get("side", ""),
                    Severity(rule.get("severity", "error")),
                )
            )
    return tuple(rules)
