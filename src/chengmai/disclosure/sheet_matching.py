"""Which target sheet belongs to which project of the table: by name and amount, names being misread and repeated."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import fold, name_key
from chengmai.disclosure.sheets import ProjectSheet, TargetSpan
from chengmai.disclosure.tables import PublishedTable, TableRow

_ALIKE = 0.6
"""How alike names must be (ratio of matching characters) where the amount is the same."""
_NEARLY = 0.85
"""How alike they must be where the amount is not printed or differs."""
_TEN_THOUSAND = re.compile(r"(?<![\d.])(\d[\d,]*(?:\.\d+)?)\s*万")


class MatchGround(StrEnum):
    """Why a sheet and a row of the table are the same project."""

    NAME_AND_AMOUNT = "name_and_amount"
    AMOUNT = "amount"
    TOLD_AMOUNT = "told_amount"
    LAST_LEFT = "last_left"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class MatchedProject:
    """A project of the table and its sheet; either may be None, and ``fidelity`` is a finding then.

    ``year_amount`` [yuan] is that of the table; ``ground`` is None when nothing matched.
    """

    row: TableRow | None
    sheet: ProjectSheet | None
    year_amount: Decimal | None
    ground: MatchGround | None
    fidelity: Fidelity


_Pair = tuple[ProjectSheet, TableRow]
_FIDELITY = {
    MatchGround.NAME_AND_AMOUNT: Fidelity.EXACT,
    MatchGround.AMOUNT: Fidelity.NORMALISED,
    MatchGround.TOLD_AMOUNT: Fidelity.NORMALISED,
    MatchGround.LAST_LEFT: Fidelity.NORMALISED,
    MatchGround.NAME: Fidelity.FINDING,
}
_YUAN = {"元": 1, "千元": 1000, "万元": 10_000, "亿元": 100_000_000}


def match_sheets(
    sheets: Sequence[ProjectSheet], table: PublishedTable | None, money_unit: str = "万元"
) -> tuple[list[MatchedProject], list[DocumentFinding]]:
    """Every project of the table with its sheet, in the table's order, then sheets without a project."""
    rows = [row for row in table.rows if row.level == 1] if table is not None else []
    factor = _YUAN[table.caption.money_unit or money_unit] if table is not None else 1
    left_sheets, left_rows = list(sheets), list(rows)
    found: dict[str, tuple[ProjectSheet, MatchGround]] = {}

    def take(pairs: Iterable[_Pair], ground: MatchGround) -> None:
        for sheet, row in pairs:
            if sheet in left_sheets and row in left_rows:
                left_sheets.remove(sheet)
                left_rows.remove(row)
                found[row.key] = (sheet, ground)

    def alike(pair: _Pair) -> float:
        return _likeness(pair[0].name, pair[1].name)

    def pairs(test: Callable[[ProjectSheet, TableRow], bool]) -> list[_Pair]:
        fitting = [(sheet, row) for sheet in left_sheets for row in left_rows if test(sheet, row)]
        return sorted(fitting, key=alike, reverse=True)

    def same(sheet: ProjectSheet, row: TableRow) -> bool:
        return sheet.fund(TargetSpan.YEAR) is not None and sheet.fund(TargetSpan.YEAR) == _yuan(row, factor)

    def told(sheet: ProjectSheet, row: TableRow) -> bool:
        known = sheet.fund(TargetSpan.YEAR) is None and _likeness(sheet.name, row.name) >= _NEARLY
        return known and _yuan(row, factor) in (sheet.fund(TargetSpan.TERM), *_told_amounts(sheet))

    take(pairs(lambda sheet, row: same(sheet, row) and alike((sheet, row)) == 1), MatchGround.NAME_AND_AMOUNT)
    take(pairs(lambda sheet, row: same(sheet, row) and alike((sheet, row)) >= _ALIKE), MatchGround.AMOUNT)
    take(_only(pairs(told)), MatchGround.TOLD_AMOUNT)
    blank = pairs(lambda sheet, row: sheet.fund(TargetSpan.YEAR) is None and alike((sheet, row)) >= _NEARLY)
    take(_only(blank), MatchGround.LAST_LEFT)
    take(_only(pairs(lambda sheet, row: alike((sheet, row)) >= _NEARLY)), MatchGround.NAME)
    matched = [_matched(row, found.get(row.key), factor) for row in rows]
    matched += [MatchedProject(None, sheet, None, None, Fidelity.FINDING) for sheet in left_sheets]
    return matched, _findings(matched)


