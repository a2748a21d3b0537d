"""What the doors of this package take and give; times are UTC, limits in minutes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from chengmai.access.roles import Role
from chengmai.casework.clocks.limits import Light
from chengmai.disposal.plan_schemas import PlanOut, TemplateOut
from chengmai.disposal.states import (
    PartyKind,
    TimerKind,
)
from chengmai.warning.schemas import OrganisationRef, PersonRef, SentenceOut
from chengmai.warning.states import Severity


class LimitOut(Schema):
    """A time limit; an empty utility or level stands for any. ``version`` is 0 for a default nobody changed."""

    kind: TimerKind
    utility: str
    level: str
    minutes: int
    escalate_to: Role
    version: int


class LimitIn(Schema):
    """A time limit as it shall be; ``version`` is the one the caller saw."""

    kind: TimerKind
    utility: str = Field("", max_length=16)
    level: Literal["", "red", "orange", "yellow", "blue"] = ""
    minutes: int
    escalate_to: Role
    version: int


class TimerFilter(Schema):
    """Which timers: running or ended, escalated and not taken note of, of an alarm, of a warning."""

    running: bool | None = None
    untaken: bool = False
    alarm: UUID | None = None
    warning: UUID | None = None
    limit: int = Field(100, ge=1, le=500)


class TimerOut(Schema):
    """A timer. ``light``: green below 80 % of its time, yellow to 100 %, red above; ``what`` says what it waits for."""

    id: UUID
    kind: TimerKind
    what: str
    alarm_id: UUID
    alarm_code: str
    warning_id: UUID | None
    warning_code: str
    place: str
    owner: OrganisationRef
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    outcome: str
    light: Light
    escalate_to: Role
    escalated_at: datetime | None
    taken_at: datetime | None
    taken_by: PersonRef | None
    taken_note: str
    may_take: bool


class NoteIn(Schema):
    """A few words, or none."""

    note: str = Field("", max_length=2000)


class PartyOut(Schema):
    """A party of a warning; those without an organisation sign by telephone."""

    id: UUID
    warning_id: UUID
    warning_code: str
    level: Severity
    kind: PartyKind
    organisation: OrganisationRef | None
    name_zh: str
    name_en: str
    phone: str
    notified_at: datetime
    due_at: datetime | None
    light: Light | None
    signed_at: datetime | None
    signed_by: PersonRef | None
    spoken_to: str
    note: str
    version: int
    may_sign: bool


class SignatureIn(Schema):
    """A signature; ``spoken_to`` is who answered the call of a party outside the platform."""

    version: int
    spoken_to: str = Field("", max_length=128)
    note: str = Field("", max_length=2000)


class PartyRowOut(Schema):
    """A row of the table of parties."""

    id: int
    kind: PartyKind
    utility: str
    network: str
    levels: list[str]
    organisation: OrganisationRef | None
    name_zh: str
    name_en: str
    phone: str


class PartyRowIn(Schema):
    """A row to add."""

    kind: PartyKind
    utility: str = Field("", max_length=16)
    network: str = Field("", max_length=32)
    levels: list[str] = Field(default_factory=list, max_length=4)
    organisation: str = Field("", max_length=32)
    name_zh: str = Field("", max_length=128)
    name_en: str = Field("", max_length=128)
    phone: str = Field("", max_length=64)


class CheckOut(Schema):
    """A second check."""

    at: datetime
    by: PersonRef
    passed: bool
    note: str


class CheckIn(Schema):
    """A second check: is the cause gone, and how was that seen."""

    passed: bool
    note: str = Field(max_length=2000)


class SiteReportOut(Schema):
    """What was told from the site: a step of the warning's case, with its photographs."""

    at: datetime
    case_id: UUID
    case_code: str
    actor: PersonRef | None
    action: str
    note: str
    longitude: float | None
    latitude: float | None
    photos: list[UUID]


class ReportOut(Schema):
    """A printed report; the document is at ``/api/v1/reports/{id}``."""

    id: UUID
    language: str
    made_at: datetime
    made_by: PersonRef
    size: int
    sha256: str


class DisposalOut(Schema):
    """Everything about the joint disposal of a warning, and what this person may do."""

    timers: list[TimerOut]
    parties: list[PartyOut]
    plans: list[PlanOut]
    suggested: list[TemplateOut]
    may_start_plan: bool
    site_reports: list[SiteReportOut]
    checks: list[CheckOut]
    may_check: bool
    hindrances: list[SentenceOut]
    reports: list[ReportOut]


class ReportIn(Schema):
    """The language of a report."""

    language: Literal["zh-CN", "en"] = "zh-CN"
