"""The change of a rule and its open alarms: none stands that nothing judges any more, and none is lost by it."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.sensing.models import Datastream
from chengmai.warning import setting_aside
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.night_flow_detector import NightFlowDetector
from chengmai.warning.pressure_drop_detector import PressureDropDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts
from chengmai.warning.rulebook import change_rule
from chengmai.warning.services import act_on_alarm, apply_signal
from chengmai.warning.states import AlarmAction, AlarmState
from tests.disposal import City, build_city, no_readings, raise_alarm, signal

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def change(city: City, *, active: bool = True, **parameters: Any) -> Rule:
    """The next version of the city's rule, made by its engineer."""
    present = Rule.objects.filter(code=city.rule.code).latest("version")
    wanted = {**present.parameters, **parameters}
    return change_rule(present.code, city.people["network_engineer"], present.version, wanted, active)


def state(alarm: Alarm) -> str:
    return str(Alarm.objects.get(pk=alarm.pk).state)


def act(city: City, alarm: Alarm, action: AlarmAction, hours: int = 0) -> None:
    until = now() + timedelta(hours=hours) if hours else None
    act_on_alarm(alarm.pk, city.people["shift_leader"], action, alarm.version, "a reason", until)


@pytest.mark.parametrize("action", [AlarmAction.SHELVE, AlarmAction.SUPPRESS])
def test_an_alarm_set_aside_does_not_come_back_when_its_rule_is_off(city: City, action: AlarmAction) -> None:
    alarm = raise_alarm(city)
    act(city, alarm, action, hours=1)
    change(city, active=False)
    assert state(alarm) == AlarmState.OUT_OF_SERVICE
    assert setting_aside.end_due(now() + timedelta(days=1)) == 0
    assert state(alarm) == AlarmState.OUT_OF_SERVICE


def test_a_rule_switched_on_again_brings_back_what_it_took_and_not_what_a_person_took(city: City) -> None:
    by_rule, by_person = raise_alarm(city, "west"), raise_alarm(city, "east")
    act(city, by_person, AlarmAction.REMOVE)
    change(city, active=False)
    newest = change(city)
    assert (state(by_rule), state(by_person)) == (AlarmState.ACTIVE, AlarmState.OUT_OF_SERVICE)
    assert [step.action for step in by_rule.history.order_by("pk")][1:] == ["remove_from_service", "restore_to_service"]
    apply_signal(newest, signal(city), no_readings)
    assert state(by_rule) == AlarmState.ACTIVE


def test_a_version_that_was_replaced_or_switched_off_raises_nothing_any_more(city: City) -> None:
    for active in (True, False):
        read = Rule.objects.get(code=city.rule.code, active=True)
        change(city, active=active, least_m3h=1.0)
        with pytest.raises(Conflict, match=r"rule\.superseded"):
            apply_signal(read, signal(city), no_readings)
    assert not Alarm.objects.exists()


def test_an_alarm_whose_streams_the_rule_no_longer_watches_is_ended_and_its_neighbour_stands(city: City) -> None:
    other = Datastream.objects.create(
        code="JC-Q-p1",
        name="p1",
        gateway=city.stream.gateway,
        owner=city.company,
        quantity="flow",
        network=city.network,
    )
    both = {"streams": [city.stream.code, other.code], "low": 5.0}
    Rule.objects.filter(pk=city.rule.pk).update(kind="limit", parameters=both)
    rule = Rule.objects.get(pk=city.rule.pk)
    dropped = apply_signal(rule, signal(city, subject="dropped"), no_readings)
    (span,) = signal(city).evidence
    kept = apply_signal(
        rule, signal(city, subject="kept", evidence=(type(span)(other.pk, span.start, span.end),)), no_readings
    )
    assert dropped is not None
    assert kept is not None
    change(city, low=4.0)
    assert (state(dropped), state(kept)) == (AlarmState.ACTIVE, AlarmState.ACTIVE)
    change(city, streams=[other.code])
    assert (state(dropped), state(kept)) == (AlarmState.RETURNED, AlarmState.ACTIVE)
    assert dropped.history.latest("pk").facts["rule"] == "unwatched"


def test_alarms_of_a_balance_that_is_another_now_are_ended(city: City) -> None:
    Rule.objects.filter(pk=city.rule.pk).update(parameters={**city.rule.parameters, "flows": {city.stream.code: 1}})
    alarm = raise_alarm(city)
    act(city, alarm, AlarmAction.ACKNOWLEDGE)
    change(city, flows={city.stream.code: -1})
    assert state(alarm) == AlarmState.NORMAL


def test_another_balance_or_other_sensors_begin_afresh_but_number_on() -> None:
    streams = {"A": StreamFacts(1, Quantity.FLOW), "B": StreamFacts(2, Quantity.PRESSURE_HEAD)}
    moment = np.array([datetime(2026, 1, 1)], dtype="datetime64[ms]")  # noqa: DTZ001
    rows = Observations.fresh([1], moment, [1.0])

    def read(*arguments: Any) -> Observations:
        return rows

    nights = {"area": "west", "flows": {"A": 1}}
    learnt = [[day, 1.0, 1.0] for day in range(3)]
    memory: dict[str, Any] = {}
    NightFlowDetector().evaluate(RuleFacts("N", 1, nights, "", streams), rows, memory, read)
    memory["flow"] = {"nights": learnt, "count": 4}
    NightFlowDetector().evaluate(RuleFacts("N", 2, {**nights, "slope": 1}, "", streams), rows, memory, read)
    assert memory["flow"] == {"nights": learnt, "count": 4}
    NightFlowDetector().evaluate(RuleFacts("N", 3, {**nights, "flows": {"A": -1}}, "", streams), rows, memory, read)
    assert memory["flow"] == {"count": 4}

    memory = {"columns": [7, 1], "pace_ms": 5000.0, "drop": {"count": 3, "until": 99}}
    drops = {"streams": ["B"], "flows": {"A": 1}}
    PressureDropDetector().evaluate(RuleFacts("D", 1, drops, "", streams), rows, memory, read)
    assert memory["drop"]["count"] == 3
    assert memory["drop"]["until"] != 99
