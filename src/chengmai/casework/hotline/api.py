"""The doors of the hotline: of the exchange that announces calls, and of the seats that answer them."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.assets.queries import city
from chengmai.casework.cases.filing import Filing
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.models import ClientKey, KeyPurpose
from chengmai.casework.citizens.schemas import CitizenContactOut
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.classes.editions import present_class
from chengmai.casework.hotline import played, queries, seats, services, views
from chengmai.casework.hotline.models import Call
from chengmai.casework.hotline.programs import ProgramDoor
from chengmai.casework.hotline.schemas import (
    AttendanceFilter,
    AttendanceOut,
    CallAnnounced,
    CallAnnouncementIn,
    CallAnswerIn,
    CallAttachmentIn,
    CallBackIn,
    CallBackOut,
    CallDetail,
    CallEnd,
    CallFilingIn,
    CallHangUpIn,
    CallSummary,
    SeatIn,
    SeatsOut,
    SeatSuggestions,
    SuggestionWanted,
)
from chengmai.casework.hotline.services import Announcement, CallBackWord
from chengmai.casework.hotline.states import CallState
from chengmai.casework.hotline.suggesting import ToldMatter
from chengmai.core.errors import InvalidInput

router = Router(tags=["hotline"])
_exchange = ProgramDoor(KeyPurpose.TELEPHONE)
MOST_CALLS = 50


@router.post("/calls", response=CallAnnounced, auth=_exchange)
def announce_call(request: HttpRequest, body: CallAnnouncementIn) -> CallAnnounced:
    """A call rings: the exchange announces it, twice is once; every seat hears of it."""
    told = Announcement(body.external_id, body.number, body.at)
    return _announced(services.announce(_program(request), told))


@router.post("/call-hang-ups", response=CallAnnounced, auth=_exchange)
def hang_up_call(request: HttpRequest, body: CallHangUpIn) -> CallAnnounced:
    """A caller hung up; a call that nobody answered is missed."""
    return _announced(services.hang_up(_program(request), body.external_id))


@router.get("/calls", response=list[CallSummary], auth=May(Permission.CALL_ANSWER))
def list_calls(request: HttpRequest, at_hand: bool = False) -> list[CallSummary]:
    """Calls, the newest first; ``at_hand`` are those that ring and the caller's own unfinished ones."""
    user = caller(request)
    seats.demand_seat_holder(user)
    found = queries.calls_at_hand(user) if at_hand else queries.calls()
    return [views.call_out(call) for call in found[:MOST_CALLS]]


@router.post("/calls/played", response=CallAnnounced, auth=May(Permission.CALL_ANSWER))
def play_call(request: HttpRequest) -> CallAnnounced:
    """Play a call, where the city is a demonstration."""
    user = caller(request)
    seats.demand_seat_holder(user)
    return _announced(played.play(city()))


@router.get("/calls/{call_id}", response=CallDetail, auth=May(Permission.CALL_ANSWER))
def read_call(request: HttpRequest, call_id: UUID) -> CallDetail:
    """A call with what the same number told before; the number is whole for whoever answered it."""
    user = caller(request)
    seats.demand_seat_holder(user)
    return views.call_detail(user, services.call_of(call_id))


@router.post("/calls/{call_id}/answer", response=CallDetail, auth=May(Permission.CALL_ANSWER))
def answer_call(request: HttpRequest, call_id: UUID) -> CallDetail:
    """Answer a call at one's seat."""
    user = caller(request)
    return views.call_detail(user, services.answer(user, call_id))


@router.post("/call-suggestions", response=SeatSuggestions, auth=May(Permission.CALL_ANSWER))
def suggest(request: HttpRequest, body: SuggestionWanted) -> SeatSuggestions:
    """Classes, cases that may be the same matter, and open cases nearby, for what is typed so far."""
    user = caller(request)
    seats.demand_seat_holder(user)
    contact = services.call_of(body.call).contact if body.call else None
    told = ToldMatter(
        words=body.words,
        class_key=(body.class_kind.value, body.case_class) if body.case_class else None,
        longitude=body.longitude,
        latitude=body.latitude,
        caller=contact.phone_key if contact else "",
    )
    return views.suggestions_out(user, told, language_of(request))


