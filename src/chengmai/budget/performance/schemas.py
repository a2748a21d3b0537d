"""What the doors of performance take and give; amounts are yuan, numbers decimals, both in text."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.performance.terms import (
    Aspect,
    AssessmentKind,
    AssessmentState,
    Chance,
    Comparison,
    DeviationReason,
    FundSource,
    Group,
    PerformanceLight,
    Span,
)
from chengmai.warning.schemas import OrganisationRef, PersonRef


class SheetSummary(Schema):
    """A sheet in a list; ``score`` and ``grade`` are those of the newest submitted self-evaluation, else empty."""

    code: str
    year: int
    name: str
    unit: str
    owner: OrganisationRef
    project: str
    budget: str
    executed: str | None
    indicators: int
    bound: int
    monitoring: AssessmentState | None
    monitoring_light: PerformanceLight
    self_evaluation: AssessmentState | None
    light: PerformanceLight
    score: str | None
    grade: str
    score_before: str | None


class Rollup(Schema):
    """Several sheets together; ``score`` is their mean weighted by money."""

    name: str
    sheets: int
    scored: int
    budget: str
    executed: str
    score: str | None
    grade: str
    lights: dict[str, int]


class PerformanceOut(Schema):
    """The performance of a year: the whole, by unit, by sheet; the years there are."""

    year: int
    years: list[int]
    whole: Rollup
    units: list[Rollup]
    sheets: list[SheetSummary]


class FundOut(Schema):
    """Money from one source."""

    span: Span
    source: FundSource
    amount: str


class EvidenceInputOut(Schema):
    """An object a value was computed from; ``path`` is the page it opens on."""

    kind: str
    id: str
    label: str
    counted: bool
    path: str
    facts: dict[str, Any]


class ComputedValue(Schema):
    """What a source tells of an indicator, in short."""

    id: UUID
    value: str | None
    on: date | None
    unit: str
    computed_at: datetime
    inputs: int


class SourceEvidence(Schema):
    """What a source tells, with all it was computed from; ``inputs`` is how many ``items`` there are."""

    id: UUID
    value: str | None
    on: date | None
    unit: str
    computed_at: datetime
    inputs: int
    source: str
    name: str
    formula: str
    rule_version: int
    subject: dict[str, str]
    span_start: datetime
    span_end: datetime
    lineage_hash: str
    sealed: bool
    items: list[EvidenceInputOut]


class SheetIndicatorOut(Schema):
    """An indicator; ``target`` is how it is written, ``computed`` what its source tells now."""

    id: int
    span: Span
    group: Group
    aspect: Aspect
    name: str
    comparison: Comparison
    value: str | None
    unit: str
    word: str
    by: date | None
    target: str
    points: str | None
    source: str
    source_name: str
    subject: dict[str, str]
    computed: ComputedValue | None
    light: PerformanceLight


class AssessmentLineOut(Schema):
    """One indicator of a look."""

    indicator: int
    value: str | None
    on: date | None
    share: str | None
    text: str
    evidence: UUID | None
    forecast: str | None
    chance: Chance | None
    target_was_low: bool
    reason: DeviationReason | None
    reason_text: str
    full: str
    points: str
    achieved: str | None
    light: PerformanceLight


class AssessmentOut(Schema):
    """A look at a sheet; ``intact`` says whether a submitted one still carries its seal."""

    kind: AssessmentKind
    number: int
    state: AssessmentState
    executed: str | None
    forecast: str | None
    execution_rate: str | None
    execution_points: str
    execution_full: int
    note: str
    scheme_version: int
    score: str
    grade: str
    light: PerformanceLight
    saved_at: datetime
    saved_by: PersonRef
    submitted_at: datetime | None
    submitted_by: PersonRef | None
    intact: bool
    version: int
    lines: list[AssessmentLineOut]


class YearScore(Schema):
    """How the same project did in another year."""

    code: str
    year: int
    budget: str
    score: str | None
    grade: str


class SheetOut(Schema):
    """A whole sheet; ``assessed`` are the indicators that looks are about."""

    code: str
    version: int
    year: int
    name: str
    owner: OrganisationRef
    department: str
    unit: str
    attribute: str
    term: str
    overview: str
    basis: str
    necessity: str
    measures: str
    plan: str
    goal_term: str
    goal_year: str
    source: str
    project: str
    budget: str
    funds: list[FundOut]
    indicators: list[SheetIndicatorOut]
    assessed: list[int]
    assessments: list[AssessmentOut]
    others: list[YearScore]
    may_manage: bool


class LeftOutOut(Schema):
    """An indicator an import left out, with the reason in the caller's language."""

    sheet: str
    line: int
    name: str
    printed: str
    reason: str


