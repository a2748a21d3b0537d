"""Printing a budget as the published text: what ``read_disclosure`` reads back with every number equal.

One way out for loaded budgets and for those made here: the text, and every other form, is made of a ``PrintedBudget``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from chengmai.disclosure.amounts import reprint
from chengmai.disclosure.document import BlockRow, Document, TableBlock, read_document
from chengmai.disclosure.explanation import PLACES, ExplanationPassage, PassageKind, heading_line
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue
from chengmai.disclosure.reading.sheet_reading import read_sheet
from chengmai.disclosure.reading.sheets import ProjectSheet

_FEN = {"元": 100, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}
_CATALOGUE_HEADER = ("代码", "一级目录", "二级目录", "三级目录", "四级目录")
_PARTS = ("第一部分 概况", "第二部分 {year}年单位预算报表", "第三部分 {year}年度单位预算情况说明")
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class PrintedBudgetCell:
    """One cell of a table for print; ``fen`` is None where it holds no money, ``position`` its column from 1."""

    row: int
    position: int
    column: str
    row_key: str
    side: str
    level: int
    text: str
    fen: int | None = None


@dataclass(frozen=True)
class PrintedBudgetTable:
    """One table for print: title, header rows, cells in the order of rows and columns; ``kinds`` by position."""

    number: int
    key: str
    title: str
    header: tuple[tuple[str, ...], ...]
    kinds: dict[int, str]
    cells: tuple[PrintedBudgetCell, ...]
    unit: str
    decimals: int = 2

    @cached_property
    def width(self) -> int:
        """Columns there are."""
        return max([*map(len, self.header), *(cell.position for cell in self.cells), *self.kinds], default=1)

    @cached_property
    def rows(self) -> tuple[tuple[PrintedBudgetCell, ...], ...]:
        """The cells row by row."""
        rows: dict[int, list[PrintedBudgetCell]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, []).append(cell)
        return tuple(tuple(rows[index]) for index in sorted(rows))

    @property
    def empty(self) -> bool:
        """Whether no figure stands in it."""
        return not any(cell.fen for cell in self.cells)

    def shown(self, cell: PrintedBudgetCell) -> str:
        """What a cell prints: money anew from its fen, with more decimals than usual where it would be cut."""
        return cell.text if cell.fen is None else amount_text(cell.fen, self.unit, self.decimals)

    def grid(self) -> list[list[str]]:
        """The rows below the header as printed."""
        lines = []
        for row in self.rows:
            line = [""] * self.width
            for cell in row:
                line[cell.position - 1] = self.shown(cell)
            lines.append(line)
        return lines


@dataclass(frozen=True)
class PrintedTargetSheet:
    """A project's target sheet as the rows of its printed form; what it says is what reading them tells."""

    number: int
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def read(self) -> ProjectSheet:
        """The sheet as data."""
        rows = tuple(BlockRow(index, cells) for index, cells in enumerate(self.rows, 1))
        return read_sheet(self.number, TableBlock(self.number, rows, (), ()))


@dataclass(frozen=True)
class PrintedBudget:
    """A whole budget for print: whose, of which year, its tables, explanation, target sheets and catalogue."""

    unit_name: str
    year: int
    tables: tuple[PrintedBudgetTable, ...]
    passages: tuple[ExplanationPassage, ...]
    sheets: tuple[PrintedTargetSheet, ...] = ()
    catalogue: ServiceCatalogue | None = None

    def table(self, key: str) -> PrintedBudgetTable | None:
        """The table of a key; None when the budget has none."""
        return next((table for table in self.tables if table.key == key), None)

    @cached_property
    def text(self) -> str:
        """The published text form."""
        return "\n".join(_lines(self)) + "\n"

    @cached_property
    def sha256(self) -> str:
        """Hash of the text form: two budgets with one hash say the same."""
        return sha256(self.text.encode()).hexdigest()

    def document(self) -> Document:
        """The text form as a document, for the same reading and checking that any published text gets."""
        return read_document(f"{self.unit_name}-{self.year}.txt", self.text)


def amount_text(fen: int, unit: str, decimals: int = 2) -> str:
    """Money in a table's unit: nothing for zero, two decimals, more only where the amount is finer."""
    value = Decimal(fen) / _FEN[unit]
    exponent = value.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) else 0
    return reprint(value, max(decimals, needed))


