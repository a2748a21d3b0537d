"""Escalation: a stage that has used up 80 % or all of its limit is told once to who answers for it, by the outbox.

A clock is a row and so is the fact that it was told: a restart forgets none, and two looks tell once.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.casework.cases import queries
from chengmai.casework.clocks.stages import TOLD_AT, Stage
from chengmai.casework.events import case_event
from chengmai.casework.models import ClockStop, Escalation, StageClock
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict, NotAllowed, NotFound
from chengmai.events.models import OutboxEvent

YELLOW, RED = 80, 100
_FIELDS = {YELLOW: ("yellow_at", "told_yellow_at"), RED: ("due_at", "told_red_at")}


def escalate_due(at: datetime) -> int:
    """Tell every stage that is over 80 % or 100 % of its limit by ``at``, each once; returns how many.

    While a case is stopped its handling is not told of; whoever is to dispatch it still is.
    """
    told = 0
    for share, (due, done) in _FIELDS.items():
        for clock_id in list(_over(share, at).values_list("pk", flat=True)):
            with transaction.atomic():
                take_turn()
                mine = _over(share, at).filter(pk=clock_id)
                clock = mine.select_related("case__department").first()
                if clock is None or not StageClock.objects.filter(pk=clock_id, **{done: None}).update(**{done: at}):
                    continue
                role = TOLD_AT[Stage(clock.stage)][share == RED]
                facts = {"clock": clock.pk, "stage": clock.stage, "share": share, "role": role.value}
                record(
                    None, "case.escalate", "case", str(clock.case_id), after={**facts, "due": str(getattr(clock, due))}
                )
                case_event("case.escalated", clock.case, "escalate", more=facts)
                reach("casework.escalated")
            told += 1
    return told


def _over(share: int, at: datetime) -> QuerySet[StageClock]:
    due, done = _FIELDS[share]
    stopped = Exists(ClockStop.objects.filter(case=OuterRef("case"), ended_at=None))
    running = StageClock.objects.filter(~Q(stage=Stage.HANDLE) | ~stopped, ended_at=None)
    return running.filter(**{f"{due}__lte": at, done: None})


def note_escalation(event: OutboxEvent) -> None:
    """The reaction to ``case.escalated``: it stands on the desk of the role until somebody takes note of it."""
    told = event.payload
    Escalation.objects.get_or_create(
        event_id=event.pk,
        defaults={
            "clock_id": told["clock"],
            "share": told["share"],
            "role": told["role"],
            "at": event.happened_at,
        },
    )


def open_escalations(user: User) -> QuerySet[Escalation]:
    """What waits for somebody of this person's roles: not taken note of, and the stage still runs."""
    waiting = Escalation.objects.filter(taken_at=None, clock__ended_at=None, role__in=[one.value for one in user.roles])
    cases = queries.visible_cases(user).values("pk")
    related = ("clock__case__case_class__edition", "clock__case__department", "taken_by")
    return waiting.filter(clock__case__in=cases).select_related(*related).order_by(F("clock__due_at").asc(), "pk")


@transaction.atomic
def take_note(escalation_id: int, user: User, note: str) -> Escalation:
    """Take note of an escalation as one of the role it went to; raises NotFound, NotAllowed or Conflict."""
    take_turn()
    found = Escalation.objects.filter(pk=escalation_id, clock__case__in=queries.visible_cases(user).values("pk"))
    escalation = found.select_related("clock__case").first()
    if escalation is None:
        raise NotFound("escalation.not_found", id=escalation_id)
    if Role(escalation.role) not in user.roles:
        raise NotAllowed("escalation.other_role", role=escalation.role)
    if not found.filter(taken_at=None).update(taken_at=now(), taken_by=user, note=note.strip()):
        raise Conflict("escalation.nothing_to_take")
    escalation.refresh_from_db()
    facts = {"stage": escalation.clock.stage, "share": escalation.share, "note": escalation.note}
    record(user, "case.escalation_taken", "case", str(escalation.clock.case_id), after=facts)
    case_event("case.noted", escalation.clock.case, "escalation_taken")
    return escalation
