"""Tables of a budget for a page: header cells with their spans and scopes, rows with their own headers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengmai.core.messages import message
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.layouts import ColumnKind, header_key
from chengmai.disclosure.printing.text import PrintedBudgetTable

_YEAR = re.compile(r"(?:19|20)\d\d")
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


HEADER_WORDS: Mapping[str, str] = {
    "收入": "income", "支出": "expenditure", "项目": "item", "{year}年": "year", "{year}年合计": "year_total",
    "当年预算安排": "this_year", "上年结转安排": "carried", "本年收入": "year_income", "上年结转": "carried",
    "科目编码": "code", "科目名称": "class_name", "收入科目编码": "income_code", "收入科目名称": "income_name",
    "合计": "total", "小计": "subtotal", "金额": "amount",
    "一般公共预算": "general", "政府性基金": "fund", "政府性基金预算": "fund", "国有资本经营预算": "state_capital",
    "财政专户管理资金": "special_account", "单位资金": "own", "{year}年预算数": "year_budget",
    "{year}预算数": "year_budget", "基本支出": "basic", "项目支出": "project", "人员经费": "personnel",
    "公用经费": "public", "部门预算支出经济科目名称": "department_class",
    "政府预算支出经济科目名称": "government_class",
    "政府性基金收入预算": "fund_income", "国有资本经营预算收入": "capital_income",
    "国有资本经营收入预算": "capital_income", "国有资本经营预算支出": "capital_expenditure",
    "单位名称": "unit", "项目名称": "project_name", "{year}年财政拨款": "year_appropriation",
}  # fmt: skip
"""Words over the columns of the thirteen tables, the year left open -> what they are in the catalogue."""


def header_word(text: str, language: str) -> str:
    """A printed header word in another language; empty where the layout has no such word."""
    code = HEADER_WORDS.get(header_key(text))
    year = _YEAR.search(text)
    return "" if code is None else message(f"public.header.{code}", language, {"year": year[0] if year else ""})


def _column_ids(key: str, header: Sequence[Sequence[HeaderCell]]) -> dict[int, list[str]]:
    """Identities of the header cells over each column, from above."""
    found: dict[int, list[str]] = {}
    for at, row in enumerate(header):
        for one in row:
            for column in range(one.column, one.column + one.colspan) if one.text else ():
                found.setdefault(column, []).append(f"{key}-h{at}-{one.column}")
    return found


def table_context(table: PrintedBudgetTable, language: str = "zh-CN") -> dict[str, Any]:
    """What a page needs of a table; header words also in the reader's language where that is another.

    A table with two sides names for each cell the row's header of its own side, which no place in the row can tell.
    """
    money = {position for position, kind in table.kinds.items() if kind == ColumnKind.MONEY}
    side_of = {cell.position: cell.side for cell in table.cells}
    sided = len(set(side_of.values())) > 1
    merged = header_cells(table.header, table.width)
    over = _column_ids(table.key, merged) if sided else {}
    rows = []
    for number, cells in enumerate(table.rows, 1):
        by_position = {cell.position: cell for cell in cells}
        heads = [position for position in sorted(by_position) if table.kinds.get(position) in _NAMES]
        named = {
            side_of[position]: f"{table.key}-r{number}-{position}"
            for position in reversed(heads)
            if table.shown(by_position[position])
        }
        line = []
        for position in range(1, table.width + 1):
            cell = by_position.get(position)
            text = "" if cell is None else table.shown(cell)
            level = min(cell.level if cell is not None else 0, 3)
            head = position in heads and bool(text)
            row_head = named.get(side_of.get(position, ""), "")
            told = [*([row_head] if row_head and not head else []), *over.get(position, ())]
            line.append(
                {
                    "text": grouped(text) if position in money else text,
                    "money": position in money,
                    "head": head,
                    "indent": level if position in heads else 0,
                    "id": f"{table.key}-r{number}-{position}" if sided and head else "",
                    "headers": " ".join(told) if sided and text else "",
                }
            )
        rows.append({"cells": line, "total": min((cell.level for cell in cells), default=1) == 0})
    header = [
        [
            {
                "cell": one,
                "text": one.text,
                "word": "" if language == "zh-CN" else header_word(one.text, language),
                "id": f"{table.key}-h{at}-{one.column}" if sided else "",
            }
            for one in row
        ]
        for at, row in enumerate(merged)
    ]
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
