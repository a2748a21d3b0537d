"""Findings of reading a target sheet: how each weighs, and which only say that a row was not understood."""

from chengmai.core.findings import Severity
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace

_NOTES = frozenset({"disclosure.sheet.field_missing", "disclosure.sheet.fund_missing"})
_DOUBTS = frozenset(
    f"disclosure.sheet.{name}"
    for name in (
        "extra",
        "field_unclear",
        "funds_mixed",
        "level_doubtful",
        "level_missing",
        "no_name",
        "row_unclear",
        "target_unclear",
    )
)
"""What a scan moved too far to be read: nothing is said to be wrong, but the print is not vouched for either."""
_MOST_SHOWN = 80


def sheet_finding(rule: str, place: DocumentPlace, value: str = "", **told: str) -> DocumentFinding:
    """A finding about a sheet as it was read."""
    severity = Severity.NOTE if rule in _NOTES or rule in _DOUBTS else Severity.WARNING
    return DocumentFinding(
        rule=rule,
        severity=severity,
        place=place,
        value=value[:_MOST_SHOWN],
        decided=rule not in _DOUBTS,
        detail=tuple(told.items()),
    )
