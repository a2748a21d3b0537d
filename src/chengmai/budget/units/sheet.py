"""Many units as a workbook: every unit with its sums, units by rule, who is late, and every finding."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from chengmai.budget.checking.sheet import GROUPS, group_in_words, group_of, harmless, headings, rows
from chengmai.budget.units.rules import SEVERITIES, HandInState, UnitRow, UnitsOverview
from chengmai.core.messages import message
from chengmai.core.money import yuan_of
from chengmai.disclosure.checking.unit_documents import FIGURES
from chengmai.disclosure.findings import stored_finding

Findings = Mapping[str, Sequence[dict[str, Any]]]
"""Key of a document -> its findings as mappings."""
UNIT_COLUMNS = (
    "code", "name", "state", "due", "handed_in", "days_late", "income", "spending", "three_public",
    *SEVERITIES, "file",
)  # fmt: skip
MOST_ROWS = 200_000
"""Findings that a workbook lists; a sheet ends at a million rows, and nobody reads as many."""
_BEHIND = (HandInState.MISSING, HandInState.LATE, HandInState.UNUSABLE)
_WIDTHS = {"name": 34, "file": 44, "printed": 34, "why": 30, "sentence": 80, "rule": 30}
_WAN = 10_000


def units_workbook(seen: UnitsOverview, findings: Findings, language: str) -> bytes:
    """The table of a round with all its findings; runs in any process of the pool."""
    book = Workbook(write_only=True)
    lines = [unit_cells(row, language) for row in seen.rows]
    _sheet(book, "units", UNIT_COLUMNS, [*lines, total_cells(seen, language)], language)
    _by_rule(book, seen, language)
    behind = [line for row, line in zip(seen.rows, lines, strict=True) if row.state in _BEHIND]
    _sheet(book, "behind", UNIT_COLUMNS, behind, language)
    astray = [
        [
            one.name,
            "" if one.reading is None else one.reading.unit_name,
            message(f"units.ground.{one.ground}", language, {}),
        ]
        for one in seen.astray
    ]
    _sheet(book, "astray", ("file", "printed", "why"), astray, language)
    _all_findings(book, seen, findings, language)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def column_words(names: Iterable[str], language: str) -> list[str]:
    """The headings of columns."""
    return [message(f"units.column.{name}", language, {}) for name in names]


def unit_cells(row: UnitRow, language: str) -> list[Any]:
    """One unit in the order of ``UNIT_COLUMNS``; sums in units of ten thousand yuan, those of a counted document."""
    shown = row.shown
    reading = None if shown is None else shown.reading
    counted = None if row.counted is None else row.counted.reading
    figures = [None if counted is None else _wan(getattr(counted, name)) for name in FIGURES]
    printed = "" if reading is None else reading.unit_name
    return [
        "" if row.unit is None else row.unit.code,
        printed if row.unit is None else row.unit.name,
        message(f"units.state.{row.state}", language, {}),
        None if row.unit is None else row.unit.due,
        row.handed_in,
        row.days_late or None,
        *figures,
        *(None if reading is None else reading.count(severity) for severity in SEVERITIES),
        "" if shown is None else shown.name,
    ]


def total_cells(seen: UnitsOverview, language: str) -> list[Any]:
    """All units in the order of ``UNIT_COLUMNS``."""
    rolled = seen.rolled_up
    figures = [_wan(rolled.figures[name][0]) for name in FIGURES]
    findings = [rolled.findings[severity] for severity in SEVERITIES]
    return ["", message("units.total", language, {}), *[None] * 4, *figures, *findings, ""]


def _wan(fen: int | None) -> Any:
    return None if fen is None else yuan_of(fen) / _WAN


def _sheet(book: Workbook, name: str, columns: Sequence[str], lines: Iterable[Sequence[Any]], language: str) -> None:
    _fill(book, name, column_words(columns, language), [_WIDTHS.get(one, 13) for one in columns], lines, language)


def _fill(
    book: Workbook,
    name: str,
    texts: Sequence[str],
    widths: Sequence[float],
    lines: Iterable[Sequence[Any]],
    language: str,
) -> None:
    sheet = book.create_sheet(message(f"units.sheet.{name}", language, {})[:30])
    sheet.freeze_panes = "A2"
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([_bold(sheet, text) for text in texts])
    for line in lines:
        sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in line])


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _by_rule(book: Workbook, seen: UnitsOverview, language: str) -> None:
    """A row a unit, a column a rule: how often the rule found something."""
    ordered = sorted(seen.rules, key=lambda rule: (GROUPS.index(group_of(rule)), rule))
    titles = [f"{group_in_words(rule, language)} · {message(f'rule.{rule}', language, {})}" for rule in ordered]
    lines: list[list[Any]] = []
    for row in seen.rows:
        code, name = unit_cells(row, language)[:2]
        rules = {} if row.shown is None or row.shown.reading is None else row.shown.reading.rules
        lines.append([code, name, *(sum(rules[rule].values()) if rule in rules else None for rule in ordered)])
    lines.append(["", message("units.total", language, {}), *(seen.rules[rule][0] for rule in ordered)])
    texts = [*column_words(("code", "name"), language), *titles]
    _fill(book, "by_rule", texts, [13, 34, *[16.0] * len(ordered)], lines, language)


def _all_findings(book: Workbook, seen: UnitsOverview, findings: Findings, language: str) -> None:
    lines: list[list[Any]] = []
    for row in seen.rows:
        if row.shown is not None:
            code, name = unit_cells(row, language)[:2]
            told = rows([stored_finding(one) for one in findings.get(row.shown.key, ())], language)
            lines += [[code, name, *cells] for cells in told]
    texts = [*column_words(("code", "name"), language), *headings(language)]
    _fill(book, "findings", texts, [13, 30, 8, 26, 22, 26, 22, 14, 80, 32], lines[:MOST_ROWS], language)
