"""Reads of the hotline: calls and callers, what a clerk is offered, who sat when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import cos, radians

from django.db.models import Q, QuerySet

from chengmai.access.models import User
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.cases.states import OVER
from chengmai.casework.citizens.queries import open_classes
from chengmai.casework.hotline.models import Call, CallBack, SeatSession
from chengmai.casework.hotline.states import CallState
from chengmai.casework.hotline.suggesting import (
    ClassWords,
    KnownCase,
    PossibleDuplicate,
    ToldMatter,
    classes_for,
    distance_m,
    duplicates,
)
from chengmai.casework.models import Case, CaseClass
from chengmai.core.clock import now
from chengmai.settings import current

LOOK_BACK = timedelta(days=30)
"""How far back a case may be filed to be offered as the same matter, also when it is closed."""
NEARBY_M = 500.0
MOST_NEARBY, MOST_CANDIDATES, MOST_HISTORY = 20, 300, 20
_M_PER_DEGREE = 111_195.0


def calls() -> QuerySet[Call]:
    """All calls, the newest first."""
    return Call.objects.select_related("contact", "session", "answered_by", "case").order_by("-rang_at", "-pk")


def calls_at_hand(user: User) -> QuerySet[Call]:
    """What rings, and what this person has answered and not finished."""
    return calls().filter(Q(state=CallState.RINGING) | Q(state=CallState.ANSWERED, answered_by=user))


def of_caller(user: User, call: Call) -> tuple[list[Case], list[Call]]:
    """What the same number told before: cases within the reader's scope, and other calls."""
    key = call.contact.phone_key if call.contact else ""
    if not key:
        return [], []
    told = Q(report__contact__phone_key=key) | Q(calls__contact__phone_key=key)
    cases = visible_cases(user).filter(told).distinct().order_by("-filed_at")[:MOST_HISTORY]
    others = calls().filter(contact__phone_key=key).exclude(pk=call.pk)[:MOST_HISTORY]
    return list(cases), list(others)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a clerk is offered while a caller speaks."""

    classes: list[tuple[CaseClass, tuple[str, ...]]]
    duplicates: list[tuple[Case, PossibleDuplicate]]
    nearby: list[Case]


def offered(user: User, told: ToldMatter) -> Offered:
    """Classes the words speak of, cases that may be the same matter, open cases nearby."""
    rows = {(row.kind, row.code): row for row in open_classes()}
    words = [ClassWords(key, (row.name_zh, row.name_en), row.filing_condition) for key, row in rows.items()]
    classes = [(rows[key], said) for key, said in classes_for(told.words, words)] if told.words.strip() else []
    around = _around(user, told)
    known = [_known(case) for case in around]
    by_code = {case.code: case for case in around}
    likely = [(by_code[one.code], one) for one in duplicates(told, known, now())]
    placed = [(distance_m(told, one.matter), by_code[one.code]) for one in known]
    near = [(far, case) for far, case in placed if far is not None and far <= NEARBY_M and case.state not in OVER]
    near.sort(key=lambda one: one[0])
    return Offered(classes, likely, [case for _, case in near[:MOST_NEARBY]])


def _around(user: User, told: ToldMatter) -> list[Case]:
    """Cases of the last weeks around the place; without one, those of the same class or the same caller."""
    cases = visible_cases(user).filter(filed_at__gte=now() - LOOK_BACK).exclude(merged_into__isnull=False)
    cases = cases.prefetch_related("calls__contact").select_related("report__contact").order_by("-filed_at")
    if told.longitude is not None and told.latitude is not None:
        up = NEARBY_M / _M_PER_DEGREE
        aside = up / max(cos(radians(told.latitude)), 0.01)
        cases = cases.filter(
            longitude__range=(told.longitude - aside, told.longitude + aside),
            latitude__range=(told.latitude - up, told.latitude + up),
        )
    else:
        condition = Q(pk=None)
        if told.class_key is not None:
            condition |= Q(case_class__kind=told.class_key[0], case_class__code=told.class_key[1])
        if told.caller:
            condition |= Q(report__contact__phone_key=told.caller)
        cases = cases.filter(condition)
    return list(cases[:MOST_CANDIDATES])


def _known(case: Case) -> KnownCase:
    contacts = [call.contact for call in case.calls.all()]
    report = getattr(case, "report", None)
    contacts.append(report.contact if report else None)
    matter = ToldMatter(
        words=f"{case.title} {case.description}",
        class_key=(case.case_class.kind, case.case_class.code),
        longitude=case.longitude,
        latitude=case.latitude,
    )
    return KnownCase(case.code, matter, case.filed_at, frozenset(one.phone_key for one in contacts if one is not None))


def call_backs() -> QuerySet[CallBack]:
    """Calls back that are due, the oldest first."""
    return CallBack.objects.select_related("case", "contact").filter(done_at=None).order_by("due_since", "pk")


@dataclass(frozen=True, slots=True)
class Attendance:
    """A person's time at seats in a span: seconds, on how many local days, and the calls answered."""

    person: User
    seconds: int
    days: int
    calls: int


def attendance(first: date, last: date) -> list[Attendance]:
    """Who sat at the seats from the first local day to the last, both counted; who sits now counts till now."""
    begin, end = _span(first, last)
    end = min(end, now())
    sessions = SeatSession.objects.select_related("person").filter(began_at__lt=end)
    seconds: dict[User, float] = defaultdict(float)
    days: dict[User, set[date]] = defaultdict(set)
    for session in sessions.filter(Q(ended_at=None) | Q(ended_at__gt=begin)):
        start, stop = max(session.began_at, begin), min(session.ended_at or end, end)
        seconds[session.person] += (stop - start).total_seconds()
        day = start.astimezone(current().zone).date()
        # Midnight itself belongs to nobody's next day.
        until = (stop - timedelta(microseconds=1)).astimezone(current().zone).date()
        while day <= until:
            days[session.person].add(day)
            day += timedelta(days=1)
    answered: dict[int, int] = defaultdict(int)
    for person in Call.objects.filter(answered_at__gte=begin, answered_at__lt=end).values_list(
        "answered_by", flat=True
    ):
        answered[person or 0] += 1
    people = sorted(seconds, key=lambda person: person.username)
    return [Attendance(one, round(seconds[one]), len(days[one]), answered[one.pk]) for one in people]


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    zone = current().zone
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def calls_between(first: date, last: date) -> QuerySet[Call]:
    """Calls that rang from the first local day to the last, both counted."""
    begin, end = _span(first, last)
    return Call.objects.filter(rang_at__gte=begin, rang_at__lt=end)
