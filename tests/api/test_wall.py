"""The wall: what is counted for whom, which streams speak, and the nights that the rules remember."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.warning.models import EvaluationCursor
from tests.disposal import City, bring, build_city, file, issue, late
from tests.networks import publish
from tests.people import add_organisation, add_person, client_of
from tests.valve_networks import Pipe, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    made = build_city()
    publish(made.network, small_network(3, [Pipe(0, 1, 400.0), Pipe(1, 2, 600.0)]))
    return made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """When each stream was heard of, as the running store would say [ms since 1970]."""
    times: dict[int, int] = {}
    monkeypatch.setattr(runtime, "current", lambda: SimpleNamespace(store=SimpleNamespace(heard=lambda: times)))
    return times


def wall(user: User) -> dict[str, Any]:
    answer = client_of(user).get("/api/v1/wall")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["level"]: row["count"] for row in rows if row["count"]}


def test_today_s_warnings_and_cases_are_counted_by_colour(city: City, heard: dict[int, int]) -> None:
    issue(city)
    bring(city, file(city), CaseState.CLOSED)
    late(bring(city, file(city), CaseState.SIGNED))
    Case.objects.filter(pk=file(city).pk).update(filed_at="2020-01-01T00:00:00Z")
    found = wall(city.people["operator"])
    assert counted(found["alarms"]) == counted(found["warnings"]) == {"orange": 1}
    assert (found["warnings_issued_today"], found["warnings_lifted_today"]) == (1, 0)
    assert found["cases"] == {"filed_today": 2, "closed_today": 1, "open": 2, "overdue": 1}


def test_a_stream_speaks_until_it_misses_three_of_its_intervals(city: City, heard: dict[int, int]) -> None:
    heard[city.stream.pk] = round(now().timestamp() * 1000) - 20 * 60_000
    Datastream.objects.filter(pk=city.stream.pk).update(interval_s=600)
    assert wall(city.people["operator"])["online"] == [{"utility": "water", "streams": 1, "speaking": 1}]
    Datastream.objects.filter(pk=city.stream.pk).update(interval_s=300)
    assert wall(city.people["operator"])["online"][0]["speaking"] == 0
    heard.clear()
    assert wall(city.people["operator"])["online"][0]["speaking"] == 0


def test_nights_are_those_the_rule_s_alarms_rest_on(city: City, heard: dict[int, int]) -> None:
    nights = [(730_000 + day, 30.0 + day, 5.0) for day in range(20)]
    memory = msgspec.msgpack.encode({"flow": {"nights": nights}})
    EvaluationCursor.objects.create(name=city.rule.code, memory=memory, moved_at=now())
    (area,) = wall(city.people["operator"])["nights"]
    assert (len(area["nights"]), area["nights"][-1]["flow_m3h"]) == (14, 49.0)


def test_risk_is_told_in_kilometres(city: City, heard: dict[int, int]) -> None:
    (network,) = wall(city.people["operator"])["risk"]
    assert (network["network"], sum(network["km"].values())) == ("JC-WATER", 1.0)


def test_another_company_s_wall_shows_nothing_of_it(city: City, heard: dict[int, int]) -> None:
    issue(city)
    gas = add_organisation("JC-GAS-CO", "utility")
    found = wall(add_person("gas", Role.UTILITY_DISPATCHER, organisation=gas))
    assert (counted(found["alarms"]), found["online"], found["nights"], found["risk"]) == ({}, [], [], [])
    assert found["warnings_issued_today"] == found["cases"]["filed_today"] == 0
