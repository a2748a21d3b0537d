"""From stored calls to what the hotline's doors give."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F

from chengmai.access.models import User
from chengmai.assets.queries import city
from chengmai.assets.streets import Streets
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.contacts import Reachable
from chengmai.casework.citizens.models import Satisfaction
from chengmai.casework.hotline import queries
from chengmai.casework.hotline.models import Call, CallBack, SeatSession
from chengmai.casework.hotline.schemas import (
    AttendanceOut,
    AttendanceRow,
    CallBackOut,
    CallDetail,
    CallEnd,
    CallerMatter,
    CallSummary,
    DuplicateOut,
    SeatOut,
    SeatsOut,
    SeatSuggestions,
    SuggestedClass,
)
from chengmai.casework.hotline.states import CallOutcome, CallState
from chengmai.casework.hotline.suggesting import PossibleDuplicate, ToldMatter
from chengmai.casework.models import Case, ClassKind
from chengmai.core.messages import message
from chengmai.settings import current
from chengmai.warning.schemas import SentenceOut
from chengmai.warning.views import actor_ref, person_ref

QUICK = timedelta(seconds=15)
"""A call answered within it counts as answered at once, as hotlines customarily count."""


def call_out(call: Call) -> CallSummary:
    """A call as lists show it."""
    return CallSummary(
        id=call.pk,
        number=call.contact.phone_masked if call.contact else "",
        rang_at=call.rang_at,
        state=CallState(call.state),
        seat=call.session.seat if call.session else None,
        answered_by=actor_ref(call.answered_by),
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        outcome=CallOutcome(call.outcome) if call.outcome else None,
        case_code=call.case.code if call.case else "",
        words=call.words,
    )


def call_detail(user: User, call: Call) -> CallDetail:
    """A call for whoever answered it: the number whole, and the caller's history."""
    cases, others = queries.of_caller(user, call)
    told = contacts.opened(call.contact) if call.contact and call.answered_by_id == user.pk else Reachable()
    return CallDetail(
        **call_out(call).model_dump(),
        whole_number=told.phone,
        name=told.name,
        cases=[CallerMatter(**_matter(case)) for case in cases],
        calls=[call_out(other) for other in others],
    )


def call_end(call: Call, case: Case | None) -> CallEnd:
    """What a call came to."""
    return CallEnd(call=call_out(call), case_id=case.pk if case else None, case_code=case.code if case else "")


def _matter(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "code": case.code,
        "name_zh": case.case_class.name_zh,
        "name_en": case.case_class.name_en,
        "title": case.title,
        "state": case.state,
        "filed_at": case.filed_at,
        "longitude": case.longitude,
        "latitude": case.latitude,
    }


def suggestions_out(user: User, told: ToldMatter, language: str) -> SeatSuggestions:
    """What a clerk is offered, in words."""
    found = queries.offered(user, told)
    street = None
    if told.longitude is not None and told.latitude is not None:
        street = Streets().nearest(told.longitude, told.latitude)
    return SeatSuggestions(
        classes=[
            SuggestedClass(
                kind=ClassKind(row.kind), code=row.code, name_zh=row.name_zh, name_en=row.name_en, said=list(said)
            )
            for row, said in found.classes
        ],
        duplicates=[_duplicate(case, one, language) for case, one in found.duplicates],
        nearby=[CallerMatter(**_matter(case)) for case in found.nearby],
        street_zh=street.name_zh if street else "",
        street_en=street.name_en if street else "",
    )


def _duplicate(case: Case, one: PossibleDuplicate, language: str) -> DuplicateOut:
    return DuplicateOut(
        **_matter(case),
        points=one.points,
        distance_m=one.distance_m,
        reasons=[
            SentenceOut(code=code, params=dict(params), message=message(code, language, params))
            for code, params in one.reasons
        ],
    )


def seats_out(user: User) -> SeatsOut:
    """All seats and who sits there."""
    taken = {one.seat: one for one in SeatSession.objects.select_related("person").filter(ended_at=None)}
    own = next((one.seat for one in taken.values() if one.person_id == user.pk), None)
    seats = [_seat(number, taken.get(number)) for number in range(1, current().hotline_seats + 1)]
    return SeatsOut(seats=seats, own=own, demonstration=city().demonstration)


def _seat(number: int, held: SeatSession | None) -> SeatOut:
    if held is None:
        return SeatOut(seat=number, person=None, since=None)
    return SeatOut(seat=number, person=person_ref(held.person), since=held.began_at)


def attendance_out(first: date, last: date) -> AttendanceOut:
    """Who sat for how long in a span, and how calls were answered."""
    rows = queries.attendance(first, last)
    rang = queries.calls_between(first, last)
    return AttendanceOut(
        first=first,
        last=last,
        rows=[
            AttendanceRow(person=person_ref(row.person), seconds=row.seconds, days=row.days, calls=row.calls)
            for row in rows
        ],
        seat_seconds=sum(row.seconds for row in rows),
        calls=rang.count(),
        answered=rang.exclude(answered_at=None).count(),
        missed=rang.filter(state=CallState.MISSED).count(),
        answered_in_15_s=rang.filter(answered_at__lte=F("rang_at") + QUICK).count(),
    )


def call_back_out(row: CallBack) -> CallBackOut:
    """A call back as the seats see it."""
    return CallBackOut(
        id=row.pk,
        case_id=row.case_id,
        case_code=row.case.code,
        title=row.case.title,
        number=row.contact.phone_masked,
        due_since=row.due_since,
        done_at=row.done_at,
        reached=row.reached,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
        words=row.words,
    )
