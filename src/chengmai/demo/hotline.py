"""The demonstration's hotline: weeks of calls with their callers, seats attended in two shifts, citizens' reports."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.casework.cases.filing import FROM_HOTLINE, FROM_PERSON
from chengmai.casework.cases.states import CaseState
from chengmai.casework.citizens import contacts
from chengmai.casework.citizens.contacts import Reachable
from chengmai.casework.citizens.models import Contact
from chengmai.casework.citizens.services import ToldReport, report
from chengmai.casework.hotline.models import Call, CallBack, SeatSession
from chengmai.casework.hotline.played import NUMBERS
from chengmai.casework.hotline.states import CallOutcome, CallState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.settings import current

DAYS, CALLERS, CALL_BACKS = 36, 40, 6
SHIFTS = ((7, 15), (13, 21))
"""Local hours between which each half of the seats is attended."""
CONSULTED = (
    "咨询大件垃圾投放地点，已答复。",
    "咨询犬只登记办法，已答复。",
    "反映事项属交警管辖，已告知电话。",
    "询问办理进度，已答复。",
)
REPORTS = (
    ("0102", "公交站旁垃圾桶满了，垃圾散落一地。"),
    ("0501", "人行道上摆摊，行人只能走到车道上。"),
    ("0106", "树枝和旧家具堆在绿地边几天了。"),
    ("0201", "电线杆上贴满小广告。"),
    ("0504", "早市占道，车过不去。"),
)
_SEED = 12319


def ensure_hotline() -> None:
    """Make the past weeks of the hotline and a few reports of today, when no call is known yet."""
    clerks = list(User.objects.filter(role_assignments__role=Role.INTAKE_CLERK).order_by("pk"))
    if Call.objects.exists() or not clerks:
        return
    random = Random(_SEED)  # noqa: S311 - a demonstration, always the same
    with transaction.atomic():
        take_turn()
        callers = Contact.objects.bulk_create(_callers())
        sessions = SeatSession.objects.bulk_create(_sessions(clerks))
        cases = list(Case.objects.filter(source=FROM_PERSON, filed_by__in=clerks).order_by("filed_at"))
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(source=FROM_HOTLINE)
        calls = [_call_of(case, random.choice(callers), random, sessions) for case in cases]
        calls += _consultations(random, callers, sessions)
        Call.objects.bulk_create(calls)
        closed = [call for call in calls if call.case is not None and call.case.state == CaseState.CLOSED]
        CallBack.objects.bulk_create(_call_backs(closed[-CALL_BACKS:]))
        told = {"calls": len(calls), "seat_sessions": len(sessions)}
        record(None, "hotline.past_made", "call", "*", after=told)
    places = list(Case.objects.exclude(longitude=None).order_by("-filed_at").values_list("longitude", "latitude"))
    for number, (code, words) in enumerate(REPORTS if places else ()):
        longitude, latitude = places[number * 7 % len(places)]
        contact = Reachable(phone=NUMBERS[number % 3]) if number % 2 == 0 else Reachable()
        report(ToldReport(new_id(), code, words, longitude=longitude, latitude=latitude, contact=contact))


def _callers() -> Iterator[Contact]:
    """Invented people; the first numbers are those of the played calls, so that these find a history."""
    for number in range(CALLERS):
        phone = NUMBERS[number] if number < 3 else f"138{number:08d}"
        yield contacts.sealed(Reachable(phone=phone))


def _sessions(clerks: Sequence[User]) -> Iterator[SeatSession]:
    zone = current().zone
    today = now().astimezone(zone).date()
    seats = current().hotline_seats
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        for seat, person in enumerate(clerks[-seats:], start=1):
            if (seat + back) % 7 in (0, 1):
                continue  # two days off in seven
            first, last = SHIFTS[seat % 2]
            late = timedelta(minutes=(seat * 7 + back) % 11)
            yield SeatSession(
                seat=seat,
                person=person,
                began_at=datetime.combine(day, time(first), zone) + late,
                ended_at=datetime.combine(day, time(last), zone) + late,
            )


def _call_of(case: Case, caller: Contact, random: Random, sessions: Sequence[SeatSession]) -> Call:
    rang = case.filed_at - timedelta(minutes=random.uniform(2, 5))
    session = next((one for one in sessions if one.person_id == case.filed_by_id and _covers(one, rang)), None)
    return Call(
        external_id=f"past-{case.code}",
        contact=caller,
        rang_at=rang,
        state=CallState.DONE,
        session=session,
        answered_by=case.filed_by,
        answered_at=rang + timedelta(seconds=random.uniform(3, 22)),
        ended_at=case.filed_at,
        outcome=CallOutcome.FILED,
        case=case,
        words=case.title,
    )


def _covers(session: SeatSession, moment: datetime) -> bool:
    return session.ended_at is not None and session.began_at <= moment <= session.ended_at


def _consultations(random: Random, callers: Sequence[Contact], sessions: Sequence[SeatSession]) -> Iterator[Call]:
    """Calls answered at once, and one in twenty that nobody took in time."""
    for number, session in enumerate(sessions):
        rang = session.began_at + timedelta(minutes=random.uniform(5, 400))
        missed = number % 20 == 0
        yield Call(
            external_id=f"past-{number}",
            contact=random.choice(callers),
            rang_at=rang,
            state=CallState.MISSED if missed else CallState.DONE,
            session=None if missed else session,
            answered_by=None if missed else session.person,
            answered_at=None if missed else rang + timedelta(seconds=random.uniform(3, 22)),
            ended_at=rang + timedelta(minutes=random.uniform(1, 6)),
            outcome="" if missed else CallOutcome.CONSULTED,
            words="" if missed else random.choice(CONSULTED),
        )


def _call_backs(calls: Sequence[Call]) -> Iterator[CallBack]:
    """Due ones; no event made them, so their numbers lie below those of events."""
    for number, call in enumerate(calls, start=1):
        if call.case is not None and call.contact is not None:
            since = call.case.closed_at or now()
            yield CallBack(event_id=-number, case=call.case, contact=call.contact, due_since=since)
