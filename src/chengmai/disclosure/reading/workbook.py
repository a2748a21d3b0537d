"""Workbooks and CSV files of the same tables, read as a document: what a sheet hides or only computes is told."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Fidelity, parse_amount
from chengmai.disclosure.document import Document, decode_text, line_of, read_document
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import squeeze

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 200_000_000
"""Unpacked size over which a workbook is refused: it would only fill the memory."""
MOST_ROWS, MOST_COLUMNS = 20_000, 200
"""What is read of one sheet; a budget's table is far smaller."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, RuntimeError, NotImplementedError),
    *(LookupError, ValueError, TypeError, AttributeError, AssertionError, OverflowError),
)
"""What the library raises on a file that is no sound workbook."""
_CAPTION = re.compile(r"(?:单位名称|部门名称|编制单位|单位|部门)[:：].*|注[:：].*")
_DECIMALS = re.compile(r"0\.(0+)")


@dataclass
class _Reading:
    """Lines made so far, where each came from, and what was found."""

    lines: list[str] = field(default_factory=list)
    origins: dict[int, tuple[str, int]] = field(default_factory=dict)
    findings: list[DocumentFinding] = field(default_factory=list)

    def add(self, text: str, sheet: str, row: int) -> None:
        """Keep a line that stands in a row of a sheet."""
        self.lines.append(text)
        self.origins[len(self.lines)] = (sheet, row)

    def find(
        self, rule: str, sheet: str, row: int, value: str, severity: Severity = Severity.WARNING, **told: object
    ) -> None:
        """Keep a finding about a sheet."""
        place = DocumentPlace(max(1, len(self.lines)), sheet=sheet, row=row)
        detail = (("sheet", sheet), *((name, str(part)) for name, part in told.items()))
        self.findings.append(
            DocumentFinding(rule=rule, severity=severity, place=place, value=value[:80], detail=detail)
        )


def open_document(name: str, data: bytes) -> Document:
    """A document of any file: a workbook (XLSX), a CSV, or text. No content raises; what cannot be opened is told."""
    if data.startswith(_OLE):
        return _unreadable(name, "XLS")
    if data.startswith(_ZIP):
        return _from_workbook(name, data)
    if name.lower().endswith(".csv"):
        return _from_csv(name, data)
    return read_document(name, data)


def _unreadable(name: str, reason: str) -> Document:
    place = DocumentPlace(1)
    told = DocumentFinding(
        rule="disclosure.workbook.unreadable", severity=Severity.ERROR, place=place, value=reason[:80]
    )
    return Document(name, (line_of(1, ""),), (told,))


def _document(name: str, reading: _Reading) -> Document:
    lines = tuple(line_of(number, text) for number, text in enumerate(reading.lines or [""], 1))
    return Document(name, lines, tuple(reading.findings), reading.origins)


def _from_csv(name: str, data: bytes) -> Document:
    reading = _Reading()
    text = decode_text(data, reading.findings).replace("\0", "")
    try:
        rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(io.StringIO(text), strict=False)]
    except csv.Error as error:
        return _unreadable(name, str(error))
    _add_rows(reading, PurePath(name).stem, rows)
    return _document(name, reading)


def _from_workbook(name: str, data: bytes) -> Document:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                return _unreadable(name, f"> {MOST_BYTES // 1_000_000} MB")
        formulas = openpyxl.load_workbook(io.BytesIO(data), data_only=False)
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except _BROKEN as error:
        return _unreadable(name, str(error))
    reading = _Reading()
    for sheet in formulas.worksheets:
        if sheet.sheet_state != "visible":
            reading.find("disclosure.workbook.hidden_sheet", sheet.title, 1, sheet.title)
            continue
        _read_sheet(reading, sheet, values[sheet.title])
    return _document(name, reading)


