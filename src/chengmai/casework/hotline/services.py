"""Calls: announced by the exchange, answered by a clerk, finished by a case, a word in one, or an answer at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.casework.cases import history
from chengmai.casework.cases.filing import FROM_HOTLINE, Filing, file_within
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.cases.states import IN_HAND, CaseAction, CaseState
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.contacts import Reachable
from chengmai.casework.citizens.models import ClientKey, Satisfaction
from chengmai.casework.events import case_event
from chengmai.casework.hotline import seats
from chengmai.casework.hotline.models import Call, CallBack
from chengmai.casework.hotline.states import CALL_TRANSITIONS, CallAction, CallOutcome, CallState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit
from chengmai.sensing.live import SEATS

CALL_CHANGED = "call.changed"
CALL_BACK_DUE = "call_back.due"
URGED_IN = frozenset({*IN_HAND, CaseState.HANDLED})
"""States in which a call about a case urges it; before them nobody has it in hand, after them it is over."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A call as the exchange tells it; an empty number is one that is withheld."""

    external_id: str
    number: str = ""
    rang_at: datetime | None = None


def announce(client: ClientKey | None, told: Announcement) -> Call:
    """Keep a call that rings and tell the seats; announced twice it is one. Raises InvalidInput (no number)."""
    with transaction.atomic():
        take_turn()
        found = Call.objects.filter(client=client, external_id=told.external_id).first()
        if found is not None:
            return found
        call = Call.objects.create(
            client=client,
            external_id=told.external_id,
            contact=contacts.keep(Reachable(phone=told.number)),
            rang_at=told.rang_at or now(),
        )
        record(None, "call.rang", "call", str(call.pk), after={"exchange": client.name if client else "played"})
        _tell(call, "rang")
    return call


def hang_up(client: ClientKey, external_id: str) -> Call:
    """The caller hung up: a call that nobody answered is missed, any other is as it was. Raises NotFound."""
    with transaction.atomic():
        take_turn()
        call = Call.objects.filter(client=client, external_id=external_id).first()
        if call is None:
            raise NotFound("call.not_found", id=external_id)
        if call.state == CallState.RINGING:
            _move(call, CallAction.HANG_UP, ended_at=now())
            record(None, "call.missed", "call", str(call.pk))
            _tell(call, "missed")
    return call


def answer(user: User, call_id: UUID) -> Call:
    """Take a call at one's seat. Raises NotAllowed (permission, no seat), NotFound, Conflict (somebody else has it)."""
    session = seats.seat_of(user)
    seats.demand_seat_holder(user)
    if session is None:
        raise NotAllowed("call.no_seat")
    with transaction.atomic():
        take_turn()
        call = call_of(call_id)
        if call.state == CallState.ANSWERED and call.answered_by_id == user.pk:
            return call
        _move(call, CallAction.ANSWER, session=session, answered_by=user, answered_at=now())
        # Whoever answers sees the number: that is a reading too.
        record(user, "call.answer", "call", str(call.pk), after={"seat": session.seat, "contact": _contact_of(call)})
        _tell(call, "answered")
    return call


def file(user: User, call_id: UUID, filing: Filing, name: str = "") -> Case:
    """Finish a call by a case, with what the caller told; sent again under its id it is one case.

    Raises NotAllowed, NotFound, Conflict (not one's own call, over, id used for something else), InvalidInput.
    """
    fingerprint = history.fingerprint(user, "call", {"call": call_id, "filing": str(filing)})
    with transaction.atomic():
        take_turn()
        repeated = history.repeated_step(filing.id, fingerprint)
        if repeated is not None:
            return repeated.case
        call = _own(user, call_id)
        case = file_within(user, filing, fingerprint, FROM_HOTLINE)
        _name(call, name)
        _finish(user, call, CallOutcome.FILED, filing.description, case)
    return case


def attach(user: User, call_id: UUID, code: str, words: str) -> Case:
    """Finish a call by a word in the case it is about; a case in hand is urged by it.

    Raises NotAllowed, NotFound (call, case), Conflict, InvalidInput (no words).
    """
    if not words.strip():
        raise InvalidInput("call.words_missing")
    with transaction.atomic():
        take_turn()
        call = _own(user, call_id)
        case = visible_cases(user).filter(code=code.strip().upper()).first()
        if case is None:
            raise NotFound("case.not_found", id=code[:32])
        urges = CaseState(case.state) in URGED_IN
        if urges:
            Case.objects.filter(pk=case.pk).update(urged=F("urged") + 1, version=F("version") + 1)
            case.refresh_from_db(fields=("urged", "version"))
        action = CaseAction.URGE.value if urges else "called"
        history.write(
            case, user, action, case.state, step_id=new_id(), fingerprint="", note=words.strip(), call=str(call.pk)
        )
        record(user, f"case.{action}", "case", str(case.pk), after={"call": str(call.pk)})
        case_event("case.moved" if urges else "case.noted", case, action)
        _finish(user, call, CallOutcome.ATTACHED, words, case)
    return case


