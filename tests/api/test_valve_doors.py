"""Valves to close through the doors: the what-if, a case's plans, the company's desk, and nothing of others' pipes."""

from typing import Any

import pytest
from django.test import Client

from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.core.identity import new_id
from tests.disposal import City, build_city, file, issue, open_case
from tests.networks import add_network, publish
from tests.people import add_organisation, add_person, client_of
from tests.valve_networks import Customer, Pipe, Valve, small_network

pytestmark = pytest.mark.django_db

STREET = small_network(
    4,
    [Pipe(0, 1, 100.0), Pipe(1, 2, 200.0), Pipe(2, 3, 300.0)],
    [Valve(0, False), Valve(1, False), Valve(1, True)],
    customers=[Customer(1, 10, "hospital"), Customer(2, 20), Customer(3, 5, "school", "0356-5550201")],
)
"""n0 (source) -v0-p0- n1 -v1-p1-v2- n2 -p2- n3."""


@pytest.fixture
def city() -> City:
    city = build_city()
    publish(city.network, STREET)
    add_person("water_dispatcher", Role.UTILITY_DISPATCHER, organisation=city.company)
    gas = add_organisation("JC-GAS-CO", "utility")
    add_person("gas_dispatcher", Role.UTILITY_DISPATCHER, organisation=gas)
    publish(add_network("JC-GAS", gas), STREET)
    Network.objects.filter(code="JC-GAS").update(utility="gas")
    return city


def browser(username: str) -> Client:
    from chengmai.access.models import User

    return client_of(User.objects.get(username=username))