def _read_sheet(reading: _Reading, sheet: Any, values: Any) -> None:
    title = str(sheet.title)
    _tell_hidden(reading, sheet, title)
    last_row, last_column = min(sheet.max_row or 0, MOST_ROWS), min(sheet.max_column or 0, MOST_COLUMNS)
    if (sheet.max_row or 0) > MOST_ROWS or (sheet.max_column or 0) > MOST_COLUMNS:
        size = f"{sheet.max_row} x {sheet.max_column}"
        reading.find("disclosure.workbook.too_large", title, 1, size, Severity.ERROR)
    rows, computed, as_text = [], [], []
    shown = sheet.iter_rows(max_row=last_row, max_col=last_column)
    held = values.iter_rows(max_row=last_row, max_col=last_column)
    for number, (cells, kept) in enumerate(zip(shown, held, strict=False), 1):
        row = []
        for cell, cached in zip(cells, kept, strict=False):
            text = _text(cached.value, str(cell.number_format or ""))
            if cell.data_type == "f":
                computed.append((number, cell.coordinate))
                text = text if cached.value is not None else f"={cell.coordinate}"
            elif isinstance(cell.value, str) and _is_text_number(cell.value):
                as_text.append((number, cell.coordinate))
            row.append(text)
        rows.append(row)
    first_figure = next((number for number, row in enumerate(rows, 1) if _has_figure(row)), len(rows) + 1)
    _tell_merged(reading, sheet, title, first_figure)
    for rule, places in (("disclosure.workbook.formulas", computed), ("disclosure.workbook.text_numbers", as_text)):
        if places:
            reading.find(rule, title, places[0][0], places[0][1], times=len(places))
    _add_rows(reading, title, rows)


def _tell_hidden(reading: _Reading, sheet: Any, title: str) -> None:
    hidden = [f"{key}" for key, one in (*sheet.row_dimensions.items(), *sheet.column_dimensions.items()) if one.hidden]
    if hidden:
        reading.find("disclosure.workbook.hidden_rows", title, 1, ", ".join(hidden[:20]), times=len(hidden))


def _tell_merged(reading: _Reading, sheet: Any, title: str, first_figure: int) -> None:
    """Cells merged in the header are as they should be; among the figures only the first of them holds the value."""
    merged = [one for one in sheet.merged_cells.ranges if one.max_row >= first_figure]
    if merged:
        reading.find("disclosure.workbook.merged", title, merged[0].min_row, merged[0].coord, times=len(merged))


def _text(value: object, number_format: str) -> str:
    """What a cell shows: a figure with the decimals of its format, everything else as text in one line."""
    if value is None or value is True or value is False:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        exact = Decimal(repr(value))
        found = _DECIMALS.search(number_format)
        if found is not None:
            exact = exact.quantize(Decimal(1).scaleb(-len(found[1])), ROUND_HALF_UP)
        elif isinstance(value, float):
            exact = exact.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
        return f"{exact:f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return " ".join(str(value).split())


def _is_text_number(text: str) -> bool:
    amount = parse_amount(text)
    return amount is not None and not amount.blank and (amount.decimals > 0 or amount.fidelity != Fidelity.EXACT)


def _has_figure(row: Sequence[str]) -> bool:
    amounts = [parse_amount(cell) for cell in row if cell]
    return any(amount is not None and amount.decimals for amount in amounts)


def _add_rows(reading: _Reading, sheet: str, rows: Iterable[Sequence[str]]) -> None:
    """The rows of a sheet as lines: its name and what stands over the table as text, the table by tabs."""
    kept = [list(row) for row in rows]
    width = max((_last(row) for row in kept if not _is_caption(row)), default=0)
    reading.add(sheet, sheet, 1)
    begun = False
    for number, row in enumerate(kept, 1):
        told = [cell for cell in row if cell]
        if not told:
            reading.add("", sheet, number)
        elif _is_caption(row) or (len(told) == 1 and not begun):
            reading.add(" ".join(told), sheet, number)
        else:
            begun = True
            reading.add("\t".join([*row[:width], *[""] * (width - len(row))]), sheet, number)
    reading.add("", sheet, max(1, len(kept)))


def _is_caption(row: Sequence[str]) -> bool:
    """Whether a row says whose table it is, in which unit, or is a note."""
    return all(_CAPTION.fullmatch(squeeze(cell)) for cell in row if cell)


def _last(row: Sequence[str]) -> int:
    """The number of the last cell that holds something."""
    return max((position for position, cell in enumerate(row, 1) if cell), default=0)
