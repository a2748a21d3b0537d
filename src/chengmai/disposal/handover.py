"""Shifts and their hand-over: open items read from the data, signed by who goes, taken by who comes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.casework.cases.queries import visible_cases
from chengmai.casework.cases.states import OVER
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotAllowed, NotFound
from chengmai.core.lineage import seal
from chengmai.disposal.events import disposal_event
from chengmai.disposal.models import HandOver, Party, PlanStep, Shift
from chengmai.disposal.plans import visible_plans
from chengmai.disposal.states import HandOverState, PlanState, PlanStepState
from chengmai.disposal.timers import visible_timers
from chengmai.warning.queries import visible_alarms, visible_warnings
from chengmai.warning.states import AlarmState, WarningState

MOST_OF_A_KIND = 200
"""Items of one kind that a hand-over lists; how many more there are is said beside."""
NO_WORDS = ("", "")
Item = dict[str, Any]


def open_items(user: User) -> list[Item]:
    """What is open at a desk now, by kind: what the next shift has to know of."""
    alarms = visible_alarms(user)
    standing = alarms.filter(state__in=[AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED])
    aside = alarms.filter(state__in=[AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE])
    warnings = visible_warnings(user).filter(state__in=[WarningState.ASSESSING, WarningState.ISSUED])
    cases = visible_cases(user).exclude(state__in=OVER)
    untaken = visible_timers(user).filter(escalated_at__isnull=False, taken_at=None, ended_at=None)
    steps = PlanStep.objects.select_related("plan").filter(
        plan__in=visible_plans(user), plan__state=PlanState.RUNNING, state=PlanStepState.OPEN
    )
    steps = steps.order_by("pk")
    unsigned = Party.objects.select_related("warning").filter(warning__in=warnings, signed_at=None).order_by("pk")
    return [
        *_some("warning", ((w.pk, w.code, w.state, w.level, NO_WORDS) for w in warnings.order_by("pk"))),
        *_some("alarm", ((a.pk, a.code, a.state, a.severity, NO_WORDS) for a in standing.order_by("pk"))),
        *_some("set_aside", ((a.pk, a.code, a.state, a.severity, NO_WORDS) for a in aside.order_by("pk"))),
        *_some("case", ((c.pk, c.code, c.state, c.level, (c.title, c.title)) for c in cases.order_by("pk"))),
        *_some("escalation", ((t.alarm_id, t.alarm.code, t.kind, "", NO_WORDS) for t in untaken)),
        *_some(
            "plan_step",
            ((s.plan.warning_id, s.plan.code, s.state, "", (s.title_zh, s.title_en)) for s in steps.order_by("pk")),
        ),
        *_some(
            "party",
            ((p.warning_id, p.warning.code, "unsigned", "", (p.name_zh, p.name_en)) for p in unsigned.order_by("pk")),
        ),
    ]


def _some(kind: str, rows: Iterable[tuple[Any, str, str, str, tuple[str, str]]]) -> list[Item]:
    items: list[Item] = []
    left_out = 0
    for pk, code, state, level, (text, text_en) in rows:
        if len(items) < MOST_OF_A_KIND:
            named = {"text": text, "text_en": text_en}
            items.append({"kind": kind, "id": str(pk), "code": code, "state": state, "level": level, **named})
        else:
            left_out += 1
    if left_out:
        items.append(
            {"kind": kind, "id": "", "code": "", "state": "more", "level": "", "text": str(left_out), "text_en": ""}
        )
    return items


def running_shift(user: User) -> Shift | None:
    """The shift that runs at a person's own desk."""
    return Shift.objects.select_related("desk", "person").filter(desk=user.organisation_id, ended_at=None).first()


def visible_hand_overs(user: User) -> QuerySet[HandOver]:
    """Hand-overs of the desks within a person's reach, newest first."""
    related = ("shift__desk", "shift__person", "signed_out_by", "taken_by")
    return within_reach(HandOver.objects.select_related(*related), user, "shift__desk").order_by("-signed_out_at")


