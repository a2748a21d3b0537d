"""From an alarm to a closed case and back down from the indicator, through the public doors."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengmai.casework.cases.states import CaseState
from chengmai.core.identity import new_id
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Element, Span
from chengmai.events.models import OutboxEvent
from chengmai.reactions import REACTIONS
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.services import apply_signal, locate
from tests.disposal import MORNING, City, bring, build_city, issue, open_case, raise_alarm, signal
from tests.people import client_of
from tests.pictures import picture

pytestmark = pytest.mark.django_db

API = "/api/v1"


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


class Desk:
    """A person at a browser."""

    def __init__(self, city: City, username: str, language: str = "en") -> None:
        self.client: Client = client_of(city.people[username])
        self.headers = {"Accept-Language": language}

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._answer(self.client.get(API + path, query, headers=self.headers), status)

    def post(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        return self._answer(self.client.post(API + path, body, "application/json", headers=self.headers), status)

    def put(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        return self._answer(self.client.put(API + path, body, "application/json", headers=self.headers), status)

    def upload(self, path: str, file: bytes, status: int = 200, **form: Any) -> Any:
        body = {"file": SimpleUploadedFile("p.jpg", file, "image/jpeg"), **form}
        return self._answer(self.client.post(API + path, body, headers=self.headers), status)

    @staticmethod
    def _answer(answer: HttpResponse, status: int) -> Any:
        assert answer.status_code == status, answer.content
        return answer.json()  # type: ignore[attr-defined]


def deliver() -> None:
    """Hand every event that was emitted to its reactions, as the outbox's worker does."""
    for event in OutboxEvent.objects.order_by("sequence"):
        for reaction in REACTIONS[event.name]:
            reaction(event)


def move(desk: Desk, case: dict[str, Any], action: str, **content: Any) -> dict[str, Any]:
    body = {"id": str(new_id()), "action": action, "version": case["version"], "note": "as described", **content}
    answer: dict[str, Any] = desk.post(f"/cases/{case['id']}/actions", body)
    return answer


def test_the_whole_chain(city: City, store: TelemetryStore) -> None:
    store.insert(Observations.fresh([city.stream.pk] * 2, [_ms(0), _ms(60)], [7.0, 7.5]))
    raised = apply_signal(city.rule, signal(city), store.read)
    assert raised is not None
    operator, leader = Desk(city, "operator"), Desk(city, "shift_leader")

    (listed,) = operator.get("/alarms", open="true")["items"]
    assert (listed["state"], listed["size_m3h"], listed["open_warning"]) == ("active", 7.5, None)
    alarm = operator.get(f"/alarms/{listed['id']}")
    assert alarm["sealed"] is True
    assert alarm["allowed_actions"] == ["acknowledge"]
    alarm = operator.post(f"/alarms/{listed['id']}/actions", {"action": "acknowledge", "version": alarm["version"]})
    assert alarm["state"] == "acknowledged"

    warning = operator.post(f"/alarms/{alarm['id']}/warning", {"level": "orange"})
    body = {"action": "issue", "version": warning["version"], "level": "red", "text": "Check the mains"}
    warning = operator.post(f"/warnings/{warning['id']}/actions", body)
    assert (warning["state"], warning["level"], warning["cases"]) == ("issued", "red", [])
    deliver()
    (work,) = operator.get(f"/warnings/{warning['id']}")["cases"]

    dispatcher, handler, verifier = Desk(city, "dispatcher"), Desk(city, "handler"), Desk(city, "verifier")
    case = dispatcher.get(f"/cases/{work['case_id']}")
    assert (case["light"], case["warning_id"], case["alarm_id"]) == ("green", warning["id"], alarm["id"])
    assert case["title"] == "Water network leakage · west"
    assert case["suggestion"]["department"]["code"] == "CG-WATER"
    handler.get(f"/cases/{case['id']}", status=404)
    case = move(dispatcher, case, "dispatch", department="CG-WATER")
    assert [found["id"] for found in handler.get("/cases", mine="true")["items"]] == [case["id"]]
    case = move(handler, case, "sign")
    case = move(handler, case, "arrive", longitude=112.85, latitude=35.5)
    case = handler.upload(f"/cases/{case['id']}/photos", picture(), id=str(new_id()), note="the leak")
    case = move(handler, case, "report")
    case = move(handler, case, "finish")
    case = move(verifier, case, "verify")
    refused = leader.post(
        f"/warnings/{warning['id']}/actions", {"action": "lift", "version": warning["version"]}, status=409
    )
    assert refused["error"]["code"] == "warning.cases_open"
    assert case["code"] in refused["error"]["message"]
    case = move(leader, case, "close")
    refused = leader.post(
        f"/warnings/{warning['id']}/actions", {"action": "lift", "version": warning["version"]}, status=409
    )
    assert refused["error"]["code"] == "warning.no_second_check"
    operator.post(f"/warnings/{warning['id']}/checks", {"passed": True, "note": "dry, night flow as before"})
    warning = leader.post(f"/warnings/{warning['id']}/actions", {"action": "lift", "version": warning["version"]})
    assert warning["state"] == "lifted"

    story = leader.get(f"/warnings/{warning['id']}/timeline")
    assert [(entry["kind"], entry["action"]) for entry in story["entries"]] == [
        ("alarm", "raise"),
        ("alarm", "acknowledge"),
        ("warning", "open"),
        ("warning", "issue"),
        ("party", "notify"),
        ("case", "file"),
        ("case", "dispatch"),
        ("case", "sign"),
        ("case", "arrive"),
        ("photo", "photo"),
        ("case", "report"),
        ("case", "finish"),
        ("case", "verify"),
        ("case", "close"),
        ("check", "pass"),
        ("warning", "lift"),
    ]
    assert all(not entry["message"].startswith("timeline.") for entry in story["entries"])
    assert story["entries"][9]["photos"] == [case["photos"][0]["id"]]

    value = verifier.get("/indicators/cases_closed_on_time")
    assert (value["value_percent"], value["numerator"], value["denominator"], value["sealed"]) == ("100.00", 1, 1, True)
    kept = verifier.get(f"/indicator-values/{value['id']}")
    (counted,) = kept["inputs"]
    assert (counted["id"], counted["version"]) == (case["id"], case["version"])
    assert counted["warning_id"] == warning["id"]
    evidence = leader.get(f"/alarms/{counted['alarm_id']}/evidence")
    assert (evidence["sealed"], evidence["intact"]) == (True, True)
    (citation,) = evidence["citations"]
    start_ms = int(MORNING.timestamp() * 1000)
    assert citation["points"] == [[start_ms, 7.0, 0], [start_ms + 3_600_000, 7.5, 0]]
    assert (citation["quantity"], citation["unit"]) == ("flow", "m3/h")