def _matched(row: TableRow, found: tuple[ProjectSheet, MatchGround] | None, factor: int) -> MatchedProject:
    if found is None:
        return MatchedProject(row, None, _yuan(row, factor), None, Fidelity.FINDING)
    return MatchedProject(row, found[0], _yuan(row, factor), found[1], _FIDELITY[found[1]])


def _yuan(row: TableRow, factor: int) -> Decimal | None:
    amount = row.amount("total")
    return None if amount is None else amount.value * factor


def _likeness(one: str, other: str) -> float:
    left, right = name_key(one), name_key(other)
    return 1.0 if left == right else SequenceMatcher(None, left, right, autojunk=False).ratio()


def _told_amounts(sheet: ProjectSheet) -> set[Decimal]:
    """Amounts in yuan that the overview asks for, told in units of ten thousand."""
    text = fold(sheet.fields["overview"].value)
    return {Decimal(figure.replace(",", "")) * 10_000 for figure in _TEN_THOUSAND.findall(text)}


def _only(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Pairs that follow because one side has no other candidate left; nothing is chosen among several."""
    left, taken = list(pairs), []
    while left:
        sheets = Counter(sheet.number for sheet, _ in left)
        single = [pair for pair in left if sheets[pair[0].number] == 1]
        claims = Counter(row.key for _, row in single)
        forced = [pair for pair in single if claims[pair[1].key] == 1]
        if not forced:
            break
        taken += forced
        gone_sheets, gone_rows = {sheet.number for sheet, _ in forced}, {row.key for _, row in forced}
        left = [pair for pair in left if pair[0].number not in gone_sheets and pair[1].key not in gone_rows]
    return taken


def _findings(matched: Sequence[MatchedProject]) -> list[DocumentFinding]:
    findings: list[DocumentFinding] = []
    for one in matched:
        if one.row is not None and one.sheet is not None:
            findings += _differences(one, one.row, one.sheet)
        elif one.row is not None:
            cell = next(iter(one.row.cells.values()))
            findings.append(
                DocumentFinding("disclosure.sheet.none", Severity.ERROR, cell.place, value=one.row.name[:80])
            )
        elif one.sheet is not None:
            field = one.sheet.fields["name"]
            findings.append(
                DocumentFinding("disclosure.sheet.no_project", Severity.ERROR, field.place, value=field.value[:80])
            )
    return findings


def _differences(one: MatchedProject, row: TableRow, sheet: ProjectSheet) -> list[DocumentFinding]:
    """What a matched sheet and row still differ in: the name by characters, the amount, or only what was told of it."""
    cells = list(row.cells.values())
    name, amount = sheet.fields["name"], sheet.fund(TargetSpan.YEAR)
    findings = []
    if name_key(name.value) != name_key(row.name):
        findings.append(
            DocumentFinding(
                "disclosure.sheet.other_name", Severity.WARNING, name.place, cells[0].place, name.value, row.name
            )
        )
    if one.ground == MatchGround.NAME and amount is not None and one.year_amount is not None:
        findings.append(
            DocumentFinding(
                "disclosure.sheet.other_amount",
                Severity.ERROR,
                name.place,
                cells[1].place,
                f"{amount:,}",
                f"{one.year_amount:,}",
                f"{amount - one.year_amount:,}",
            )
        )
    return findings
