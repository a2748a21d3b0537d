"""A target sheet as PDF and as a workbook; the same sheet gives the same PDF, printing is on the record."""

import json
from dataclasses import asdict
from importlib.resources import files
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.budget.models import TargetSheet
from chengmai.budget.performance.form import FormCell, FormPart, parts_of, word
from chengmai.core import heavy
from chengmai.core.messages import choose_language
from chengmai.core.typesetting import TIMEOUT_S, typeset, unknown_characters

LAYOUT = "target_sheet"
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNATURES = ("responsible", "clerk", "telephone", "filled")
_LINE = Side(style="thin", color="FF808080")
_FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WIDTH_OF_A_COLUMN = 1.9
"""Characters a column of the form's width 1 gets in a workbook."""
LONGEST_CELL = 32_767
"""Characters a cell of a workbook holds."""


def print_sheet(sheet: TargetSheet, user: User, language: str) -> bytes:
    """The sheet as PDF, set in a process of the heavy pool."""
    parts = parts_of(sheet, language)
    zh = choose_language(language) == "zh-CN"
    document = {
        "title": sheet.name,
        "code": f"{sheet.code} · {sheet.version}",
        "lang": "zh" if zh else "en",
        "region": "cn" if zh else "gb",
        "parts": [_plain(part) for part in parts],
        "signatures": [word(name, language) for name in SIGNATURES],
        "unknown_label": word("unknown", language),
    }
    document["unknown"] = unknown_characters(json.dumps(document, ensure_ascii=False))
    source = (files("chengmai.budget") / "layouts" / f"{LAYOUT}.typ").read_bytes()
    told = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    data = heavy.run(typeset, LAYOUT, told, {f"{LAYOUT}.typ": source}).result(timeout=TIMEOUT_S)
    record(user, "performance.print", "target_sheet", sheet.code, after={"format": "pdf", "version": sheet.version})
    return data


def _plain(part: FormPart) -> dict[str, object]:
    cells = [{**asdict(cell), "number": cell.amount is not None} for row in part.rows for cell in row]
    for cell in cells:
        del cell["amount"]
    return {"title": part.title, "subtitle": part.subtitle, "widths": part.widths, "cells": cells}


def export_sheet(sheet: TargetSheet, user: User, language: str) -> bytes:
    """The sheet as a workbook, one form a page; a text that looks like a formula stays a text."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for part in parts_of(sheet, language):
        _fill(workbook.create_sheet(part.title[:31]), part)
    written = BytesIO()
    workbook.save(written)
    record(user, "performance.print", "target_sheet", sheet.code, after={"format": "xlsx", "version": sheet.version})
    return written.getvalue()


def _fill(page: Worksheet, part: FormPart) -> None:
    for number, width in enumerate(part.widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width * WIDTH_OF_A_COLUMN
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for row, text in ((1, part.title), (2, part.subtitle)):
        _put(page, row, 1, FormCell(text, len(part.widths), head=True))
    page.cell(1, 1).font = Font(bold=True, size=16)
    taken = set[tuple[int, int]]()
    for row, cells in enumerate(part.rows, start=3):
        column = 1
        for cell in cells:
            while (row, column) in taken:
                column += 1
            _put(page, row, column, cell)
            taken |= {(row + down, column + right) for down in range(cell.rowspan) for right in range(cell.colspan)}


def _put(page: Worksheet, row: int, column: int, cell: FormCell) -> None:
    place = page.cell(row, column)
    if cell.amount is None:
        place.value = cell.text[:LONGEST_CELL]
        place.data_type = "s"
    else:
        place.value, place.number_format = cell.amount, "#,##0.00"
    side = "center" if cell.head else "right" if cell.amount is not None else "left"
    place.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    place.font = Font(bold=cell.head)
    bottom, right = row + cell.rowspan - 1, column + cell.colspan - 1
    for line in range(row, bottom + 1):
        for one in range(column, right + 1):
            page.cell(line, one).border = _FRAME
    if (bottom, right) != (row, column):
        page.merge_cells(start_row=row, start_column=column, end_row=bottom, end_column=right)
