"""The way out of the machine, closed and counted: every request a browser sends anywhere else ends here."""

import re
import socket
import threading
from contextlib import suppress
from types import TracebackType

from playwright.sync_api import expect

from tests.e2e.people import Person

BROWSERS_OWN = ("update.googleapis.com", "accounts.google.com", "content-autofill.googleapis.com")
"""Hosts that Chromium itself asks whatever page it shows; no page of ours may name them."""
IN = {"zh-CN": re.compile(r"[\u4e00-\u9fff]"), "en": re.compile(r"^[^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*$")}


class Outside:
    """A proxy for all hosts but this machine; it refuses each request and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._refuse_all, name="outside", daemon=True)

    @property
    def address(self) -> str:
        """The proxy's address, for the browser."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def left(self) -> list[str]:
        """What was asked for, but for what the browser asks of its own."""
        return [asked for asked in self.asked if not any(host in asked for host in BROWSERS_OWN)]

    def __enter__(self) -> "Outside":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _refuse_all(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    asked = connection.recv(2048).partition(b"\r\n")[0].decode("latin-1")
                except OSError as error:
                    asked = f"a connection without a request ({error})"
                # It counts before the browser hears that it was refused, and also when the browser has gone meanwhile.
                self.asked.append(asked)
                with suppress(OSError):
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def visit_pages(person: Person, outside: Outside, paths: tuple[str, ...]) -> None:
    """Visit pages in both languages; none may ask for anything outside, each must be headed in the language spoken.

    Each page begins in the language the one before ended in: one switch a page, there and back again.
    """
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    first, second = "zh-CN", "en"
    for path in paths:
        person.visit(path)
        for language in (first, second):
            person.speak(language)
            expect(person.page.locator("h1").first).to_have_text(IN[language])
        first, second = second, first
    person.speak("zh-CN")
    foreign = [url for url in asked if not url.startswith((person.platform.url, "data:", "blob:"))]
    assert foreign == []
    assert len(asked) > len(paths)
    assert outside.left == []
