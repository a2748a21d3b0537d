"""Open alarms below their roots in a stored network: given, taken away again, and acknowledged together."""

from datetime import timedelta

import pytest

from chengmai.assets.services import import_network
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.events.models import OutboxEvent
from chengmai.sensing.models import Datastream, Gateway
from chengmai.warning import grouping
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.services import act_on_alarm, apply_signal
from chengmai.warning.states import AlarmAction, AlarmState
from tests.disposal import MORNING, City, build_city, no_readings
from tests.networks import sample
from tests.telemetry import add_stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    built = build_city()
    import_network(None, built.network, "hillside.inp", sample("hillside.inp"))
    gateway = Gateway.objects.get(code="SIM")
    for node in "BCDEF":
        add_stream(f"P-{node}", gateway, network=built.network, element=node)
    return built


def raised(city: City, kind: str, subject: str, minute: float, *cited: str, ends: bool = False) -> Alarm:
    rule, _ = Rule.objects.get_or_create(
        code=kind, defaults={"kind": kind, "network": city.network, "owner": city.company, "parameters": {}}
    )
    at = MORNING + timedelta(minutes=minute)
    spans = tuple(Span(Datastream.objects.get(code=code).pk, at, at) for code in cited)
    condition = Condition.END if ends else Condition.BEGIN
    alarm = apply_signal(rule, Signal(subject, condition, "red", at, at, (Reason("x"),), spans), no_readings)
    assert alarm is not None
    return alarm


def roots() -> dict[str, str | None]:
    return {alarm.subject: alarm.root.subject if alarm.root else None for alarm in Alarm.objects.select_related("root")}


def test_a_burst_gathers_the_low_pressures_of_its_zone_and_lets_them_go(city: City) -> None:
    raised(city, "limit", "P-E#low", 3, "P-E")
    raised(city, "limit", "P-B#low", 3, "P-B")
    raised(city, "pressure_drop", "DROP#1", 1, "P-D", "P-F")
    assert grouping.regroup_open() == 1
    assert roots() == {"P-E#low": "DROP#1", "P-B#low": None, "DROP#1": None}
    below = Alarm.objects.get(subject="P-E#low")
    assert below.root_reason["code"] == "root.burst"
    assert below.root_reason["params"]["minutes"] == 2
    assert below.history.latest("pk").action == "group"
    assert grouping.regroup_open() == 0

    burst = Alarm.objects.get(subject="DROP#1")
    act_on_alarm(burst.pk, city.people["operator"], AlarmAction.ACKNOWLEDGE, burst.version)
    raised(city, "pressure_drop", "DROP#1", 9, "P-D", ends=True)
    assert grouping.regroup_open() == 1
    assert roots()["P-E#low"] is None
    assert below.history.latest("pk").action == "ungroup"


def test_a_regulator_that_fails_stands_above_what_it_feeds(city: City) -> None:
    raised(city, "limit", "P-D#low", 0, "P-D")
    raised(city, "limit", "P-F#low", 4, "P-F")
    grouping.regroup_open()
    assert roots() == {"P-D#low": None, "P-F#low": "P-D#low"}


def test_a_silent_gateway_stands_above_its_streams(city: City) -> None:
    raised(city, "silent", "P-B#silent", 0, "P-B")
    raised(city, "silent", "SIM#gateway", 5)
    grouping.regroup_open()
    assert roots() == {"P-B#silent": "SIM#gateway", "SIM#gateway": None}


def test_acknowledging_a_root_may_acknowledge_what_it_explains(city: City) -> None:
    raised(city, "pressure_drop", "DROP#1", 1, "P-D")
    for node in "EF":
        raised(city, "limit", f"P-{node}#low", 3, f"P-{node}")
    grouping.regroup_open()
    burst = Alarm.objects.get(subject="DROP#1")
    operator = city.people["operator"]
    act_on_alarm(burst.pk, operator, AlarmAction.ACKNOWLEDGE, burst.version, with_consequences=True)
    assert set(Alarm.objects.values_list("state", flat=True)) == {AlarmState.ACKNOWLEDGED}
    last = Alarm.objects.get(subject="P-E#low").history.latest("pk")
    assert (last.action, last.actor, last.facts["root"]) == ("acknowledge", operator, burst.code)


def test_of_events_that_wait_only_the_last_groups(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    raised(city, "limit", "P-B#low", 3, "P-B")
    raised(city, "limit", "P-C#low", 3, "P-C")
    done: list[int] = []
    monkeypatch.setattr(grouping, "regroup_open", lambda: done.append(1))
    for event in OutboxEvent.objects.filter(name="alarm.raised").order_by("sequence"):
        grouping.regroup(event)
    assert done == [1]
