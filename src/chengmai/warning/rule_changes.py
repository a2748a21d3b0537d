"""What the change of a rule does to its open alarms: none may stand that nothing judges any more."""

from collections.abc import Iterator, Mapping

from chengmai.access.models import User
from chengmai.sensing.models import Datastream
from chengmai.warning import setting_aside
from chengmai.warning.alarm_steps import facts_of, finish, move
from chengmai.warning.detectors import BY_THE_CLOCK
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.rule_facts import basis_of
from chengmai.warning.states import ALARM_TRANSITIONS, AlarmAction, AlarmState

INACTIVE = "inactive"
"""In the step that took an alarm out of service: its rule was switched off, nobody had anything against the alarm."""
UNWATCHED = "unwatched"
"""In the step that ended an alarm: the rule's new version does not look at what the alarm rests on."""


def follow(former: Rule, rule: Rule, user: User) -> None:
    """Take out, bring back or end the alarms of a rule whose version follows another; part of the rule's own change."""
    if not rule.active:
        for alarm in _open(rule):
            _go(alarm, AlarmAction.REMOVE, user, INACTIVE)
        return
    if not former.active:
        for alarm in _open(rule):
            if alarm.state == AlarmState.OUT_OF_SERVICE and _removed_by_rule(alarm):
                _go(alarm, AlarmAction.RESTORE, user, INACTIVE)
                setting_aside.take(alarm)
    for alarm in _unwatched(former, rule):
        _go(alarm, AlarmAction.RETURN, user, UNWATCHED)


def _open(rule: Rule) -> list[Alarm]:
    held = Alarm.objects.select_related("rule", "owner").filter(rule_code=rule.code)
    return list(held.exclude(state=AlarmState.NORMAL).order_by("pk"))


def _go(alarm: Alarm, action: AlarmAction, user: User, why: str) -> None:
    following = ALARM_TRANSITIONS.get((AlarmState(alarm.state), action))
    if following is None:
        return
    before = facts_of(alarm)
    alarm.state = following
    alarm.shelved_until = alarm.suppressed_until = alarm.set_aside = None
    move(alarm)
    finish(alarm, user, action.value, before, rule=why)


def _removed_by_rule(alarm: Alarm) -> bool:
    removed = alarm.history.filter(to_state=AlarmState.OUT_OF_SERVICE).latest("pk")
    return bool(removed.facts.get("rule") == INACTIVE)


def _unwatched(former: Rule, rule: Rule) -> Iterator[Alarm]:
    """Open alarms that the former version judged and this one does not."""
    if rule.kind in BY_THE_CLOCK or former.parameters == rule.parameters:
        return
    afresh = basis_of(rule.kind, former.parameters) != basis_of(rule.kind, rule.parameters)
    then, now = _watched(former), _watched(rule)
    for alarm in _open(rule):
        cited = {str(citation["code"]) for citation in alarm.evidence}
        if afresh or (cited & then and not cited & now):
            yield alarm


def _watched(rule: Rule) -> set[str]:
    """Codes of the datastreams a rule names anywhere, and of all of the quantity or the gateways it names."""
    texts = texts_of(rule.parameters)
    streams = Datastream.objects.filter(network=rule.network) if rule.network else Datastream.objects.all()
    told = streams.values_list("code", "quantity", "gateway__code")
    return {code for code, quantity, gateway in told if {code, quantity, gateway} & texts}


def texts_of(value: object) -> set[str]:
    """Every text in a rule's parameters, names and values, whatever kind of rule they belong to."""
    match value:
        case str():
            return {value}
        case Mapping():
            return {text for pair in value.items() for part in pair for text in texts_of(part)}
        case list() | tuple():
            return {text for part in value for text in texts_of(part)}
    return set()
