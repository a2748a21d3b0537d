"""What the doors of classes and of the working calendar take and give."""

from datetime import date, datetime

from ninja import Field, Schema

from chengmai.casework.cases.schemas import CaseClassOut
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.clocks.stages import Stage
from chengmai.casework.models import ClassKind, EditionLevel


class ClassFilter(Schema):
    """Which classes: of a kind, with a text in code, name or conditions, also retired ones."""

    kind: ClassKind | None = None
    q: str = Field("", max_length=100)
    retired: bool = False


class ClassEditionOut(Schema):
    """An edition in force with its source and how many present classes it has."""

    code: str
    level: EditionLevel
    name_zh: str
    name_en: str
    source_zh: str
    source_en: str
    loaded_at: datetime
    classes: int


class ClassRevisionOut(Schema):
    """One revision of a class; ``until`` is None for the present one."""

    told: CaseClassOut
    since: datetime
    until: datetime | None


class ClassComparison(Schema):
    """A class as it holds here beside the national one; every revision, newest first; cases that are not over."""

    present: CaseClassOut
    national: CaseClassOut | None
    local_revision: int
    revisions: list[ClassRevisionOut]
    open_cases: int


class ClassIn(Schema):
    """A class of the local edition; ``revision`` is the local one that was seen, 0 where there is none yet."""

    revision: int = Field(ge=0)
    name_zh: str = Field(max_length=64)
    name_en: str = Field(max_length=64)
    limit_amount: int
    limit_unit: LimitUnit
    filing_condition: str = Field("", max_length=1000)
    closing_condition: str = Field("", max_length=1000)
    department: str = Field("", max_length=32)
    stage_minutes: dict[Stage, int] | None = None
    retired: bool = False


class TradeIn(Schema):
    """The department that answers for a trade, by its code."""

    department: str = Field(max_length=32)


class CalendarYearOut(Schema):
    """A known year: what differs from Monday to Friday; ``version`` is 0 where nobody gave it by hand."""

    year: int
    off: list[date]
    worked: list[date]
    source: str
    version: int


class WorkCalendarOut(Schema):
    """The known years, the local hours of a working day, and the moment up to which due times can be told."""

    years: list[CalendarYearOut]
    hours: list[tuple[str, str]]
    known_until: datetime


class CalendarYearIn(Schema):
    """A year as an administrator gives it; ``version`` is the one that was seen, 0 for none."""

    version: int = Field(ge=0)
    off: list[date] = Field(max_length=200)
    worked: list[date] = Field(max_length=60)
    source: str = Field(max_length=255)
