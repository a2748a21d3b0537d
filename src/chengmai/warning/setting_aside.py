"""Alarms that call nobody for a while: shelved, suppressed, out of service; one by one, or by rule and stream.

Whoever sets aside says until when and why. The alarms are raised and written all the same, and come back by the clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches, within_reach
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.sensing.models import Datastream
from chengmai.warning import queries
from chengmai.warning.alarm_steps import facts_of, finish, moved
from chengmai.warning.models import Alarm, SetAside
from chengmai.warning.states import ALARM_PERMISSIONS, ALARM_TRANSITIONS, AlarmAction, AlarmState

LONGEST = {AlarmAction.SHELVE: timedelta(days=7), AlarmAction.SUPPRESS: timedelta(days=30)}
"""How far ahead an alarm may be shelved (by whoever is on duty) or suppressed (for a known cause)."""
LONGEST_OUT_OF_SERVICE = timedelta(days=365)
BACK = {
    AlarmState.SHELVED: AlarmAction.UNSHELVE,
    AlarmState.SUPPRESSED: AlarmAction.UNSUPPRESS,
    AlarmState.OUT_OF_SERVICE: AlarmAction.RESTORE,
}
"""How an alarm comes back."""


@dataclass(frozen=True, slots=True)
class AsideWish:
    """What a person wants to set aside: a rule, a stream, or a rule at a stream; how, until when, and why."""

    action: AlarmAction
    reason: str
    rule_code: str = ""
    stream: str = ""
    until: datetime | None = None


def end_of(action: AlarmAction, until: datetime | None) -> datetime:
    """When a setting aside is over; raises InvalidInput without an end, or with one past or too far away."""
    longest = LONGEST.get(action, LONGEST_OUT_OF_SERVICE)
    if until is None or until.tzinfo is None:
        raise InvalidInput("alarm.aside_needs_end", action=action.value)
    if not now() < until <= now() + longest:
        raise InvalidInput("alarm.aside_too_long", action=action.value, days=longest.days)
    return until


def visible(user: User) -> QuerySet[SetAside]:
    """What is or was set aside within a person's reach, newest first."""
    return within_reach(SetAside.objects.select_related("owner", "made_by", "ended_by"), user).order_by("-pk")


@transaction.atomic
def set_aside(user: User, wish: AsideWish) -> SetAside:
    """Set every alarm of a rule or stream aside, those that stand and those to come.

    Raises NotAllowed, NotFound (rule, stream) or InvalidInput (nothing named, reason or end missing).
    """
    _demand(user, wish.action)
    take_turn()
    if not wish.reason.strip():
        raise InvalidInput("alarm.note_missing", action=wish.action.value)
    ends = wish.action is not AlarmAction.REMOVE or wish.until is not None
    made = SetAside.objects.create(
        action=wish.action.value,
        rule_code=wish.rule_code,
        stream=wish.stream,
        owner=_owner(user, wish),
        reason=wish.reason.strip(),
        starts_at=now(),
        until=end_of(wish.action, wish.until) if ends else None,
        made_by=user,
    )
    record(user, "set_aside.begin", "set_aside", str(made.pk), after=_told(made))
    for alarm in _standing(made):
        _take(alarm, made, user)
    return made


def _owner(user: User, wish: AsideWish) -> Organisation:
    """Whose setting aside it is: the rule's owner, else the stream's; raises NotFound outside the person's reach."""
    rule = queries.visible_rule(user, wish.rule_code) if wish.rule_code else None
    stream = None
    if wish.stream:
        streams = Datastream.objects.select_related("owner").filter(code=wish.stream)
        stream = within_reach(streams, user).first()
        if stream is None:
            raise NotFound("datastream.unknown", code=wish.stream)
    if rule is not None:
        return rule.owner
    if stream is None:
        raise InvalidInput("alarm.aside_of_nothing")
    return stream.owner


@transaction.atomic
def end(user: User, aside_id: UUID) -> SetAside:
    """End a setting aside before its time; raises NotAllowed, NotFound or Conflict (it is over)."""
    take_turn()
    held = visible(user).filter(pk=aside_id).first()
    if held is None:
        raise NotFound("alarm.aside_not_found", id=aside_id)
    _demand(user, AlarmAction(held.action))
    if held.ended_at is not None:
        raise Conflict("alarm.aside_over")
    _end(held, user)
    return held