def _lines(budget: PrintedBudget) -> Iterator[str]:
    yield from (budget.unit_name, "", f"{budget.year}年度单位预算公开", "")
    for passage in with_places(budget):
        match passage.kind:
            case PassageKind.HEADING:
                yield from (_cell(heading_line(passage.level, passage.number, passage.text)), "")
            case PassageKind.TEXT:
                yield passage.text.replace("\r", "").replace("\n", " ").strip("\n")
                if "\t" not in passage.text:
                    yield ""
            case PassageKind.TABLES:
                for table in budget.tables:
                    yield from _table_lines(budget, table)
            case PassageKind.SHEETS:
                for sheet in budget.sheets:
                    yield from _sheet_lines(budget, sheet)
            case PassageKind.CATALOGUE:
                yield from _catalogue_lines(budget.catalogue, {one.text.strip() for one in budget.passages})


def with_places(budget: PrintedBudget) -> list[ExplanationPassage]:
    """The passages with a place for all there is; what has none stands where the usual order has it."""
    passages = list(budget.passages)
    if not any(one.kind == PassageKind.HEADING and one.level == 1 for one in passages):
        heads = [_part(index, text.format(year=budget.year)) for index, text in enumerate(_PARTS)]
        passages = [heads[1], ExplanationPassage(PassageKind.TABLES), heads[2], *passages]
    there = {one.kind for one in passages}
    has = {
        PassageKind.TABLES: bool(budget.tables),
        PassageKind.SHEETS: bool(budget.sheets),
        PassageKind.CATALOGUE: budget.catalogue is not None,
    }
    for kind in PLACES:
        if has[kind] and kind not in there:
            passages.insert(_usual_place(passages, kind), ExplanationPassage(kind))
    return [one for one in passages if one.kind not in PLACES or has[one.kind]]


def _part(index: int, title: str) -> ExplanationPassage:
    number, _, text = title.removeprefix("第").partition("部分 ")
    return ExplanationPassage(PassageKind.HEADING, 1, number or str(index + 1), text)


def _usual_place(passages: Sequence[ExplanationPassage], kind: PassageKind) -> int:
    """Tables behind the heading of the reports, the rest at the end of the explanation, before the glossary."""
    parts = [at for at, one in enumerate(passages) if one.kind == PassageKind.HEADING and one.level == 1]
    if kind == PassageKind.TABLES:
        return next((at + 1 for at in parts if "报表" in passages[at].text), parts[0])
    glossary = [at for at in parts if "名词" in passages[at].text]
    return glossary[-1] if glossary else len(passages)


def _table_lines(budget: PrintedBudget, table: PrintedBudgetTable) -> Iterator[str]:
    yield from (f"预算公开表{table.number}", "", _cell(table.title), "")
    yield from (f"单位名称：{_cell(budget.unit_name)}", "", f"单位：{table.unit}", "")
    for header in table.header:
        yield _row(header, table.width)
    for row in table.grid():
        yield _row(row, table.width)
    yield ""
    if table.empty:
        yield from ("注：本表无数据", "")


def _sheet_lines(budget: PrintedBudget, sheet: PrintedTargetSheet) -> Iterator[str]:
    yield from ("项目支出绩效目标表", "", f"({budget.year}年度)", "")
    width = max((len(row) for row in sheet.rows), default=0)
    for row in sheet.rows:
        yield _row(row, max(2, len(row)) if width else 2)
    yield ""


def _catalogue_lines(catalogue: ServiceCatalogue | None, told: set[str]) -> Iterator[str]:
    if catalogue is None:
        return
    # An issue's number tells the year, so that the catalogue stays the version it is.
    yield from ([catalogue.issue, ""] if catalogue.issue and catalogue.issue not in told else [])
    yield from (_cell(catalogue.title) or "政府购买服务指导性目录", "", "\t".join(_CATALOGUE_HEADER))
    department = None
    for entry in catalogue.entries:
        if entry.department != department and entry.department:
            department = entry.department
            yield _row([department], len(_CATALOGUE_HEADER))
        cells = [entry.code, *[""] * (entry.level - 1), entry.name]
        yield _row(cells, len(_CATALOGUE_HEADER))
    yield ""


def _row(cells: Sequence[str], width: int) -> str:
    return "\t".join([*map(_cell, cells), *[""] * (width - len(cells))])


def _cell(text: str) -> str:
    """A cell's text on one line: a tab or a break inside would be another cell or row."""
    return _BREAKS.sub(" ", text).strip()


def tabled(catalogue: ServiceCatalogue) -> ServiceCatalogue:
    """The catalogue without what the notices in front of it add: those are passages and are read from them again."""
    named = [entry.place.line for entry in catalogue.entries if entry.department]
    first = min(named, default=0)
    return replace(catalogue, entries=tuple(one for one in catalogue.entries if one.place.line >= first))
