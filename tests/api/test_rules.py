"""Rules, previews, settings aside, planned works and the load of alarms, through the public doors."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.models import Alarm, EvaluationCursor, Rule
from chengmai.warning.rule_parameters import PARAMETERS
from chengmai.warning.services import apply_signal
from tests.api.test_disposal import Desk
from tests.disposal import City, build_city, no_readings, raise_alarm, signal
from tests.telemetry import add_stream

pytestmark = pytest.mark.django_db
LOW = {"streams": ["JC-Q-p227"], "low": {"yellow": 10.0, "red": 5.0}}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryStore]:
    opened = open_store(replace(current(), data_dir=tmp_path_factory.mktemp("telemetry"), telemetry_url=""))
    yield opened
    opened.close()


@pytest.fixture
def city(store: TelemetryStore) -> Iterator[City]:
    built = build_city()
    runtime.hold(runtime.Running(store, None, Hub(Registry())))  # type: ignore[arg-type]
    yield built
    runtime.hold(None)


def new_rule(**changes: Any) -> dict[str, Any]:
    return {"code": "LOW", "kind": "limit", "network": "JC-WATER", "parameters": LOW, **changes}


def test_a_rule_is_made_changed_and_keeps_its_versions(city: City, store: TelemetryStore) -> None:
    engineer = Desk(city, "network_engineer")
    made = engineer.post("/rules", new_rule())
    assert (made["version"], made["active"], made["parameters"]) == (1, True, LOW)
    assert EvaluationCursor.objects.get(name="LOW").batch == store.batch
    changed = engineer.put("/rules/LOW", {"version": 1, "parameters": {**LOW, "low": 8.0}, "active": True})
    assert [one["version"] for one in changed["versions"]] == [2, 1]
    assert engineer.get("/rules/LOW")["versions"][1]["parameters"] == LOW
    assert engineer.post("/rules", new_rule(), status=409)["error"]["code"] == "rule.code_taken"
    assert Rule.objects.filter(code="LOW", active=True).count() == 1


def test_a_refused_parameter_is_told_in_words(city: City) -> None:
    engineer = Desk(city, "network_engineer")
    refused = engineer.post("/rules", new_rule(parameters={**LOW, "low": "much"}), status=422)["error"]
    assert refused["code"] == "rule.parameter_refused"
    assert all(word in refused["message"] for word in ("LOW", "low", "much", "-∞ … ∞"))
    unknown = engineer.post("/rules", new_rule(kind="magic"), status=422)["error"]
    assert unknown["code"] == "rule.unknown_kind"
    assert engineer.post("/rules", new_rule(network="none"), status=404)["error"]["code"] == "network.unknown"


def test_a_preview_counts_what_would_have_been_raised_and_writes_nothing(city: City, store: TelemetryStore) -> None:
    start = now() - timedelta(days=3)
    values = [20.0] * 10 + [4.0] * 10 + [20.0] * 10 + [9.0] * 10
    times = [np.datetime64((start + timedelta(minutes=5 * place)).astimezone(UTC).replace(tzinfo=None), "ms")
             for place in range(len(values))]  # fmt: skip
    store.insert(Observations.fresh([city.stream.pk] * len(values), times, values))
    body = {"kind": "limit", "network": "JC-WATER", "parameters": LOW, "days": 5}
    found = Desk(city, "network_engineer").post("/rule-previews", body)
    assert (found["count"], found["rows"]) == (2, 40)
    assert [(one["severity"], one["ended"] is None) for one in found["alarms"]] == [("yellow", True), ("red", False)]
    assert sum(found["by_day"].values()) == 2
    assert len(found["by_day"]) == 6
    assert not Alarm.objects.exists()
    quiet = {"kind": "silent", "network": "JC-WATER", "parameters": {"gateways": ["SIM"], "intervals": 3}, "days": 4}
    silent = Desk(city, "network_engineer").post("/rule-previews", quiet)
    assert {one["subject"] for one in silent["alarms"]} == {"SIM#gateway"}
    assert silent["count"] == 2


def test_make_up_and_night_flow_are_tried_on_kept_readings_too(city: City, store: TelemetryStore) -> None:
    gateway = city.stream.gateway
    streams = [add_stream(code, gateway, network=city.network, quantity=quantity)
               for code, quantity in (("MK", "make_up_flow"), ("HQ", "heat_flow"))]  # fmt: skip
    start = now() - timedelta(days=1)
    for stream, values in zip(streams, ([1.0] * 6 + [9.0] * 9, [1000.0] * 15), strict=True):
        times = [np.datetime64((start + timedelta(minutes=5 * place)).astimezone(UTC).replace(tzinfo=None), "ms")
                 for place in range(15)]  # fmt: skip
        store.insert(Observations.fresh([stream.pk] * 15, times, values))
    parameters = {"make_up": "MK", "circulation": "HQ", "share": {"yellow": 0.005}, "on_delay_s": 900.0}
    desk = Desk(city, "network_engineer")
    body = {"kind": "make_up", "network": "JC-WATER", "parameters": parameters, "days": 2}
    found = desk.post("/rule-previews", body)
    assert (found["count"], found["rows"]) == (1, 30)
    assert desk.post("/rule-previews", {**body, "days": 15}, status=422)["error"]["code"] == "rule.preview_days"
    nights = {**body, "kind": "night_flow", "parameters": city.rule.parameters, "days": 365}
    assert desk.post("/rule-previews", nights)["count"] == 0
    assert not Alarm.objects.exists()


def test_every_kind_tells_its_parameters_and_how_far_back_it_may_be_tried(city: City) -> None:
    told = Desk(city, "operator").get("/rule-kinds")
    assert {one["kind"] for one in told if one["parameters"]} == set(PARAMETERS)
    assert {max(one["preview_days"]) for one in told if one["kind"] != "night_flow"} == {14}


def test_a_rule_is_set_aside_and_brought_back_by_hand(city: City) -> None:
    alarm = raise_alarm(city)
    leader = Desk(city, "shift_leader")
    body = {"action": "suppress", "rule": city.rule.code, "reason": "works", "until": _in(hours=3)}
    made = leader.post("/set-asides", body)
    assert (made["alarms"], made["may_end"]) == (1, True)
    shown = leader.get(f"/alarms/{alarm.pk}")
    assert (shown["state"], shown["suppressed_until"] is not None) == ("suppressed", True)
    assert Desk(city, "outsider").get("/set-asides") == []
    leader.post(f"/set-asides/{made['id']}/end", {})
    assert leader.get("/set-asides") == []
    assert [one["reason"] for one in leader.get("/set-asides", over="true")] == ["works"]
    assert leader.get(f"/alarms/{alarm.pk}")["state"] == "active"


def _in(**ahead: int) -> str:
    return (now() + timedelta(**ahead)).isoformat()


def test_works_are_planned_begun_and_told_on_the_alarm(city: City) -> None:
    leader = Desk(city, "shift_leader")
    body = {
        "network": "JC-WATER",
        "reason": "valve replaced",
        "contact": "Li, 138",
        "area": [[112.8, 35.4], [112.9, 35.4], [112.9, 35.6]],
        "starts_at": "2026-02-01T00:00:00Z",
        "ends_at": _in(days=2),
    }
    body["area"] = [[112.8, 35.4], [112.9, 35.4], [112.9, 35.6], [112.8, 35.6]]
    made = leader.post("/planned-works", body)
    assert (made["state"], made["allowed_actions"]) == ("planned", ["revise", "start", "cancel"])
    begun = leader.post(f"/planned-works/{made['id']}/actions", {"action": "start", "version": made["version"]})
    alarm = raise_alarm(city)
    shown = leader.get(f"/alarms/{alarm.pk}")
    assert shown["planned_work"] == {
        "id": made["id"], "code": made["code"], "reason": "valve replaced", "contact": "Li, 138",
    }  # fmt: skip
    assert [one["code"] for one in leader.get(f"/planned-works/{made['id']}")["explains"]] == [alarm.code]
    assert leader.get("/planned-works", state="active")["items"][0]["alarms"] == 1
    assert Desk(city, "outsider").get("/planned-works")["items"] == []
    assert (
        Desk(city, "outsider").get(f"/planned-works/{made['id']}", status=404)["error"]["code"]
        == "planned_work.not_found"
    )
    revised = {**body, "version": begun["version"], "reason": "pipe replaced", "starts_at": begun["starts_at"]}
    assert leader.put(f"/planned-works/{made['id']}", revised)["reason"] == "pipe replaced"


def test_the_load_counts_what_called_people_and_not_what_was_set_aside(city: City) -> None:
    for subject in ("a", "b"):
        raise_alarm(city, subject)
    apply_signal(city.rule, signal(city, Condition.END, "a"), no_readings)
    apply_signal(city.rule, signal(city, subject="a"), no_readings)
    leader = Desk(city, "shift_leader")
    leader.post("/set-asides", {"action": "suppress", "rule": city.rule.code, "reason": "works", "until": _in(hours=3)})
    raise_alarm(city, "c")
    load = leader.get("/alarm-load", days=2)
    assert [day["calls"] for day in load["days"]] == [0, 3]
    today = load["days"][1]
    assert [(one["name"], one["calls"]) for one in today["worst"]] == [("night-west a", 2), ("night-west b", 1)]
    assert sum(today["periods"]) == 3
    assert leader.get("/alarm-load", days=1, positions=3)["days"][0]["peak"] == pytest.approx(1)
    assert load["limits"]["most_in_period"] == 10
    shift = leader.get("/alarm-load", start=(now() - timedelta(minutes=235)).isoformat())["days"]
    assert [(one["calls"], len(one["periods"])) for one in shift] == [(3, 24)]
    moment = now()
    before = (moment - timedelta(hours=9), moment - timedelta(hours=5))
    (earlier,) = leader.get("/alarm-load", start=before[0].isoformat(), end=before[1].isoformat())["days"]
    assert (earlier["calls"], len(earlier["periods"])) == (0, 24)
    reversed_ = {"start": before[1].isoformat(), "end": before[0].isoformat()}
    assert leader.get("/alarm-load", status=422, **reversed_)["error"]["code"] == "span.reversed"
    assert leader.get("/alarm-load", days=99, status=422)["error"]["code"] == "alarm_load.days"
    assert [day["calls"] for day in Desk(city, "outsider").get("/alarm-load", days=2)["days"]] == [0, 0]
