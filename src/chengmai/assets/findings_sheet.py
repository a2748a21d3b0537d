"""Findings as a sheet to mend: one row a finding, with file, sheet, row, field and value."""

import csv
import io
from collections.abc import Iterable

from chengmai.core.findings import Finding
from chengmai.core.messages import message

COLUMNS = ("file", "sheet", "row", "field", "value", "severity", "rule", "sentence")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def sentence(finding: Finding, language: str) -> str:
    """What is wrong, in words."""
    params = {"field": finding.field, "value": finding.value, **dict(finding.detail)}
    return message(f"finding.{finding.rule}", language, params)


def findings_csv(findings: Iterable[Finding], language: str) -> bytes:
    """A CSV sheet in UTF-8 with a byte order mark, as spreadsheet programs want it; cells never start a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(message(f"findings.{name}", language, {}) for name in COLUMNS)
    for finding in findings:
        cells = (
            finding.file,
            finding.sheet,
            finding.row,
            finding.field,
            finding.value,
            message(f"severity.{finding.severity}", language, {}),
            finding.rule,
            sentence(finding, language),
        )
        writer.writerow(harmless(cell) for cell in cells)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets a quote in front; plain numbers stay as they are."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not cell[1:].replace(".", "", 1).isdigit():
        return f"'{cell}"
    return cell
