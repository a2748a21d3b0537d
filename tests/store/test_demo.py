"""The demonstration's start: everything made once, passwords shown once, a real platform's folder left alone."""

import json
import re
import signal
import urllib.error
import urllib.request
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from chengmai.demo.people import PEOPLE
from tests import postgres
from tests.platform_process import PlatformProcess, environment, gone, running

pytestmark = pytest.mark.kills
ACCOUNT = re.compile(r"^\s*([a-z_0-9]+)\s+([a-z]{4}-[A-Z]{4}-\d{4}-[a-z]{4})\s", re.MULTILINE)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A demonstration on the embedded database; the tests of this module follow each other on it."""
    found = environment(tmp_path_factory.mktemp("demo") / "data", public_origins="")
    found.pop("CHENGMAI_DATABASE_URL", None)
    return found


@pytest.fixture(scope="module")
def passwords(surroundings: dict[str, str]) -> dict[str, str]:
    """What the first start shows."""
    with running(surroundings, "demo") as run:
        run.wait_ready()
        shown = dict(ACCOUNT.findall(run.text))
        assert run.stop() == 0, run.text
    return shown


def log_in(run: PlatformProcess, username: str, password: str) -> dict:
    """Log in as a browser would, with the CSRF cookie sent back."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with pytest.raises(urllib.error.HTTPError):
        browser.open(run.address + "/api/v1/session", timeout=20)
    token = next(cookie.value for cookie in jar if cookie.name == "chengmai_csrf")
    body = json.dumps({"username": username, "password": password}).encode()
    headers = {"Content-Type": "application/json", "X-CSRFToken": token or "", "Origin": run.address}
    request = urllib.request.Request(run.address + "/api/v1/session", body, headers)
    with browser.open(request, timeout=20) as answer:
        return json.load(answer)


def test_the_first_start_makes_an_account_for_every_role(passwords: dict[str, str]) -> None:
    assert len(passwords) == len(set(passwords.values())) == len(PEOPLE)
    assert {"operator", "system_administrator", "security_administrator", "audit_administrator"} <= passwords.keys()


def test_the_next_start_makes_nothing_again_and_shows_no_password(
    surroundings: dict[str, str], passwords: dict[str, str]
) -> None:
    with running(surroundings, "demo") as run:
        run.wait_ready()
        assert "Loading" not in run.text
        assert ACCOUNT.findall(run.text) == []
        me = log_in(run, "operator", passwords["operator"])
        assert (me["roles"], me["demo"], me["must_change_password"]) == (["operator"], True, False)
        children = run.children()
        assert len(children) >= 3, "the broker, a worker and the simulator"
        run.stop(signal.SIGKILL)
        assert gone(children)


def test_lost_passwords_are_replaced(surroundings: dict[str, str], passwords: dict[str, str]) -> None:
    with running(surroundings, "demo", "--new-passwords") as run:
        run.wait_ready()
        shown = dict(ACCOUNT.findall(run.text))
        assert shown.keys() == passwords.keys()
        assert not set(shown.values()) & set(passwords.values())
        assert log_in(run, "operator", shown["operator"])["username"] == "operator"


def test_a_start_that_was_killed_before_it_showed_the_passwords_shows_new_ones(
    surroundings: dict[str, str], passwords: dict[str, str]
) -> None:
    record = Path(surroundings["CHENGMAI_DATA_DIR"]) / "demo.json"
    steps = json.loads(record.read_text())["steps"]
    record.write_text(json.dumps({"steps": [step for step in steps if step != "passwords"]}))
    with running(surroundings, "demo") as run:
        run.wait_ready()
        assert len(ACCOUNT.findall(run.text)) == len(passwords)


def test_a_fresh_start_makes_everything_again(surroundings: dict[str, str], passwords: dict[str, str]) -> None:
    with running(surroundings, "demo", "--fresh") as run:
        run.wait_ready()
        assert "Loading" in run.text
        assert len(ACCOUNT.findall(run.text)) == len(passwords)


def test_it_starts_on_a_database_server_too(tmp_path: Path) -> None:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.server())
        except RuntimeError as error:
            pytest.skip(str(error))
        surroundings = environment(tmp_path, database_url=url)
        run = stack.enter_context(running(surroundings, "demo"))
        password = dict(ACCOUNT.findall(run.wait_ready().text))["operator"]
        assert log_in(run, "operator", password)["username"] == "operator"
        assert run.stop() == 0, run.text
        refused = stack.enter_context(running(surroundings, "demo", "--fresh"))
        assert refused.wait_end() == 3
        assert "empty a database server yourself" in refused.text
    assert not (tmp_path / "chengmai.sqlite3").exists()


def test_the_folder_of_a_real_platform_is_left_alone(tmp_path: Path) -> None:
    surroundings = environment(tmp_path)
    surroundings.pop("CHENGMAI_DATABASE_URL", None)
    database = tmp_path / "chengmai.sqlite3"
    database.write_bytes(b"somebody's")
    for options in ((), ("--fresh",)):
        with running(surroundings, "demo", *options) as run:
            assert run.wait_end() == 3
            assert "no demonstration" in run.text
    assert database.read_bytes() == b"somebody's"
