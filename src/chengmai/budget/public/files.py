"""A budget as files: PDF in the usual form, a workbook of real numbers, open data, the printed text; made once each."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from threading import Lock
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from chengmai.budget.public import open_data
from chengmai.budget.public.tables import header_cells
from chengmai.budget.public.views import sections_of
from chengmai.core import heavy
from chengmai.core.typesetting import TIMEOUT_S, typeset, unknown_characters
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.printing.text import PrintedBudget, PrintedBudgetTable
from chengmai.settings import current

LAYOUT = "budget"
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = ("budget.pdf", "budget.xlsx", "budget.txt", "datapackage.json", "datapackage.zip")
FORM = 1
"""Raised when a file's form changes, so that those made before are not sent any more."""
LONGEST_CELL = 32_767
_LINE = Side(style="thin", color="FF808080")
_FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_SHADE = PatternFill("solid", fgColor="FFF2F5F8")
_making = Lock()
Words = dict[str, str]


def printed_file(budget: PrintedBudget, name: str, language: str, draft: bool, told: Words) -> tuple[bytes, str] | None:
    """The bytes and type of a file of a budget; None for a name there is none of."""
    mark = told["draft"] if draft else ""
    match name:
        case "budget.pdf":
            return _kept(budget, name, language, draft, lambda: _pdf(budget, mark, told)), PDF
        case "budget.xlsx":
            return _kept(budget, name, language, draft, lambda: workbook(budget, mark, told)), XLSX
        case "budget.txt":
            return (f"{mark}\n\n" if mark else "").encode() + budget.text.encode(), "text/plain; charset=utf-8"
        case open_data.DESCRIPTOR:
            return open_data.described(budget), "application/json"
        case "datapackage.zip":
            return open_data.archive(budget, told), "application/zip"
    folder, _, stem = name.partition("/")
    if folder == "data" and stem.endswith(".csv"):
        data = open_data.data_file(budget, stem.removesuffix(".csv"), told)
        return None if data is None else (data, "text/csv; charset=utf-8")
    return None


def _kept(budget: PrintedBudget, name: str, language: str, draft: bool, make: Callable[[], bytes]) -> bytes:
    """A file that takes a while is made once for what it says; a draft's is not kept."""
    if draft:
        return make()
    folder = current().data_dir / "printed"
    key = sha256(f"{FORM} {budget.sha256} {language} {name}".encode()).hexdigest()[:40]
    path = folder / key
    with _making:
        if not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f"{key}.part"
            part.write_bytes(make())
            os.replace(part, path)
    return path.read_bytes()


def _pdf(budget: PrintedBudget, mark: str, told: Words) -> bytes:
    document: dict[str, Any] = {
        "unit": budget.unit_name,
        "year": budget.year,
        "mark": mark,
        "words": {name: told[name] for name in ("contents", "unit", "empty", "sheet", "service", "code", "department")},
        "sections": [_section(one) for one in sections_of(budget)],
        "tables": [_table(table) for table in budget.tables],
        "sheets": [_sheet(sheet.rows) for sheet in budget.sheets],
        "catalogue": [] if budget.catalogue is None else [
            [one.code, one.name, one.department] for one in budget.catalogue.entries
        ],
        "catalogue_title": "" if budget.catalogue is None else budget.catalogue.title,
    }  # fmt: skip
    document["unknown"] = unknown_characters(json.dumps(document, ensure_ascii=False))
    source = (files("chengmai.budget") / "layouts" / f"{LAYOUT}.typ").read_bytes()
    told_bytes = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    return heavy.run(typeset, LAYOUT, told_bytes, {f"{LAYOUT}.typ": source}).result(timeout=TIMEOUT_S)


def _section(one: dict[str, Any]) -> dict[str, Any]:
    if one["kind"] == "text":
        return {"kind": "text", "text": one["plain"]}
    return one


def _table(table: PrintedBudgetTable) -> dict[str, Any]:
    money = [position for position, kind in sorted(table.kinds.items()) if kind == ColumnKind.MONEY]
    head = [
        [{"text": cell.text, "colspan": cell.colspan, "rowspan": cell.rowspan} for cell in row]
        for row in header_cells(table.header, table.width)
    ]
    return {
        "number": table.number,
        "title": table.title,
        "width": table.width,
        "money": money,
        "head": head,
        "rows": [
            {"cells": line, "total": min(cell.level for cell in cells) == 0}
            for line, cells in zip(table.grid(), table.rows, strict=True)
        ],
        "empty": table.empty,
    }


