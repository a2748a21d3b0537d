"""What the doors of patrol take and give; places in degrees, ways in m, areas in m2, rates and scores in text."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.warning.schemas import OrganisationRef, PersonRef

MOST_POSITIONS = 1000


class PatrolFilter(Schema):
    """Which days (the present month) and which company; an empty one is all that the caller may see."""

    first: date | None = None
    last: date | None = None
    company: str = Field("", max_length=32)


class PatrolShiftIn(Schema):
    """A shift as the phone tells it; without an end it runs."""

    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class PatrolShiftOut(Schema):
    """A shift with what it left; without an end it runs."""

    id: UUID
    collector: PersonRef
    company: OrganisationRef
    day: date
    started_at: datetime
    ended_at: datetime | None
    distance_m: int
    positions: int


class PositionIn(Schema):
    """Where a phone was; ``id`` is made by it, so that a repeated send is one position."""

    id: UUID
    at: AwareDatetime
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    accuracy_m: float = Field(ge=0, le=100_000)


class PositionsIn(Schema):
    """Positions of one shift, in any order."""

    positions: list[PositionIn] = Field(min_length=1, max_length=MOST_POSITIONS)


class PositionsTaken(Schema):
    """How many were kept now, kept before, and refused because they lie outside the shift."""

    accepted: int
    duplicate: int
    refused: int


class TrackPoint(Schema):
    """A position that is still kept."""

    at: datetime
    longitude: float
    latitude: float
    accuracy_m: float


class CellCoverageOut(Schema):
    """A cell: its ring, its area, on how many days it had to be walked and on how many it was."""

    code: str
    name: str
    ring: list[list[float]]
    area_m2: int
    days_due: int
    days_covered: int
    percent: str | None


class CollectorWorkOut(Schema):
    """What a collector did: cells by day owed and covered, time on duty, way, reports and valid ones."""

    collector: PersonRef
    company: OrganisationRef
    cells_due: int
    cells_covered: int
    percent: str | None
    shifts: int
    seconds: int
    distance_m: int
    reported: int
    valid: int


class PatrolTermsOut(Schema):
    """What patrol is measured by."""

    version: int
    least_positions: int
    least_seconds: int
    accuracy_m: int
    fastest_mps: int
    hours_a_day: int
    reports_a_day: int
    coverage: int
    valid_reports: int
    hours: int


class PatrolTermsIn(PatrolTermsOut):
    """Terms to put in force; ``version`` is the one that was seen."""

    note: str = Field("", max_length=500)


class CompanyAssessmentOut(Schema):
    """What a company's contract is paid by: score, coverage of the area, reports, hours, the hash of the records."""

    company: OrganisationRef
    first: date
    last: date
    score: str | None
    coverage_percent: str | None
    area_covered: int
    area_due: int
    valid_reports: int
    reports_due: int
    seconds: int
    seconds_due: int
    shifts: int
    terms_version: int
    rule_version: int
    hash: str


class CoverageOut(Schema):
    """The map and the lists of patrol for some days, with when and by which terms they were computed."""

    first: date
    last: date
    computed_at: datetime
    area_m2: int
    area_percent: str | None
    terms: PatrolTermsOut
    cells: list[CellCoverageOut]
    collectors: list[CollectorWorkOut]
    assessments: list[CompanyAssessmentOut]


class DutyIn(Schema):
    """The cells a collector has to walk from today on."""

    cells: list[str] = Field(max_length=500)
