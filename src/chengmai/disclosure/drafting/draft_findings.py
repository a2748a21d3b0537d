"""Rules between tables held against a draft: what does not hold, at which cell, by how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.table_checks import check_tables
from chengmai.disclosure.drafting.draft_tables import Grids, as_published
from chengmai.disclosure.findings import DocumentFinding

_HALF = Decimal("0.005")
"""Half of the last digit that is printed, in ten thousand yuan."""


@dataclass(frozen=True, slots=True)
class BrokenTie:
    """A rule that does not hold, with the cells of both its places by their keys; "" where it has none."""

    finding: DocumentFinding
    severity: Severity
    row: str
    column: str
    other_table: str
    other_row: str
    other_column: str


def broken_ties(tables: Grids) -> list[BrokenTie]:
    """Every rule between tables that does not hold, errors first.

    Money is compared to the fen. What printing with two decimals may bring about (a budget read from print has such
    differences) is a note, anything more keeps the severity of its rule.
    """
    checks = check_tables({key: as_published(table) for key, table in tables.items()})
    places = _places(tables)
    ties = []
    for finding in checks.findings:
        row, column = places.get((finding.place.table, finding.place.row, finding.place.column), ("", ""))
        other = finding.other
        at = ("", "") if other is None else places.get((other.table, other.row, other.column), ("", ""))
        other_table = "" if other is None else other.table
        ties.append(BrokenTie(finding, _severity(finding), row, column, other_table, *at))
    order = list(Severity)
    return sorted(ties, key=lambda one: (order.index(one.severity), tables[one.finding.place.table].form.number))


def _places(tables: Grids) -> Mapping[tuple[str, int | None, int | None], tuple[str, str]]:
    """Row and column key of every printed place."""
    found: dict[tuple[str, int | None, int | None], tuple[str, str]] = {}
    for table in tables.values():
        positions = {column.key: position for position, column in enumerate(table.form.columns, 1)}
        for row in table.rows:
            for column in (*row.fen, *row.texts):
                found[table.key, row.index, positions[column]] = (row.key, column)
    return found


def _severity(finding: DocumentFinding) -> Severity:
    terms = dict(finding.detail).get("terms", "").count(" + ") + 1
    if terms > 1 and finding.difference and abs(Decimal(finding.difference)) <= _HALF * (terms + 1):
        return Severity.NOTE
    return finding.severity
