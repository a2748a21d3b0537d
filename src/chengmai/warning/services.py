"""Use-cases of alarms: what the evaluation says and what people do to them, each step by the table of states."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.detection.signals import Condition, Element, Signal, Span
from chengmai.sensing import runtime
from chengmai.warning import evidence, queries
from chengmai.warning.events import alarm_event
from chengmai.warning.models import Alarm, AlarmEvent, Rule
from chengmai.warning.numbering import ALARM_PREFIX, next_code
from chengmai.warning.sealing import alarm_seal, storable
from chengmai.warning.states import ALARM_PERMISSIONS, ALARM_TRANSITIONS, AlarmAction, AlarmState, Severity

Citations = list[dict[str, Any]]
"""Cited readings, as ``evidence.cite`` gives them."""

LONGEST_SHELVING = timedelta(days=7)
_NEED_NOTE = {AlarmAction.SHELVE, AlarmAction.SUPPRESS, AlarmAction.REMOVE}


def apply_signal(rule: Rule, signal: Signal, read: evidence.Read | None = None) -> Alarm | None:
    """Cite a signal's evidence, then apply it.

    ``read`` gives the newest revisions of streams between two moments; by default the running store's.
    """
    return apply_cited(rule, signal, evidence.cite(signal.evidence, read or runtime.current().store.read))


@transaction.atomic
def apply_cited(rule: Rule, signal: Signal, cited: Citations) -> Alarm | None:
    """Begin, renew or end the one open alarm of (rule, subject); None when an end finds nothing to end.

    The evidence is cited already: reading it may take long, and while we have the turn nobody else can write.
    """
    take_turn()
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
    alarm.save(force_insert=True)
    _step(alarm, None, "raise", "", evidence=alarm.evidence)
    record(None, "alarm.raise", "alarm", str(alarm.pk), after=_facts(alarm))
    alarm_event("alarm.raised", alarm, "raise")
    return alarm


def _renew(alarm: Alarm, rule: Rule, signal: Signal, cited: Citations) -> Alarm:
    before, state = _facts(alarm), alarm.state
    located = (alarm.elements, alarm.longitude, alarm.latitude)
    _take_over(alarm, rule, signal, cited)
    if alarm.location and not signal.elements:
        alarm.elements, alarm.longitude, alarm.latitude = located
        alarm.lineage_hash = alarm_seal(alarm)
    action = "update"
    if state == AlarmState.RETURNED:
        action = AlarmAction.RECUR.value
        alarm.state = ALARM_TRANSITIONS[AlarmState.RETURNED, AlarmAction.RECUR]
        alarm.returned_at = None
    elif _facts(alarm) == before:
        return alarm
    _move(alarm, alarm.version)
    _step(alarm, None, action, state, evidence=alarm.evidence)
    record(None, f"alarm.{action}", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
    alarm_event("alarm.raised" if state == AlarmState.RETURNED else "alarm.updated", alarm, action)
    return alarm


def _end(alarm: Alarm, signal: Signal, cited: Citations) -> Alarm:
    state = AlarmState(alarm.state)
    following = ALARM_TRANSITIONS.get((state, AlarmAction.RETURN))
    if following is None:
        return alarm
    before = _facts(alarm)
    alarm.state, alarm.returned_at, alarm.shelved_until = following, signal.raised_at.astimezone(UTC), None
    _move(alarm, alarm.version)
    _step(alarm, None, AlarmAction.RETURN.value, state, evidence=cited)
    record(None, "alarm.return_to_normal", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
    alarm_event("alarm.returned", alarm, AlarmAction.RETURN.value)
    return alarm


def _take_over(alarm: Alarm, rule: Rule, signal: Signal, cited: Citations) -> None:
    alarm.rule = rule
    alarm.severity = Severity(signal.severity).value
    alarm.began_at = signal.began_at.astimezone(UTC)
    if alarm._state.adding:
        alarm.raised_at = signal.raised_at.astimezone(UTC)
    alarm.size_lph = None if signal.size_m3h is None else round(signal.size_m3h * 1000)
    alarm.longitude, alarm.latitude = signal.longitude, signal.latitude
    alarm.reasons = [{"code": reason.code, "params": storable(reason.params)} for reason in signal.reasons]
    alarm.elements = _elements(signal.elements)
    alarm.facts = storable(signal.facts)
    alarm.evidence = cited
    alarm.lineage_hash = alarm_seal(alarm)


def _elements(elements: Sequence[Element]) -> list[dict[str, Any]]:
    return [{"code": element.code, "kind": element.kind, "score": storable(element.score)} for element in elements]


def locate(
    alarm_id: UUID,
    elements: Sequence[Element],
    run: Mapping[str, Any],
    spans: Sequence[Span] = (),
    read: evidence.Read | None = None,
) -> Alarm:
    """Write the likely elements a locating run found, with what it ran on (edition, model) and the readings it used."""
    cited = evidence.cite(spans, read or runtime.current().store.read) if spans else []
    return _locate(alarm_id, elements, run, cited)


@transaction.atomic
def _locate(alarm_id: UUID, elements: Sequence[Element], run: Mapping[str, Any], cited: Citations) -> Alarm:
    take_turn()
    alarm = Alarm.objects.select_related("rule", "owner").get(pk=alarm_id)
    before = _facts(alarm)
    alarm.elements, alarm.location = _elements(elements), {**storable(run), "evidence": cited}
    if elements and elements[0].longitude is not None:
        alarm.longitude, alarm.latitude = elements[0].longitude, elements[0].latitude
    alarm.lineage_hash = alarm_seal(alarm)
    _move(alarm, alarm.version)
    _step(alarm, None, "locate", alarm.state, location=alarm.location)
    record(None, "alarm.locate", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
    alarm_event("alarm.updated", alarm, "locate")
    return alarm


def switch_off(rule_code: str, user: User) -> None:
    """Take the alarms of a rule out of service that nothing evaluates any more; part of the rule's own change."""
    held = Alarm.objects.select_related("rule", "owner").filter(rule_code=rule_code)
    for alarm in held.filter(state__in=[AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED]).order_by("pk"):
        state, before = AlarmState(alarm.state), _facts(alarm)
        alarm.state = ALARM_TRANSITIONS[state, AlarmAction.REMOVE]
        _move(alarm, alarm.version)
        _step(alarm, user, AlarmAction.REMOVE.value, state, rule="inactive")
        record(user, "alarm.remove_from_service", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
        alarm_event("alarm.changed", alarm, AlarmAction.REMOVE.value)


@transaction.atomic
def act_on_alarm(
    alarm_id: UUID, user: User, action: AlarmAction, version: int, note: str = "", until: datetime | None = None
) -> Alarm:
    """Do what a person may do to an alarm; raises NotAllowed, NotFound, Conflict (stale, forbidden) or InvalidInput."""
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
    state, before = alarm.state, _facts(alarm)
    alarm.shelved_until = _shelving_end(until) if action is AlarmAction.SHELVE else None
    alarm.state = following
    _move(alarm, version)
    _step(alarm, user, action.value, state, note)
    record(user, f"alarm.{action}", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
    alarm_event("alarm.changed", alarm, action.value)
    return alarm


def _shelving_end(until: datetime | None) -> datetime:
    if until is None or until.tzinfo is None:
        raise InvalidInput("alarm.shelve_needs_end")
    if not now() < until <= now() + LONGEST_SHELVING:
        raise InvalidInput("alarm.shelve_too_long", days=LONGEST_SHELVING.days)
    return until


def end_due_shelvings(at: datetime) -> int:
    """Bring back every alarm whose shelving ends by ``at``; returns how many. Safe to call from several places."""
    brought_back = 0
    for alarm_id in Alarm.objects.filter(state=AlarmState.SHELVED, shelved_until__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            take_turn()
            alarm = Alarm.objects.select_related("rule", "owner").get(pk=alarm_id)
            if alarm.state != AlarmState.SHELVED or alarm.shelved_until is None or alarm.shelved_until > at:
                continue
            before = _facts(alarm)
            alarm.state = ALARM_TRANSITIONS[AlarmState.SHELVED, AlarmAction.UNSHELVE]
            alarm.shelved_until = None
            if not _moved(alarm, alarm.version):
                continue
            _step(alarm, None, AlarmAction.UNSHELVE.value, AlarmState.SHELVED)
            record(None, "alarm.unshelve", "alarm", str(alarm.pk), before=before, after=_facts(alarm))
            alarm_event("alarm.changed", alarm, AlarmAction.UNSHELVE.value)
            brought_back += 1
    return brought_back


_MOVING = (
    "rule",
    "state",
    "severity",
    "began_at",
    "returned_at",
    "size_lph",
    "longitude",
    "latitude",
    "elements",
    "reasons",
    "facts",
    "evidence",
    "location",
    "lineage_hash",
    "shelved_until",
)


def _moved(alarm: Alarm, version: int) -> bool:
    values = {name: getattr(alarm, name) for name in _MOVING}
    changed = Alarm.objects.filter(pk=alarm.pk, version=version).update(**values, version=version + 1)
    alarm.version = version + 1
    return changed == 1


def _move(alarm: Alarm, version: int) -> None:
    if not _moved(alarm, version):
        raise Conflict("version.stale", sent=version, present="?")


def _step(alarm: Alarm, actor: User | None, action: str, from_state: str, note: str = "", **rested_on: object) -> None:
    AlarmEvent.objects.create(
        alarm=alarm,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=alarm.state,
        note=note.strip(),
        facts={**_facts(alarm), **rested_on},
    )


def _facts(alarm: Alarm) -> dict[str, Any]:
    return {
        "state": str(alarm.state),
        "severity": str(alarm.severity),
        "size_lph": alarm.size_lph,
        "rule_version": alarm.rule.version,
        "lineage_hash": alarm.lineage_hash,
        "shelved_until": alarm.shelved_until.isoformat() if alarm.shelved_until else None,
    }