def get(who: str, path: str, status: int = 200) -> Any:
    answer = browser(who).get(f"/api/v1{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def post(who: str, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = browser(who).post(f"/api/v1{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def plan(who: str, case: str, status: int = 200, **more: str) -> Any:
    body = {"id": str(new_id()), "network": "JC-WATER", "element": "p1", **more}
    return post(who, f"/cases/{case}/valve-plans", body, status)


def test_what_if_tells_valves_places_and_people_and_keeps_nothing(city: City) -> None:
    told = get("water_dispatcher", "/networks/JC-WATER/isolation?element=p1")
    assert (told["outcome"], told["users"], told["paired"]) == ("isolated", 25, False)
    (valve,) = told["valves"]
    assert (valve["code"], valve["link"], valve["node"], valve["diameter_mm"]) == ("v1", "p1", "n1", 200.0)
    assert valve["longitude"] == pytest.approx(STREET.nodes.x[1], abs=1e-4)
    assert [line["code"] for line in told["segment"]] == ["p1"]
    assert [line["code"] for line in told["dry"]] == ["p2"]
    assert [one["category"] for one in told["key_customers"]] == ["school"]
    assert (told["segment_length_m"], told["dry_length_m"]) == (200.0, 300.0)
    worse = get("water_dispatcher", "/networks/JC-WATER/isolation?element=p1&failed=v1")
    assert ([one["code"] for one in worse["valves"]], worse["users"]) == (["v0"], 35)
    assert get("operator", "/networks/JC-WATER/isolation?element=n1&kind=node")["users"] == 35
    refused = get("operator", "/networks/JC-WATER/isolation?element=p1&failed=v9", 422)
    assert refused["error"]["code"] == "isolation.valve_unknown"
    assert get("operator", "/networks/JC-WATER/isolation?element=p9", 404)["error"]["code"] == "isolation.link_unknown"
    assert get("operator", "/valve-plans?running=false") == []


def test_a_key_user_s_telephone_number_is_for_those_who_call_him(city: City) -> None:
    path = "/networks/JC-WATER/isolation?element=p1"
    for who, phone in (("water_dispatcher", "0356-5550201"), ("operator", "0356-5550201"), ("verifier", "")):
        assert [one["phone"] for one in get(who, path)["key_customers"]] == [phone]
    made = plan("operator", str(file(city).pk))
    (tell,) = [step for step in made["steps"] if step["kind"] == "tell_key_user"]
    assert tell["phone"] == "0356-5550201"
    (shown,) = get("verifier", "/valve-plans")
    assert {step["phone"] for step in shown["steps"]} == {""}
    assert get("operator", "/networks/JC-WATER/nodes/n3")["hydraulic"]["customers"][0]["phone"] == "0356-5550201"
    (customer,) = get("verifier", "/networks/JC-WATER/nodes/n3")["hydraulic"]["customers"]
    assert "phone" not in customer


def test_the_company_finds_the_plan_on_its_desk_and_confirms(city: City) -> None:
    case = file(city)
    made = plan("operator", str(case.pk))
    (shown,) = get("water_dispatcher", "/valve-plans")
    assert (shown["code"], shown["case_code"], shown["case_visible"]) == (made["code"], case.code, False)
    step = shown["steps"][0]
    assert step["allowed_actions"] == ["confirm", "fail"]
    body = {"id": str(new_id()), "action": "confirm", "version": step["version"], "at": "2026-03-01T03:00:00Z"}
    after = post("water_dispatcher", f"/valve-steps/{step['id']}/actions", body)
    assert (after["state"], after["steps"][0]["state"]) == ("isolated", "done")
    assert post("water_dispatcher", f"/valve-steps/{step['id']}/actions", body) == after
    (again,) = get("operator", f"/cases/{case.pk}/valve-plans")["plans"]
    assert again["steps"][0]["done_by"]["username"] == "water_dispatcher"
    assert again["allowed_actions"] == ["open_again"]
    opened = {"id": str(new_id()), "action": "open_again", "version": again["version"]}
    assert post("operator", f"/valve-plans/{again['id']}/actions", opened)["state"] == "opening"
    actions = [line["action"] for line in get("operator", f"/cases/{case.pk}")["history"]]
    assert actions == ["file", "valve_plan", "valve_closed", "valve_opening"]


def test_a_company_sees_nothing_of_another_s_pipes(city: City) -> None:
    case = file(city)
    made = plan("operator", str(case.pk))
    step = made["steps"][0]
    say = {"id": str(new_id()), "action": "confirm", "version": 1}
    assert get("gas_dispatcher", "/valve-plans?running=false") == []
    get("gas_dispatcher", f"/valve-plans/{made['id']}", 404)
    get("gas_dispatcher", f"/cases/{case.pk}/valve-plans", 404)
    get("gas_dispatcher", "/networks/JC-WATER/isolation?element=p1", 404)
    plan("gas_dispatcher", str(case.pk), 404)
    post("gas_dispatcher", f"/valve-steps/{step['id']}/actions", say, 404)
    withdraw = {"id": str(new_id()), "action": "withdraw", "version": made["version"]}
    post("gas_dispatcher", f"/valve-plans/{made['id']}/actions", withdraw, 404)
    failed = {**say, "action": "fail", "note": "spindle broken"}
    post("water_dispatcher", f"/valve-steps/{step['id']}/actions", failed)
    (fault,) = get("water_dispatcher", "/broken-valves")
    assert (fault["valve"], fault["may_mend"]) == ("v1", True)
    assert get("gas_dispatcher", "/broken-valves") == []
    post("gas_dispatcher", f"/broken-valves/{fault['id']}/mending", {}, 404)
    assert get("operator", "/broken-valves")[0]["may_mend"] is False
    assert post("water_dispatcher", f"/broken-valves/{fault['id']}/mending", {})["mended_at"] is not None


def test_a_case_suggests_what_its_alarm_points_at_and_what_lies_nearest(city: City) -> None:
    city.company.parent = city.water
    city.company.save()
    warning = issue(city)
    warning.alarm.elements = [
        {"code": "p2", "kind": "pipe", "score": 0.9},
        {"code": "gone", "kind": "pipe", "score": 1},
    ]
    middle = STREET.midpoint(0)
    warning.alarm.longitude, warning.alarm.latitude = middle
    warning.alarm.save()
    case = open_case(warning)
    told = get("operator", f"/cases/{case.pk}/valve-plans")["suggestions"]
    found = [(one["network"], one["element"], one["reason"]) for one in told]
    assert found == [("JC-WATER", "p2", "alarm"), ("JC-WATER", "p0", "near"), ("JC-GAS", "p0", "near")]
    assert told[1]["distance_m"] < 1
    assert get("dispatcher", f"/cases/{case.pk}/valve-plans")["suggestions"] == []
