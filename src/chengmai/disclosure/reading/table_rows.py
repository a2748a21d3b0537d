"""Reading one table's rows: columns by their labels, rows by their codes, labels or order, cells by their kind."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Fidelity, parse_amount
from chengmai.disclosure.classes import LEVELS, Classification, class_codes
from chengmai.disclosure.document import BlockRow, TableBlock
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import fold, name_key, squeeze
from chengmai.disclosure.layouts import ColumnKind, Layout, RowKind, TableColumn, TableForm, column_paths, header_key
from chengmai.disclosure.reading.recognition import PlacedBlock, is_total
from chengmai.disclosure.reading.tables import PublishedTable, TableCell, TableRow

_TAG = re.compile(r"</?\s*(?:td|th|tr|table|br|p|span)\b[^>]*>", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[①-⑳]|\(?\d{1,2}[)、.]|其中:|#)+")
_CODE = re.compile(r"\d{3,9}")


@dataclass
class _Reading:
    """What is known while one table is read."""

    form: TableForm
    layout: Layout
    year: int
    unit_name: str
    block: TableBlock
    positions: Mapping[str, int]
    findings: list[DocumentFinding]
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    economic_class: str = ""
    carried: dict[str, str] = field(default_factory=dict)
    projects: int = 0

    def find(self, rule: str, index: int, column: str = "", severity: Severity = Severity.ERROR, **told: str) -> None:
        """Keep a finding at a row (from 1) and a column's key."""
        position = self.positions.get(column)
        cells = self.block.rows[index - 1].cells
        value = cells[position] if position is not None and position < len(cells) else ""
        place = self.block.place(index, None if position is None else position + 1, self.form.key)
        self.findings.append(
            DocumentFinding(
                rule=rule,
                severity=severity,
                place=place,
                value=told.pop("value", value)[:80],
                other_value=told.pop("other", "")[:80],
                detail=tuple(told.items()),
            )
        )


def read_table(
    placed: PlacedBlock, layout: Layout, year: int, unit_name: str, findings: list[DocumentFinding]
) -> PublishedTable:
    """One table of its block; findings are added to those given."""
    form, block = placed.form, placed.block
    header = _header_rows(block, form)
    reading = _Reading(form, layout, year, unit_name, block, {}, findings)
    reading.positions = _columns(reading, header)
    rows = [row for index in range(1, len(block.rows) + 1) if index not in header for row in _rows(reading, index)]
    return PublishedTable(form, placed.caption, block, reading.positions, tuple(sorted(header)), tuple(rows))


def _header_rows(block: TableBlock, form: TableForm) -> set[int]:
    """Rows (from 1) that are header: at the top, and again where a page began; a row of column numbers too."""
    tops = {tuple(header_key(cell) for cell in row) for row in form.header}
    header: set[int] = set()
    for index, row in enumerate(block.rows, 1):
        words = [header_key(cell) for cell in row.cells if cell.strip()]
        at_top = index <= len(form.header) and len(header) == index - 1
        is_header = bool(words) and all(word in form.words for word in words)
        again = is_header and tuple(header_key(cell) for cell in row.cells) in tops
        if (at_top and is_header) or again or _numbers_columns(row):
            header.add(index)
    return header


