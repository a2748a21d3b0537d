"""A project's performance target sheet as data: every field with its print, its place, and how far they are apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.document import TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.reading.targets import TargetValue


class TargetSpan(StrEnum):
    """For what a goal, a fund or a target is told: the whole term of a project, or the budget year."""

    TERM = "term"
    YEAR = "year"


class FundSource(StrEnum):
    """Where a project's money comes from; the total is told beside its sources."""

    TOTAL = "total"
    CENTRAL = "central"
    PROVINCE = "province"
    LOCAL = "local"
    OWN = "own"
    OTHER = "other"


class ProjectAttribute(StrEnum):
    """Whether a project ends within a year, runs for some years in stages, or goes on."""

    ONE_OFF = "one_off"
    CONTINUING = "continuing"
    RECURRENT = "recurrent"


class IndicatorLevel(StrEnum):
    """The second level of an indicator; four of output, four of benefit, and satisfaction."""

    QUANTITY = "quantity"
    QUALITY = "quality"
    TIMELINESS = "timeliness"
    COST = "cost"
    ECONOMIC = "economic"
    SOCIAL = "social"
    ECOLOGICAL = "ecological"
    SUSTAINABLE = "sustainable"
    SATISFACTION = "satisfaction"


TEXT_FIELDS = (
    "name", "department", "unit", "attribute", "term", "overview", "basis", "necessity", "measures", "plan",
    "goal_term", "goal_year", "filled",
)  # fmt: skip
"""Keys of a sheet's single fields, in the order of print."""


@dataclass(frozen=True, slots=True)
class SheetField:
    """One field. ``value`` is the normalised text, empty when nothing was read; ``amount`` [yuan] where it is money."""

    key: str
    value: str
    printed: str
    place: DocumentPlace
    fidelity: Fidelity
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TargetIndicator:
    """One indicator for one span. ``level2`` is None when it could not be told.

    ``level`` is that label as printed; ``value`` the target understood, None when none is printed or it is in doubt.
    """

    span: TargetSpan
    level1: str
    level2: IndicatorLevel | None
    level: SheetField
    name: SheetField
    target: SheetField
    value: TargetValue | None

    @property
    def fields(self) -> tuple[SheetField, SheetField, SheetField]:
        """What is counted of an indicator."""
        return (self.level, self.name, self.target)


@dataclass(frozen=True)
class ProjectSheet:
    """One target sheet; ``number`` counts the sheets of a document from 1."""

    number: int
    block: TableBlock
    fields: Mapping[str, SheetField]
    funds: Mapping[tuple[TargetSpan, FundSource], SheetField]
    indicators: tuple[TargetIndicator, ...]
    findings: tuple[DocumentFinding, ...]

    @property
    def name(self) -> str:
        """The project's name as the sheet has it, without spaces of the scan."""
        return self.fields["name"].value

    @property
    def attribute(self) -> ProjectAttribute | None:
        """What kind of project it is; None when the sheet does not say."""
        value = self.fields["attribute"].value
        return ProjectAttribute(value) if value else None

    @property
    def term_years(self) -> int | None:
        """Years of the term; None when not told."""
        value = self.fields["term"].value
        return int(value) if value.isdigit() else None

    def fund(self, span: TargetSpan, source: FundSource = FundSource.TOTAL) -> Decimal | None:
        """Money [yuan] for a span by a source; None when the sheet does not show it."""
        return self.funds[span, source].amount

    def all_fields(self) -> Iterator[SheetField]:
        """Every field there is, those of the indicators among them."""
        yield from self.fields.values()
        yield from self.funds.values()
        for indicator in self.indicators:
            yield from indicator.fields