def _sheet(rows: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """A sheet's rows as merged cells: what is empty to the right of a text belongs to it."""
    width = max(map(len, rows), default=1)
    lines = []
    for row in rows:
        cells: list[dict[str, Any]] = []
        for text in (*row, *[""] * (width - len(row))):
            if not text.strip() and cells and cells[-1]["text"]:
                cells[-1]["colspan"] += 1
            else:
                cells.append({"text": text.strip(), "colspan": 1})
        lines.append(cells)
    return {"width": width, "rows": lines}


def workbook(budget: PrintedBudget, mark: str, told: Words) -> bytes:
    """One page a table, its figures as numbers; then target sheets and the catalogue."""
    book = Workbook()
    book.remove(book.active)
    for table in budget.tables:
        _table_page(book.create_sheet(f"表{table.number}"), budget, table, mark, told)
    if budget.sheets:
        page = book.create_sheet(told["sheet"][:31])
        _rows(page, [row for sheet in budget.sheets for row in (*sheet.rows, ())], mark)
    if budget.catalogue is not None:
        page = book.create_sheet(told["catalogue"][:31])
        head = (told["code"], told["service"], told["department"])
        _rows(page, [head, *((one.code, one.name, one.department) for one in budget.catalogue.entries)], mark)
    for page in book.worksheets:
        if mark:
            page.oddHeader.center.text = mark
        page.oddFooter.center.text = "&P / &N"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _table_page(page: Worksheet, budget: PrintedBudget, table: PrintedBudgetTable, mark: str, told: Words) -> None:
    page.append([f"{mark} {table.title}".strip()])
    page.append([f"{budget.unit_name}　{told['unit']}"])
    page["A1"].font = Font(bold=True, size=14)
    first = 3
    for row, cells in enumerate(header_cells(table.header, table.width), first):
        for one in cells:
            last_row, last_column = row + one.rowspan - 1, one.column + one.colspan - 1
            _put(page, row, one.column, one.text, head=True)
            for line in range(row, last_row + 1):
                for column in range(one.column, last_column + 1):
                    page.cell(line, column).border = _FRAME
            if (last_row, last_column) != (row, one.column):
                page.merge_cells(start_row=row, start_column=one.column, end_row=last_row, end_column=last_column)
    begin = first + len(table.header)
    for row, cells_of_row in enumerate(table.rows, begin):
        bold = min(cell.level for cell in cells_of_row) == 0
        for cell in cells_of_row:
            value: str | Decimal = cell.text if cell.fen is None else Decimal(cell.fen) / 1_000_000
            _put(page, row, cell.position, value, bold=bold)
    page.freeze_panes = page.cell(begin, 1)
    for position in range(1, table.width + 1):
        wide = table.kinds.get(position) in (ColumnKind.LABEL, ColumnKind.NAME)
        page.column_dimensions[get_column_letter(position)].width = 38 if wide else 15


def _put(
    page: Worksheet, row: int, column: int, value: str | Decimal, *, head: bool = False, bold: bool = False
) -> None:
    place = page.cell(row, column)
    if isinstance(value, Decimal):
        place.value = value if value else None
        place.number_format = "#,##0.00"
    else:
        place.value = value[:LONGEST_CELL]
        # A text that looks like a formula stays a text.
        place.data_type = "s"
    place.font = Font(bold=head or bold)
    place.alignment = Alignment(horizontal="center" if head else None, vertical="center", wrap_text=True)
    place.border = _FRAME
    if head:
        place.fill = _SHADE


def _rows(page: Worksheet, rows: list[tuple[str, ...]], mark: str) -> None:
    start = 1
    if mark:
        page.cell(1, 1).value = mark
        start = 2
    for number, row in enumerate(rows, start):
        for column, text in enumerate(row, 1):
            if text.strip():
                place = page.cell(number, column)
                place.value, place.data_type = text.strip()[:LONGEST_CELL], "s"
                place.alignment = Alignment(vertical="top", wrap_text=True)
    for column in range(1, 9):
        page.column_dimensions[get_column_letter(column)].width = 20
