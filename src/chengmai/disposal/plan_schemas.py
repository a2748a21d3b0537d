"""What the doors of contingency plans take and give: plans as the city keeps them and plans started for a warning."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.casework.clocks.limits import Light
from chengmai.disposal.states import PlanState, PlanStepAction, PlanStepState, Responsible
from chengmai.warning.schemas import OrganisationRef, PersonRef


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
    """A contingency plan as the city keeps it; ``active`` says whether this version is in force."""

    code: str
    version: int
    utility: str
    kind: str
    levels: list[str]
    name_zh: str
    name_en: str
    active: bool
    made_at: datetime
    made_by: PersonRef | None
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
    """The next version of a plan; ``version`` is the one the caller saw, 0 for a new one; not ``active`` retires it."""

    version: int
    utility: str = Field(max_length=16)
    kind: str = Field(max_length=32)
    levels: list[str] = Field(default_factory=list, max_length=4)
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)
    active: bool = True
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
