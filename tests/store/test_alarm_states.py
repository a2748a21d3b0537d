"""An alarm's life: every state with every action, through the services, by people and by the evaluation."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.detection.signals import Condition, Element, Reason
from chengmai.events.models import OutboxEvent
from chengmai.warning.models import Alarm, AlarmEvent, Rule
from chengmai.warning.rulebook import change_rule
from chengmai.warning.sealing import alarm_seal
from chengmai.warning.services import act_on_alarm, apply_signal, locate
from chengmai.warning.setting_aside import end_due
from chengmai.warning.states import ALARM_PERMISSIONS, ALARM_TRANSITIONS, AlarmAction, AlarmState
from tests.disposal import City, build_city, no_readings, raise_alarm, signal
from tests.kept import kept

pytestmark = pytest.mark.django_db

A, AA = AlarmState, AlarmAction
WAY: dict[AlarmState, tuple[AlarmAction, ...]] = {
    A.ACTIVE: (),
    A.ACKNOWLEDGED: (AA.ACKNOWLEDGE,),
    A.RETURNED: (AA.RETURN,),
    A.NORMAL: (AA.ACKNOWLEDGE, AA.RETURN),
    A.SHELVED: (AA.SHELVE,),
    A.SUPPRESSED: (AA.SUPPRESS,),
    A.OUT_OF_SERVICE: (AA.REMOVE,),
}
BY_EVALUATION = {AA.RETURN: Condition.END, AA.RECUR: Condition.BEGIN, AA.WORSEN: Condition.UPDATE}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    with kept(django_db_blocker):
        yield build_city()


def do(city: City, alarm: Alarm, action: AlarmAction, who: str = "shift_leader") -> Alarm:
    if action in BY_EVALUATION:
        severity = "red" if action is AA.WORSEN else "orange"
        apply_signal(city.rule, signal(city, BY_EVALUATION[action], severity=severity), no_readings)
        return Alarm.objects.get(pk=alarm.pk)
    until = now() + timedelta(hours=1) if action in (AA.SHELVE, AA.SUPPRESS) else None
    return act_on_alarm(alarm.pk, city.people[who], action, alarm.version, "a reason", until)


def bring(city: City, state: AlarmState) -> Alarm:
    alarm = raise_alarm(city)
    for action in WAY[state]:
        alarm = do(city, alarm, action)
    assert alarm.state == state
    return Alarm.objects.get(pk=alarm.pk)


@pytest.mark.parametrize("state", AlarmState)
@pytest.mark.parametrize("action", [action for action in AlarmAction if action not in BY_EVALUATION])
def test_a_person_can_take_exactly_the_steps_of_the_table(city: City, state: AlarmState, action: AlarmAction) -> None:
    alarm = bring(city, state)
    steps = alarm.history.count()
    following = ALARM_TRANSITIONS.get((state, action))
    if following is None:
        with pytest.raises(Conflict) as refused:
            do(city, alarm, action)
        assert refused.value.code == "alarm.action_forbidden"
        assert (Alarm.objects.get(pk=alarm.pk).version, alarm.history.count()) == (alarm.version, steps)
        return
    do(city, alarm, action)
    stored = Alarm.objects.get(pk=alarm.pk)
    assert (stored.state, stored.version) == (following, alarm.version + 1)
    last = stored.history.latest("pk")
    assert (last.from_state, last.action, last.to_state) == (state, action, following)
    audit = AuditEntry.objects.latest("sequence")
    assert (audit.action, audit.actor) == (f"alarm.{action}", "shift_leader")
    assert audit.before["state"] == state


@pytest.mark.parametrize("state", AlarmState)
@pytest.mark.parametrize("action", list(BY_EVALUATION))
def test_the_evaluation_takes_exactly_the_steps_of_the_table(
    city: City, state: AlarmState, action: AlarmAction
) -> None:
    alarm = bring(city, state)
    do(city, alarm, action)
    stored = Alarm.objects.get(pk=alarm.pk)
    # A condition that is told anew has come back, graver or not.
    step = AA.RECUR if (state, action) == (A.RETURNED, AA.WORSEN) else action
    assert stored.state == ALARM_TRANSITIONS.get((state, step), state)
    raised_anew = state == A.NORMAL and action is not AA.RETURN
    assert Alarm.objects.count() == (2 if raised_anew else 1)


@pytest.mark.parametrize("action", list(BY_EVALUATION))
def test_a_person_cannot_speak_for_the_evaluation(city: City, action: AlarmAction) -> None:
    alarm = raise_alarm(city)
    with pytest.raises(InvalidInput, match=r"alarm\.action_of_evaluation"):
        act_on_alarm(alarm.pk, city.people["shift_leader"], action, alarm.version)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DEPARTMENT_HANDLER])
@pytest.mark.parametrize("action", list(ALARM_PERMISSIONS))
def test_only_those_with_the_permission_may_act(city: City, role: Role, action: AlarmAction) -> None:
    before = next(state for state, taken in ALARM_TRANSITIONS if taken is action)
    alarm, person = bring(city, before), city.people[role]
    if ALARM_PERMISSIONS[action] in person.permissions:
        assert do(city, alarm, action, role).state == ALARM_TRANSITIONS[before, action]
        return
    with pytest.raises(NotAllowed):
        do(city, alarm, action, role)
    assert Alarm.objects.get(pk=alarm.pk).state == before


def test_an_alarm_of_another_organisation_does_not_exist(city: City) -> None:
    alarm = raise_alarm(city)
    with pytest.raises(NotFound):
        act_on_alarm(alarm.pk, city.people["outsider"], AA.ACKNOWLEDGE, alarm.version)
    assert do(city, alarm, AA.ACKNOWLEDGE, "company").state == A.ACKNOWLEDGED


def test_whoever_saw_an_older_version_gets_a_conflict(city: City) -> None:
    alarm = raise_alarm(city)
    act_on_alarm(alarm.pk, city.people["operator"], AA.ACKNOWLEDGE, alarm.version)
    with pytest.raises(Conflict, match=r"version\.stale"):
        act_on_alarm(alarm.pk, city.people["shift_leader"], AA.SHELVE, alarm.version, "x", now() + timedelta(hours=1))


@pytest.mark.parametrize(("action", "days"), [(AA.SHELVE, 7), (AA.SUPPRESS, 30)])
@pytest.mark.parametrize(
    ("until", "code"),
    [
        (lambda days: None, "alarm.aside_needs_end"),
        (lambda days: now() - timedelta(seconds=1), "alarm.aside_too_long"),
        (lambda days: now() + timedelta(days=days + 1), "alarm.aside_too_long"),
    ],
)
def test_a_shelving_or_suppression_needs_an_end_not_too_far_away(
    city: City, until: Callable[[int], object], code: str, action: AlarmAction, days: int
) -> None:
    alarm = raise_alarm(city)
    with pytest.raises(InvalidInput) as refused:
        act_on_alarm(alarm.pk, city.people["shift_leader"], action, alarm.version, "works", until(days))  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize("action", [AA.SHELVE, AA.SUPPRESS, AA.REMOVE])
def test_setting_an_alarm_aside_needs_a_reason(city: City, action: AlarmAction) -> None:
    alarm = raise_alarm(city)
    with pytest.raises(InvalidInput, match=r"alarm\.note_missing"):
        act_on_alarm(alarm.pk, city.people["shift_leader"], action, alarm.version, "  ", now() + timedelta(hours=1))


@pytest.mark.parametrize(("state", "back"), [(A.SHELVED, AA.UNSHELVE), (A.SUPPRESSED, AA.UNSUPPRESS)])
def test_what_was_set_aside_comes_back_by_itself(city: City, state: AlarmState, back: AlarmAction) -> None:
    alarm = bring(city, state)
    until = alarm.shelved_until or alarm.suppressed_until
    assert until is not None
    assert end_due(until - timedelta(seconds=1)) == 0
    assert end_due(until) == 1
    assert end_due(until) == 0
    stored = Alarm.objects.get(pk=alarm.pk)
    assert (stored.state, stored.shelved_until, stored.suppressed_until) == (A.ACTIVE, None, None)
    assert (stored.history.latest("pk").action, stored.history.latest("pk").actor) == (back, None)


@pytest.mark.parametrize("state", [A.ACKNOWLEDGED, A.SHELVED])
def test_what_becomes_graver_calls_again_and_what_becomes_milder_does_not(city: City, state: AlarmState) -> None:
    alarm = bring(city, state)
    apply_signal(city.rule, signal(city, Condition.UPDATE, severity="yellow"), no_readings)
    assert Alarm.objects.get(pk=alarm.pk).state == state
    apply_signal(city.rule, signal(city, Condition.UPDATE, severity="red"), no_readings)
    stored = Alarm.objects.get(pk=alarm.pk)
    assert (stored.state, stored.severity, stored.shelved_until) == (A.ACTIVE, "red", None)
    assert stored.history.latest("pk").action == "worsen"
    assert OutboxEvent.objects.latest("sequence").name == "alarm.raised"


def test_one_condition_is_one_alarm_however_often_it_is_told(city: City) -> None:
    first = raise_alarm(city)
    again = apply_signal(city.rule, signal(city), no_readings)
    assert again is not None
    assert again.pk == first.pk
    assert (Alarm.objects.count(), first.history.count()) == (1, 1)
    assert apply_signal(city.rule, signal(city, subject="east"), no_readings).pk != first.pk  # type: ignore[union-attr]


def test_news_of_a_condition_is_a_step_with_its_own_facts(city: City) -> None:
    alarm = raise_alarm(city)
    worse = signal(city, Condition.UPDATE, severity="red", size_m3h=12.25, reasons=(Reason("night_flow", {"x": 1.5}),))
    apply_signal(city.rule, worse, no_readings)
    stored = Alarm.objects.get(pk=alarm.pk)
    assert (stored.severity, stored.size_lph, stored.lineage_hash != alarm.lineage_hash) == ("red", 12250, True)
    steps = list(stored.history.order_by("pk"))
    assert [(step.action, step.facts["size_lph"]) for step in steps] == [("raise", 7500), ("update", 12250)]
    assert [event.name for event in OutboxEvent.objects.all()] == ["alarm.raised", "alarm.updated"]


def test_an_end_without_an_alarm_is_nothing(city: City) -> None:
    assert apply_signal(city.rule, signal(city, Condition.END), no_readings) is None
    assert AlarmEvent.objects.count() == 0


def test_a_changed_rule_goes_on_with_the_open_alarm(city: City) -> None:
    alarm = raise_alarm(city)
    Rule.objects.filter(pk=city.rule.pk).update(active=False)
    newer = Rule.objects.create(
        code=city.rule.code, version=2, kind="night_flow", owner=city.company, parameters={"least_m3h": 9.0}
    )
    renewed = apply_signal(newer, signal(city, Condition.UPDATE), no_readings)
    assert renewed is not None
    assert (renewed.pk, renewed.rule.version, Alarm.objects.count()) == (alarm.pk, 2, 1)
    assert [step.facts["rule_version"] for step in alarm.history.order_by("pk")] == [1, 2]


def test_switching_a_rule_off_takes_its_alarms_out_of_service(city: City) -> None:
    active, seen, returned = (raise_alarm(city, subject) for subject in ("a", "b", "c"))
    act_on_alarm(seen.pk, city.people["operator"], AA.ACKNOWLEDGE, seen.version)
    apply_signal(city.rule, signal(city, Condition.END, "c"), no_readings)
    change_rule(city.rule.code, city.people["network_engineer"], 1, city.rule.parameters, active=False)
    states = dict(Alarm.objects.values_list("subject", "state"))
    assert states == {"a": A.OUT_OF_SERVICE, "b": A.OUT_OF_SERVICE, "c": A.RETURNED}
    assert active.history.latest("pk").actor == city.people["network_engineer"]
    assert returned.history.latest("pk").action == "return_to_normal"
    assert not Rule.objects.filter(code=city.rule.code, active=True).exists()


def test_the_seal_survives_the_database_and_breaks_when_the_alarm_is_edited(city: City) -> None:
    odd = (Reason("night_flow", {"tiny": 1e-9, "small": 1e-5, "zero": -0.0, "large": 1e20, "whole": 3, "text": "é"}),)
    alarm = apply_signal(city.rule, signal(city, reasons=odd, size_m3h=0.1), no_readings)
    assert alarm is not None
    stored = Alarm.objects.get(pk=alarm.pk)
    assert stored.lineage_hash == alarm_seal(stored)
    Alarm.objects.filter(pk=alarm.pk).update(size_lph=1)
    edited = Alarm.objects.get(pk=alarm.pk)
    assert edited.lineage_hash != alarm_seal(edited)


def test_what_was_located_stays_when_the_condition_is_renewed(city: City) -> None:
    alarm = raise_alarm(city)
    likely = (Element("p12", "pipe", 0.75, 112.86, 35.51), Element("p13", "pipe", 0.25))
    locate(alarm.pk, likely, {"edition": 1, "model": "residuals"})
    apply_signal(city.rule, signal(city, Condition.UPDATE, size_m3h=9.0), no_readings)
    stored = Alarm.objects.get(pk=alarm.pk)
    assert [element["code"] for element in stored.elements] == ["p12", "p13"]
    assert stored.lineage_hash == alarm_seal(stored)
    assert [step.action for step in stored.history.order_by("pk")] == ["raise", "locate", "update"]


def test_an_act_that_fails_leaves_no_trace(city: City) -> None:
    alarm = raise_alarm(city)
    before = (AuditEntry.objects.count(), OutboxEvent.objects.count(), AlarmEvent.objects.count())
    with pytest.raises(ChengmaiError):
        act_on_alarm(alarm.pk, city.people["operator"], AA.SHELVE, alarm.version, "x", now() + timedelta(hours=1))
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count(), AlarmEvent.objects.count()) == before
