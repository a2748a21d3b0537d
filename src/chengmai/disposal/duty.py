"""The duty log: what people write, what the platform notes by itself, found again by shift, words or subject."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.disposal.models import DutyEntry, Party, Plan, Shift, Timer
from chengmai.disposal.plans import duty_desk
from chengmai.events.models import OutboxEvent
from chengmai.warning.models import Alarm, Warning


@dataclass(frozen=True, slots=True)
class Line:
    """An automatic line: its catalogue code and parameters, and what it is about."""

    code: str
    params: Mapping[str, str]
    subject_kind: str
    subject_id: str


def _alarm(code: str) -> Callable[[OutboxEvent], Line]:
    def tell(event: OutboxEvent) -> Line:
        alarm = Alarm.objects.get(pk=event.payload["id"])
        return Line(code, {"code": alarm.code, "level": alarm.severity}, "alarm", str(alarm.pk))

    return tell


def _warning(code: str) -> Callable[[OutboxEvent], Line]:
    def tell(event: OutboxEvent) -> Line:
        warning = Warning.objects.get(pk=event.payload["id"])
        return Line(code, {"code": warning.code, "level": warning.level}, "warning", str(warning.pk))

    return tell


def _case(code: str) -> Callable[[OutboxEvent], Line]:
    def tell(event: OutboxEvent) -> Line:
        return Line(code, {"code": str(event.payload["code"])}, "case", str(event.payload["id"]))

    return tell


def _escalation(event: OutboxEvent) -> Line:
    timer = Timer.objects.select_related("alarm", "warning").get(pk=event.payload["id"])
    subject = ("warning", str(timer.warning_id)) if timer.warning_id else ("alarm", str(timer.alarm_id))
    code = timer.warning.code if timer.warning else timer.alarm.code
    return Line("duty.timer_escalated", {"code": code, "kind": timer.kind, "role": timer.escalate_to}, *subject)


def _signature(event: OutboxEvent) -> Line:
    party = Party.objects.select_related("warning").get(pk=event.payload["id"])
    told = {"code": party.warning.code, "party_zh": party.name_zh, "party_en": party.name_en}
    return Line("duty.party_signed", told, "warning", str(party.warning_id))


def _plan(event: OutboxEvent) -> Line | None:
    if event.payload["action"] != "start":
        return None
    plan = Plan.objects.select_related("warning", "template").get(pk=event.payload["id"])
    named = {"plan_zh": plan.template.name_zh, "plan_en": plan.template.name_en}
    return Line("duty.plan_started", {"code": plan.warning.code, **named}, "warning", str(plan.warning_id))


AUTOMATIC: Mapping[str, Callable[[OutboxEvent], Line | None]] = {
    "alarm.raised": _alarm("duty.alarm_raised"),
    "warning.issued": _warning("duty.warning_issued"),
    "warning.revised": _warning("duty.warning_revised"),
    "warning.dismissed": _warning("duty.warning_dismissed"),
    "warning.checked": _warning("duty.warning_checked"),
    "warning.lifted": _warning("duty.warning_lifted"),
    "case.opened": _case("duty.case_opened"),
    "case.closed": _case("duty.case_closed"),
    "timer.escalated": _escalation,
    "party.signed": _signature,
    "plan.moved": _plan,
}
"""What the platform writes into the log by itself, by event."""


def note_event(event: OutboxEvent) -> None:
    """The reaction that writes automatic lines; told again, the log keeps one line for an event."""
    line = AUTOMATIC[event.name](event)
    if line is None or DutyEntry.objects.filter(cause=event.sequence).exists():
        return
    owner = Organisation.objects.filter(code=event.payload["owner"]).first() or duty_desk()
    DutyEntry.objects.create(
        at=event.happened_at,
        owner=owner,
        code=line.code,
        params=dict(line.params),
        subject_kind=line.subject_kind,
        subject_id=line.subject_id,
        cause=event.sequence,
    )


def visible_entries(user: User) -> QuerySet[DutyEntry]:
    """The lines within a person's reach, newest first."""
    return within_reach(DutyEntry.objects.select_related("owner", "author", "corrects"), user).order_by("-at", "-pk")


def visible_shifts(user: User) -> QuerySet[Shift]:
    """The shifts of the desks within a person's reach, newest first."""
    return within_reach(Shift.objects.select_related("desk", "person"), user, "desk").order_by("-began_at")


def entries_of(user: User, shift_id: UUID | None, words: str) -> QuerySet[DutyEntry]:
    """Lines a person may see, of one shift (by its times) and with some words; raises NotFound for another's shift."""
    entries = visible_entries(user)
    if shift_id is not None:
        shift = visible_shifts(user).filter(pk=shift_id).first()
        if shift is None:
            raise NotFound("shift.not_found", id=shift_id)
        entries = entries.filter(at__gte=shift.began_at)
        if shift.ended_at is not None:
            entries = entries.filter(at__lt=shift.ended_at)
    if words.strip():
        entries = entries.filter(Q(text__icontains=words.strip()) | Q(params__code__icontains=words.strip()))
    return entries


@transaction.atomic
def write_entry(user: User, entry_id: UUID, text: str, corrects: UUID | None = None) -> DutyEntry:
    """Write a line; the same id again writes none. Raises NotAllowed, NotFound (line to correct) or InvalidInput."""
    take_turn()
    if Permission.DUTY_LOG_WRITE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.DUTY_LOG_WRITE.value)
    if not text.strip():
        raise InvalidInput("duty.text_missing")
    present = DutyEntry.objects.filter(pk=entry_id).first()
    if present is not None:
        if present.author_id != user.pk or present.text != text.strip():
            raise Conflict("case.id_reused", id=entry_id)
        return present
    corrected = None
    if corrects is not None:
        corrected = visible_entries(user).filter(pk=corrects).first()
        if corrected is None:
            raise NotFound("duty.entry_not_found", id=corrects)
    try:
        made = DutyEntry.objects.create(
            id=entry_id, at=now(), owner=user.organisation, author=user, text=text.strip(), corrects=corrected
        )
    except IntegrityError as error:
        raise Conflict("case.id_reused", id=entry_id) from error
    after = {"text": made.text, "corrects": str(corrects) if corrects else None}
    record(user, "duty.write", "duty_entry", str(made.pk), after=after)
    return made