class ImportOut(Schema):
    """What an import of target sheets came to."""

    year: int | None
    made: list[str]
    kept: list[str]
    indicators: int
    left_out: list[LeftOutOut]


class FundIn(Schema):
    """Money from one source."""

    span: Span
    source: FundSource
    amount: str


class SheetIndicatorIn(Schema):
    """An indicator as it shall be."""

    span: Span
    group: Group
    aspect: Aspect
    name: str = Field(max_length=255)
    comparison: Comparison
    value: str | None = Field(None, max_length=32)
    unit: str = Field("", max_length=32)
    word: str = Field("", max_length=255)
    by: date | None = None
    printed: str = Field("", max_length=255)
    points: str | None = Field(None, max_length=8)


class SheetIn(Schema):
    """A whole sheet as it shall be; ``version`` is the one the caller saw, 0 for a new one."""

    version: int
    year: int
    name: str = Field(max_length=255)
    owner: str = Field(max_length=32)
    department: str = Field("", max_length=128)
    unit: str = Field("", max_length=128)
    attribute: str = Field("", max_length=64)
    term: str = Field("", max_length=64)
    overview: str = Field("", max_length=20_000)
    basis: str = Field("", max_length=20_000)
    necessity: str = Field("", max_length=20_000)
    measures: str = Field("", max_length=20_000)
    plan: str = Field("", max_length=20_000)
    goal_term: str = Field("", max_length=20_000)
    goal_year: str = Field("", max_length=20_000)
    source: str = Field("", max_length=255)
    project: str = Field("", max_length=32)
    funds: list[FundIn] = Field([], max_length=12)
    indicators: list[SheetIndicatorIn] = Field([], max_length=200)


class BindingIn(Schema):
    """What an indicator shall be computed by; an empty source unbinds it."""

    version: int
    indicator: int
    source: str = Field("", max_length=64)
    subject: dict[str, str] = {}


class SourceOut(Schema):
    """A source of evidence, in the caller's language."""

    code: str
    name: str
    formula: str
    unit: str
    words: list[str]
    tells_day: bool


class AssessmentLineIn(Schema):
    """What a person tells of one indicator."""

    indicator: int
    value: str | None = Field(None, max_length=32)
    on: date | None = None
    share: str | None = Field(None, max_length=8)
    text: str = Field("", max_length=500)
    forecast: str | None = Field(None, max_length=32)
    chance: Chance | None = None
    target_was_low: bool = False
    reason: DeviationReason | None = None
    reason_text: str = Field("", max_length=1000)


class AssessmentIn(Schema):
    """A look as it shall be saved; ``version`` is the one the caller saw, 0 to begin one."""

    version: int
    executed: str | None = Field(None, max_length=32)
    forecast: str | None = Field(None, max_length=32)
    note: str = Field("", max_length=4000)
    lines: list[AssessmentLineIn] = Field([], max_length=200)


class SubmissionIn(Schema):
    """The version of a look that is given."""

    version: int


class SchemeOut(Schema):
    """How points are given; version 0 is the customary way."""

    version: int
    parameters: dict[str, Any]


class SchemeIn(Schema):
    """The next version of how points are given."""

    version: int
    parameters: dict[str, Any]
    note: str = Field("", max_length=500)
