"""Timers: begun and ended by events, looked at by the clock, escalated once, taken note of by the next role.

A timer is a row, so a restart forgets none; the clock moves it by compare-and-set, so two looks escalate once.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.access.scope import within_reach
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, NotAllowed, NotFound
from chengmai.disposal.events import disposal_event
from chengmai.disposal.limits import Limit, limit_for
from chengmai.disposal.models import Timer
from chengmai.disposal.states import TimerKind, TimerOutcome
from chengmai.events.models import OutboxEvent
from chengmai.warning.models import Alarm, Warning
from chengmai.warning.states import AlarmState, WarningState

_WAITS = (AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED)
"""States of an alarm in which somebody has to assess it."""


def utility_of(alarm: Alarm) -> str:
    """The utility of an alarm's network; empty without one."""
    return alarm.network.utility if alarm.network else ""


def begin(
    kind: TimerKind, subject: str, alarm: Alarm, warning: Warning | None, started_at: datetime, limit: Limit
) -> Timer:
    """Start a timer; the one that already runs for the subject stays as it is. Part of the caller's transaction."""
    timer, created = Timer.objects.get_or_create(
        kind=kind.value,
        subject=subject,
        ended_at=None,
        defaults={
            "alarm": alarm,
            "warning": warning,
            "owner": alarm.owner,
            "started_at": started_at,
            "due_at": started_at + timedelta(minutes=limit.minutes),
            "escalate_to": limit.escalate_to.value,
        },
    )
    if created:
        _tell(timer, "start")
    return timer


def end(running: QuerySet[Timer], outcome: TimerOutcome, at: datetime) -> int:
    """End those of the timers that still run; part of the caller's transaction."""
    ended = 0
    for timer in running.filter(ended_at=None).select_related("alarm", "owner"):
        ended += Timer.objects.filter(pk=timer.pk, ended_at=None).update(ended_at=at, outcome=outcome.value)
        _tell(timer, "end")
    return ended


def begin_assessment(event: OutboxEvent) -> None:
    """The reaction to ``alarm.raised``: somebody has to assess it in time, unless that is done or needless already."""
    alarm = Alarm.objects.select_related("network", "owner").get(pk=event.payload["id"])
    if alarm.state not in _WAITS or alarm.warnings.filter(state=WarningState.ISSUED).exists():
        return
    if alarm.warnings.filter(state=WarningState.DISMISSED, history__at__gte=event.happened_at).exists():
        return
    limit = limit_for(TimerKind.ASSESSMENT, utility_of(alarm), alarm.severity)
    if limit is not None:
        with transaction.atomic():
            take_turn()
            begin(TimerKind.ASSESSMENT, f"alarm:{alarm.pk}", alarm, None, event.happened_at, limit)


def follow_alarm(event: OutboxEvent) -> None:
    """The reaction to an alarm's change: nothing is left to assess once it is over or was set aside."""
    alarm = Alarm.objects.get(pk=event.payload["id"])
    if alarm.state not in _WAITS:
        with transaction.atomic():
            take_turn()
            mine = Timer.objects.filter(kind=TimerKind.ASSESSMENT, alarm=alarm)
            end(mine, TimerOutcome.ENDED, event.happened_at)


def follow_warning(event: OutboxEvent) -> None:
    """The reaction to a warning's step: a verdict meets the assessment's timer, a lift ends all that still run."""
    warning = Warning.objects.select_related("alarm__network", "alarm__owner").get(pk=event.payload["id"])
    with transaction.atomic():
        take_turn()
        if event.name in ("warning.issued", "warning.dismissed"):
            assessment = Timer.objects.filter(kind=TimerKind.ASSESSMENT, alarm=warning.alarm)
            end(assessment, TimerOutcome.MET, event.happened_at)
        if event.name == "warning.issued" and warning.state == WarningState.ISSUED:
            limit = limit_for(TimerKind.ON_SITE, utility_of(warning.alarm), warning.level)
            if limit is not None:
                subject = f"warning:{warning.pk}"
                begin(TimerKind.ON_SITE, subject, warning.alarm, warning, event.happened_at, limit)
        if event.name == "warning.lifted":
            end(Timer.objects.filter(warning=warning), TimerOutcome.ENDED, event.happened_at)


def follow_case(event: OutboxEvent) -> None:
    """The reaction to a case's step: who arrives meets the timer of the warning behind the case."""
    if event.payload["source"] != "warning" or event.payload["action"] not in ("arrive", "close"):
        return
    with transaction.atomic():
        take_turn()
        waiting = Timer.objects.filter(kind=TimerKind.ON_SITE, subject=f"warning:{event.payload['source_id']}")
        outcome = TimerOutcome.MET if event.payload["action"] == "arrive" else TimerOutcome.ENDED
        end(waiting, outcome, event.happened_at)


def escalate_due(at: datetime) -> int:
    """Escalate every timer that is over by ``at``, each once however many look; returns how many."""
    escalated = 0
    over = Timer.objects.filter(ended_at=None, escalated_at=None, due_at__lte=at)
    for timer_id in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            take_turn()
            mine = Timer.objects.filter(pk=timer_id, ended_at=None, escalated_at=None, due_at__lte=at)
            if not mine.update(escalated_at=at):
                continue
            timer = Timer.objects.select_related("alarm", "owner").get(pk=timer_id)
            record(None, "timer.escalate", "timer", str(timer.pk), after=_facts(timer))
            disposal_event("timer.escalated", timer, timer.alarm.code, "escalate", timer.owner.code)
        escalated += 1
    return escalated


def visible_timers(user: User) -> QuerySet[Timer]:
    """The timers within a person's reach, the most urgent first."""
    related = ("alarm__network", "alarm__rule", "warning", "owner", "taken_by")
    return within_reach(Timer.objects.select_related(*related), user).order_by("due_at", "pk")


@transaction.atomic
def take_escalation(timer_id: UUID, user: User, note: str) -> Timer:
    """Take note of an escalation as one of the role it went to; raises NotFound, NotAllowed or Conflict."""
    take_turn()
    timer = visible_timers(user).filter(pk=timer_id).first()
    if timer is None:
        raise NotFound("timer.not_found", id=timer_id)
    if Role(timer.escalate_to) not in user.roles:
        raise NotAllowed("timer.other_role", role=timer.escalate_to)
    open_one = Timer.objects.filter(pk=timer_id, escalated_at__isnull=False, taken_at=None)
    if not open_one.update(taken_at=now(), taken_by=user, taken_note=note.strip()):
        raise Conflict("timer.nothing_to_take")
    timer.refresh_from_db()
    record(user, "timer.take", "timer", str(timer.pk), after={**_facts(timer), "note": timer.taken_note})
    _tell(timer, "take")
    return timer


def _tell(timer: Timer, action: str) -> None:
    disposal_event("timer.changed", timer, timer.alarm.code, action, timer.owner.code)


def _facts(timer: Timer) -> dict[str, object]:
    return {
        "kind": timer.kind,
        "subject": timer.subject,
        "alarm": timer.alarm.code,
        "due_at": timer.due_at.isoformat(),
        "escalate_to": timer.escalate_to,
    }
