"""Alarms name their place in words a person would use, in both languages, wherever they are told of."""

from collections.abc import Iterator

import pytest

from chengmai.assets.models import Street
from chengmai.casework.models import Case
from chengmai.detection.signals import Element, Reason, Span
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.registry import Registry
from chengmai.warning.assessment import open_warning
from chengmai.warning.models import Alarm, Rule
from chengmai.warning.services import apply_signal, locate
from chengmai.warning.states import Severity
from tests.api.test_disposal import Desk, deliver
from tests.disposal import MORNING, City, build_city, no_readings, raise_alarm, signal

pytestmark = pytest.mark.django_db
NAMES = {"area": "main-zone", "area_name_zh": "主供水区", "area_name_en": "main supply zone"}


@pytest.fixture
def city() -> Iterator[City]:
    built = build_city()
    Street.objects.create(name_zh="长春路", name_en="Changchun Road", path=[[112.849, 35.5005], [112.851, 35.5005]])
    Street.objects.create(name_zh="远路", name_en="Far Road", path=[[112.849, 35.502], [112.851, 35.502]])
    runtime.hold(runtime.Running(None, None, Hub(Registry())))  # type: ignore[arg-type]
    yield built
    runtime.hold(None)


def place(city: City, alarm: Alarm, language: str) -> str:
    desk = Desk(city, "operator", language)
    listed = next(one for one in desk.get("/alarms")["items"] if one["id"] == str(alarm.pk))
    detail = desk.get(f"/alarms/{alarm.pk}")
    assert listed["place"] == detail["place"]
    assert listed["subject"] == detail["subject"] == alarm.subject
    return str(detail["place"])


def drop(city: City, **changes: object) -> Alarm:
    rule = Rule.objects.create(
        code="drop", kind="pressure_drop", network=city.network, owner=city.company, parameters={"streams": []}
    )
    alarm = apply_signal(rule, signal(city, subject="JC-DROP#1", **changes), no_readings)
    assert alarm is not None
    return alarm


def test_a_night_flow_alarm_names_its_balance_area(city: City) -> None:
    Rule.objects.filter(pk=city.rule.pk).update(parameters=NAMES)
    balance = Reason("night_flow.balance", {"area": "main-zone", "night": "x", "flow_m3h": 2, "usual_m3h": 1})
    rule = Rule.objects.get(pk=city.rule.pk)
    alarm = apply_signal(rule, signal(city, subject="main-zone#1", reasons=(balance,)), no_readings)
    assert alarm is not None
    assert place(city, alarm, "zh-CN") == "主供水区"
    assert place(city, alarm, "en") == "main supply zone"
    assert "main supply zone took in" in Desk(city, "operator").get(f"/alarms/{alarm.pk}")["reasons"][0]["message"]


def test_an_area_without_a_name_is_told_by_its_code(city: City) -> None:
    assert place(city, raise_alarm(city, "west#3"), "en") == "west"


def test_a_pressure_drop_names_the_nearest_street_and_then_the_likeliest_pipe(city: City) -> None:
    alarm = drop(city)
    assert place(city, alarm, "zh-CN") == "长春路 附近"
    assert place(city, alarm, "en") == "near Changchun Road"
    found = [Element("p430", "pipe", 0.9, 112.85, 35.5019), Element("p1", "pipe", 0.1)]
    locate(alarm.pk, found, {"model": "x"}, (), no_readings)
    assert place(city, alarm, "zh-CN") == "远路 附近，管段 p430"
    assert place(city, alarm, "en") == "near Far Road, pipe p430"


def test_far_from_every_street_the_pipe_is_named_alone(city: City) -> None:
    alarm = drop(city, longitude=113.5, latitude=36.0)
    assert place(city, alarm, "en") == "JC-DROP#1"
    locate(alarm.pk, [Element("p430", "pipe", 0.9)], {"model": "x"}, (), no_readings)
    assert place(city, alarm, "en") == "pipe p430"


def test_a_limit_alarm_names_its_datastream(city: City) -> None:
    rule = Rule.objects.create(code="limit", kind="limit", network=city.network, owner=city.company)
    span = Span(city.stream.pk, MORNING, MORNING)
    alarm = apply_signal(rule, signal(city, subject="JC-Q-p227#low", evidence=(span,)), no_readings)
    assert alarm is not None
    type(city.stream).objects.update(name="东门 流量")
    assert place(city, alarm, "en") == "东门 流量"


def test_warning_case_and_timeline_name_the_place_too(city: City) -> None:
    alarm = drop(city)
    locate(alarm.pk, [Element("p430", "pipe", 0.9)], {"model": "x"}, (), no_readings)
    warning = open_warning(alarm.pk, city.people["operator"], Severity.ORANGE)
    english, chinese = Desk(city, "shift_leader"), Desk(city, "shift_leader", "zh-CN")
    body = {"action": "issue", "version": warning.version, "level": "red", "text": "check"}
    issued = english.post(f"/warnings/{warning.pk}/actions", body)
    deliver()
    assert issued["place"] == english.get("/warnings")["items"][0]["place"] == "near Changchun Road, pipe p430"
    (work,) = english.get(f"/warnings/{warning.pk}")["cases"]
    assert english.get(f"/cases/{work['case_id']}")["title"].endswith(" · near Changchun Road, pipe p430")
    assert chinese.get(f"/cases/{work['case_id']}")["title"].endswith(" · 长春路 附近，管段 p430")
    assert Case.objects.get().title == "长春路 附近，管段 p430 / near Changchun Road, pipe p430"
    assert len(english.get("/cases", q="长春路")["items"]) == len(english.get("/cases", q="Changchun")["items"]) == 1
    story = chinese.get(f"/warnings/{warning.pk}/timeline")
    assert story["place"] == "长春路 附近，管段 p430"
    assert story["entries"][0]["message"].endswith("：长春路 附近，管段 p430")


def test_a_longer_list_of_places_asks_the_database_no_more_often(city: City) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alarm, counts = drop(city), []
    for subjects in (("a",), ("b", "c", "d")):
        for subject in subjects:
            found = signal(city, subject=subject, longitude=112.85, latitude=35.5)
            apply_signal(alarm.rule, found, no_readings)
        with CaptureQueriesContext(connection) as executed:
            Desk(city, "operator").get("/alarms")
        counts.append(len(executed))
    assert counts[0] == counts[1]
