"""What the hotline's doors take and give; coordinates are degrees (CGCS2000), times are UTC."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.casework.citizens.models import Satisfaction
from chengmai.casework.hotline.states import CallOutcome, CallState
from chengmai.casework.models import ClassKind
from chengmai.warning.schemas import PersonRef, SentenceOut


class CallAnnouncementIn(Schema):
    """A call that rings, as the exchange tells it; an empty number is one that is withheld."""

    external_id: str = Field(min_length=1, max_length=64)
    number: str = Field("", max_length=32)
    at: AwareDatetime | None = None


class CallHangUpIn(Schema):
    """A caller who hung up, by the exchange's own name of the call."""

    external_id: str = Field(min_length=1, max_length=64)


class CallAnnounced(Schema):
    """The platform's name of a call, and where it stands."""

    id: UUID
    state: CallState


class CallSummary(Schema):
    """A call as lists show it; ``number`` is masked."""

    id: UUID
    number: str
    rang_at: datetime
    state: CallState
    seat: int | None
    answered_by: PersonRef | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: CallOutcome | None
    case_code: str
    words: str


class CallerMatter(Schema):
    """A case the caller told of before."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    title: str
    state: str
    filed_at: datetime
    longitude: float | None
    latitude: float | None


class CallDetail(CallSummary):
    """A call at the seat that answered it: the whole number, and what the caller told before."""

    whole_number: str
    name: str
    cases: list[CallerMatter]
    calls: list[CallSummary]


class SuggestionWanted(Schema):
    """What the clerk has typed so far."""

    call: UUID | None = None
    words: str = Field("", max_length=4000)
    class_kind: ClassKind = ClassKind.EVENT
    case_class: str = Field("", max_length=16)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class SuggestedClass(Schema):
    """A class that the words speak of, with the characters that say so."""

    kind: ClassKind
    code: str
    name_zh: str
    name_en: str
    said: list[str]


class DuplicateOut(CallerMatter):
    """A case that may be the same matter, with its points of 50 and more, and why."""

    points: int
    distance_m: int | None
    reasons: list[SentenceOut]


class SeatSuggestions(Schema):
    """What a clerk is offered: classes, cases that may be the same, open cases nearby."""

    classes: list[SuggestedClass]
    duplicates: list[DuplicateOut]
    nearby: list[CallerMatter]
    street_zh: str
    street_en: str


class CallFilingIn(Schema):
    """A case that a call becomes; ``id`` is a UUIDv7 made by the client."""

    id: UUID
    case_class: str = Field(max_length=16)
    class_kind: ClassKind = ClassKind.EVENT
    title: str = Field("", max_length=255)
    words: str = Field(min_length=1, max_length=4000)
    name: str = Field("", max_length=64)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class CallAttachmentIn(Schema):
    """The case a call is about, and what the caller told."""

    code: str = Field(min_length=1, max_length=24)
    words: str = Field(min_length=1, max_length=2000)


class CallAnswerIn(Schema):
    """How a call ended without a case."""

    outcome: CallOutcome
    words: str = Field("", max_length=4000)


class CallEnd(Schema):
    """What a call came to."""

    call: CallSummary
    case_id: UUID | None
    case_code: str


class SeatOut(Schema):
    """A seat and who sits there."""

    seat: int
    person: PersonRef | None
    since: datetime | None


class SeatsOut(Schema):
    """All seats, which one is the caller's, and whether calls may be played here."""

    seats: list[SeatOut]
    own: int | None
    demonstration: bool


class SeatIn(Schema):
    """The seat somebody sits down at."""

    seat: int = Field(ge=1, le=1000)


class AttendanceRow(Schema):
    """A person's time at seats in a span, and the calls answered."""

    person: PersonRef
    seconds: int
    days: int
    calls: int


class AttendanceFilter(Schema):
    """Local days, both counted."""

    first: date
    last: date


class AttendanceOut(Schema):
    """Who sat for how long; the share of all seats' time that was attended; calls by what became of them."""

    first: date
    last: date
    rows: list[AttendanceRow]
    seat_seconds: int
    calls: int
    answered: int
    missed: int
    answered_in_15_s: int


class CallBackOut(Schema):
    """A call back that is due or was made; ``number`` is masked."""

    id: int
    case_id: UUID
    case_code: str
    title: str
    number: str
    due_since: datetime
    done_at: datetime | None
    reached: bool | None
    satisfaction: Satisfaction | None
    words: str


class CallBackIn(Schema):
    """What a call back brought."""

    reached: bool
    satisfaction: Satisfaction | None = None
    words: str = Field("", max_length=500)