def consult(user: User, call_id: UUID, outcome: CallOutcome, words: str) -> Call:
    """Finish a call that needs no case: answered at once, or dropped. Raises as ``attach`` does."""
    if outcome not in (CallOutcome.CONSULTED, CallOutcome.DROPPED):
        raise InvalidInput("call.outcome_unfit", outcome=outcome.value)
    if outcome is CallOutcome.CONSULTED and not words.strip():
        raise InvalidInput("call.words_missing")
    with transaction.atomic():
        take_turn()
        call = _own(user, call_id)
        _finish(user, call, outcome, words, None)
    return call


def ask_back(event: OutboxEvent) -> None:
    """The reaction to ``case.closed``: whoever told of it is called back; delivered again it changes nothing."""
    case = Case.objects.filter(pk=event.payload["id"], state=CaseState.CLOSED).first()
    if case is None:
        return
    with transaction.atomic():
        take_turn()
        if CallBack.objects.filter(event_id=event.pk).exists():
            return
        call = case.calls.exclude(contact=None).order_by("rang_at").first()
        report = getattr(case, "report", None)
        contact = call.contact if call else (report.contact if report else None)
        if contact is None or not contact.phone_key:
            return
        CallBack.objects.create(event_id=event.pk, case=case, contact=contact, due_since=now())
        emit(CALL_BACK_DUE, f"case:{case.pk}", {"id": str(case.pk), "action": "due", "owner": SEATS})


@dataclass(frozen=True, slots=True)
class CallBackWord:
    """What a call back brought; without reaching anybody there is no satisfaction."""

    reached: bool
    satisfaction: Satisfaction | None = None
    words: str = ""


def call_back(user: User, call_back_id: int, told: CallBackWord) -> CallBack:
    """Note a call back. Raises NotAllowed, NotFound, InvalidInput, Conflict when it was noted already."""
    seats.demand_seat_holder(user)
    if told.reached != (told.satisfaction is not None):
        raise InvalidInput("call_back.satisfaction_unfit")
    with transaction.atomic():
        take_turn()
        found = call_back_of(call_back_id)
        values: Mapping[str, object] = {
            "reached": told.reached,
            "satisfaction": told.satisfaction.value if told.satisfaction else "",
            "words": told.words.strip(),
            "done_at": now(),
            "done_by": user,
        }
        if not CallBack.objects.filter(pk=found.pk, done_at=None).update(**values):
            raise Conflict("call_back.done")
        found.refresh_from_db()
        after = {"reached": told.reached, "satisfaction": values["satisfaction"]}
        record(user, "call_back.note", "case", str(found.case_id), after=after)
    return found


def _own(user: User, call_id: UUID) -> Call:
    seats.demand_seat_holder(user)
    call = call_of(call_id)
    if call.answered_by_id != user.pk:
        raise Conflict("call.of_another")
    return call


def call_back_of(call_back_id: int) -> CallBack:
    """A call back by its number; raises NotFound."""
    found = CallBack.objects.select_related("case", "contact").filter(pk=call_back_id).first()
    if found is None:
        raise NotFound("call_back.not_found", id=call_back_id)
    return found


def call_of(call_id: UUID) -> Call:
    """A call by its id; raises NotFound."""
    call = Call.objects.select_related("contact", "session", "answered_by", "case").filter(pk=call_id).first()
    if call is None:
        raise NotFound("call.not_found", id=call_id)
    return call


def _contact_of(call: Call) -> str | None:
    return str(call.contact_id) if call.contact_id else None


def _name(call: Call, name: str) -> None:
    if call.contact is not None and name.strip():
        contacts.rename(call.contact, name)


def _finish(user: User, call: Call, outcome: CallOutcome, words: str, case: Case | None) -> None:
    _move(call, CallAction.FINISH, ended_at=now(), outcome=outcome.value, words=words.strip(), case=case)
    after = {"outcome": outcome.value, "case": case.code if case else None}
    record(user, "call.finish", "call", str(call.pk), after=after)
    _tell(call, "finished")


def _move(call: Call, action: CallAction, **values: object) -> None:
    """One step by the table, from the state the call was read in; raises Conflict when it moved on or may not."""
    following = CALL_TRANSITIONS.get((CallState(call.state), action))
    moved = following is not None and Call.objects.filter(pk=call.pk, state=call.state).update(
        state=following.value, **values
    )
    if not moved:
        raise Conflict("call.moved_on", state=call.state)
    call.refresh_from_db()


def _tell(call: Call, action: str) -> None:
    """Seats hear of calls, and nobody below the bureau."""
    emit(CALL_CHANGED, f"call:{call.pk}", {"id": str(call.pk), "action": action, "owner": SEATS})
