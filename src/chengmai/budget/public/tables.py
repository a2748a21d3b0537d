"""Tables of a budget for a page: header cells with their spans and scopes, rows with their own headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.printing.text import PrintedBudgetTable

_NAMES = (ColumnKind.LABEL, ColumnKind.NAME)


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A word of a header, its column from 1, and how far it reaches."""

    text: str
    column: int
    colspan: int
    rowspan: int

    @property
    def scope(self) -> str:
        """What it heads."""
        return "colgroup" if self.colspan > 1 else "col"


def header_cells(header: Sequence[Sequence[str]], width: int) -> list[list[HeaderCell]]:
    """The header as merged cells: a word reaches over empty columns to its right and over empty rows below it."""
    grid = [[*row, *[""] * (width - len(row))] for row in header]
    taken: set[tuple[int, int]] = set()
    found: list[list[HeaderCell]] = []
    for at, row in enumerate(grid):
        cells = []
        for column, text in enumerate(row):
            if (at, column) in taken:
                continue
            colspan = _colspan(grid, taken, at, column) if text else 1
            rowspan = _rowspan(grid, at, column, colspan) if text else 1
            taken |= {(at + down, column + right) for down in range(rowspan) for right in range(colspan)}
            cells.append(HeaderCell(text, column + 1, colspan, rowspan))
        found.append(cells)
    return found


def _colspan(grid: list[list[str]], taken: set[tuple[int, int]], at: int, column: int) -> int:
    if at == len(grid) - 1:
        return 1
    last = column + 1
    while (
        last < len(grid[at])
        and not grid[at][last]
        and (at, last) not in taken
        and any(grid[below][last] for below in range(at + 1, len(grid)))
    ):
        last += 1
    return last - column


def _rowspan(grid: list[list[str]], at: int, column: int, colspan: int) -> int:
    down = 1
    while at + down < len(grid) and not any(grid[at + down][column : column + colspan]):
        down += 1
    return down


def grouped(text: str) -> str:
    """A figure with its thousands set off; anything else as it is."""
    amount = parse_amount(text)
    return text if amount is None or amount.blank else f"{amount.value:,}"


def table_context(table: PrintedBudgetTable) -> dict[str, Any]:
    """What a page needs of a table."""
    money = {position for position, kind in table.kinds.items() if kind == ColumnKind.MONEY}
    rows = []
    for cells in table.rows:
        by_position = {cell.position: cell for cell in cells}
        heads = [position for position in sorted(by_position) if table.kinds.get(position) in _NAMES]
        line = []
        for position in range(1, table.width + 1):
            cell = by_position.get(position)
            text = "" if cell is None else table.shown(cell)
            level = min(cell.level if cell is not None else 0, 3)
            line.append(
                {
                    "text": grouped(text) if position in money else text,
                    "money": position in money,
                    "head": position in heads and bool(text),
                    "indent": level if position in heads else 0,
                }
            )
        rows.append({"cells": line, "total": min((cell.level for cell in cells), default=1) == 0})
    header = [[{"cell": one, "text": one.text} for one in row] for row in header_cells(table.header, table.width)]
    return {
        "number": table.number,
        "key": table.key,
        "title": table.title,
        "unit": table.unit,
        "header": header,
        "rows": rows,
        "empty": table.empty,
        "wide": table.width > 5,
    }
