"""What the doors of the evaluation take and give; rates and scores are decimals in strings."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.casework.cases.schemas import CaseSummary
from chengmai.casework.clocks.limits import Light
from chengmai.casework.evaluation.queries import GroupedBy, RegionLevel
from chengmai.casework.evaluation.rules import CaseCount, ScoreGrade, Subject


class EvaluationFilter(Schema):
    """Which table: days from ``first`` to ``last`` (the present month), what its rows are, seen ``at`` (now).

    ``level`` is that of regions, ``post`` that of people; ``within`` holds the first digits of the grid cells.
    """

    first: date | None = None
    last: date | None = None
    by: GroupedBy = GroupedBy.REGION
    level: RegionLevel = RegionLevel.STREET
    post: Subject = Subject.COLLECTOR
    within: str = Field("", max_length=15, pattern="^[0-9]*$")
    at: AwareDatetime | None = None


class CountedFilter(EvaluationFilter):
    """Which cases: those that a count of a row holds; without ``key`` those of all rows, with an empty one of none."""

    count: CaseCount
    key: str | None = Field(None, max_length=32)
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class FigureOut(Schema):
    """A rate: two counts by name, what it comes to in per cent (null when nothing was due), and its light."""

    code: str
    counted: CaseCount
    counted_cases: int
    of: CaseCount
    of_cases: int
    percent: str | None
    light: Light | None


class EvaluationRowOut(Schema):
    """A row: what it is of (empty key: what belongs to none), how much it did, its rates, its score and grade."""

    key: str
    subject: Subject
    name_zh: str
    name_en: str
    volume: CaseCount
    volume_cases: int
    figures: list[FigureOut]
    score: str | None
    grade: ScoreGrade | None


class EvaluationOut(Schema):
    """A table of the evaluation with when and by which versions it was computed."""

    first: date
    last: date
    by: GroupedBy
    computed_at: datetime
    rule_version: int
    weights_version: int
    total: EvaluationRowOut
    rows: list[EvaluationRowOut]


class CountedCases(Schema):
    """A page of the cases that a count holds, newest first, and how many there are."""

    items: list[CaseSummary]
    next: UUID | None
    total: int


class WeightsOut(Schema):
    """The weights in force: points by subject and part, least scores of grades, the filing limit [min]."""

    version: int
    weights: dict[Subject, dict[str, int]]
    grade_a: str
    grade_b: str
    grade_c: str
    grade_d: str
    filing_minutes: int
    changed_at: datetime | None
    changed_by: str
    note: str


class WeightsIn(Schema):
    """Weights to put in force; ``version`` is the one that was seen."""

    version: int
    weights: dict[Subject, dict[str, int]]
    grade_a: str = Field("90", max_length=8)
    grade_b: str = Field("75", max_length=8)
    grade_c: str = Field("60", max_length=8)
    grade_d: str = Field("40", max_length=8)
    filing_minutes: int = 30
    note: str = Field("", max_length=500)


class EvaluationReportIn(Schema):
    """The days a report is to tell of; the present month where none are given."""

    first: date | None = None
    last: date | None = None


class EvaluationReportOut(Schema):
    """A report with the versions and the seal of its figures; ``scope`` is empty for the whole city."""

    id: UUID
    first: date
    last: date
    scope: str
    rule_version: int
    weights_version: int
    seal: str
    made_at: datetime
    made_by: str


class PrintFilter(Schema):
    """How a report is printed; without a language in the caller's."""

    format: Literal["pdf", "xlsx"] = "pdf"
    language: Literal["zh-CN", "en", ""] = ""
