"""Which cells of a table are sums of others, and what they come to: totals, code levels, total columns; exact."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from chengmai.disclosure.checking.table_checks import table_rules
from chengmai.disclosure.drafting.draft_tables import (
    FEN_PER_WAN,
    Address,
    GridRow,
    GridTable,
    money_columns,
    side_of,
    sides,
)
from chengmai.disclosure.layouts import RowKind, TableForm
from chengmai.disclosure.reading.tables import TOTALS, rows_below

Sums = Mapping[Address, tuple[Address, ...]]
HALF_PRINTED_FEN = FEN_PER_WAN // 200
"""Half of the last digit printed, 0.01 万元: by so much a printed figure may differ from the money behind it [fen]."""


def sums_of(form: TableForm, rows: Iterable[GridRow]) -> Sums:
    """For each cell that is a sum, the cells it adds up; a total column comes before the rows below.

    A total beside the sums of the year and of what is carried over adds up these two; any other the rows below it.
    """
    known = list(rows)
    found: dict[Address, tuple[Address, ...]] = {}
    across = _total_columns(form)
    for row in known:
        below = _below(known, row)
        for column in money_columns(form, row.side):
            parts = across.get(column.key)
            if parts:
                found[row.key, column.key] = tuple((row.key, part) for part in parts)
            elif below or (row.key in TOTALS and form.rows != RowKind.ITEMS):
                found[row.key, column.key] = tuple((one.key, column.key) for one in below)
    return found


def _below(rows: list[GridRow], row: GridRow) -> list[GridRow]:
    if row.key == "total":
        ending = [one for one in rows if one.side == row.side and one.key in ("current", "carried")]
        if any(one.key == "current" for one in ending):
            return ending
    return rows_below(rows, row)


@cache
def _rules() -> Mapping[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Total column and its parts by table and side."""
    return {(rule.table, rule.side): (rule.total, rule.parts) for rule in table_rules() if rule.kind == "columns"}


def _total_columns(form: TableForm) -> dict[str, tuple[str, ...]]:
    found = {}
    for side in sides(form):
        rule = _rules().get((form.key, side))
        keys = {column.key for column in money_columns(form, side)}
        if rule is not None and rule[0] in keys:
            found[rule[0]] = tuple(part for part in rule[1] if part in keys)
    return found


def totalled(table: GridTable, before: GridTable | None = None) -> GridTable:
    """The table with every sum worked out anew [fen]; what is typed stays as it is.

    A sum that stood in the table ``before`` beside its parts as print rounds each of them moves by what its parts move
    by: a published total does not change because somebody corrected a figure elsewhere.
    """
    sums = sums_of(table.form, table.rows)
    rounded = {} if before is None else _rounded(before)
    typed = {
        (row.key, column): fen
        for row in table.rows
        for column, fen in row.fen.items()
        if (row.key, column) not in sums and row.side == side_of(table.form, column)
    }
    known: dict[Address, int] = {}

    def value(cell: Address) -> int:
        if cell not in known:
            parts = sums.get(cell)
            known[cell] = typed.get(cell, 0) if parts is None else sum(map(value, parts)) + rounded.get(cell, 0)
        return known[cell]

    rows = tuple(
        replace(row, fen={column.key: value((row.key, column.key)) for column in money_columns(table.form, row.side)})
        for row in table.rows
    )
    return replace(table, rows=rows)


def _rounded(table: GridTable) -> dict[Address, int]:
    """By how much sums differ from what their parts come to, where rounding in print explains it [fen]."""
    found = {}
    for (row, column), parts in sums_of(table.form, table.rows).items():
        differs = table.fen(row, column) - sum(table.fen(*part) for part in parts)
        if 0 < abs(differs) <= HALF_PRINTED_FEN * (len(parts) + 1):
            found[row, column] = differs
    return found
