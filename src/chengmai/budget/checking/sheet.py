"""Findings of a published document in words, as rows, as JSON, as CSV and as a workbook."""

import csv
import io
from typing import Any

from openpyxl import Workbook

from chengmai.budget.published.words import finding_sentence
from chengmai.core.findings import Severity
from chengmai.core.messages import message
from chengmai.disclosure.checking.checks import CheckReport
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.layouts import layouts

COLUMNS = ("severity", "place", "value", "other", "other_value", "difference", "sentence", "rule")
GROUPS = ("equation", "table", "text", "sheet", "catalogue", "repeated", "document")
"""Kinds of rules as a clerk filters them; the last is the file as it was read."""
_OF_CATALOGUE = ("entry", "purchase")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def place_in_words(place: DocumentPlace | None, language: str) -> str:
    """A line, and in a table the row and column of it; in a workbook its sheet and row."""
    if place is None:
        return ""
    told = {
        "line": place.line,
        "sheet": place.sheet,
        "table": table_in_words(place.table, language),
        "row": place.row or "",
        "column": place.column or "",
    }
    if place.sheet:
        return message("budget.check.sheet_cell" if place.column else "budget.check.sheet_line", language, told)
    return message("budget.check.cell" if place.column else "budget.check.line", language, told)


def table_in_words(key: str, language: str) -> str:
    """What a table is called: the title of the layout's tables, or what kind of table it is."""
    if key in ("sheet", "catalogue"):
        return message(f"budget.check.group.{key}", language, {})
    title = next((form.title for layout in layouts() for form in layout.tables if form.key == key), "")
    return title.replace("{year}年", "") or message("budget.check.table", language, {})


def group_of(rule: str) -> str:
    """The kind of a rule."""
    kind = rule.removeprefix("disclosure.").partition(".")[0]
    return "catalogue" if kind in _OF_CATALOGUE else kind if kind in GROUPS else GROUPS[-1]


def group_in_words(rule: str, language: str) -> str:
    """What the kind of a rule is called."""
    return message(f"budget.check.group.{group_of(rule)}", language, {})


def summary(report: CheckReport, language: str) -> str:
    """The counts of a report in one sentence."""
    return message("budget.check.summary", language, {"file": report.document.source, **counts(report)})


def counts(report: CheckReport) -> dict[str, Any]:
    """Findings by severity, relations that hold, figures and how many of them a rule weighs."""
    weighed = len(report.figures) - len(report.uncovered)
    severities = report.by_severity()
    return {
        **{severity.value: severities.get(severity.value, 0) for severity in Severity},
        "undecided": len(report.undecided),
        "holding": report.holding,
        "figures": len(report.figures),
        "covered": weighed,
        "share": f"{weighed / len(report.figures):.1%}" if report.figures else "-",
    }


def rows(findings: list[DocumentFinding], language: str) -> list[tuple[str, ...]]:
    """One row of cells for each finding, in the order of ``COLUMNS``."""
    return [
        (
            message(f"severity.{finding.severity}", language, {}),
            place_in_words(finding.place, language),
            finding.value,
            place_in_words(finding.other, language),
            finding.other_value,
            finding.difference,
            finding_sentence(finding, language),
            finding.rule,
        )
        for finding in findings
    ]


def as_dict(report: CheckReport, language: str) -> dict[str, Any]:
    """A report as plain values: counts, findings with their sentences, figures that no rule speaks of."""
    return {
        "source": report.document.source,
        "counts": counts(report),
        "findings": [{**one.as_dict(), "sentence": finding_sentence(one, language)} for one in report.findings],
        "uncovered": [
            {"line": line, "column": column or None, "start": start, "printed": one.printed}
            for (line, column, start), one in report.uncovered.items()
        ],
    }


def as_csv(report: CheckReport, language: str) -> bytes:
    """All findings as CSV in UTF-8 with a byte order mark; no cell starts a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings(language))
    for row in rows(list(report.findings), language):
        writer.writerow(harmless(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(report: CheckReport, language: str) -> bytes:
    """All findings as a workbook: what is wrong, what is undecided, and figures that no rule speaks of."""
    book = Workbook()
    sheet = book.active
    sheet.title = message("budget.check.sentence", language, {})[:30]
    sheet.append(headings(language))
    for row in rows(report.decided, language):
        sheet.append([harmless(cell) for cell in row])
    undecided = book.create_sheet(message("budget.check.undecided", language, {})[:30])
    undecided.append(headings(language))
    for row in rows(report.undecided, language):
        undecided.append([harmless(cell) for cell in row])
    uncovered = book.create_sheet(message("budget.check.uncovered", language, {})[:30])
    for (line, column, _), one in report.uncovered.items():
        place = report.document.placed(DocumentPlace(line, column=column or None))
        uncovered.append([place_in_words(place, language), one.printed])
    for each in book.worksheets:
        each.freeze_panes = "A2"
        for letter, width in zip("ABCDEFGH", (8, 26, 22, 26, 22, 14, 80, 32), strict=True):
            each.column_dimensions[letter].width = width
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def headings(language: str) -> list[str]:
    """The words over the columns."""
    return [message(f"budget.check.{name}", language, {}) for name in COLUMNS]


def harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula gets a quote in front."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) and not cell[1:].replace(".", "", 1).isdigit() else cell
