"""The command line's part in people: first accounts, and administrators' forgotten passwords."""

import re

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from chengmai.access.commands import user
from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.core.errors import ChengmaiError
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(user, arguments)


def password(result: Result) -> str:
    found = re.search(r"[a-z]{4}-[A-Z]{4}-\d{4}-[a-z]{4}", result.output)
    assert result.exit_code == 0, result.output
    assert found
    return found[0]


def log_in(username: str, word: str) -> dict[str, object]:
    return Client().post("/api/v1/session", {"username": username, "password": word}, "application/json").json()


def test_the_first_administrator_of_an_empty_installation_is_made_here() -> None:
    made = run("add", "root1", "--name", "王", "--organisation", "CG", "--role", "security_administrator")
    me = log_in("root1", password(made))
    assert (me["roles"], me["must_change_password"]) == (["security_administrator"], True)
    assert AuditEntry.objects.get(action="user.added").actor == ""


def test_roles_that_exclude_each_other_or_do_not_exist_are_refused() -> None:
    add_organisation()
    both = ("--role", "security_administrator", "--role", "audit_administrator")
    assert isinstance(run("add", "x", "--name", "x", "--organisation", "CG", *both).exception, ChengmaiError)
    none = run("add", "x", "--name", "x", "--organisation", "CG", "--role", "king")
    assert getattr(none.exception, "code", "") == "role.unknown"
    assert not User.objects.exists()


def test_an_administrator_s_forgotten_password_is_replaced_here_and_its_sessions_end() -> None:
    client = client_of(add_person("security", Role.SECURITY_ADMINISTRATOR))
    fresh = password(run("reset-password", "security"))
    assert client.get("/api/v1/session").status_code == 401
    assert log_in("security", fresh)["must_change_password"] is True
