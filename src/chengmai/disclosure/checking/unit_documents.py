"""One unit's document among many: read and checked as any other, its figures and findings as plain values."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chengmai.core.money import FEN_PER_YUAN
from chengmai.disclosure.amounts import YUAN_OF_UNIT
from chengmai.disclosure.checking.checks import check_disclosure
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.reading.disclosures import read_disclosure
from chengmai.disclosure.reading.published_tables import PublishedTables
from chengmai.disclosure.reading.workbook import open_document

FIGURES: dict[str, tuple[str, str, str, str]] = {
    "income": ("totals", "total", "income", "income"),
    "spending": ("totals", "total", "total", "expenditure"),
    "three_public": ("three_public", "total", "total", ""),
}
"""Figure that is rolled up -> table, row, column and side it is printed in."""
RuleCounts = dict[str, dict[str, int]]
"""How often each rule found something, by severity; what could not be decided under ``undecided``."""


@dataclass(frozen=True, slots=True)
class UnitReading:
    """What one document says and how well: whose and which year's it is, its figures [fen], its findings counted.

    A figure is None where the document does not print it as an amount of whole fen.
    """

    unit_name: str
    year: int
    tables: int
    lines: int
    income: int | None
    spending: int | None
    three_public: int | None
    rules: RuleCounts = field(default_factory=dict)

    def count(self, severity: str) -> int:
        """Findings of a severity, or those undecided."""
        return sum(each.get(severity, 0) for each in self.rules.values())


def check_unit_document(name: str, data: bytes) -> tuple[UnitReading, list[dict[str, Any]]]:
    """The reading of a document and all its findings as mappings; what any process of the pool can run."""
    disclosure = read_disclosure(open_document(name, data))
    report = check_disclosure(disclosure)
    tables = disclosure.tables
    reading = UnitReading(
        unit_name=tables.unit_name,
        year=tables.year,
        tables=len(tables.tables),
        lines=len(disclosure.document.lines),
        **{figure: _fen(tables, *place) for figure, place in FIGURES.items()},
        rules=count_rules(report.findings),
    )
    return reading, [finding.as_dict() for finding in report.findings]


def count_rules(findings: tuple[DocumentFinding, ...]) -> RuleCounts:
    """How often each rule found something."""
    counts: dict[str, Counter[str]] = {}
    for one in findings:
        counts.setdefault(one.rule, Counter())[one.severity.value if one.decided else "undecided"] += 1
    return {rule: dict(each) for rule, each in sorted(counts.items())}


def _fen(tables: PublishedTables, key: str, row: str, column: str, side: str) -> int | None:
    table = tables.tables.get(key)
    cell = None if table is None else table.cell(row, column, side)
    if table is None or cell is None or cell.amount is None or cell.amount.blank:
        return None
    yuan = YUAN_OF_UNIT.get(table.caption.money_unit or tables.layout.unit)
    exact = None if yuan is None else cell.amount.value * yuan * FEN_PER_YUAN
    return int(exact) if exact is not None and exact == exact.to_integral_value() else None
