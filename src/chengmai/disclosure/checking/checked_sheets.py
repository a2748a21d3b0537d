"""A project's sheet as the checks take it: with its running text, its row of the table, and its money of the year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.arithmetic import Spot
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.reading.sheet_labels import sheet_labels
from chengmai.disclosure.reading.sheet_matching import MatchedProject
from chengmai.disclosure.reading.sheets import FundSource, ProjectSheet, SheetField, TargetSpan

GOALS = ("goal_term", "goal_year")


@dataclass(frozen=True, slots=True)
class FieldText:
    """A sentence or more of a sheet; ``key`` is that of the field it stands in, empty where that is not known."""

    key: str
    passage: Passage

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Its figures."""
        return self.passage.mentions


@dataclass(frozen=True)
class CheckedSheet:
    """One sheet with what it is held against."""

    sheet: ProjectSheet
    project: MatchedProject | None
    texts: tuple[FieldText, ...]

    @property
    def name_place(self) -> DocumentPlace:
        """Where its name is printed."""
        return self.sheet.fields["name"].place

    @property
    def year_fund(self) -> SheetField | None:
        """The year's money where the sheet prints it."""
        found = self.sheet.funds[TargetSpan.YEAR, FundSource.TOTAL]
        return found if found.amount is not None and found.printed else None

    @property
    def money_place(self) -> DocumentPlace:
        """Where the year's money is printed, or else the name."""
        fund = self.year_fund
        return self.name_place if fund is None else fund.place

    @cached_property
    def year_yuan(self) -> Decimal | None:
        """The year's money [yuan]: the sheet's, or that of the table where the sheet lost it."""
        fund = self.year_fund
        if fund is not None:
            return fund.amount
        return None if self.project is None else self.project.year_amount

    def texts_of(self, *keys: str) -> tuple[FieldText, ...]:
        """The texts of some fields."""
        return tuple(text for text in self.texts if text.key in keys)


def checked_sheets(
    sheets: Sequence[ProjectSheet], projects: Iterable[MatchedProject], passages: Iterable[Passage]
) -> list[CheckedSheet]:
    """Every sheet of a document, in the order of print."""
    by_line: dict[int, list[Passage]] = {}
    for passage in passages:
        if passage.table:
            by_line.setdefault(passage.lines[0], []).append(passage)
    of_sheet = {one.sheet.number: one for one in projects if one.sheet is not None and one.row is not None}
    return [CheckedSheet(sheet, of_sheet.get(sheet.number), tuple(_texts(sheet, by_line))) for sheet in sheets]


def _texts(sheet: ProjectSheet, by_line: dict[int, list[Passage]]) -> Iterable[FieldText]:
    fields = {(one.place.line, one.place.column): key for key, one in sheet.fields.items() if one.printed}
    for line in range(sheet.block.first_line, sheet.block.last_line + 1):
        for passage in by_line.get(line, ()):
            label = sheet_labels().kind(passage.label)
            beside = label[1] if label is not None and label[0] in ("field", "mark") else ""
            yield FieldText(fields.get((line, passage.column), beside), passage)


@dataclass
class SheetChecks:
    """What the sheets tell differently, which figures were compared, and how many comparisons agree."""

    findings: list[DocumentFinding] = field(default_factory=list)
    covered: set[Spot] = field(default_factory=set)
    holding: int = 0

    def cover(self, *places: DocumentPlace) -> None:
        """Mark figures of cells as compared."""
        self.covered |= {(place.line, place.column or 0, place.start or 0) for place in places}

    def find(
        self,
        rule: str,
        severity: Severity,
        place: DocumentPlace,
        other: DocumentPlace | None,
        value: str,
        other_value: str,
        difference: str = "",
        **detail: str,
    ) -> None:
        """Keep a finding."""
        self.findings.append(
            DocumentFinding(rule, severity, place, other, value, other_value, difference, True, tuple(detail.items()))
        )
