"""People of the crew at work through the platform's doors: each with a session of their own, each request noted."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import urllib3

from chengmai.core.errors import Unavailable

API = "/api/v1"
LONGEST_S = 60.0


class Refused(Exception):
    """The platform said no: its status, the stable code and the sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


@dataclass
class Journal:
    """What was asked of the platform and how long each answer took [s], by kind; safe from many threads."""

    took: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float) -> None:
        """An answer to a request of a kind."""
        with self._lock:
            self.took.setdefault(kind, []).append(seconds)

    def note_refusal(self, code: str) -> None:
        """A refusal with its code."""
        with self._lock:
            self.refused[code] = self.refused.get(code, 0) + 1


class Actor:
    """Somebody with an account, logged in; one request at a time, as a person has two hands."""

    def __init__(self, doors: urllib3.HTTPConnectionPool, username: str, password: str, journal: Journal) -> None:
        self.username = username
        self._doors, self._journal = doors, journal
        self._cookies: dict[str, str] = {}
        self._lock = threading.RLock()
        # Who is not logged in is told so, and given the token that logging in asks for.
        self._send("GET", "/session", None, {})
        self.me = self.post("/session", {"username": username, "password": password}, kind="log in")

    def get(self, path: str, kind: str = "", **query: Any) -> Any:
        """What a door answers; ``kind`` is what the request is noted as."""
        asked = f"?{urlencode(query, doseq=True)}" if query else ""
        return self._ask("GET", path + asked, kind or f"GET {path}", None, {})

    def post(self, path: str, body: Mapping[str, Any], kind: str = "") -> Any:
        """What a door answers to a body."""
        data = json.dumps(body).encode()
        return self._ask("POST", path, kind or f"POST {path}", data, {"Content-Type": "application/json"})

    def put(self, path: str, body: Mapping[str, Any], kind: str = "") -> Any:
        """What a door answers to what shall stand there."""
        data = json.dumps(body).encode()
        return self._ask("PUT", path, kind or f"PUT {path}", data, {"Content-Type": "application/json"})

    def delete(self, path: str, kind: str = "") -> Any:
        """What a door answers when something is taken away."""
        return self._ask("DELETE", path, kind or f"DELETE {path}", None, {})

    def upload(self, path: str, fields: Mapping[str, str], name: str, content: bytes, kind: str = "") -> Any:
        """What a door answers to a file with its fields."""
        parts: list[tuple[str, str | bytes | tuple[str, bytes]]] = [*fields.items(), ("file", (name, content))]
        data, content_type = urllib3.encode_multipart_formdata(parts)
        return self._ask("POST", path, kind or f"POST {path}", data, {"Content-Type": content_type})

    def send_as(self, gateway: str, token: str, path: str, data: bytes, kind: str) -> Any:
        """What a door answers to a device's own message, sent with the device's credential."""
        bearer = {"Authorization": f"Bearer {gateway}:{token}", "Content-Type": "application/json"}
        return self._ask("POST", path, kind, data, bearer)

    def _ask(self, method: str, path: str, kind: str, data: bytes | None, headers: Mapping[str, str]) -> Any:
        began = perf_counter()
        status, content = self._send(method, path, data, headers)
        self._journal.note(kind, perf_counter() - began)
        told = json.loads(content) if content else None
        if status < 400:
            return told
        said = told["error"] if isinstance(told, dict) and "error" in told else {"code": "?", "message": ""}
        self._journal.note_refusal(said["code"])
        raise Refused(status, said["code"], said["message"])

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        with self._lock:
            sent = {**headers, "Accept-Language": "zh-CN", "Cookie": "; ".join(map("=".join, self._cookies.items()))}
            if method != "GET":
                sent |= {"X-CSRFToken": self._cookies.get("chengmai_csrf", ""), "Origin": self._origin}
            try:
                answer = self._doors.request(method, API + path, body=data, headers=sent, timeout=LONGEST_S, retries=2)
            except urllib3.exceptions.HTTPError as error:
                raise Unavailable("day.unreachable", address=self._origin, reason=str(error)) from error
            for cookie in answer.headers.getlist("Set-Cookie"):
                self._cookies |= {name: held.value for name, held in SimpleCookie(cookie).items()}
        return answer.status, answer.data

    @property
    def _origin(self) -> str:
        return f"{self._doors.scheme}://{self._doors.host}:{self._doors.port}"
