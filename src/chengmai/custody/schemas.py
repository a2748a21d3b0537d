"""What the doors of custody take and answer; weights are whole kilograms."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from chengmai.custody.terms import (
    CustodyAction,
    CustodyRule,
    Decision,
    HandTicketState,
    ManifestState,
    Material,
    Party,
    TicketRefusal,
    TicketSource,
    ValueKind,
)

Word = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=255)]
Code = Annotated[str, Field(min_length=1, max_length=32)]


class ManifestIn(Schema):
    """What a sender tells when it hands over; ``id`` is made by the client, sent again it is one manifest."""

    id: UUID
    sender: Code
    sender_contact: Annotated[str, Field(max_length=128)] = ""
    carrier: Code
    receiver: Code
    material: Material
    waste_name: Annotated[str, Field(min_length=1, max_length=64)]
    waste_code: Annotated[str, Field(max_length=16)] = ""
    form: Annotated[str, Field(max_length=32)] = ""
    hazard: Annotated[str, Field(max_length=32)] = ""
    packing: Annotated[str, Field(max_length=32)] = ""
    batch: Annotated[str, Field(max_length=32)] = ""
    plate: Annotated[str, Field(min_length=1, max_length=16)]
    sent_kg: int
    handed_over_at: AwareDatetime


class DepartureIn(Schema):
    """What a carrier tells when it leaves."""

    version: int
    started_at: AwareDatetime
    driver: Word = ""
    permit: Word = ""
    route: Text = ""


class ArrivalIn(Schema):
    """What a carrier tells when it is there."""

    version: int
    arrived_at: AwareDatetime
    carried_kg: int


class ReceiptIn(Schema):
    """What a receiver confirms."""

    version: int
    received_kg: int
    major_difference: bool = False
    opinion: Text = ""
    disposal: Word = ""
    licence: Word = ""
    moisture_permille: int | None = None


class VoidIn(Schema):
    """Why something counts no more."""

    reason: Text
    version: int = 0


class TicketIn(Schema):
    """A ticket typed by hand; ``id`` is made by the client."""

    id: UUID
    scale: Code
    number: Annotated[str, Field(min_length=1, max_length=64)]
    plate: Annotated[str, Field(min_length=1, max_length=16)]
    manifest_number: Annotated[str, Field(max_length=32)] = ""
    material: Material
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: AwareDatetime
    tare_at: AwareDatetime
    weigher: Word = ""
    why: Text


class TicketJudgement(Schema):
    """The second person's word on a ticket typed by hand."""

    confirmed: bool
    reason: Text = ""


class TicketTaken(Schema):
    """What became of a scale's message; it is on disk."""

    accepted: int
    duplicate: int
    quarantined: int


class TicketOut(Schema):
    """A ticket as accepted; ``void`` tells why it counts no more."""

    id: UUID
    scale: str
    station: str
    owner: str
    number: str
    plate: str
    manifest_number: str
    material: Material
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: datetime
    tare_at: datetime
    weigher: str
    photos: list[str]
    source: TicketSource
    raw: str
    raw_sha256: str
    hash: str
    accepted_at: datetime
    entered_by: str
    confirmed_by: str
    void: str
    voided_by: str
    voided_at: datetime | None


class TypedTicketOut(Schema):
    """A ticket typed by hand; ``mine`` tells the one who typed it that another person must judge it."""

    id: UUID
    scale: str
    number: str
    plate: str
    manifest_number: str
    material: Material
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: datetime
    why: str
    state: HandTicketState
    entered_by: str
    entered_at: datetime
    judged_by: str
    refusal: str
    mine: bool


class RefusedTicketOut(Schema):
    """A scale's message that is no ticket, and why."""

    gateway: str
    reason: TicketRefusal
    detail: str
    payload: str
    sha256: str
    size_bytes: int
    received_at: datetime


class SideOut(Schema):
    """One side of a discrepancy: who tells it, and what."""

    party: Party
    value: str


class ResolutionOut(Schema):
    """What was decided, by whom and why."""

    decision: Decision
    reason: str
    by: str
    at: datetime


class DiscrepancyOut(Schema):
    """Two sides that do not agree; without a resolution it holds its trips and tickets out of payment."""

    fingerprint: str
    rule: CustodyRule
    subject: str
    day: date
    plant: str
    kind: ValueKind
    first: SideOut
    second: SideOut
    manifests: list[UUID]
    tickets: list[UUID]
    resolution: ResolutionOut | None


class DeskCount(Schema):
    """How many open discrepancies one rule, day or plant has."""

    key: str
    count: int


class CustodyDeskOut(Schema):
    """What does not reconcile on some days."""

    first: date
    last: date
    rules: list[DeskCount]
    days: list[DeskCount]
    plants: list[DeskCount]
    open: int
    accepted: int
    held_trips: int
    items: list[DiscrepancyOut]
    more: int
    """How many further ones there are that the filter lets through."""


class DecidedOut(Schema):
    """A decision of the past, with the discrepancy as it was seen."""

    rule: CustodyRule
    subject: str
    day: date
    plant: str
    kind: ValueKind
    first: SideOut
    second: SideOut
    resolution: ResolutionOut


class ResolveIn(Schema):
    """How to resolve a discrepancy; ``ticket`` is the one to void, alone or for a further one."""

    day: date
    plant: Code
    decision: Decision
    reason: Text
    ticket: UUID | None = None


class TripRow(Schema):
    """One trip in a list."""

    id: UUID
    number: str
    state: ManifestState
    version: int
    day: date
    material: Material
    sender: str
    carrier: str
    receiver: str
    plate: str
    handed_over_at: datetime
    sent_kg: int
    carried_kg: int | None
    weighed_kg: int | None
    received_kg: int | None
    rules: list[CustodyRule]
    """Those that hold it."""


class TripPage(Schema):
    """Trips of some days."""

    total: int
    items: list[TripRow]


class TripStep(Schema):
    """One part told of a manifest."""

    action: CustodyAction
    at: datetime
    by: str


class TripOut(TripRow):
    """A trip with its three legs, its tickets and what does not reconcile."""

    waste_name: str
    waste_code: str
    form: str
    hazard: str
    packing: str
    batch: str
    sender_contact: str
    driver: str
    permit: str
    route: str
    started_at: datetime | None
    arrived_at: datetime | None
    licence: str
    major_difference: bool | None
    opinion: str
    disposal: str
    moisture_permille: int | None
    dry_tonnes: str | None
    confirmed_at: datetime | None
    confirm_by: datetime | None
    may: list[CustodyAction]
    steps: list[TripStep]
    tickets: list[TicketOut]
    discrepancies: list[DiscrepancyOut]


class CountedOut(Schema):
    """A ticket that counts."""

    id: UUID
    hash: str
    manifest: str
    day: date
    net_kg: int


class HeldOut(Schema):
    """A ticket that does not count, and why."""

    id: UUID
    manifest: str
    day: date
    net_kg: int
    reasons: list[str]


class WeighedOut(Schema):
    """Tonnes that a receiver's scale weighed in a span, and those held."""

    receiver: str
    material: Material
    first: date
    last: date
    carrier: str
    tonnes: str
    dry_tonnes: str | None
    held_tonnes: str
    hash: str
    thresholds_version: int
    counted: list[CountedOut]
    held: list[HeldOut]
