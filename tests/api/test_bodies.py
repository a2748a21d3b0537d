"""How much anybody may send: over a real socket with real bytes, for Django's test client sends none."""

import http.client
import json
import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from django.middleware.csrf import _get_new_csrf_string

from chengmai.portal.bodies import FORM_BYTES, takes_file
from chengmai.portal.server import Dispatcher
from chengmai.settings import current

HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
ENDING = b"\r\n--b--\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    """A web server of the platform, without its parts; what is refused before Django needs no database."""
    dispatcher = Dispatcher(1, None)
    server = uvicorn.Server(uvicorn.Config(dispatcher, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
            dispatcher.close()


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The files that Django wrote while it read a body."""
    files: list[object] = []
    made = tempfile.NamedTemporaryFile

    def remember(*arguments: Any, **named: Any) -> Any:
        files.append(made(*arguments, **named))
        return files[-1]

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", remember)
    return files


def send(port: int, path: str, length: int, **headers: str) -> tuple[tuple[int, str], int]:
    """A form with one file of about that size; the answer, and how many bytes were taken before it came."""
    secret = _get_new_csrf_string()
    told = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Cookie": f"csrftoken={secret}",
        "X-CSRFToken": secret,
        **(headers or {"Content-Length": str(length)}),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST", path)
    for name, value in told.items():
        connection.putheader(name, value)
    connection.endheaders()
    taken = _push(connection.sock, HEAD + b"x" * (length - len(HEAD) - len(ENDING)) + ENDING) if length else 0
    answer = connection.getresponse()
    error = json.loads(answer.read())["error"]
    connection.close()
    return (answer.status, error["code"]), taken


def _push(sock: socket.socket, body: bytes) -> int:
    """Send until all is sent or an answer comes; how many bytes went."""
    taken = 0
    while taken < len(body):
        readable, writable, _ = select.select([sock], [sock], [], 20)
        if readable or not writable:
            break
        try:
            taken += sock.send(body[taken : taken + 65_536])
        except ConnectionError:  # answered and closed between the look and the sending; the answer waits to be read
            break
    return taken


def test_nobody_fills_the_disk_at_the_door_of_the_log_in(port: int, spooled: list[object]) -> None:
    answer, taken = send(port, "/api/v1/session", 60_000_000)
    assert answer == (413, "door.too_large")
    assert taken < 10_000_000, "the answer came before the body"
    assert not spooled


def test_only_doors_that_take_files_take_more_and_they_have_a_limit_too(port: int) -> None:
    photos, limit = "/api/v1/cases/0/photos", current().max_upload_bytes
    assert send(port, photos, current().max_body_bytes + 1)[0] == (401, "door.not_logged_in")
    assert send(port, photos, limit + FORM_BYTES + 1)[0] == (413, "door.too_large")


def test_a_body_without_a_length_is_refused(port: int) -> None:
    assert send(port, "/api/v1/session", 0, **{"Transfer-Encoding": "chunked"})[0] == (422, "door.length_missing")


def test_doors_that_take_files_are_known_by_the_api() -> None:
    assert takes_file("/api/v1/networks/JC-WATER/imports")
    assert takes_file("/api/v1/cases/0193a000-0000-7000-8000-000000000000/photos")
    assert not takes_file("/api/v1/session")
    assert not takes_file("/api/v1/cases/1/2/photos")
