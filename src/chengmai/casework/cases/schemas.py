"""What the doors of this package take and give; coordinates are degrees (CGCS2000), times are UTC."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.access.roles import Role
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.clocks.limits import Light, LimitUnit
from chengmai.casework.clocks.stages import Stage
from chengmai.casework.models import ClassKind, EditionLevel
from chengmai.warning.schemas import OrganisationRef, PersonRef, SentenceOut
from chengmai.warning.states import Severity


class CaseFilter(Schema):
    """Which cases: of some states, with a text, those that wait for the caller, older than ``before``."""

    state: list[CaseState] = Field(default_factory=list)
    q: str = Field("", max_length=100)
    mine: bool = False
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class CaseClassOut(Schema):
    """A class with its limit from filing to closing and the department responsible: its own or its trade's."""

    kind: ClassKind
    code: str
    edition: str
    level: EditionLevel
    revision: int
    name_zh: str
    name_en: str
    limit_amount: int
    limit_unit: LimitUnit
    filing_condition: str
    closing_condition: str
    stage_minutes: dict[Stage, int]
    trade: str
    own_department: str
    department: OrganisationRef | None
    retired: bool


class StageClockOut(Schema):
    """A stage of a case with its limit and its light; ``due_at`` is None beyond the calendar that is known."""

    stage: Stage
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    light: Light


class EscalationOut(Schema):
    """A stage that used up 80 or 100 % of its limit, told to a role."""

    id: int
    case_id: UUID
    case_code: str
    title: str
    stage: StageClockOut
    share: int
    role: Role
    at: datetime


class EscalationIn(Schema):
    """A word on an escalation that is taken note of."""

    note: str = Field("", max_length=2000)


class ComponentRef(Schema):
    """The component that a case is about."""

    code: str
    name: str
    owner: str
    maintainer: str


class CaseSummary(Schema):
    """A case as lists show it. ``light``: green below 80 % of the limit, yellow to 100 %, red above.

    ``due_at`` is None where it lies beyond the working calendar, which is known to ``known_until``. ``left_s`` is what
    is left on the case's own clock, in seconds of working time where its limit is in working time, negative when over.
    """

    id: UUID
    code: str
    case_class: CaseClassOut
    source: Literal["warning", "person", "citizen", "hotline"]
    warning_id: UUID | None
    state: CaseState
    level: Severity
    title: str
    longitude: float | None
    latitude: float | None
    cell: str | None
    component: ComponentRef | None
    department: OrganisationRef | None
    handler: PersonRef | None
    filed_at: datetime
    due_at: datetime | None
    known_until: datetime | None
    left_s: int | None
    handled_at: datetime | None
    closed_at: datetime | None
    light: Light
    stage: StageClockOut | None
    clock_stopped: bool
    urged: int
    reworked: int
    extra_amount: int
    merged_into: str | None
    version: int


class PhotoOut(Schema):
    """A photograph; its picture is at ``/api/v1/photos/{id}``. Sizes in pixels."""

    id: UUID
    sha256: str
    width: int
    height: int
    taken_at: datetime
    taken_by: PersonRef | None


class CaseStepOut(Schema):
    """One step of a case; ``at`` is the platform's clock, ``claimed_at`` the client's."""

    id: UUID
    at: datetime
    claimed_at: datetime | None
    actor: PersonRef | None
    action: str
    from_state: str
    to_state: str
    note: str
    longitude: float | None
    latitude: float | None
    facts: dict[str, Any]
    photos: list[UUID]


class SuggestionOut(Schema):
    """The department a case should go to, None where nobody answers for its class, and why."""

    department: OrganisationRef | None
    reasons: list[SentenceOut]


class FreeHandOut(Schema):
    """Somebody a case may go to, with the open cases in hand."""

    person: PersonRef
    open_cases: int


class CaseRequestOut(Schema):
    """What a department asked: ``extension`` by an amount of the class's unit, or ``suspension``; None: unanswered."""

    kind: Literal["extension", "suspension"]
    amount: int
    note: str
    asked_at: datetime
    asked_by: PersonRef
    granted: bool | None


class CaseDetail(CaseSummary):
    """All that is known of a case, and what the user may do now."""

    description: str
    filed_by: PersonRef | None
    alarm_id: UUID | None
    clocks: list[StageClockOut]
    requests: list[CaseRequestOut]
    history: list[CaseStepOut]
    photos: list[PhotoOut]
    suggestion: SuggestionOut
    allowed_actions: list[CaseAction]
    may_photograph: bool


class CasePage(Schema):
    """A page of cases, newest first; give ``next`` as ``before`` to go on."""

    items: list[CaseSummary]
    next: UUID | None


class CaseIn(Schema):
    """A case filed by hand; ``id`` is a UUIDv7 made by the client, so that a repeated send opens one case."""

    id: UUID
    case_class: str = Field(max_length=16)
    class_kind: ClassKind = ClassKind.EVENT
    component: str = Field("", max_length=16)
    title: str = Field(max_length=255)
    description: str = Field("", max_length=4000)
    level: Severity = Severity.BLUE
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    reported_at: AwareDatetime | None = None


class CaseActionIn(Schema):
    """One step; ``id`` is a UUIDv7 made by the client, ``version`` the one it saw, ``at`` its own clock."""

    id: UUID
    action: CaseAction
    version: int
    note: str = Field("", max_length=2000)
    department: str | None = Field(None, max_length=32)
    handler: str | None = Field(None, max_length=64)
    amount: int | None = Field(None, ge=1, le=10_000)
    into: str | None = Field(None, max_length=24)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    at: AwareDatetime | None = None


class TimelineEntry(Schema):
    """One step of the whole story; ``message`` tells it in the caller's language."""

    at: datetime
    kind: Literal["alarm", "warning", "case", "photo", "party", "plan", "check"]
    object_id: UUID
    object_code: str
    actor: PersonRef | None
    action: str
    from_state: str
    to_state: str
    note: str
    facts: dict[str, Any]
    photos: list[UUID]
    message: str


class Timeline(Schema):
    """Everything that happened at a place, from the alarm to the last step of the last case, oldest first."""

    warning_id: UUID
    warning_code: str
    alarm_id: UUID
    alarm_code: str
    place: str
    case_ids: list[UUID]
    entries: list[TimelineEntry]
