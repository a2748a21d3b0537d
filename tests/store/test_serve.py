"""Starting and stopping: every failure is one clear sentence and a non-zero exit, and the next start works.

All tests share one data folder, one after the other: that each of them starts shows that what the test before it did
to the platform keeps nothing from starting again.
"""

import os
import signal
import socket
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.platform_process import PlatformProcess, environment, gone, running

pytestmark = pytest.mark.kills


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A platform on the embedded database."""
    found = environment(tmp_path_factory.mktemp("serve") / "data")
    found.pop("CHENGMAI_DATABASE_URL", None)
    return found


def status(run: PlatformProcess, path: str = "/api/v1/session") -> int:
    try:
        with urllib.request.urlopen(run.address + path, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def sentence(run: PlatformProcess) -> str:
    """The one line with which a failed start ended."""
    assert "Traceback" not in run.text, run.text
    said = [line for line in run.lines if line.startswith("chengmai: ")]
    assert len(said) == 1, run.text
    return said[0]


def test_it_starts_answers_and_stops_on_sigterm_with_every_child_gone(surroundings: dict[str, str]) -> None:
    with running(surroundings) as run:
        assert status(run.wait_ready()) == 401
        children = run.children()
        assert len(children) >= 2, "the broker and the pool"
        assert run.stop() == 0
        assert run.lines[-1] == "The platform has stopped."
        assert gone(children)


def test_an_installation_without_accounts_says_how_to_make_the_first_and_then_admits_it(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    own = surroundings | {"CHENGMAI_DATA_DIR": str(tmp_path)}
    roles = ("--organisation", "CG", "--role", "security_administrator")
    with running(own, "user", "add", "first", "--name", "First", *roles) as made:
        assert made.wait_end() == 0, made.text
        assert "One-time password of first" in made.text
    for folder, warned in ((surroundings["CHENGMAI_DATA_DIR"], True), (str(tmp_path), False)):
        with running(surroundings | {"CHENGMAI_DATA_DIR": folder}) as run:
            run.wait_ready()
            assert ("chengmai user add" in run.text) == warned


def test_when_it_is_killed_every_child_dies_with_it_and_the_next_start_works(surroundings: dict[str, str]) -> None:
    with running(surroundings) as run:
        children = run.wait_ready().children()
        assert len(children) >= 2
        run.stop(signal.SIGKILL)
        assert gone(children)


def test_a_broker_that_dies_ends_the_platform_with_a_sentence(surroundings: dict[str, str]) -> None:
    with running(surroundings) as run:
        run.wait_ready()
        (broker,) = [
            pid for pid in run.children() if "nats-server" in Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]
        ]
        os.kill(broker, signal.SIGKILL)
        assert run.wait_end() == 3
        assert "broker" in sentence(run)


def test_a_second_start_says_who_holds_the_data_folder(surroundings: dict[str, str]) -> None:
    with running(surroundings) as first:
        first.wait_ready()
        with running(surroundings) as second:
            assert second.wait_end() == 3
            assert f"process {first.process.pid}" in sentence(second)
        assert status(first) == 401
        assert first.stop() == 0


@pytest.mark.parametrize("name", ["CHENGMAI_PORT", "CHENGMAI_MQTT_PORT", "CHENGMAI_NATS_PORT"])
def test_a_port_in_use_is_named(surroundings: dict[str, str], name: str) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(surroundings[name])))
        taken.listen()
        with running(surroundings) as run:
            assert run.wait_end() == 3
            assert surroundings[name] in sentence(run)
            assert gone(run.children())


def test_a_locked_database_is_told(surroundings: dict[str, str]) -> None:
    file = Path(surroundings["CHENGMAI_DATA_DIR"]) / "chengmai.sqlite3"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with running(surroundings | {"CHENGMAI_DATABASE_WAIT_S": "1"}) as run:
            assert run.wait_end() == 3
            assert "locked" in sentence(run)
    finally:
        other.close()


def test_a_database_that_is_taken_away_ends_the_platform(surroundings: dict[str, str]) -> None:
    file = Path(surroundings["CHENGMAI_DATA_DIR"]) / "chengmai.sqlite3"
    with running(surroundings) as run:
        run.wait_ready()
        file.rename(file.with_suffix(".away"))
        assert run.wait_end() == 3
        assert str(file) in sentence(run)
    file.with_suffix(".away").rename(file)


def test_a_database_that_is_not_one_is_told(surroundings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "chengmai.sqlite3"
    file.write_bytes(b"this is no database" * 500)
    with running(surroundings | {"CHENGMAI_DATA_DIR": str(tmp_path)}) as run:
        assert run.wait_end() == 3
        assert "not a database" in sentence(run)


def test_a_database_server_that_is_not_there_is_told(surroundings: dict[str, str]) -> None:
    with running(surroundings | {"CHENGMAI_DATABASE_URL": "postgresql://u:p@127.0.0.1:9/none"}) as run:
        assert run.wait_end() == 3
        assert "database" in sentence(run)


def test_a_nearly_full_disk_is_told_before_anything_is_written(surroundings: dict[str, str]) -> None:
    with running(surroundings | {"CHENGMAI_LEAST_FREE_BYTES": str(10**18)}) as run:
        assert run.wait_end() == 3
        assert "MB are needed" in sentence(run)


def test_a_data_folder_that_cannot_be_is_told(surroundings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with running(surroundings | {"CHENGMAI_DATA_DIR": str(tmp_path / "file" / "data")}) as run:
        assert run.wait_end() == 3
        sentence(run)


def test_a_setting_that_cannot_be_is_told(surroundings: dict[str, str]) -> None:
    with running(surroundings | {"CHENGMAI_PORT": "eighty"}) as run:
        assert run.wait_end() == 2
        assert "CHENGMAI_PORT" in sentence(run)


def test_after_all_this_it_starts_and_stops(surroundings: dict[str, str]) -> None:
    with running(surroundings) as run:
        assert status(run.wait_ready()) == 401
        assert run.stop() == 0, run.text
        assert "Traceback" not in run.text
