"""A budget's tables while they are prepared: rows known by their keys, money in whole fen, not yet printed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chengmai.core.money import FEN_PER_YUAN
from chengmai.disclosure.amounts import Amount, Fidelity, parse_amount
from chengmai.disclosure.document import BlockRow, TableBlock, read_document
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.layouts import ColumnKind, Layout, RowKind, TableColumn, TableForm
from chengmai.disclosure.reading.published_tables import read_tables
from chengmai.disclosure.reading.recognition import Caption
from chengmai.disclosure.reading.tables import PublishedTable, TableCell, TableRow

FEN_PER_WAN = FEN_PER_YUAN * 10_000
"""Fen of ten thousand yuan (万元), the unit in which tables are typed and printed."""
FEN_OF_UNIT = {
    "元": FEN_PER_YUAN,
    "千元": FEN_PER_YUAN * 1000,
    "万元": FEN_PER_WAN,
    "亿元": FEN_PER_YUAN * 100_000_000,
}
_FEN_DECIMALS = 6
Address = tuple[str, str]
"""A cell of a table: the key of its row and that of its column, which also tells the side."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of one side: ``texts`` and ``fen`` by column; ``index`` counts printed rows from 1, the header too."""

    key: str
    name: str
    side: str
    level: int
    index: int
    texts: Mapping[str, str]
    fen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class GridTable:
    """One table of a draft."""

    form: TableForm
    rows: tuple[GridRow, ...]

    @property
    def key(self) -> str:
        """The layout's key of the table."""
        return self.form.key

    def row(self, key: str, side: str) -> GridRow | None:
        """The row of a key on a side."""
        return next((row for row in self.rows if row.key == key and row.side == side), None)

    def fen(self, key: str, column: str) -> int:
        """The money of a cell; nothing where there is no such row."""
        row = self.row(key, side_of(self.form, column))
        return 0 if row is None else row.fen.get(column, 0)


Grids = Mapping[str, GridTable]


def side_of(form: TableForm, column: str) -> str:
    """The side of the table on which a column stands; "" for one the form does not have."""
    return next((one.side for one in form.columns if one.key == column), "")


def money_columns(form: TableForm, side: str) -> list[TableColumn]:
    """The columns of a side that hold money."""
    return [one for one in form.columns if one.side == side and one.kind == ColumnKind.MONEY]


def text_columns(form: TableForm, side: str) -> list[TableColumn]:
    """The columns of a side that say what a row is."""
    return [one for one in form.columns if one.side == side and one.kind != ColumnKind.MONEY]


def sides(form: TableForm) -> list[str]:
    """The sides of a table in the order of print; one that is "" for most."""
    return list(dict.fromkeys(column.side for column in form.columns))


def in_wan(fen: int) -> str:
    """Money as it is typed: ten thousand yuan with two decimals, more where it is finer, nothing for zero."""
    if not fen:
        return ""
    text = f"{Decimal(fen).scaleb(-_FEN_DECIMALS):f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def fen_of_wan(text: str) -> int | None:
    """Whole fen of an amount as it is typed in ten thousand yuan; None for no number, or one finer than a fen."""
    amount = parse_amount(text)
    fen = None if amount is None else amount.value * FEN_PER_WAN
    return None if fen is None or fen != fen.to_integral_value() else int(fen)


def indexed(form: TableForm, rows: Iterable[GridRow]) -> tuple[GridRow, ...]:
    """The rows numbered as they are printed below the header; the rows of an item table stand where they stood."""
    kept = list(rows)
    if form.rows == RowKind.ITEMS:
        return tuple(kept)
    numbered = []
    for side in sides(form):
        beside = (row for row in kept if row.side == side)
        numbered += [replace(row, index=index) for index, row in enumerate(beside, len(form.header) + 1)]
    return tuple(numbered)


def from_published(table: PublishedTable, unit: str) -> GridTable:
    """A table as it was read; a cell that holds no number is nothing, and finer money than a fen is cut to it.

    ``unit`` is that of the layout, for a table that does not say its own.
    """
    factor = FEN_OF_UNIT[table.caption.money_unit or unit]
    rows = []
    for row in table.rows:
        columns = [column for column in table.columns if column.side == row.side]
        texts = {one.key: row.cells[one.key].text for one in columns if one.kind != ColumnKind.MONEY}
        amounts = {one.key: row.amount(one.key) for one in columns if one.kind == ColumnKind.MONEY}
        fen = {key: 0 if amount is None else int(amount.value * factor) for key, amount in amounts.items()}
        rows.append(GridRow(row.key, row.name, row.side, row.level, row.index, texts, fen))
    rows.sort(key=lambda row: (sides(table.form).index(row.side), row.index))
    return GridTable(table.form, indexed(table.form, rows))


def as_published(table: GridTable) -> PublishedTable:
    """The table in the shape that the rules between tables look at, exact to the fen."""
    form = table.form
    positions = {column.key: position for position, column in enumerate(form.columns)}
    last = max((row.index for row in table.rows), default=1)
    block = TableBlock(form.number, tuple(BlockRow(index, ()) for index in range(1, last + 1)), (), ())
    rows = tuple(
        TableRow(row.key, row.name, row.side, row.level, row.index, row.index, _cells(table, row, positions))
        for row in table.rows
    )
    return PublishedTable(form, Caption(), block, positions, (), rows)


def _cells(table: GridTable, row: GridRow, positions: Mapping[str, int]) -> dict[str, TableCell]:
    cells = {}
    for column in table.form.columns:
        if column.side != row.side:
            continue
        place = DocumentPlace(row.index, table.key, row.index, positions[column.key] + 1)
        text, amount = row.texts.get(column.key, ""), None
        if column.kind == ColumnKind.MONEY:
            fen = row.fen.get(column.key, 0)
            text = in_wan(fen)
            amount = Amount(Decimal(fen).scaleb(-_FEN_DECIMALS), text)
        cells[column.key] = TableCell(column.key, text, text, place, amount, Fidelity.EXACT)
    return cells


def empty_tables(layout: Layout, year: int, unit_name: str) -> dict[str, GridTable]:
    """Every table of a layout with the rows it always has and no figure: an empty print, read like any other."""
    lines = []
    for form in layout.tables:
        lines += [form.title, f"单位名称：{unit_name}", f"单位：{layout.unit}", ""]
        lines += ["\t".join(row) for row in form.header]
        lines += ["\t".join(_printed_row(form, labels)) for labels in form.printed] + [""]
    text = "\n".join(lines).replace("{year}", str(year)).replace("{unit}", unit_name)
    read = read_tables(read_document("layout", text.encode()))
    return {key: from_published(table, layout.unit) for key, table in read.tables.items()}


def _printed_row(form: TableForm, labels: Sequence[str]) -> list[str]:
    """A row with its labels in the first column of each side."""
    firsts = [next(column.key for column in form.columns if column.side == side) for side in sides(form)]
    told = dict(zip(firsts, labels, strict=True))
    return [told.get(column.key, "") for column in form.columns]
