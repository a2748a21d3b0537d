"""What the doors of planned works and of the load of alarms take and give."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.warning.schemas import HistoryStep, OrganisationRef
from chengmai.warning.states import PlannedWorkAction, PlannedWorkState


class PlannedWorkFilter(Schema):
    """Which works: of a state, older than ``before``."""

    state: PlannedWorkState | None = None
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class PlannedWorkOut(Schema):
    """Planned works; ``area`` is a ring in degrees, ``alarms`` how many open alarms they explain."""

    id: UUID
    code: str
    network: str
    owner: OrganisationRef
    reason: str
    contact: str
    elements: list[str]
    area: list[tuple[float, float]]
    starts_at: datetime
    ends_at: datetime
    state: PlannedWorkState
    alarms: int
    allowed_actions: list[PlannedWorkAction]
    version: int


class ExplainedAlarm(Schema):
    """An alarm that works explain."""

    id: UUID
    code: str
    state: str
    severity: str
    place: str


class PlannedWorkDetail(PlannedWorkOut):
    """All of planned works: where its elements lie ([[lon, lat], ...] each), what they explain, their history."""

    paths: list[list[list[float]]]
    explains: list[ExplainedAlarm]
    history: list[HistoryStep]


class PlannedWorkPage(Schema):
    """A page of works, newest first; give ``next`` as ``before`` to go on."""

    items: list[PlannedWorkOut]
    next: UUID | None


class PlannedWorkIn(Schema):
    """Works as somebody plans them."""

    network: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    contact: str = Field(max_length=200)
    elements: list[str] = Field([], max_length=500)
    area: list[tuple[float, float]] = Field([], max_length=500)
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class PlannedWorkRevision(PlannedWorkIn):
    """The whole of the works as they are to be, and the version the caller saw; the network stays."""

    version: int


class PlannedWorkActionIn(Schema):
    """One act on planned works."""

    action: PlannedWorkAction
    version: int
    note: str = Field("", max_length=2000)


class LoadFilter(Schema):
    """Which days: up to a local date (today), how many, and at how many operating positions the calls are shared.

    With ``start`` it is one span, a shift's, up to ``end`` or to now.
    """

    last: date | None = None
    days: int = 7
    positions: int = 1
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class BadActorOut(Schema):
    """An alarm (a rule at a subject) that called often, and its share of all calls of the span."""

    name: str
    calls: int
    share: float


class DayLoad(Schema):
    """The figures of a local day or span; ``periods`` are calls in each 10 minutes at one position since ``start``."""

    day: date
    start: datetime
    calls: int
    per_period: float
    per_day: float
    peak: float
    flood_share: float
    standing: int
    stale: list[str]
    chattering: list[str]
    worst: list[BadActorOut]
    worst_share: float
    severities: dict[str, int]
    periods: list[float]
    flood_periods: list[bool]


class LoadLimits(Schema):
    """The figures that the standards give for one operating position; shares are 0..1."""

    acceptable_per_period: float
    manageable_per_period: float
    acceptable_per_day: float
    manageable_per_day: float
    most_in_period: float
    most_flood_share: float
    most_worst_share: float
    most_standing: int
    most_stale: int
    most_chattering: int


class AlarmLoadOut(Schema):
    """The load of alarms by day, beside what people can take."""

    positions: int
    limits: LoadLimits
    days: list[DayLoad]
