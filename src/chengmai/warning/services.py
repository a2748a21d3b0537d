"""Use-cases of alarms: what the evaluation says and what people do to them, each step by the table of states."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.detection.limit_bands import COLOURS
from chengmai.detection.signals import Condition, Element, Signal, Span
from chengmai.sensing import runtime
from chengmai.warning import evidence, planned_works, queries, setting_aside
from chengmai.warning.alarm_steps import facts_of, finish, move, moved, write_step
from chengmai.warning.events import AlarmEventName, alarm_event
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.numbering import ALARM_PREFIX, next_code
from chengmai.warning.rule_facts import Read
from chengmai.warning.sealing import alarm_seal, storable
from chengmai.warning.states import ALARM_PERMISSIONS, ALARM_TRANSITIONS, AlarmAction, AlarmState, Severity

Citations = list[dict[str, Any]]
"""Cited readings, as ``evidence.cite`` gives them."""
_NEED_NOTE = {AlarmAction.SHELVE, AlarmAction.SUPPRESS, AlarmAction.REMOVE}


def apply_signal(rule: Rule, signal: Signal, read: Read | None = None) -> Alarm | None:
    """Cite a signal's evidence, then apply it.

    ``read`` gives the newest revisions of streams between two moments; by default the running store's.
    """
    return apply_cited(rule, signal, evidence.cite(signal.evidence, read or runtime.current().store.read))


@transaction.atomic
def apply_cited(rule: Rule, signal: Signal, cited: Citations) -> Alarm | None:
    """Begin, renew or end the one open alarm of (rule, subject); None when an end finds nothing to end.

    The evidence is cited already: reading it may take long, and while we have the turn nobody else can write.
    Raises Conflict when the rule was changed or switched off since it was read: what it said is not judged any more.
    """
    take_turn()
    if not Rule.objects.filter(pk=rule.pk, active=True).exists():
        raise Conflict("rule.superseded", rule=rule.code, version=rule.version)
    # Locked where the database can lock a row, so that a person's step in between never makes the evaluation stale.
    alarm = (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("rule", "owner")
        .filter(rule_code=rule.code, subject=signal.subject)
        .exclude(state=AlarmState.NORMAL)
        .first()
    )
    if signal.condition is Condition.END:
        return None if alarm is None else _end(alarm, signal, cited)
    if alarm is None:
        return _raise(rule, signal, cited)
    return _renew(alarm, rule, signal, cited)


def _raise(rule: Rule, signal: Signal, cited: Citations) -> Alarm:
    alarm = Alarm(
        code=next_code(ALARM_PREFIX, now()),
        rule_code=rule.code,
        subject=signal.subject,
        owner=rule.owner,
        network=rule.network,
        detected_at=now(),
    )
    _take_over(alarm, rule, signal, cited)
    alarm.planned_work = planned_works.explaining(alarm)
    alarm.save(force_insert=True)
    write_step(alarm, None, "raise", "", evidence=alarm.evidence, **planned_works.told(alarm))
    record(None, "alarm.raise", "alarm", str(alarm.pk), after=facts_of(alarm))
    alarm_event("alarm.raised", alarm, "raise")
    setting_aside.take(alarm)
    return alarm


def _renew(alarm: Alarm, rule: Rule, signal: Signal, cited: Citations) -> Alarm:
    before, state = facts_of(alarm), AlarmState(alarm.state)
    located = (alarm.elements, alarm.longitude, alarm.latitude)
    _take_over(alarm, rule, signal, cited)
    if alarm.location and not signal.elements:
        alarm.elements, alarm.longitude, alarm.latitude = located
        alarm.lineage_hash = alarm_seal(alarm)
    action = _calls_again(state, str(before["severity"]), alarm.severity)
    if action is not None:
        alarm.state = ALARM_TRANSITIONS[state, action]
        alarm.returned_at = alarm.shelved_until = alarm.set_aside = None
        if state is AlarmState.RETURNED:
            alarm.planned_work = planned_works.explaining(alarm)
    elif facts_of(alarm) == before:
        return alarm
    move(alarm)
    event: AlarmEventName = "alarm.updated" if action is None else "alarm.raised"
    told = planned_works.told(alarm) if action is AlarmAction.RECUR else {}
    step = "update" if action is None else action.value
    finish(alarm, None, step, before, event=event, evidence=alarm.evidence, **told)
    if action is AlarmAction.RECUR:
        setting_aside.take(alarm)
    return alarm


def _calls_again(state: AlarmState, before: str, after: str) -> AlarmAction | None:
    """What a renewed condition does to an alarm that calls nobody: it comes back, or becomes graver than was known."""
    if state is AlarmState.RETURNED:
        return AlarmAction.RECUR
    worse = COLOURS.index(after) > COLOURS.index(before)
    return AlarmAction.WORSEN if worse and (state, AlarmAction.WORSEN) in ALARM_TRANSITIONS else None


def _end(alarm: Alarm, signal: Signal, cited: Citations) -> Alarm:
    state = AlarmState(alarm.state)
    following = ALARM_TRANSITIONS.get((state, AlarmAction.RETURN))
    if following is None:
        return alarm
    before = facts_of(alarm)
    alarm.state, alarm.returned_at = following, signal.raised_at.astimezone(UTC)
    alarm.shelved_until = alarm.suppressed_until = alarm.set_aside = None
    move(alarm)
    why = reasons_of(signal)
    finish(alarm, None, AlarmAction.RETURN.value, before, event="alarm.returned", evidence=cited, reasons=why)
    return alarm


def _take_over(alarm: Alarm, rule: Rule, signal: Signal, cited: Citations) -> None:
    alarm.rule = rule
    alarm.severity = Severity(signal.severity).value
    alarm.began_at = signal.began_at.astimezone(UTC)
    if alarm._state.adding:
        alarm.raised_at = signal.raised_at.astimezone(UTC)
    alarm.size_lph = None if signal.size_m3h is None else round(signal.size_m3h * 1000)
    alarm.longitude, alarm.latitude = signal.longitude, signal.latitude
    alarm.reasons = reasons_of(signal)
    alarm.elements = _elements(signal.elements)
    alarm.facts = storable(signal.facts)
    alarm.evidence = cited
    alarm.lineage_hash = alarm_seal(alarm)


def reasons_of(signal: Signal) -> list[dict[str, Any]]:
    """What a signal says, as alarms and their histories keep it."""
    return [{"code": reason.code, "params": storable(reason.params)} for reason in signal.reasons]


def _elements(elements: Sequence[Element]) -> list[dict[str, Any]]:
    return [{"code": element.code, "kind": element.kind, "score": storable(element.score)} for element in elements]


def locate(
    alarm_id: UUID,
    elements: Sequence[Element],
    run: Mapping[str, Any],
    spans: Sequence[Span] = (),
    read: Read | None = None,
) -> Alarm:
    """Write the likely elements a locating run found, with what it ran on (edition, model) and the readings it used."""
    cited = evidence.cite(spans, read or runtime.current().store.read) if spans else []
    return _locate(alarm_id, elements, run, cited)


@transaction.atomic
def _locate(alarm_id: UUID, elements: Sequence[Element], run: Mapping[str, Any], cited: Citations) -> Alarm:
    take_turn()
    alarm = Alarm.objects.select_related("rule", "owner").get(pk=alarm_id)
    before = facts_of(alarm)
    alarm.elements, alarm.location = _elements(elements), {**storable(run), "evidence": cited}
    if elements and elements[0].longitude is not None:
        alarm.longitude, alarm.latitude = elements[0].longitude, elements[0].latitude
    alarm.lineage_hash = alarm_seal(alarm)
    alarm.planned_work = alarm.planned_work or planned_works.explaining(alarm)
    move(alarm)
    finish(alarm, None, "locate", before, event="alarm.updated", location=alarm.location)
    return alarm


@transaction.atomic
def act_on_alarm(
    alarm_id: UUID,
    user: User,
    action: AlarmAction,
    version: int,
    note: str = "",
    until: datetime | None = None,
    with_consequences: bool = False,
) -> Alarm:
    """Do what a person may do to an alarm; raises NotAllowed, NotFound, Conflict (stale, forbidden) or InvalidInput.

    ``with_consequences``: acknowledging a root acknowledges the open alarms below it, as far as the person sees them.
    """
    take_turn()
    alarm = queries.visible_alarm(user, alarm_id)
    permission = ALARM_PERMISSIONS.get(action)
    if permission is None:
        raise InvalidInput("alarm.action_of_evaluation", action=action.value)
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)
    if alarm.version != version:
        raise Conflict("version.stale", sent=version, present=alarm.version)
    following = ALARM_TRANSITIONS.get((AlarmState(alarm.state), action))
    if following is None:
        raise Conflict("alarm.action_forbidden", action=action.value, state=alarm.state)
    if action in _NEED_NOTE and not note.strip():
        raise InvalidInput("alarm.note_missing", action=action.value)
    before = facts_of(alarm)
    alarm.shelved_until = setting_aside.end_of(action, until) if action is AlarmAction.SHELVE else None
    alarm.suppressed_until = setting_aside.end_of(action, until) if action is AlarmAction.SUPPRESS else None
    alarm.state, alarm.set_aside = following, None
    move(alarm)
    finish(alarm, user, action.value, before, note)
    if with_consequences and action is AlarmAction.ACKNOWLEDGE:
        _acknowledge_below(alarm, user)
    return alarm


def _acknowledge_below(root: Alarm, user: User) -> None:
    below = queries.visible_alarms(user).filter(root=root, state__in=[AlarmState.ACTIVE, AlarmState.RETURNED])
    for alarm in below.order_by("pk"):
        before = facts_of(alarm)
        alarm.state = ALARM_TRANSITIONS[AlarmState(alarm.state), AlarmAction.ACKNOWLEDGE]
        if moved(alarm):
            finish(alarm, user, AlarmAction.ACKNOWLEDGE.value, before, root=root.code)