def _ms(minutes: int) -> Any:
    import numpy as np

    return np.datetime64((MORNING + timedelta(minutes=minutes)).replace(tzinfo=None), "ms")


def test_sentences_come_in_the_language_asked_for(city: City) -> None:
    alarm = raise_alarm(city)
    body = {"action": "restore_to_service", "version": alarm.version}
    english = Desk(city, "shift_leader").post(f"/alarms/{alarm.pk}/actions", body, status=409)
    chinese = Desk(city, "shift_leader", "zh-CN").post(f"/alarms/{alarm.pk}/actions", body, status=409)
    assert english["error"]["message"] == "The alarm's present state does not allow this step. Reload and look again."
    assert chinese["error"]["message"] == "报警的当前状态不允许此操作，请刷新后查看。"


def test_what_located_an_alarm_is_evidence_too(city: City, store: TelemetryStore) -> None:
    alarm = raise_alarm(city)
    store.insert(Observations.fresh([city.stream.pk], [_ms(300)], [3.25]))
    span = Span(city.stream.pk, MORNING + timedelta(minutes=300), MORNING + timedelta(minutes=301))
    locate(alarm.pk, [Element("p1", "pipe", 1.0)], {"model": "residuals"}, [span], store.read)
    evidence = Desk(city, "operator").get(f"/alarms/{alarm.pk}/evidence")
    assert evidence["sealed"] is True
    assert [(cited["use"], [point[1] for point in cited["points"]]) for cited in evidence["citations"]][1:] == [
        ("location", [3.25])
    ]


def test_a_case_shows_its_warning_s_present_level(city: City) -> None:
    warning = issue(city)
    case = open_case(warning)
    leader = Desk(city, "shift_leader")
    assert leader.get(f"/cases/{case.pk}")["level"] == "orange"
    leader.post(f"/warnings/{warning.pk}/actions", {"action": "revise", "version": warning.version, "level": "red"})
    assert leader.get(f"/cases/{case.pk}")["level"] == "red"
    assert leader.get("/cases")["items"][0]["level"] == "red"


@pytest.mark.parametrize("path", ["/alarms", "/warnings", "/cases"])
def test_a_longer_list_asks_the_database_no_more_often(city: City, path: str) -> None:
    leader = Desk(city, "shift_leader")
    counts = []
    for subjects in (("a",), ("b", "c", "d")):
        for subject in subjects:
            bring(city, open_case(issue(city, subject)), CaseState.DISPATCHED)
        with CaptureQueriesContext(connection) as executed:
            leader.get(path)
        counts.append(len(executed))
    assert counts[0] == counts[1]


