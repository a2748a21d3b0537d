"""One table of a published budget as data: every cell with its place, its amount, and how far it is from its print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from chengmai.disclosure.amounts import Amount, Fidelity, reprint
from chengmai.disclosure.document import TableBlock
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.layouts import TableColumn, TableForm
from chengmai.disclosure.reading.recognition import Caption

TOTALS = frozenset({"total", "current", "unit"})
"""Keys of rows that add up the rows of the first level; ``carried`` only adds up those after it."""


class Levelled(Protocol):
    """A row that knows its key, its side of the table and its level."""

    @property
    def key(self) -> str:
        """A class code, an item's key, ``total``."""

    @property
    def side(self) -> str:
        """The side of the table it stands on."""

    @property
    def level(self) -> int:
        """0 for totals, else from the class down."""


Row = TypeVar("Row", bound=Levelled)


def rows_below(rows: Iterable[Row], row: Levelled) -> list[Row]:
    """Rows that a row adds up: one level down by their codes; below a total the classes, items or projects."""
    beside = [each for each in rows if each.side == row.side]
    if row.key in TOTALS:
        return [each for each in beside if each.level == 1]
    level = max(row.level, 1) + 1
    return [each for each in beside if each.level == level and each.key.startswith(row.key)]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: the key of its column, its print, where it stands, and its amount if it should hold one.

    An amount is None where the print is no number; then ``fidelity`` is a finding.
    """

    column: str
    printed: str
    text: str
    place: DocumentPlace
    amount: Amount | None
    fidelity: Fidelity


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of one side of a table.

    ``key`` is a class code, an item's key, ``total``, or ``p1``, ``p2`` ... for projects in their order; ``level``
    is 0 for totals, else 1, 2, 3 from the class down; ``index`` counts the block's rows from 1.
    """

    key: str
    name: str
    side: str
    level: int
    index: int
    line: int
    cells: Mapping[str, TableCell]

    def amount(self, column: str) -> Amount | None:
        """The amount in a column; None when the column is not there or holds no number."""
        cell = self.cells.get(column)
        return None if cell is None else cell.amount


@dataclass(frozen=True)
class PublishedTable:
    """One table of the layout as it is printed. ``positions`` says in which printed column (from 0) a key stands."""

    form: TableForm
    caption: Caption
    block: TableBlock
    positions: Mapping[str, int]
    header: tuple[int, ...]
    rows: tuple[TableRow, ...]

    @property
    def key(self) -> str:
        """The layout's key of the table."""
        return self.form.key

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """The columns there are, in the layout's order."""
        return tuple(column for column in self.form.columns if column.key in self.positions)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], TableRow]:
        return {(row.side, row.key): row for row in self.rows}

    def row(self, key: str, side: str = "") -> TableRow | None:
        """The row of a key on a side; None when it is not printed."""
        return self._by_key.get((side, key))

    def cell(self, row: str, column: str, side: str = "") -> TableCell | None:
        """The cell of a row and a column."""
        found = self.row(row, side)
        return None if found is None else found.cells.get(column)

    def children(self, row: TableRow) -> list[TableRow]:
        """Rows that a row adds up: one level down by their codes; below a total the classes, items or projects."""
        return rows_below(self.rows, row)

    def grid(self, decimals: int = 2) -> list[list[str]]:
        """The table printed anew from its data, header first, in the columns of the print."""
        width = max((len(self.block.rows[index - 1].cells) for index in self.header), default=0)
        width = max([width, *(position + 1 for position in self.positions.values())])
        lines = [list(self.block.rows[index - 1].cells) for index in self.header]
        lines = [[*line, *[""] * (width - len(line))] for line in lines]
        printed: dict[int, list[str]] = {}
        for row in self.rows:
            line = printed.setdefault(row.index, [""] * width)
            for key, cell in row.cells.items():
                held = cell.amount
                line[self.positions[key]] = cell.text if held is None else reprint(held.value, decimals)
        return lines + [printed[index] for index in sorted(printed)]