def end_due(at: datetime) -> int:
    """Bring back what is due by ``at``, alarms and whole rules or streams; returns how many. Safe to call twice."""
    brought_back = 0
    for aside_id in SetAside.objects.filter(ended_at=None, until__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            take_turn()
            held = SetAside.objects.filter(pk=aside_id, ended_at=None, until__lte=at).first()
            if held is not None:
                brought_back += _end(held, None)
    due = Q(state=AlarmState.SHELVED, shelved_until__lte=at) | Q(state=AlarmState.SUPPRESSED, suppressed_until__lte=at)
    for alarm_id in Alarm.objects.filter(due).values_list("pk", flat=True):
        with transaction.atomic():
            take_turn()
            alarm = Alarm.objects.select_related("rule", "owner").filter(due, pk=alarm_id).first()
            if alarm is not None and bring_back(alarm, None):
                brought_back += 1
    return brought_back


def _end(held: SetAside, user: User | None) -> int:
    before = _told(held)
    held.ended_at, held.ended_by = now(), user
    held.save(update_fields=["ended_at", "ended_by"])
    record(user, "set_aside.end", "set_aside", str(held.pk), before=before, after=_told(held))
    alarms = held.alarms.select_related("rule", "owner").order_by("pk")
    return sum(bring_back(alarm, user) for alarm in alarms)


def bring_back(alarm: Alarm, actor: User | None) -> bool:
    """Bring an alarm back that was set aside; False when somebody changed it meanwhile or it is not aside."""
    action = BACK.get(AlarmState(alarm.state))
    if action is None:
        return False
    before = facts_of(alarm)
    alarm.state = ALARM_TRANSITIONS[AlarmState(alarm.state), action]
    alarm.shelved_until = alarm.suppressed_until = alarm.set_aside = None
    if not moved(alarm):
        return False
    finish(alarm, actor, action.value, before)
    return True


def take(alarm: Alarm) -> None:
    """Set a newly raised alarm aside when its rule or stream is; part of the transaction that raised it."""
    held = (
        SetAside.objects.select_related("made_by")
        .filter(Q(until=None) | Q(until__gt=now()), ended_at=None)
        .filter(Q(rule_code="") | Q(rule_code=alarm.rule_code))
        .filter(Q(stream="") | Q(stream=stream_of(alarm)))
        .order_by("pk")
    )
    for one in held:
        if reaches(one.made_by, alarm.owner):
            _take(alarm, one, None)
            return


def stream_of(alarm: Alarm) -> str:
    """The code of the stream an alarm is about: what stands before the sign in its subject."""
    return alarm.subject.partition("#")[0]


def _standing(held: SetAside) -> list[Alarm]:
    alarms = Alarm.objects.select_related("rule", "owner").filter(
        state__in=[AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED]
    )
    if held.rule_code:
        alarms = alarms.filter(rule_code=held.rule_code)
    if held.stream:
        alarms = alarms.filter(Q(subject=held.stream) | Q(subject__startswith=f"{held.stream}#"))
    return [alarm for alarm in alarms.order_by("pk") if reaches(held.made_by, alarm.owner)]


def _take(alarm: Alarm, held: SetAside, actor: User | None) -> None:
    action = AlarmAction(held.action)
    before = facts_of(alarm)
    alarm.state = ALARM_TRANSITIONS[AlarmState(alarm.state), action]
    alarm.shelved_until = held.until if action is AlarmAction.SHELVE else None
    alarm.suppressed_until = held.until if action is AlarmAction.SUPPRESS else None
    alarm.set_aside = held
    if moved(alarm):
        finish(alarm, actor, action.value, before, held.reason, set_aside=str(held.pk))


def _demand(user: User, action: AlarmAction) -> None:
    if action not in BACK.values() and action in (AlarmAction.SHELVE, AlarmAction.SUPPRESS, AlarmAction.REMOVE):
        permission = ALARM_PERMISSIONS[action]
        if permission not in user.permissions:
            raise NotAllowed("door.not_allowed", permission=permission.value)
        return
    raise InvalidInput("alarm.aside_action", action=action.value)


def _told(held: SetAside) -> dict[str, object]:
    return {
        "action": held.action,
        "rule": held.rule_code,
        "stream": held.stream,
        "reason": held.reason,
        "until": held.until.isoformat() if held.until else None,
        "ended_at": held.ended_at.isoformat() if held.ended_at else None,
    }
