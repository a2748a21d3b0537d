"""Which errors of a correction are new, and which the version it corrects was published with already."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chengmai.budget.models import BudgetCheck, BudgetSet
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.release.checks import check_of
from chengmai.budget.release.printed import printed_of
from chengmai.budget.release.queries import corrected_by
from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.drafting.draft_tables import GridTable
from chengmai.disclosure.drafting.totalling import sums_of

_FEN_PER_WAN = 1_000_000
_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_HELD_BACK = "disclosure.withheld."
_ROUNDED = Decimal("0.01")
"""One unit of the last digit that is printed, in units of ten thousand yuan."""


class ErrorKind(StrEnum):
    """How an error of a correction came to be there."""

    NEW = "new"
    CARRIED = "carried"
    ROUNDED = "rounded"


@dataclass(frozen=True)
class SortedErrors:
    """The errors of a check by kind, in the order of its findings; ``before`` is the version that is corrected.

    ``kinds`` has the kind of each finding by its place in the check; what is no decided error has none.
    """

    before: BudgetSet | None
    kinds: Mapping[int, ErrorKind]

    def count(self, kind: ErrorKind) -> int:
        """How many errors there are of a kind."""
        return sum(each == kind for each in self.kinds.values())

    @property
    def known(self) -> int:
        """Errors that one acknowledgement covers: carried over, or of rounding."""
        return len(self.kinds) - self.count(ErrorKind.NEW)


def sorted_errors(budget: BudgetSet, check: BudgetCheck) -> SortedErrors:
    """The errors of a set's check by kind.

    An error is carried over when the version that is corrected prints the same: same rule, table and column, both
    values, difference, and the same words around it. As often as there, and no more. It is of rounding when it is of
    one last digit and speaks of a sum that was only worked out anew, from figures printed the same. A mark of secrecy
    is never carried over. Without a version before, every error is new.
    """
    errors = {at: one for at, one in enumerate(check.findings) if one["decided"] and one["severity"] == Severity.ERROR}
    before = corrected_by(budget)
    if before is None or not errors:
        return SortedErrors(before, dict.fromkeys(errors, ErrorKind.NEW))
    old_lines, lines = (printed_of(one).text.splitlines() for one in (before, budget))
    there = Counter(
        _identity(one, old_lines)
        for one in check_of(None, before).findings
        if one["decided"] and one["severity"] == Severity.ERROR
    )
    sums = recomputed(grids_of(before), grids_of(budget))
    kinds = {}
    for at, one in errors.items():
        identity = _identity(one, lines)
        if one["rule"].startswith(_HELD_BACK):
            kinds[at] = ErrorKind.NEW
        elif there[identity]:
            there[identity] -= 1
            kinds[at] = ErrorKind.CARRIED
        else:
            kinds[at] = ErrorKind.ROUNDED if _of_rounding(one, sums) else ErrorKind.NEW
    return SortedErrors(before, kinds)


def _identity(one: Mapping[str, Any], lines: Sequence[str]) -> tuple[Any, ...]:
    detail = tuple(sorted((name, str(told)) for name, told in one["detail"].items() if name not in ("span", "line")))
    values = (one["value"], one["other_value"], one["difference"])
    return (one["rule"], *values, detail, _around(one["place"], lines), _around(one["other"], lines))


def _around(place: Mapping[str, Any] | None, lines: Sequence[str]) -> tuple[str, ...]:
    """What tells a place in another version: in a table its column and the names of its row, else the whole line."""
    if place is None:
        return ()
    line = lines[place["line"] - 1] if 1 <= place["line"] <= len(lines) else ""
    if not place["table"]:
        return (line,)
    names = [cell for cell in line.split("\t") if cell and parse_amount(cell) is None]
    return (place["table"], str(place["column"]), place["column_name"], *names)


def recomputed(old: Mapping[str, GridTable], new: Mapping[str, GridTable]) -> frozenset[Decimal]:
    """Sums (in units of ten thousand yuan) that differ by one last digit although nothing they add up differs."""
    return frozenset(value for key in new if key in old for value in _recomputed(old[key], new[key]))


def _recomputed(old: GridTable, new: GridTable) -> Iterable[Decimal]:
    was = {(row.key, column): fen for row in old.rows for column, fen in row.fen.items()}
    comes = {(row.key, column): fen for row in new.rows for column, fen in row.fen.items()}
    sums = sums_of(new.form, new.rows)
    settled: dict[tuple[str, str], bool] = {}

    def only_rounded(cell: tuple[str, str]) -> bool:
        if cell not in settled:
            by = abs(comes.get(cell, 0) - was.get(cell, 0))
            parts = sums.get(cell, ())
            small = by <= _ROUNDED * _FEN_PER_WAN and bool(parts) and all(map(only_rounded, parts))
            settled[cell] = by == 0 or small
        return settled[cell]

    for cell in sums:
        if comes.get(cell, 0) != was.get(cell, 0) and only_rounded(cell):
            yield Decimal(comes[cell]) / _FEN_PER_WAN


def _of_rounding(one: Mapping[str, Any], sums: frozenset[Decimal]) -> bool:
    difference = _figure(one["difference"])
    if difference is None or abs(difference) > _ROUNDED:
        return False
    return any(_figure(one[name]) in sums for name in ("value", "other_value"))


def _figure(text: str) -> Decimal | None:
    found = _FIGURE.search(text)
    return None if found is None else Decimal(found[0].replace(",", ""))
