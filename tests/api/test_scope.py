"""Another department sees nothing: every door that shows or changes somebody's objects, asked by a stranger."""

import json

import pytest
from django.test import Client

from chengmai.access.models import User
from chengmai.access.roles import ADMINISTRATORS, Role
from chengmai.core.identity import new_id
from chengmai.disposal import duty, parties
from chengmai.events.models import OutboxEvent
from chengmai.sensing.models import Datastream
from tests.disposal import City, build_city, issue, open_case
from tests.people import add_person, client_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
EVERY_ROLE = [role for role in Role if role not in ADMINISTRATORS]
LISTS = (
    "/alarms",
    "/warnings",
    "/cases",
    "/rules",
    "/datastreams",
    "/networks",
    "/search?q=p227",
    "/timers",
    "/duty-log",
    "/cap/feed",
)
DETAILS = (
    "/alarms/{alarm}",
    "/alarms/{alarm}/evidence",
    "/warnings/{warning}",
    "/warnings/{warning}/timeline",
    "/warnings/{warning}/disposal",
    "/warnings/{warning}/cap",
    "/cases/{case}",
    "/datastreams/{stream}/observations?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z",
    "/datastreams/{stream}/observations/2026-03-01T00:00:00Z/revisions",
)
CHANGES = (
    ("POST", "/alarms/{alarm}/actions", {"action": "acknowledge", "version": 1}),
    ("POST", "/alarms/{alarm}/warning", {"level": "red"}),
    ("POST", "/warnings/{warning}/actions", {"action": "lift", "version": 2, "note": "x"}),
    ("POST", "/warnings/{warning}/plans", {"template": "none"}),
    ("POST", "/warnings/{warning}/checks", {"passed": True, "note": "x"}),
    ("POST", "/timers/{timer}/taking", {"note": "x"}),
    ("POST", "/parties/{party}/signature", {"version": 1}),
    ("POST", "/cases/{case}/actions", {"id": str(new_id()), "action": "dispatch", "version": 1}),
    ("PUT", "/rules/{rule}", {"version": 1, "parameters": {}, "active": False}),
    ("POST", "/gateways/SIM/token", {}),
    ("POST", "/gateways", {"code": "MINE", "name": "x", "owner": "JC-WATER-CO"}),
)


@pytest.fixture
def city() -> City:
    return build_city()


@pytest.fixture
def names(city: City) -> dict[str, str]:
    """A case that came from a warning that came from an alarm, none of them the stranger's."""
    Datastream.objects.filter(pk=city.stream.pk).update(longitude=112.85, latitude=35.5)
    warning = issue(city)
    case = open_case(warning)
    parties.notify(OutboxEvent.objects.get(name="warning.issued"))
    duty.note_event(OutboxEvent.objects.get(name="warning.issued"))
    return {
        "party": str(warning.parties.get().pk),
        "timer": str(warning.timers.get().pk),
        "alarm": str(warning.alarm_id),
        "warning": str(warning.pk),
        "case": str(case.pk),
        "stream": city.stream.code,
        "rule": city.rule.code,
    }


@pytest.fixture
def stranger(city: City) -> User:
    """Somebody of the appearance section who holds every role there is."""
    return add_person("somebody", *EVERY_ROLE, organisation=city.appearance)


@pytest.fixture
def insider(city: City) -> User:
    """The same of the bureau."""
    return add_person("insider", *EVERY_ROLE, organisation=city.bureau)


def text(client: Client, path: str) -> str:
    answer = client.get(ROOT + path)
    assert answer.status_code == 200, (path, answer.content)
    return answer.content.decode()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_bureau_what_it_hides_from_a_stranger(
    path: str, city: City, names: dict[str, str], insider: User, stranger: User
) -> None:
    marks = [*names.values(), city.network.code]
    assert any(mark in text(client_of(insider), path) for mark in marks)
    assert not any(mark in text(client_of(stranger), path) for mark in marks)


@pytest.mark.parametrize("path", DETAILS)
def test_an_object_of_others_is_not_there_for_a_stranger(
    path: str, names: dict[str, str], insider: User, stranger: User
) -> None:
    address = ROOT + path.format(**names)
    assert client_of(insider).get(address).status_code in {200, 503}
    answer = client_of(stranger).get(address)
    assert answer.status_code == 404
    assert not any(value in answer.content.decode() for name, value in names.items() if f"{{{name}}}" not in path)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_stranger_changes_nothing(
    method: str, path: str, body: dict[str, object], names: dict[str, str], stranger: User
) -> None:
    address = ROOT + path.format(**names)
    answer = client_of(stranger).generic(method, address, json.dumps(body), "application/json")
    assert answer.status_code == 404, answer.content
