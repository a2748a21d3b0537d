"""Findings about a published document: which rule, at which one or two printed places, with which values."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from chengmai.core.findings import Severity


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where something is printed. ``line`` counts from 1; in a table ``row`` and ``column`` too.

    ``start`` and ``end`` are offsets into the line, or into the cell when a column is named. ``line`` is 0 where a
    workbook has no lines: then ``sheet`` and ``row`` are the place.
    """

    line: int
    table: str = ""
    row: int | None = None
    column: int | None = None
    column_name: str = ""
    start: int | None = None
    end: int | None = None
    sheet: str = ""

    @property
    def short(self) -> str:
        """What a person finds the place by: the line of a text, the row of a sheet."""
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.line)


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """One broken rule of a document: what is printed at ``place`` against what is printed or due at ``other``.

    ``rule`` is a catalogue code (``finding.<rule>``); values are as printed; ``difference`` is a figure with its
    sign, in the unit of the values. ``decided`` is False where the text could not be understood well enough to say.
    """

    rule: str
    severity: Severity
    place: DocumentPlace
    other: DocumentPlace | None = None
    value: str = ""
    other_value: str = ""
    difference: str = ""
    decided: bool = True
    detail: tuple[tuple[str, str], ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        """The finding as plain values, for JSON."""
        return {**asdict(self), "detail": dict(self.detail)}

    @property
    def params(self) -> dict[str, str]:
        """What the rule's sentence may fill in."""
        return {
            "line": self.place.short,
            "table": self.place.table,
            "column": self.place.column_name,
            "value": self.value,
            "other_line": "" if self.other is None else self.other.short,
            "other_table": "" if self.other is None else self.other.table,
            "other_value": self.other_value,
            "difference": self.difference,
            **dict(self.detail),
        }


def in_order(findings: Iterable[DocumentFinding]) -> list[DocumentFinding]:
    """Findings by severity, then by where they are printed."""
    return sorted(
        findings,
        key=lambda one: (one.severity != Severity.ERROR, one.place.line, one.place.column or 0, one.rule, one.value),
    )


def stored_finding(stored: dict[str, Any]) -> DocumentFinding:
    """A finding out of its plain values."""
    other = stored["other"]
    return DocumentFinding(
        rule=stored["rule"],
        severity=Severity(stored["severity"]),
        place=DocumentPlace(**stored["place"]),
        other=None if other is None else DocumentPlace(**other),
        value=stored["value"],
        other_value=stored["other_value"],
        difference=stored["difference"],
        decided=stored["decided"],
        detail=tuple(stored["detail"].items()),
    )
