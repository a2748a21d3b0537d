"""What the doors of this package take and give; times are UTC, limits in minutes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.access.roles import Role
from chengmai.casework.rules import Light
from chengmai.disposal.states import (
    HandOverState,
    PartyKind,
    PlanState,
    PlanStepAction,
    PlanStepState,
    Responsible,
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


class TemplateStepOut(Schema):
    """A step of a plan as the city keeps it."""

    position: int
    title_zh: str
    title_en: str
    responsible: Responsible
    organisation: OrganisationRef | None
    external_zh: str
    external_en: str
    limit_minutes: int


class TemplateOut(Schema):
    """A contingency plan as the city keeps it, in the version in force."""

    code: str
    version: int
    utility: str
    kind: str
    levels: list[str]
    name_zh: str
    name_en: str
    steps: list[TemplateStepOut]


class TemplateStepIn(Schema):
    """A step; without a responsible party it is refused with its row."""

    title_zh: str = Field("", max_length=255)
    title_en: str = Field("", max_length=255)
    responsible: str = Field("", max_length=16)
    organisation: str = Field("", max_length=32)
    external_zh: str = Field("", max_length=128)
    external_en: str = Field("", max_length=128)
    limit_minutes: int = 0


class TemplateIn(Schema):
    """The next version of a plan; ``version`` is the one the caller saw, 0 for a new plan."""

    version: int
    utility: str = Field(max_length=16)
    kind: str = Field(max_length=32)
    levels: list[str] = Field(default_factory=list, max_length=4)
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)
    steps: list[TemplateStepIn] = Field(max_length=200)


class PlanStepOut(Schema):
    """A step of a started plan. ``fallen_back``: the desk stands in, for the party named was not found."""

    id: UUID
    position: int
    title_zh: str
    title_en: str
    responsible: Responsible
    organisation: OrganisationRef
    external_zh: str
    external_en: str
    fallen_back: bool
    due_at: datetime
    light: Light
    state: PlanStepState
    ticked_at: datetime | None
    ticked_by: PersonRef | None
    claimed_ahead_s: int
    note: str
    version: int
    may_tick: bool


class PlanOut(Schema):
    """A plan started for a warning."""

    id: UUID
    code: str
    template: str
    template_version: int
    name_zh: str
    name_en: str
    state: PlanState
    started_at: datetime
    started_by: PersonRef
    ended_at: datetime | None
    steps: list[PlanStepOut]


class PlanIn(Schema):
    """Which plan to start."""

    template: str = Field(max_length=64)


class PlanStepActionIn(Schema):
    """One act on a step; ``id`` is a UUIDv7 made by the client, ``at`` its own clock."""

    id: UUID
    action: PlanStepAction
    version: int
    note: str = Field("", max_length=2000)
    at: AwareDatetime | None = None


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


class DutyFilter(Schema):
    """Which lines: of a shift, with some words, older than ``before``."""

    shift: UUID | None = None
    q: str = Field("", max_length=100)
    offset: int = Field(0, ge=0)
    limit: int = Field(100, ge=1, le=500)


class DutyEntryOut(Schema):
    """A line of the duty log, in the caller's language; ``author`` is null for what the platform noted."""

    id: UUID
    at: datetime
    owner: OrganisationRef
    author: PersonRef | None
    message: str
    code: str
    subject_kind: str
    subject_id: str
    corrects: UUID | None


class DutyPage(Schema):
    """A page of the log, newest first; ``next`` goes into ``offset``."""

    items: list[DutyEntryOut]
    next: int | None


class DutyEntryIn(Schema):
    """A line to write; ``id`` is a UUIDv7 made by the client, ``corrects`` the line it puts right."""

    id: UUID
    text: str = Field(max_length=4000)
    corrects: UUID | None = None


class ShiftOut(Schema):
    """A shift at a desk."""

    id: UUID
    desk: OrganisationRef
    person: PersonRef
    began_at: datetime
    ended_at: datetime | None


class OpenItemOut(Schema):
    """Something open at a hand-over."""

    kind: str
    id: str
    code: str
    state: str
    level: str
    text: str
    text_en: str


class HandOverOut(Schema):
    """A hand-over; ``intact``: items and note are still what was signed."""

    id: UUID
    shift: ShiftOut
    state: HandOverState
    items: list[OpenItemOut]
    note: str
    seal: str
    intact: bool
    signed_out_at: datetime
    signed_out_by: PersonRef
    taken_at: datetime | None
    taken_by: PersonRef | None
    taken_note: str
    version: int
    may_take: bool
    may_withdraw: bool
    reports: list[ReportOut]


class DeskOut(Schema):
    """How the caller's own desk stands: the shift that runs, what is open, the hand-over that waits."""

    shift: ShiftOut | None
    mine: bool
    may_write: bool
    open_items: list[OpenItemOut]
    waiting: HandOverOut | None


class HandOverActionIn(Schema):
    """Taking over (with the seal that was read) or withdrawing one's signature."""

    action: Literal["take", "withdraw"]
    version: int
    seal: str = Field("", max_length=64)
    note: str = Field("", max_length=2000)


class ReportIn(Schema):
    """The language of a report."""

    language: Literal["zh-CN", "en"] = "zh-CN"
