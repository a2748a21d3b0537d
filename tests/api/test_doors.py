"""Every door, from one table: nobody passes without logging in, and only roles that hold its permission pass."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import PERMISSIONS, Role
from chengmai.portal.api import api
from tests.api.doors import DOORS, Door, Open
from tests.people import add_person, client_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
ROWS = [pytest.param(method, path, door, id=f"{method} {path}") for (method, path), door in DOORS.items()]
GUARDED = [row for row in ROWS if row.values[2].needs not in Open]


def ask(client: Client, method: str, path: str, door: Door) -> tuple[int, dict]:
    """Status and body of one request through a door."""
    address = ROOT + path.format(**door.path) + (f"?{door.query}" if door.query else "")
    if door.file is not None:
        form = {**(door.body or {}), door.file: SimpleUploadedFile("file.bin", b"no picture")}
        answer = client.post(address, form)
    else:
        answer = client.generic(method, address, *_body(door))
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    found = answer.json() if is_json and answer.content else {}
    return answer.status_code, found if isinstance(found, dict) else {"items": found}


def _body(door: Door) -> tuple[str, str]:
    return json.dumps(door.body or {}), "application/json"


def test_the_table_has_exactly_the_doors_there_are() -> None:
    document = api.get_openapi_schema()
    there = {
        (method.upper(), path.removeprefix(ROOT)) for path, methods in document["paths"].items() for method in methods
    }
    assert there - DOORS.keys() == set(), "routes without a row"
    assert DOORS.keys() - there == set(), "rows without a route"


def test_the_document_tells_each_door_s_permission_and_the_shape_of_errors() -> None:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, details in methods.items():
            needs = DOORS[method.upper(), path.removeprefix(ROOT)].needs
            assert details["x-permissions"] == ([] if isinstance(needs, Open) else [needs.value]), path
            reference = details["responses"]["default"]["content"]["application/json"]["schema"]["$ref"]
            assert reference == "#/components/schemas/ErrorAnswer"


@pytest.mark.parametrize(("method", "path", "door"), ROWS)
def test_whoever_is_not_logged_in_stays_outside(method: str, path: str, door: Door) -> None:
    status, answer = ask(Client(), method, path, door)
    if door.needs is Open.PUBLIC:
        assert status not in {401, 403, 500}
        return
    assert status == 401
    assert set(answer["error"]) == {"code", "params", "message"}
    if door.needs is not Open.ANYBODY:
        assert answer["error"]["code"] in {"door.not_logged_in", "gateway.not_known", "client_key.refused"}


@pytest.mark.parametrize(("method", "path", "door"), GUARDED)
def test_a_role_passes_exactly_when_it_holds_the_permission(method: str, path: str, door: Door) -> None:
    holding = [role for role in Role if door.needs in PERMISSIONS[role]]
    assert holding, "nobody could pass"
    status, answer = ask(client_of(add_person("li", holding[0])), method, path, door)
    assert status not in {401, 500}, answer
    assert answer.get("error", {}).get("params") != {"permission": door.needs.value}
    # What somebody with all other roles together may not, nobody with one of them may.
    stranger = add_person("wang", *(role for role in Role if role not in holding))
    status, answer = ask(client_of(stranger), method, path, door)
    assert (status, answer["error"]["code"]) == (403, "door.not_allowed")
    assert answer["error"]["params"] == {"permission": door.needs.value}


@pytest.mark.parametrize(("method", "path", "door"), GUARDED)
def test_a_body_of_the_table_is_one_the_door_can_read(method: str, path: str, door: Door) -> None:
    """So that the tests above meet the guard, not a mistake of theirs."""
    role = next(role for role in Role if door.needs in PERMISSIONS[role])
    _, answer = ask(client_of(add_person("li", role)), method, path, door)
    assert answer.get("error", {}).get("code") not in {"input.invalid", "input.unreadable", "door.wrong_method"}, answer


def test_a_person_without_any_role_passes_no_guarded_door() -> None:
    client = client_of(add_person("li"))
    for row in GUARDED:
        assert ask(client, *row.values)[0] == 403, row.id


def test_an_inactive_person_passes_no_door() -> None:
    client = client_of(add_person("li", *Role))
    User.objects.update(is_active=False)
    for row in ROWS:
        if row.values[2].needs not in (Open.ANYBODY, Open.PUBLIC):
            assert ask(client, *row.values)[0] == 401, row.id


def test_a_refused_door_is_on_the_record() -> None:
    client = client_of(add_person("li", Role.COLLECTOR))
    assert client.get(f"{ROOT}/audit").status_code == 403
    entry = AuditEntry.objects.get(action="door.refused")
    assert (entry.actor, entry.object_id, entry.result) == ("li", "audit.read", "refused")
    assert entry.after == {"method": "GET", "path": f"{ROOT}/audit"}