@transaction.atomic
def take_desk(user: User) -> Shift:
    """Begin the desk's first shift; raises NotAllowed, or Conflict while one runs: that one is handed over."""
    take_turn()
    _demand(user)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(desk=user.organisation, person=user, began_at=now())
    except IntegrityError as error:
        raise Conflict("shift.running") from error
    record(user, "shift.begin", "shift", str(shift.pk), after={"desk": shift.desk.code})
    return shift


@transaction.atomic
def sign_out(user: User, note: str) -> HandOver:
    """Sign what is open over to the next person; raises NotAllowed, or Conflict (no shift of one's own, signed)."""
    take_turn()
    _demand(user)
    shift = running_shift(user)
    if shift is None or shift.person_id != user.pk:
        raise Conflict("shift.not_yours")
    items = open_items(user)
    try:
        with transaction.atomic():
            made = HandOver.objects.create(
                shift=shift,
                items=items,
                note=note.strip(),
                seal=_seal(items, note.strip()),
                signed_out_at=now(),
                signed_out_by=user,
            )
    except IntegrityError as error:
        raise Conflict("shift.signed_out_already") from error
    record(user, "shift.sign_out", "hand_over", str(made.pk), after={"items": len(items), "seal": made.seal})
    disposal_event("shift.moved", made, shift.desk.code, "sign_out", shift.desk.code)
    return made


@transaction.atomic
def take_over(hand_over_id: UUID, user: User, version: int, sealed: str, note: str) -> HandOver:
    """Take a shift over: acknowledges exactly what was signed and begins the next shift.

    Raises NotFound, NotAllowed (other desk, one's own), or Conflict (stale, another text than the one signed).
    """
    take_turn()
    _demand(user)
    made = _own_hand_over(hand_over_id, user)
    if made.signed_out_by_id == user.pk:
        raise NotAllowed("shift.two_people")
    if made.seal != sealed or _seal(made.items, made.note) != sealed:
        raise Conflict("shift.other_text")
    at = now()
    _move(made, version, state=HandOverState.TAKEN, taken_at=at, taken_by=user, taken_note=note.strip())
    Shift.objects.filter(pk=made.shift_id, ended_at=None).update(ended_at=at)
    following = Shift.objects.create(desk=made.shift.desk, person=user, began_at=at)
    after = {"seal": sealed, "note": note.strip(), "shift": str(following.pk)}
    record(user, "shift.take_over", "hand_over", str(made.pk), after=after)
    disposal_event("shift.moved", made, made.shift.desk.code, "take_over", made.shift.desk.code)
    return made


@transaction.atomic
def withdraw(hand_over_id: UUID, user: User, version: int) -> HandOver:
    """Take one's own signature back while nobody took over; raises NotFound, NotAllowed or Conflict."""
    take_turn()
    _demand(user)
    made = _own_hand_over(hand_over_id, user)
    if made.signed_out_by_id != user.pk:
        raise NotAllowed("shift.not_yours")
    _move(made, version, state=HandOverState.WITHDRAWN)
    record(user, "shift.withdraw", "hand_over", str(made.pk), after={"seal": made.seal})
    disposal_event("shift.moved", made, made.shift.desk.code, "withdraw", made.shift.desk.code)
    return made


def intact(made: HandOver) -> bool:
    """Whether items and note are still what was signed."""
    return _seal(made.items, made.note) == made.seal


def _own_hand_over(hand_over_id: UUID, user: User) -> HandOver:
    made = visible_hand_overs(user).filter(pk=hand_over_id).first()
    if made is None:
        raise NotFound("shift.hand_over_not_found", id=hand_over_id)
    if made.shift.desk_id != user.organisation_id:
        raise NotAllowed("shift.other_desk", desk=made.shift.desk.name_zh)
    return made


def _move(made: HandOver, version: int, **values: Any) -> None:
    present = HandOver.objects.filter(pk=made.pk, version=version, state=HandOverState.SIGNED_OUT)
    if not present.update(**values, version=version + 1):
        raise Conflict("version.stale", sent=version, present=made.version)
    made.refresh_from_db()


def _seal(items: list[Item], note: str) -> str:
    return seal({"items": items, "note": note})


def _demand(user: User) -> None:
    if Permission.DUTY_LOG_WRITE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.DUTY_LOG_WRITE.value)
