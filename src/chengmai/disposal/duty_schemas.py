"""What the doors of the duty desk take and give: the log, shifts, hand-overs; times are UTC."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from chengmai.disposal.schemas import ReportOut
from chengmai.disposal.states import HandOverState
from chengmai.warning.schemas import OrganisationRef, PersonRef


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
