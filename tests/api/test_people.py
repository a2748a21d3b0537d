"""People and their roles: three administrators who cannot take each other's place."""

import pytest
from django.test import Client

from chengmai.access.models import AuditEntry, RoleAssignment, User
from chengmai.access.roles import Role
from tests.people import PASSWORD, add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db


def code(answer: object) -> str:
    return answer.json()["error"]["code"]  # type: ignore[attr-defined]


@pytest.fixture
def system() -> Client:
    return client_of(add_person("system", Role.SYSTEM_ADMINISTRATOR))


@pytest.fixture
def security() -> Client:
    return client_of(add_person("security", Role.SECURITY_ADMINISTRATOR))


def test_a_new_person_gets_a_one_time_password_and_no_role_until_the_security_administrator_gives_one(
    system: Client, security: Client
) -> None:
    add_organisation("CG-WATER", "department")
    body = {"username": "zhang", "name": "张工", "organisation": "CG-WATER"}
    made = system.post("/api/v1/users", body, "application/json")
    assert made.status_code == 201
    assert made.json()["user"]["roles"] == []
    password = made.json()["password"]
    browser = Client()
    me = browser.post("/api/v1/session", {"username": "zhang", "password": password}, "application/json").json()
    assert me["must_change_password"] is True
    assert code(browser.get("/api/v1/organisations")) == "door.password_due"
    given = security.put("/api/v1/users/zhang/roles", {"roles": ["dispatcher"]}, "application/json")
    assert given.json()["roles"] == ["dispatcher"]
    assert code(system.post("/api/v1/users", body, "application/json")) == "user.taken"
    last = AuditEntry.objects.get(action="user.roles_assigned")
    assert (last.actor, last.before, last.after) == ("security", {"roles": []}, {"roles": ["dispatcher"]})


def test_the_one_time_password_is_in_no_table(system: Client) -> None:
    add_organisation("CG-WATER", "department")
    body = {"username": "zhang", "name": "张工", "organisation": "CG-WATER"}
    password = system.post("/api/v1/users", body, "application/json").json()["password"]
    assert all(password not in str(entry.after) for entry in AuditEntry.objects.all())


def test_nobody_assigns_roles_to_himself_or_changes_his_own_account(system: Client, security: Client) -> None:
    assert code(security.put("/api/v1/users/security/roles", {"roles": ["operator"]}, "application/json")) == (
        "user.own_roles"
    )
    assert code(system.patch("/api/v1/users/system", {"is_active": False}, "application/json")) == "user.own_account"


@pytest.mark.parametrize(
    "roles",
    [
        ["system_administrator", "security_administrator"],
        ["audit_administrator", "operator"],
        ["system_administrator", "security_administrator", "audit_administrator"],
    ],
)
def test_an_administrator_holds_no_other_role(security: Client, roles: list[str]) -> None:
    add_person("li")
    answer = security.put("/api/v1/users/li/roles", {"roles": roles}, "application/json")
    assert code(answer) == "user.roles_exclude"


def test_the_last_administrator_of_a_kind_stays(system: Client, security: Client) -> None:
    add_person("auditor", Role.AUDIT_ADMINISTRATOR)
    answer = security.put("/api/v1/users/auditor/roles", {"roles": []}, "application/json")
    assert code(answer) == "user.last_administrator"
    assert code(system.patch("/api/v1/users/auditor", {"is_active": False}, "application/json")) == (
        "user.last_administrator"
    )
    add_person("second", Role.AUDIT_ADMINISTRATOR)
    assert system.patch("/api/v1/users/auditor", {"is_active": False}, "application/json").status_code == 200
    assert code(security.put("/api/v1/users/second/roles", {"roles": []}, "application/json")) == (
        "user.last_administrator"
    ), "an inactive account does not count"


def test_the_system_administrator_cannot_take_over_another_administrator(system: Client, security: Client) -> None:
    assert code(system.post("/api/v1/users/security/password")) == "user.administrator_password"
    add_person("li", Role.OPERATOR)
    password = system.post("/api/v1/users/li/password").json()["password"]
    body = {"username": "li", "password": password}
    assert Client().post("/api/v1/session", body, "application/json").json()["must_change_password"] is True


def test_a_reset_password_ends_the_sessions_of_its_owner(system: Client) -> None:
    owner = client_of(add_person("li", Role.OPERATOR))
    system.post("/api/v1/users/li/password")
    assert owner.get("/api/v1/session").status_code == 401


def test_an_unlocked_account_opens_at_once(system: Client) -> None:
    add_person("li", Role.OPERATOR)
    body = {"username": "li", "password": "wrong"}
    for _ in range(5):
        Client().post("/api/v1/session", body, "application/json")
    assert system.get("/api/v1/users").json()["items"][0]["locked_until"] is not None
    system.post("/api/v1/users/li/unlock")
    right = {"username": "li", "password": PASSWORD}
    assert Client().post("/api/v1/session", right, "application/json").status_code == 200


def test_a_role_taken_away_closes_its_doors_at_once(security: Client) -> None:
    client = client_of(add_person("li", Role.AUDIT_ADMINISTRATOR))
    add_person("second", Role.AUDIT_ADMINISTRATOR)
    assert client.get("/api/v1/audit").status_code == 200
    security.put("/api/v1/users/li/roles", {"roles": []}, "application/json")
    assert client.get("/api/v1/audit").status_code == 403


def test_people_are_listed_in_pages(system: Client) -> None:
    for name in ("a", "b", "c"):
        add_person(name)
    first = system.get("/api/v1/users?limit=3").json()
    assert [user["username"] for user in first["items"]] == ["a", "b", "c"]
    rest = system.get(f"/api/v1/users?limit=3&after={first['next']}").json()
    assert ([user["username"] for user in rest["items"]], rest["next"]) == (["system"], None)


@pytest.mark.parametrize("username", ["has space", "王", "a/b", "x" * 65, ""])
def test_a_user_name_that_is_no_name_is_refused(system: Client, username: str) -> None:
    body = {"username": username, "name": "x", "organisation": "CG"}
    assert system.post("/api/v1/users", body, "application/json").status_code == 422
    assert User.objects.count() == 1


def test_the_audit_trail_can_be_filtered_and_paged() -> None:
    add_person("li", Role.OPERATOR)
    for _ in range(3):
        Client().post("/api/v1/session", {"username": "li", "password": "wrong"}, "application/json")
    client = client_of(add_person("auditor", Role.AUDIT_ADMINISTRATOR))
    first = client.get("/api/v1/audit?object_kind=user&object_id=li&limit=2").json()
    assert [entry["sequence"] for entry in first["items"]] == [3, 2]
    rest = client.get(f"/api/v1/audit?object_id=li&before={first['next']}").json()
    assert [entry["sequence"] for entry in rest["items"]] == [1]
    assert client.get("/api/v1/audit?actor=nobody").json()["items"] == []
    assert client.get("/api/v1/audit/verification").json()["intact"] is True


def test_roles_of_a_person_are_counted_once() -> None:
    user = add_person("li", Role.OPERATOR, Role.DISPATCHER)
    assert RoleAssignment.objects.filter(user=user).count() == 2
    assert User.objects.get(pk=user.pk).roles == {Role.OPERATOR, Role.DISPATCHER}
