"""What the doors of construction projects take and give; amounts are yuan in text, days are the city's."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.construction.rules import MilestoneLight
from chengmai.budget.construction.states import AcceptanceAction, AcceptanceState, CeilingRule, CostKind, QuantityKind
from chengmai.warning.schemas import OrganisationRef, PersonRef


class PaperOut(Schema):
    """A scanned document; it is read at ``/papers/{id}``."""

    id: UUID
    name: str
    size: int


class QuantityOut(Schema):
    """What a lot promises of a kind, and what is there; devices also by their state in the register."""

    kind: QuantityKind
    planned: int
    unit: str
    present: int
    states: dict[str, int]


class DefectOut(Schema):
    """A defect found at an acceptance."""

    text: str
    found_on: date
    mended_at: datetime | None
    mended_note: str


class AcceptanceStepOut(Schema):
    """One step of an acceptance."""

    at: datetime
    actor: PersonRef
    action: str
    to_state: AcceptanceState
    note: str


class AcceptanceOut(Schema):
    """The acceptance of a lot with its defects, its history and what this person may do now."""

    id: UUID
    state: AcceptanceState
    applied_at: datetime
    applied_by: PersonRef
    held_on: date | None
    members: str
    result: str
    paper: PaperOut | None
    version: int
    defects: list[DefectOut]
    history: list[AcceptanceStepOut]
    allowed_actions: list[AcceptanceAction]


class LotOut(Schema):
    """A lot: what it promises, what is there, how its acceptances went."""

    code: str
    name_zh: str
    name_en: str
    heading: str
    contractor: str
    quantities: list[QuantityOut]
    acceptances: list[AcceptanceOut]
    may_apply: bool


class EntryOut(Schema):
    """A booked contract or payment; a reversal is negative. ``over_ceiling`` is above 0 where it was marked."""

    id: UUID
    heading: str
    lot: str
    kind: CostKind
    amount: str
    on: date
    document: str
    payee: str
    note: str
    contract: UUID | None
    reverses: UUID | None
    reversed: bool
    over_ceiling: str
    paper: PaperOut | None
    booked_at: datetime
    booked_by: PersonRef | None


class HeadingOut(Schema):
    """A heading with its ceiling and what was committed and paid under it."""

    code: str
    name_zh: str
    name_en: str
    ceiling: str | None
    rule: CeilingRule
    contracted: str
    committed: str
    paid: str
    over: str


class MilestoneOut(Schema):
    """A milestone: planned when (also in the plan's words), reached when, shown by what."""

    code: str
    name_zh: str
    name_en: str
    planned_on: date
    planned_text: str
    actual_on: date | None
    light: MilestoneLight
    evidence: str
    paper: PaperOut | None
    noted_at: datetime | None
    noted_by: PersonRef | None
    version: int


class ProjectSums(Schema):
    """A project in figures: devices promised and there, milestones, money in yuan."""

    devices_planned: int
    devices_present: int
    lots: int
    lots_accepted: int
    milestones: int
    milestones_reached: int
    milestones_overdue: int
    budget: str
    committed: str
    paid: str
    over: str


class ProjectSummary(Schema):
    """A project in a list."""

    code: str
    name_zh: str
    name_en: str
    owner: OrganisationRef
    unit: str
    version: int
    sums: ProjectSums


class ProjectOut(Schema):
    """A whole project."""

    code: str
    name_zh: str
    name_en: str
    owner: OrganisationRef
    unit: str
    version: int
    sums: ProjectSums
    overview: str
    basis: str
    source: str
    counted_at: datetime
    lots: list[LotOut]
    headings: list[HeadingOut]
    entries: list[EntryOut]
    milestones: list[MilestoneOut]
    may_manage: bool
    may_book: bool


class HeadingIn(Schema):
    """A heading as it shall be."""

    code: str = Field(max_length=32)
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)
    ceiling: str | None = None
    rule: CeilingRule = CeilingRule.REFUSE


class QuantityIn(Schema):
    """How many of a kind a lot promises."""

    kind: QuantityKind
    planned: int = Field(ge=1, le=1_000_000)
    unit: str = Field(max_length=8)


class LotIn(Schema):
    """A lot as it shall be."""

    code: str = Field(max_length=32)
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)
    heading: str = Field("", max_length=32)
    contractor: str = Field("", max_length=128)
    quantities: list[QuantityIn]


class MilestoneIn(Schema):
    """A milestone as it is planned."""

    code: str = Field(max_length=32)
    name_zh: str = Field(max_length=255)
    name_en: str = Field(max_length=255)
    planned_on: date
    planned_text: str = Field("", max_length=64)


class ProjectIn(Schema):
    """A whole project as it shall be; ``version`` is the one the caller saw, 0 for a new one."""

    version: int
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)
    owner: str = Field(max_length=32)
    unit: str = Field("", max_length=128)
    overview: str = Field("", max_length=10_000)
    basis: str = Field("", max_length=10_000)
    source: str = Field("", max_length=255)
    budget: str = "0"
    headings: list[HeadingIn] = Field([], max_length=100)
    lots: list[LotIn] = Field([], max_length=100)
    milestones: list[MilestoneIn] = Field([], max_length=100)


class ReachedIn(Schema):
    """That a milestone was reached."""

    version: int
    on: date
    evidence: str = Field(max_length=4000)
    paper: UUID | None = None


class ReopenIn(Schema):
    """That a milestone was not reached after all, and why."""

    version: int
    reason: str = Field(max_length=2000)


class DeliveryIn(Schema):
    """A delivery; a negative number takes one back."""

    id: UUID
    lot: str = Field(max_length=32)
    kind: QuantityKind
    number: int = Field(ge=-1_000_000, le=1_000_000)
    on: date
    document: str = Field(max_length=255)
    paper: UUID | None = None


class CostIn(Schema):
    """A contract or a payment; ``amount`` in yuan."""

    id: UUID
    heading: str = Field(max_length=32)
    kind: CostKind
    amount: str = Field(max_length=32)
    on: date
    document: str = Field(max_length=255)
    lot: str = Field("", max_length=32)
    contract: UUID | None = None
    payee: str = Field("", max_length=128)
    note: str = Field("", max_length=2000)
    paper: UUID | None = None


class ReversalIn(Schema):
    """Why an entry is taken out again."""

    id: UUID
    reason: str = Field(max_length=2000)


class ApplyIn(Schema):
    """Words to an application for acceptance."""

    note: str = Field("", max_length=2000)


class AcceptanceActionIn(Schema):
    """One step of an acceptance."""

    id: UUID
    action: AcceptanceAction
    version: int
    note: str = Field("", max_length=4000)
    held_on: date | None = None
    members: str = Field("", max_length=255)
    defects: list[str] = Field([], max_length=100)
    paper: UUID | None = None
