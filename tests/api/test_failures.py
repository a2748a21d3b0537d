"""Errors: one JSON shape whatever fails, in the caller's language, and headers that keep a browser in its bounds."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory

from chengmai.access import queries
from chengmai.access.roles import Role
from chengmai.portal import failures
from chengmai.portal.failures import as_error
from tests.people import add_person, client_of

pytestmark = pytest.mark.django_db


def shape(answer: object) -> tuple[int, str]:
    body = answer.json()  # type: ignore[attr-defined]
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "params", "message"}
    assert "{" not in body["error"]["message"]
    return answer.status_code, body["error"]["code"]  # type: ignore[attr-defined]


def test_every_kind_of_failure_has_the_one_shape() -> None:
    client = client_of(add_person("li", Role.SYSTEM_ADMINISTRATOR))
    assert shape(client.get("/api/v1/nothing")) == (404, "door.not_found")
    assert shape(client.get("/api/nothing")) == (404, "door.not_found")
    assert shape(client.get("/assets/missing.js")) == (404, "door.not_found")
    assert shape(client.put("/api/v1/users")) == (405, "door.wrong_method")
    assert shape(client.post("/api/v1/users", "{no json", "application/json")) == (422, "input.unreadable")
    assert shape(client.post("/api/v1/users", {"username": 7}, "application/json")) == (422, "input.invalid")
    assert shape(client.get("/api/v1/users?limit=1000")) == (422, "input.invalid")
    assert shape(client.patch("/api/v1/users/nobody", {}, "application/json")) == (404, "user.unknown")
    assert shape(client.get("/api/v1/users", headers={"Host": "evil.example"})) == (422, "input.unreadable")


def test_a_validation_error_names_every_field_and_rule() -> None:
    client = client_of(add_person("li", Role.SYSTEM_ADMINISTRATOR))
    params = client.post("/api/v1/users", {"username": ""}, "application/json").json()["error"]["params"]
    assert {found["field"] for found in params["errors"]} == {
        "username",
        "name",
        "organisation",
    }


def test_an_unforeseen_error_is_told_by_an_incident_number_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(queries, "users", broken)
    client = client_of(add_person("li", Role.SYSTEM_ADMINISTRATOR))
    answer = client.get("/api/v1/users")
    assert shape(answer) == (500, "internal")
    assert "secret" not in answer.content.decode()


def test_an_error_outside_the_api_has_the_shape_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: HttpRequest) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("chengmai.access.middleware.IdleTimeout.__call__", lambda self, request: broken(request))
    client = Client(raise_request_exception=False)
    assert shape(client.get("/api/v1/session")) == (503, "database.locked")


def test_a_full_database_says_so() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            error: Exception = OperationalError("could not extend file: No space left on device")
        else:
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            try:
                with pytest.raises(OperationalError) as raised:
                    cursor.execute("CREATE TABLE full_up AS SELECT hex(randomblob(1000000)) AS content")
            finally:
                cursor.execute("PRAGMA max_page_count = 1073741823")
            error = raised.value
    assert as_error(error).code == "disk.full"


def test_a_body_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_big(*arguments: object) -> None:
        raise RequestDataTooBig

    monkeypatch.setattr(HttpRequest, "body", property(too_big))
    client = Client(raise_request_exception=False)
    answer = client.post("/api/v1/session", {"username": "x", "password": "y"}, "application/json")
    assert shape(answer) == (413, "door.too_large")


def test_errors_speak_the_browser_s_language_until_a_person_has_chosen_one() -> None:
    chinese = Client().get("/api/v1/users", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    english = Client().get("/api/v1/users", headers={"Accept-Language": "en-GB,en"})
    assert chinese.json()["error"]["message"] == "请先登录。"
    assert english.json()["error"]["message"] == "Please log in."


def test_security_headers_are_on_every_answer() -> None:
    for path in ("/api/v1/session", "/", "/api/docs", "/api/nothing"):
        headers = Client().get(path, headers={"Host": "localhost"}).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy, path
        assert "worker-src 'self' blob:" in policy
        assert "connect-src 'self' ws://localhost wss://localhost" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_documentation_of_the_api_comes_from_here_alone() -> None:
    client = client_of(add_person("li"))
    page = client.get("/api/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-init.js"):
        assert f"/api/docs/{name}" in page
        assert Client().get(f"/api/docs/{name}").status_code == 200
    assert Client().get("/api/docs/favicon.png").status_code == 404


def test_what_doors_there_are_is_told_to_people_who_are_logged_in() -> None:
    for path in ("/api/docs", "/api/v1/openapi.json"):
        assert shape(Client().get(path)) == (401, "door.not_logged_in")
        assert client_of(add_person(f"li{len(path)}")).get(path).status_code == 200


def test_the_front_end_s_page_answers_its_own_routes(tmp_path: object, settings: object) -> None:
    settings.WHITENOISE_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    (tmp_path / "index.html").write_text("<!doctype html><title>Chengmai</title>")  # type: ignore[operator]
    for path in ("/", "/alarms/7", "/field/cases/x"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert b"<title>Chengmai" in answer.content
        assert "chengmai_csrf" in answer.cookies
    assert Client().get("/logo.png").status_code == 404


def test_every_status_a_foreign_error_may_have_gets_a_code_of_ours() -> None:
    request = RequestFactory().get("/")
    for status in (400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 502):
        answer = failures.error_response(failures._by_status(status), failures.language_of(request))
        assert answer.status_code in {status, 422, 500}


@pytest.mark.parametrize("path", ["/search?q=%00", "/networks/a%00b/links/c"])
def test_a_nul_in_an_address_is_told_as_such(path: str) -> None:
    answer = client_of(add_person("li", Role.OPERATOR)).get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "input.nul")


def test_a_nul_in_a_body_is_told_as_such_before_anybody_is_logged_in() -> None:
    answer = Client().post("/api/v1/session", {"username": "a\0b", "password": "x"}, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "input.nul")