def _numbers_columns(row: BlockRow) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 ..."""
    cells = [cell.strip() for cell in row.cells]
    return len(cells) > 2 and cells == [str(number) for number in range(1, len(cells) + 1)]


def _columns(reading: _Reading, header: set[int]) -> dict[str, int]:
    """Where each column of the form stands, by the words over it; what lacks or stands elsewhere is told."""
    form, rows = reading.form, reading.block.rows
    lines = [
        rows[index - 1].cells for index in sorted(header)[: len(form.header)] if not _numbers_columns(rows[index - 1])
    ]
    paths = column_paths(lines)
    positions: dict[str, int] = {}
    for column in form.columns:
        position = _position(column, form, paths, set(positions.values()))
        if position is None:
            reading.find("disclosure.column.missing", 1, severity=Severity.ERROR, value=column.label)
        else:
            positions[column.key] = position
    for position, path in enumerate(paths):
        own = any(position < len(line) and line[position].strip() for line in lines)
        if path and own and position not in positions.values():
            reading.find("disclosure.column.unknown", 1, value=path.rpartition("/")[2])
    order = [positions[column.key] for column in form.columns if column.key in positions]
    if order != sorted(order):
        reading.find(
            "disclosure.column.order",
            1,
            severity=Severity.WARNING,
            value=form.title.replace("{year}", str(reading.year)),
        )
    return positions


def _position(column: TableColumn, form: TableForm, paths: list[str], taken: set[int]) -> int | None:
    """The printed column of a label: the whole path, else its last word where only one column has it."""
    whole = [index for index, path in enumerate(paths) if path == column.label and index not in taken]
    if whole:
        return whole[0]
    leaf = column.label.rpartition("/")[2]
    if sum(other.label.rpartition("/")[2] == leaf for other in form.columns) > 1:
        return None
    ends = [index for index, path in enumerate(paths) if path.rpartition("/")[2] == leaf and index not in taken]
    return ends[0] if len(ends) == 1 else None


def _rows(reading: _Reading, index: int) -> Iterator[TableRow]:
    """The rows that one printed row holds: one for each side that has something in it."""
    printed = reading.block.rows[index - 1]
    if not any(cell.strip() for cell in printed.cells):
        return
    _check_width(reading, index, printed)
    for side in dict.fromkeys(column.side for column in reading.form.columns):
        columns = [column for column in reading.form.columns if column.side == side and column.key in reading.positions]
        cells = {column.key: _cell(reading, index, printed, column) for column in columns}
        if any(cell.printed.strip() for cell in cells.values()):
            key, name, level = _identity(reading, index, side, cells)
            seen = reading.keys[(side, key)] = reading.keys.get((side, key), 0) + 1
            if seen > 1:
                reading.find("disclosure.row.twice", index, severity=Severity.ERROR, value=name)
                key = f"{key}#{seen}"
            yield TableRow(key, name, side, level, index, printed.line, cells)


def _check_width(reading: _Reading, index: int, printed: BlockRow) -> None:
    width = max(reading.positions.values(), default=0) + 1
    beyond = [cell for cell in printed.cells[width:] if cell.strip()]
    if beyond:
        reading.find("disclosure.row.too_wide", index, value=beyond[0])
    elif len(printed.cells) < width:
        reading.find("disclosure.row.too_short", index, severity=Severity.WARNING, value=printed.cells[0])


def _cell(reading: _Reading, index: int, printed: BlockRow, column: TableColumn) -> TableCell:
    position = reading.positions[column.key]
    text = printed.cells[position] if position < len(printed.cells) else ""
    place = reading.block.place(index, position + 1, reading.form.key)
    bare = text
    if _TAG.search(text):
        reading.find("disclosure.cell.markup", index, column.key, value=text)
        bare = _TAG.split(text)[0].rstrip()
    if column.kind == ColumnKind.MONEY:
        amount = parse_amount(bare)
        if amount is None:
            reading.find("disclosure.cell.no_amount", index, column.key)
        fidelity = Fidelity.FINDING if amount is None or bare != text else amount.fidelity
        return TableCell(column.key, text, bare.strip(), place, amount, fidelity)
    clean = squeeze(bare) if column.kind == ColumnKind.CODE else _despaced(bare)
    fidelity = Fidelity.FINDING if bare != text else Fidelity.EXACT if clean == text else Fidelity.NORMALISED
    return TableCell(column.key, text, clean, place, None, fidelity)


def _despaced(text: str) -> str:
    """A name without the spaces that a scan put between Chinese characters; brackets and letters stay as printed."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text.strip())