@router.post("/calls/{call_id}/filing", response=CallEnd, auth=May(Permission.CALL_ANSWER))
def file_call(request: HttpRequest, call_id: UUID, body: CallFilingIn) -> CallEnd:
    """File a case by what the caller tells, and finish the call."""
    row = present_class(body.case_class, body.class_kind)
    if row is None:
        raise InvalidInput("case.class_unknown", case_class=body.case_class)
    filing = Filing(
        id=body.id,
        case_class=body.case_class,
        class_kind=body.class_kind,
        title=body.title.strip() or f"{row.name_zh} · {body.words.strip()[:40]}",
        description=body.words,
        longitude=body.longitude,
        latitude=body.latitude,
    )
    case = services.file(caller(request), call_id, filing, body.name)
    return views.call_end(services.call_of(call_id), case)


@router.post("/calls/{call_id}/attachment", response=CallEnd, auth=May(Permission.CALL_ANSWER))
def attach_call(request: HttpRequest, call_id: UUID, body: CallAttachmentIn) -> CallEnd:
    """Finish a call by a word in the case it is about; one in hand is urged by it."""
    case = services.attach(caller(request), call_id, body.code, body.words)
    return views.call_end(services.call_of(call_id), case)


@router.post("/calls/{call_id}/end", response=CallEnd, auth=May(Permission.CALL_ANSWER))
def end_call(request: HttpRequest, call_id: UUID, body: CallAnswerIn) -> CallEnd:
    """Finish a call that needs no case."""
    return views.call_end(services.consult(caller(request), call_id, body.outcome, body.words), None)


@router.get("/seats", response=SeatsOut, auth=May(Permission.CALL_ANSWER))
def list_seats(request: HttpRequest) -> SeatsOut:
    """The seats and who sits there."""
    user = caller(request)
    seats.demand_seat_holder(user)
    return views.seats_out(user)


@router.put("/seats/own", response=SeatsOut, auth=May(Permission.CALL_ANSWER))
def sit_down(request: HttpRequest, body: SeatIn) -> SeatsOut:
    """Sit down at a seat."""
    user = caller(request)
    seats.sit_down(user, body.seat)
    return views.seats_out(user)


@router.delete("/seats/own", response=SeatsOut, auth=May(Permission.CALL_ANSWER))
def leave_seat(request: HttpRequest) -> SeatsOut:
    """Leave one's seat."""
    user = caller(request)
    seats.demand_seat_holder(user)
    seats.leave(user)
    return views.seats_out(user)


@router.get("/seat-attendance", response=AttendanceOut, auth=May(Permission.CASEWORK_MANAGE))
def read_attendance(request: HttpRequest, wanted: Query[AttendanceFilter]) -> AttendanceOut:
    """Who sat at the seats for how long, and how calls were answered, from one local day to another."""
    demand_manager(caller(request))
    return views.attendance_out(wanted.first, wanted.last)


@router.get("/call-backs", response=list[CallBackOut], auth=May(Permission.CALL_ANSWER))
def list_call_backs(request: HttpRequest) -> list[CallBackOut]:
    """Calls back that are due, the oldest first."""
    seats.demand_seat_holder(caller(request))
    return [views.call_back_out(row) for row in queries.call_backs()[:MOST_CALLS]]


@router.post("/call-backs/{call_back_id}/number", response=CitizenContactOut, auth=May(Permission.CALL_ANSWER))
def read_call_back_number(request: HttpRequest, call_back_id: int) -> CitizenContactOut:
    """Whom to call, in the clear; that it was read is in the audit trail."""
    user = caller(request)
    seats.demand_seat_holder(user)
    told = contacts.read(user, services.call_back_of(call_back_id).contact, "call back")
    return CitizenContactOut(name=told.name, phone=told.phone, email=told.email)


@router.post("/call-backs/{call_back_id}", response=CallBackOut, auth=May(Permission.CALL_ANSWER))
def note_call_back(request: HttpRequest, call_back_id: int, body: CallBackIn) -> CallBackOut:
    """Note what a call back brought."""
    told = CallBackWord(body.reached, body.satisfaction, body.words)
    return views.call_back_out(services.call_back(caller(request), call_back_id, told))


def _program(request: HttpRequest) -> ClientKey:
    return cast(ClientKey, request.auth)  # type: ignore[attr-defined]


def _announced(call: Call) -> CallAnnounced:
    return CallAnnounced(id=call.pk, state=CallState(call.state))