def test_lists_go_on_where_the_page_ended(city: City) -> None:
    made = [raise_alarm(city, f"zone {n}").code for n in range(5)]
    operator = Desk(city, "operator")
    first = operator.get("/alarms", limit=2)
    second = operator.get("/alarms", limit=2, before=first["next"])
    third = operator.get("/alarms", limit=2, before=second["next"])
    assert [alarm["code"] for page in (first, second, third) for alarm in page["items"]] == made[::-1]
    assert third["next"] is None
    assert operator.get("/alarms", open="false")["items"] == []
    assert len(operator.get("/alarms", severity="orange", state="active")["items"]) == 5
    assert Desk(city, "outsider").get("/alarms")["items"] == []
    assert len(Desk(city, "company").get("/alarms")["items"]) == 5


def test_a_rule_is_changed_into_a_new_version(city: City) -> None:
    engineer = Desk(city, "network_engineer")
    (rule,) = engineer.get("/rules")
    changed = {**rule["parameters"], "least_m3h": 5}
    body = {"version": 1, "parameters": changed, "active": True}
    assert engineer.put("/rules/night-west", body)["version"] == 2
    assert engineer.put("/rules/night-west", body, status=409)["error"]["code"] == "version.stale"
    assert [(found["version"], found["parameters"]["least_m3h"]) for found in engineer.get("/rules")] == [(2, 5)]
    for wrong, code in (
        ({**changed, "extra": 1}, "rule.parameter_unknown"),
        ({"least_m3h": 1}, "rule.parameter_missing"),
        ({**changed, "least_m3h": "much"}, "rule.parameter_refused"),
        ({**changed, "least_m3h": True}, "rule.parameter_refused"),
    ):
        answer = engineer.put("/rules/night-west", {"version": 2, "parameters": wrong, "active": True}, status=422)
        assert answer["error"]["code"] == code
    Desk(city, "operator").put("/rules/night-west", body, status=403)


def test_a_photograph_is_seen_by_those_who_see_its_case(city: City) -> None:
    clerk, dispatcher, handler = Desk(city, "intake_clerk"), Desk(city, "dispatcher"), Desk(city, "handler")
    body = {"id": str(new_id()), "case_class": "0481", "title": "water on the road"}
    case = move(dispatcher, clerk.post("/cases", body), "dispatch")
    case = move(handler, move(handler, case, "sign"), "arrive")
    (photo,) = handler.upload(f"/cases/{case['id']}/photos", picture(), id=str(new_id()))["photos"]
    seen = handler.client.get(f"{API}/photos/{photo['id']}")
    assert (seen.status_code, seen["Content-Type"], seen["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert b"".join(seen.streaming_content)[:2] == b"\xff\xd8"
    Desk(city, "stranger").get(f"/photos/{photo['id']}", status=404)
    refused = handler.upload(f"/cases/{case['id']}/photos", b"<html></html>", status=422, id=str(new_id()))
    assert refused["error"]["code"] == "photo.not_a_picture"


def test_cases_are_found_by_state_and_text(city: City) -> None:
    clerk, dispatcher = Desk(city, "intake_clerk"), Desk(city, "dispatcher")
    for title in ("blue valve", "red valve"):
        case = clerk.post("/cases", {"id": str(new_id()), "case_class": "0481", "title": title})
    move(dispatcher, case, "dispatch")
    assert [found["title"] for found in dispatcher.get("/cases", q="BLUE")["items"]] == ["blue valve"]
    assert [found["title"] for found in dispatcher.get("/cases", state="dispatched")["items"]] == ["red valve"]
    assert len(dispatcher.get("/cases", state=["filed", "dispatched"])["items"]) == 2
    assert len(dispatcher.get("/cases", q="漏损")["items"]) == 2


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "x", "0001-01", "2026-01-01"])
def test_a_month_that_is_none_is_refused(city: City, month: str) -> None:
    answer = Desk(city, "verifier").get("/indicators/cases_closed", status=422, month=month)
    assert answer["error"]["code"] == "indicator.month_invalid"


def test_indicators_tell_their_formula_in_both_languages(city: City) -> None:
    english, chinese = Desk(city, "verifier").get("/indicators"), Desk(city, "verifier", "zh").get("/indicators")
    assert english[0]["formula"].startswith("closed by the due time / due to close")
    assert chinese[0]["name"] == "本月按期结案率"
    Desk(city, "verifier").get("/indicators/happiness", status=404)
    Desk(city, "verifier").get(f"/indicator-values/{new_id()}", status=404)


def test_a_text_no_database_can_keep_is_refused_at_the_door(city: City) -> None:
    body = {"id": str(new_id()), "case_class": "0481", "title": "a\x00b"}
    assert Desk(city, "intake_clerk").post("/cases", body, status=422)["error"]["code"] == "input.nul"
