"""What the doors of valves to close take and give; places in degrees, lengths in m, times in UTC."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.disposal.valve_search import ElementKind
from chengmai.disposal.valve_states import (
    ValvePlanAction,
    ValvePlanState,
    ValveStepAction,
    ValveStepKind,
    ValveStepState,
)
from chengmai.network.isolation import IsolationOutcome
from chengmai.warning.schemas import OrganisationRef, PersonRef


class ValveAt(Schema):
    """A valve to close: where it stands, on which link next to which node, and the street."""

    code: str
    link: str
    node: str
    diameter_mm: float
    longitude: float
    latitude: float
    street_zh: str
    street_en: str


class KeyCustomer(Schema):
    """A hospital, a school, a heat station that loses supply; ``phone`` only for those who tell it."""

    code: str
    name: str
    category: str
    phone: str
    users: int
    longitude: float
    latitude: float


class AffectedCustomer(Schema):
    """Users at one place who lose supply."""

    code: str
    users: int
    longitude: float
    latitude: float


class LineAt(Schema):
    """A link as it is drawn."""

    code: str
    path: list[tuple[float, float]]


class IsolationOut(Schema):
    """What closing valves comes to. ``segment`` is cut off with the break, ``dry`` loses every source with it.

    ``affected`` are places of customers, at most 2000; ``customers`` tells how many there are.
    """

    network: str
    element_kind: ElementKind
    element: str
    element_path: list[tuple[float, float]]
    paired: bool
    outcome: IsolationOutcome
    valves: list[ValveAt]
    sources: list[str]
    users: int
    customers: int
    key_customers: list[KeyCustomer]
    affected: list[AffectedCustomer]
    segment: list[LineAt]
    dry: list[LineAt]
    segment_length_m: float
    dry_length_m: float
    hull: list[tuple[float, float]]


class ValveStepOut(Schema):
    """One step of a plan, and what the caller may say of it; ``phone`` is that of the user to tell."""

    id: UUID
    position: int
    kind: ValveStepKind
    element: str
    name: str
    phone: str
    street_zh: str
    street_en: str
    longitude: float
    latitude: float
    search: int
    state: ValveStepState
    done_at: datetime | None
    claimed_at: datetime | None
    done_by: PersonRef | None
    note: str
    version: int
    allowed_actions: list[ValveStepAction]


class ValvePlanOut(Schema):
    """A plan of valves to close with its steps; ``case_visible`` says whether the caller may open the case."""

    id: UUID
    code: str
    case_id: UUID
    case_code: str
    case_visible: bool
    network: str
    network_zh: str
    network_en: str
    utility: str
    owner: OrganisationRef
    element_kind: ElementKind
    element: str
    state: ValvePlanState
    outcome: IsolationOutcome
    searches: int
    users: int
    customers: int
    key_customers: int
    segment_length_m: float
    dry_length_m: float
    made_at: datetime
    made_by: PersonRef
    isolated_at: datetime | None
    ended_at: datetime | None
    version: int
    allowed_actions: list[ValvePlanAction]
    steps: list[ValveStepOut]


class ValvePlanDetail(ValvePlanOut):
    """A plan with what its last search found, to be drawn."""

    isolation: IsolationOut


class ElementSuggestion(Schema):
    """What may be broken: what the alarm points at, or the nearest link of a network [m]."""

    network: str
    network_zh: str
    network_en: str
    element_kind: ElementKind
    element: str
    reason: Literal["alarm", "near"]
    distance_m: float | None


class CaseValves(Schema):
    """The valve plans of a case, newest first, and what a new one could be about."""

    plans: list[ValvePlanDetail]
    suggestions: list[ElementSuggestion]


class ValvePlanIn(Schema):
    """A plan to make; ``id`` is a UUIDv7 made by the client, so that a repeated send makes one plan."""

    id: UUID
    network: str = Field(max_length=32)
    element_kind: ElementKind = "link"
    element: str = Field(max_length=64)


class ValvePlanActionIn(Schema):
    """Something done to a plan; ``version`` is the plan's as the client saw it."""

    id: UUID
    action: ValvePlanAction
    version: int
    note: str = Field("", max_length=2000)


class ValveStepActionIn(Schema):
    """Something said of a step; ``at`` is the client's clock, ``version`` the step's as the client saw it."""

    id: UUID
    action: ValveStepAction
    version: int
    note: str = Field("", max_length=2000)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    at: AwareDatetime | None = None


class BrokenValveOut(Schema):
    """A valve found not to work."""

    id: UUID
    network: str
    valve: str
    found_at: datetime
    found_by: PersonRef
    note: str
    mended_at: datetime | None
    may_mend: bool
