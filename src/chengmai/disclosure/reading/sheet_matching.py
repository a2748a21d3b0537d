"""Which target sheet belongs to which project of the table: by name and amount, names being misread and repeated."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TypeVar

from chengmai.core.findings import Severity
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import fold, name_key
from chengmai.disclosure.reading.sheets import FundSource, ProjectSheet, TargetSpan
from chengmai.disclosure.reading.tables import PublishedTable, TableRow

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
    matching = _Matching(sheets, rows, factor)
    matching.by_amount(MatchGround.NAME_AND_AMOUNT, 1)
    matching.by_amount(MatchGround.AMOUNT, _ALIKE)
    matching.by_told_amount()
    matching.by_likeness(MatchGround.LAST_LEFT, blank=True)
    matching.by_own_name()
    matching.by_likeness(MatchGround.NAME, blank=False)
    matched = [_matched(row, matching.found.get(row.key), factor) for row in rows]
    matched += [MatchedProject(None, sheet, None, None, Fidelity.FINDING) for sheet in matching.sheets.values()]
    return matched, _findings(matched)


class _Matching:
    """Sheets and rows that have not found each other yet, and those that have, by the row's key."""

    def __init__(self, sheets: Sequence[ProjectSheet], rows: Sequence[TableRow], factor: int) -> None:
        self.sheets = {sheet.number: sheet for sheet in sheets}
        self.rows = {row.key: row for row in rows}
        self.found: dict[str, tuple[ProjectSheet, MatchGround]] = {}
        self._factor = factor
        decimals = [amount.decimals for row in rows if (amount := row.amount("total")) is not None]
        self._step = Decimal(1).scaleb(-max(decimals, default=0)) * factor
        """The last digit of the table [yuan]: sheets print yuan, the table rounds."""

    def _rounded(self, yuan: Decimal | None) -> Decimal | None:
        return None if yuan is None else (yuan / self._step).to_integral_value(ROUND_HALF_UP) * self._step

    def _take(self, pairs: Iterable[_Pair], ground: MatchGround) -> None:
        for sheet, row in pairs:
            if sheet.number in self.sheets and row.key in self.rows:
                del self.sheets[sheet.number]
                del self.rows[row.key]
                self.found[row.key] = (sheet, ground)

    def by_amount(self, ground: MatchGround, least: float) -> None:
        """The same money of the year, the likeliest names first; thousands of projects stay quick."""
        by_yuan: dict[Decimal | None, list[TableRow]] = {}
        for row in self.rows.values():
            by_yuan.setdefault(self._rounded(_yuan(row, self._factor)), []).append(row)
        pairs = []
        for sheet in self.sheets.values():
            yuan = self._rounded(sheet.fund(TargetSpan.YEAR))
            for row in by_yuan.get(yuan, ()) if yuan is not None else ():
                alike = _likeness(sheet.name, row.name, least)
                if alike >= least:
                    pairs.append((alike, sheet, row))
        self._take(((sheet, row) for _, sheet, row in sorted(pairs, key=lambda pair: -pair[0])), ground)

    def by_told_amount(self) -> None:
        """A sheet that lost the year's money: its term's money, or what its overview asks for, is the row's."""
        pairs = []
        for sheet in self._blank():
            told = {sheet.fund(TargetSpan.TERM), *_told_amounts(sheet)} - {None}
            for row in self.rows.values():
                if _yuan(row, self._factor) in told and _likeness(sheet.name, row.name, _NEARLY) >= _NEARLY:
                    pairs.append((sheet, row))
        self._take(_only(pairs), MatchGround.TOLD_AMOUNT)

    def by_own_name(self) -> None:
        """The very name, printed once in the table and on one sheet, with another amount."""
        sheets, rows = _by_name(self.sheets.values()), _by_name(self.rows.values())
        pairs = [(sheets[name][0], rows[name][0]) for name in sheets.keys() & rows.keys()]
        once = [
            (sheet, row)
            for sheet, row in pairs
            if len(sheets[name_key(sheet.name)]) == len(rows[name_key(row.name)]) == 1
        ]
        self._take(once, MatchGround.NAME)

    def by_likeness(self, ground: MatchGround, *, blank: bool) -> None:
        """A name much like the row's, where neither has another candidate left."""
        sheets = self._blank() if blank else list(self.sheets.values())
        pairs = [
            (sheet, row)
            for sheet in sheets
            for row in self.rows.values()
            if _likeness(sheet.name, row.name, _NEARLY) >= _NEARLY
        ]
        self._take(_only(pairs), ground)

    def _blank(self) -> list[ProjectSheet]:
        return [sheet for sheet in self.sheets.values() if sheet.fund(TargetSpan.YEAR) is None]


_Named = TypeVar("_Named", ProjectSheet, TableRow)


def _by_name(named: Iterable[_Named]) -> dict[str, list[_Named]]:
    kept: dict[str, list[_Named]] = {}
    for one in named:
        kept.setdefault(name_key(one.name), []).append(one)
    return kept


def _matched(row: TableRow, found: tuple[ProjectSheet, MatchGround] | None, factor: int) -> MatchedProject:
    if found is None:
        return MatchedProject(row, None, _yuan(row, factor), None, Fidelity.FINDING)
    return MatchedProject(row, found[0], _yuan(row, factor), found[1], _FIDELITY[found[1]])


def _yuan(row: TableRow, factor: int) -> Decimal | None:
    amount = row.amount("total")
    return None if amount is None else amount.value * factor


def _likeness(one: str, other: str, least: float) -> float:
    """The ratio of matching characters; 0 where it cannot reach what is asked for at least."""
    left, right = name_key(one), name_key(other)
    if left == right:
        return 1.0
    if least == 1:
        return 0.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    near = matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least
    return matcher.ratio() if near else 0.0


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
                sheet.funds[TargetSpan.YEAR, FundSource.TOTAL].place,
                cells[1].place,
                f"{amount:,}",
                f"{one.year_amount:,}",
                f"{amount - one.year_amount:,}",
            )
        )
    return findings
