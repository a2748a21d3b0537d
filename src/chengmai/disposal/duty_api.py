"""The doors of the duty desk: its log, its shifts and their hand-over."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.disposal import duty, duty_schemas, handover, schemas, views
from chengmai.disposal.models import HandOver

router = Router()


def _out(row: HandOver, user: User) -> duty_schemas.HandOverOut:
    return views.hand_over_out(row, user, handover.intact(row))


@router.get("/duty-log", response=duty_schemas.DutyPage, auth=May(Permission.DUTY_LOG_READ))
def list_entries(request: HttpRequest, wanted: Query[duty_schemas.DutyFilter]) -> duty_schemas.DutyPage:
    """The duty log, newest first; of one shift, or with some words."""
    rows = list(
        duty.entries_of(caller(request), wanted.shift, wanted.q)[wanted.offset : wanted.offset + wanted.limit + 1]
    )
    language = language_of(request)
    more = len(rows) > wanted.limit
    items = [views.duty_entry_out(row, language) for row in rows[: wanted.limit]]
    return duty_schemas.DutyPage(items=items, next=wanted.offset + wanted.limit if more else None)


@router.post("/duty-log", response=duty_schemas.DutyEntryOut, auth=May(Permission.DUTY_LOG_WRITE))
def write_entry(request: HttpRequest, body: duty_schemas.DutyEntryIn) -> duty_schemas.DutyEntryOut:
    """Write a line into the duty log; it can only be put right by a further line."""
    made = duty.write_entry(caller(request), body.id, body.text, body.corrects)
    return views.duty_entry_out(made, language_of(request))


@router.get("/shifts", response=list[duty_schemas.ShiftOut], auth=May(Permission.DUTY_LOG_READ))
def list_shifts(request: HttpRequest) -> list[duty_schemas.ShiftOut]:
    """The latest shifts of the desks in the user's scope."""
    return [views.shift_out(row) for row in duty.visible_shifts(caller(request))[:100]]


@router.get("/desk", response=duty_schemas.DeskOut, auth=May(Permission.DUTY_LOG_READ))
def read_desk(request: HttpRequest) -> duty_schemas.DeskOut:
    """How the caller's own desk stands now."""
    user = caller(request)
    shift = handover.running_shift(user)
    waiting = handover.visible_hand_overs(user).filter(shift__desk=user.organisation_id, state="signed_out").first()
    return duty_schemas.DeskOut(
        shift=views.shift_out(shift) if shift else None,
        mine=shift is not None and shift.person_id == user.pk,
        may_write=Permission.DUTY_LOG_WRITE in user.permissions,
        open_items=[duty_schemas.OpenItemOut(**item) for item in handover.open_items(user)],
        waiting=_out(waiting, user) if waiting else None,
    )


@router.post("/desk/shift", response=duty_schemas.DeskOut, auth=May(Permission.DUTY_LOG_WRITE))
def take_desk(request: HttpRequest) -> duty_schemas.DeskOut:
    """Begin the desk's first shift."""
    handover.take_desk(caller(request))
    return read_desk(request)


@router.get("/hand-overs", response=list[duty_schemas.HandOverOut], auth=May(Permission.DUTY_LOG_READ))
def list_hand_overs(request: HttpRequest) -> list[duty_schemas.HandOverOut]:
    """The latest hand-overs of the desks in the user's scope."""
    user = caller(request)
    return [_out(row, user) for row in handover.visible_hand_overs(user)[:30]]


@router.post("/hand-overs", response=duty_schemas.HandOverOut, auth=May(Permission.DUTY_LOG_WRITE))
def sign_out(request: HttpRequest, body: schemas.NoteIn) -> duty_schemas.HandOverOut:
    """Sign one's own shift over, with what is open now."""
    user = caller(request)
    return _out(handover.sign_out(user, body.note), user)


@router.post(
    "/hand-overs/{hand_over_id}/actions", response=duty_schemas.HandOverOut, auth=May(Permission.DUTY_LOG_WRITE)
)
def act_on_hand_over(
    request: HttpRequest, hand_over_id: UUID, body: duty_schemas.HandOverActionIn
) -> duty_schemas.HandOverOut:
    """Take a shift over, or withdraw one's own signature while nobody did."""
    user = caller(request)
    if body.action == "take":
        made = handover.take_over(hand_over_id, user, body.version, body.seal, body.note)
    else:
        made = handover.withdraw(hand_over_id, user, body.version)
    return _out(made, user)
