"""The session's door: logging in and out, lock-out, idle time-out, CSRF, passwords."""

from datetime import timedelta
from time import time

import pytest
from django.test import Client

from chengmai import django_settings
from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from tests.people import PASSWORD, add_person, client_of

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str, password: str) -> tuple[int, dict]:
    answer = client.post("/api/v1/session", {"username": username, "password": password}, "application/json")
    return answer.status_code, answer.json()


def test_passwords_are_hashed_by_the_slow_way_outside_of_tests() -> None:
    assert django_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_a_person_logs_in_and_out() -> None:
    add_person("li", Role.OPERATOR)
    client = Client()
    status, me = log_in(client, "li", PASSWORD)
    assert status == 200
    assert me["username"] == "li"
    assert "alarm.acknowledge" in me["permissions"]
    assert me["must_change_password"] is False
    assert client.get("/api/v1/session").json()["username"] == "li"
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_and_are_audited() -> None:
    add_person("li", Role.OPERATOR)
    wrong = log_in(Client(), "li", "not the password")
    unknown = log_in(Client(), "nobody", "not the password")
    assert wrong == unknown
    assert wrong[0] == 401
    entries = AuditEntry.objects.filter(action="session.log_in", result="failed").order_by("sequence")
    assert [(entry.object_id, entry.address) for entry in entries] == [("li", "127.0.0.1"), ("", "127.0.0.1")]


def test_an_account_locks_after_the_set_failures_and_opens_after_the_set_minutes() -> None:
    add_person("li", Role.OPERATOR)
    answers = [log_in(Client(), "li", "wrong") for _ in range(5)]
    answers.append(log_in(Client(), "li", PASSWORD))
    assert answers == [log_in(Client(), "nobody", "wrong")] * 6, "nobody learns here which names there are"
    assert AuditEntry.objects.filter(action="user.locked", object_id="li").count() == 1
    User.objects.update(locked_until=now() - timedelta(seconds=1))
    assert log_in(Client(), "li", PASSWORD)[0] == 200
    assert User.objects.get(username="li").locked_until is None


def test_an_address_that_keeps_failing_must_wait() -> None:
    codes = [log_in(Client(), f"name{n}", "wrong")[1]["error"]["code"] for n in range(31)]
    assert codes[-2:] == ["session.wrong", "session.too_many"]
    answer = Client(REMOTE_ADDR="10.0.0.9").post(
        "/api/v1/session", {"username": "x", "password": "y"}, "application/json"
    )
    assert answer.json()["error"]["code"] == "session.wrong"


def test_an_unused_session_ends_and_a_used_one_goes_on() -> None:
    user = add_person("li", Role.OPERATOR)
    client = client_of(user)
    session = client.session
    session["seen"] = time() - 19 * 60
    session.save()
    assert client.get("/api/v1/organisations").status_code == 200
    assert client.session["seen"] > time() - 60
    session = client.session
    session["seen"] = time() - 21 * 60
    session.save()
    assert client.get("/api/v1/organisations").status_code == 401
    assert AuditEntry.objects.filter(action="session.expired", object_id="li").exists()


def test_a_request_that_no_person_caused_does_not_keep_a_session_alive() -> None:
    client = client_of(add_person("li", Role.OPERATOR))
    session = client.session
    session["seen"] = before = time() - 10 * 60
    session.save()
    assert client.get("/api/v1/organisations", headers={"X-Background": "1"}).status_code == 200
    assert client.session["seen"] == before


def test_a_change_without_the_csrf_token_is_refused() -> None:
    user = add_person("li", Role.OPERATOR)
    client = Client(enforce_csrf_checks=True)
    assert log_in(client, "li", PASSWORD)[1]["error"]["code"] == "door.csrf"
    client.get("/api/v1/session")
    token = client.cookies["chengmai_csrf"].value
    body = {"username": user.username, "password": PASSWORD}
    answer = client.post("/api/v1/session", body, "application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    refused = client.put("/api/v1/session/language", {"language": "en"}, "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "door.csrf")


def test_choosing_a_language_changes_the_language_of_errors() -> None:
    client = client_of(add_person("li", Role.OPERATOR))
    assert client.put("/api/v1/session/language", {"language": "en"}, "application/json").json()["language"] == "en"
    assert client.get("/api/v1/users").json()["error"]["message"] == "Your roles do not allow this (user.read)."
    answer = client.put("/api/v1/session/language", {"language": "fr"}, "application/json")
    assert answer.json()["error"]["code"] == "language.unknown"


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("Sh0rt-pw", "password.length"),
        ("onlysmallletters", "password.classes"),
        ("li2-Li2-li2-LI", "password.has_username"),
        ("Password123", "password.common"),
        (PASSWORD, "password.same"),
    ],
)
def test_a_new_password_must_keep_the_rules(new: str, code: str) -> None:
    client = client_of(add_person("li", Role.OPERATOR))
    answer = client.put("/api/v1/session/password", {"old": PASSWORD, "new": new}, "application/json")
    assert answer.json()["error"]["code"] == code


def test_a_changed_password_ends_every_other_session() -> None:
    user = add_person("li", Role.OPERATOR)
    here, elsewhere = client_of(user), client_of(user)
    body = {"old": PASSWORD, "new": "Fresh-Water-2026"}
    assert here.put("/api/v1/session/password", body, "application/json").status_code == 200
    assert here.get("/api/v1/session").status_code == 200
    assert elsewhere.get("/api/v1/session").status_code == 401
    assert log_in(Client(), "li", PASSWORD)[0] == 401
    assert log_in(Client(), "li", "Fresh-Water-2026")[0] == 200


@pytest.mark.parametrize("changed_at", [None, now() - timedelta(days=91)])
def test_a_password_that_is_due_opens_no_door_but_its_own_change(changed_at: object) -> None:
    user = add_person("li", Role.OPERATOR)
    User.objects.update(password_changed_at=changed_at)
    client = client_of(user)
    assert client.get("/api/v1/session").json()["must_change_password"] is True
    assert client.get("/api/v1/organisations").json()["error"]["code"] == "door.password_due"
    body = {"old": PASSWORD, "new": "Fresh-Water-2026"}
    assert client.put("/api/v1/session/password", body, "application/json").status_code == 200
    assert client.get("/api/v1/organisations").status_code == 200


def test_guessing_the_old_password_inside_a_session_locks_too() -> None:
    client = client_of(add_person("li", Role.OPERATOR))
    for _ in range(5):
        client.put("/api/v1/session/password", {"old": "guess", "new": "Fresh-Water-2026"}, "application/json")
    body = {"old": PASSWORD, "new": "Fresh-Water-2026"}
    answer = client.put("/api/v1/session/password", body, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "session.locked")
    assert log_in(Client(), "li", PASSWORD)[0] == 401


def test_a_deactivated_account_loses_its_session() -> None:
    user = add_person("li", Role.OPERATOR)
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/api/v1/session").status_code == 401
    assert log_in(Client(), "li", PASSWORD)[1]["error"]["code"] == "session.wrong"