def _identity(reading: _Reading, index: int, side: str, cells: Mapping[str, TableCell]) -> tuple[str, str, int]:
    """Key, name and level of a row."""
    by_kind = {column.kind: cells[column.key] for column in reversed(reading.form.columns) if column.key in cells}
    label = by_kind.get(ColumnKind.LABEL)
    code, name = by_kind.get(ColumnKind.CODE), by_kind.get(ColumnKind.NAME)
    match reading.form.rows:
        case RowKind.CODES:
            return _coded(reading, index, side, code, name)
        case RowKind.ECONOMIC:
            return _economic(reading, index, label, name)
        case RowKind.ITEMS:
            return _item(reading, index, side, label)
        case RowKind.UNITS:
            return _unit(label)
        case RowKind.PROJECTS:
            return _project(reading, index, label)


def _coded(
    reading: _Reading, index: int, side: str, code: TableCell | None, name: TableCell | None
) -> tuple[str, str, int]:
    text, told = code.text if code else "", name.text if name else ""
    if is_total(text) or (not text and is_total(told)):
        return "total", text or told, 0
    classification = reading.form.classes.get(side, Classification.FUNCTION)
    column = "" if code is None else code.column
    digits = fold(text)
    if not _CODE.fullmatch(digits) or len(digits) not in LEVELS[classification]:
        reading.find("disclosure.code.malformed", index, column, value=text or told)
        return f"row{index}", told, 0
    official = class_codes(reading.year).name(classification, digits)
    if official is None:
        reading.find("disclosure.code.unknown", index, column, Severity.WARNING, name=told)
    elif name_key(official) != name_key(told):
        reading.find("disclosure.code.other_name", index, column, Severity.WARNING, name=told, other=official)
    return digits, told, LEVELS[classification].index(len(digits)) + 1


def _economic(
    reading: _Reading, index: int, label: TableCell | None, government: TableCell | None
) -> tuple[str, str, int]:
    text = label.text if label else ""
    if is_total(text):
        return "total", text, 0
    codes = class_codes(reading.year)
    known = codes.codes_named(Classification.DEPARTMENT, text)
    below = [code for code in known if code.startswith(reading.economic_class) and len(code) > 3]
    is_class = government is None or not government.text
    fitting = [code for code in known if len(code) == 3] if is_class else below or known
    if government is not None and government.text:
        _check_government(reading, index, government)
    if not fitting:
        reading.find("disclosure.class.unknown", index, label.column if label else "", Severity.WARNING)
        return f"row{index}", text, 1 if is_class else 2
    if is_class:
        reading.economic_class = fitting[0]
    return fitting[0], text, 1 if is_class else 2


def _check_government(reading: _Reading, index: int, cell: TableCell) -> None:
    if not class_codes(reading.year).codes_named(Classification.GOVERNMENT, cell.text):
        reading.find("disclosure.class.unknown", index, cell.column, Severity.WARNING)


def _item(reading: _Reading, index: int, side: str, label: TableCell | None) -> tuple[str, str, int]:
    text = label.text if label else ""
    if not text:
        reading.find("disclosure.row.no_label", index, label.column if label else "")
        return f"row{index}", "", 1
    bare = _NUMBERING.sub("", name_key(text))
    key = reading.layout.items[reading.form.items[side]].get(bare)
    if key is None:
        reading.find("disclosure.row.unknown", index, label.column if label else "", Severity.WARNING)
        return bare, text, 1
    if key in ("current", "carried", "total"):
        reading.carried[side] = key
        return key, text, 0
    after = reading.carried.get(side, "")
    return (f"{after}_{key}" if after else key), text, 2 if after or key.startswith("vehicle_") else 1


def _unit(label: TableCell | None) -> tuple[str, str, int]:
    text = label.text if label else ""
    return ("total", text, 0) if is_total(text) else (name_key(text), text, 1)


def _project(reading: _Reading, index: int, label: TableCell | None) -> tuple[str, str, int]:
    text = label.text if label else ""
    known = {key for _, key in reading.keys}
    if is_total(text) or (name_key(text) == name_key(reading.unit_name) and "total" not in known):
        return "total", text, 0
    if name_key(text) == name_key(reading.unit_name):
        return "unit", text, 0
    if not text:
        reading.find("disclosure.row.no_label", index, label.column if label else "")
    reading.projects += 1
    return f"p{reading.projects}", text, 1
