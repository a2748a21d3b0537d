"""The WebSocket of the live feed: who may listen, what he hears, and that log-out ends it."""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.detection.observations import Observations
from chengmai.sensing import live_socket
from chengmai.sensing.live import SEATS, Hub
from chengmai.sensing.live_socket import LiveSocket
from chengmai.sensing.registry import Registry, StreamFacts
from chengmai.settings import Settings
from tests.people import add_organisation, add_person, client_of

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "city.example"


@pytest.fixture
def hub() -> Hub:
    streams = [StreamFacts(1, "A", "G", "WATER", None, None, 300), StreamFacts(2, "B", "G", "ROADS", None, None, 300)]
    registry = Registry(lambda: (streams, {}))
    registry.refresh()
    made = Hub(registry)
    made.values(Observations.fresh([1, 2], np.array([0, 0], dtype="datetime64[ms]"), [5.0, 6.0]))
    return made


class Connection:
    """One browser's connection, spoken to as the server would."""

    def __init__(
        self, socket: LiveSocket, cookie: str, origin: str | None = f"https://{HOST}", query: str = ""
    ) -> None:
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        headers = {"host": HOST, "cookie": cookie} | ({"origin": origin} if origin else {})
        scope = {
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "query_string": query.encode(),
        }
        self.told.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(socket(scope, self.told.get, self.sent.put))

    async def next(self) -> Any:
        event = await asyncio.wait_for(self.sent.get(), 10)
        if event["type"] != "websocket.send":
            return event
        return json.loads(event["text"] if "text" in event else zlib.decompress(event["bytes"]))

    async def leave(self) -> None:
        self.told.put_nowait({"type": "websocket.disconnect"})
        await asyncio.wait_for(self.task, 10)


def cookie_of(client: Client) -> str:
    return f"other=1; chengmai_session={client.cookies['chengmai_session'].value}"


def talk(hub: Hub, talk_with: Callable[[LiveSocket], Awaitable[None]], settings: Settings | None = None) -> None:
    async def run() -> None:
        socket = LiveSocket(hub, settings or Settings())
        try:
            await talk_with(socket)
        finally:
            socket.close()

    asyncio.run(run())


def test_a_department_s_person_hears_of_its_own_streams(hub: Hub) -> None:
    client = client_of(add_person("op", Role.OPERATOR, organisation=add_organisation("WATER", "department")))

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        assert (await one.next())["type"] == "websocket.accept"
        snapshot = await one.next()
        assert (snapshot["type"], [value[0] for value in snapshot["values"]]) == ("snapshot", ["A"])
        hub.change("alarm", "7", "raise", "WATER")
        delta = await one.next()
        while not delta["changes"]:
            delta = await one.next()
        assert delta["changes"] == [{"kind": "alarm", "id": "7", "action": "raise"}]
        await one.leave()
        assert hub.listeners == 0

    talk(hub, conversation)


def test_who_answers_calls_hears_of_calls_and_of_no_reading(hub: Hub) -> None:
    client = client_of(add_person("clerk", Role.INTAKE_CLERK))

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        assert (await one.next())["type"] == "websocket.accept"
        assert (await one.next())["values"] == []
        hub.change("alarm", "7", "raise", "WATER")
        hub.change("call", "8", "rang", SEATS)
        delta = await one.next()
        while not delta["changes"]:
            delta = await one.next()
        assert delta["changes"] == [{"kind": "call", "id": "8", "action": "rang"}]
        await one.leave()

    talk(hub, conversation)


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", "null"])
def test_a_page_from_elsewhere_is_not_let_in(hub: Hub, origin: str | None) -> None:
    client = client_of(add_person("op", Role.OPERATOR))

    async def conversation(socket: LiveSocket) -> None:
        assert await Connection(socket, cookie_of(client), origin).next() == {"type": "websocket.close", "code": 4403}

    talk(hub, conversation)


def test_without_a_session_or_the_permission_it_closes(hub: Hub) -> None:
    stranger = client_of(add_person("security", Role.SECURITY_ADMINISTRATOR))

    async def conversation(socket: LiveSocket) -> None:
        for cookie, code in (("", 4401), ("chengmai_session=x", 4401), (cookie_of(stranger), 4403)):
            one = Connection(socket, cookie)
            assert (await one.next())["type"] == "websocket.accept"
            assert await one.next() == {"type": "websocket.close", "code": code}

    talk(hub, conversation)


def test_log_out_closes_at_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "SESSION_CHECK_S", 3600)
    client = client_of(add_person("op", Role.OPERATOR))

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        await one.next()
        await one.next()
        answer = await sync_to_async(client.delete, thread_sensitive=False)("/api/v1/session")
        assert answer.status_code < 300, answer.content
        event = await one.next()
        while event["type"] != "websocket.close":
            event = await one.next()
        assert event["code"] == 4401

    talk(hub, conversation)


def test_a_session_that_runs_out_closes_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "SESSION_CHECK_S", 0.05)
    client = client_of(add_person("op", Role.OPERATOR))

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        await one.next()
        await one.next()
        await sync_to_async(client.session.flush, thread_sensitive=False)()
        event = await one.next()
        while event["type"] != "websocket.close":
            event = await one.next()
        assert event["code"] == 4401

    talk(hub, conversation)


@pytest.mark.parametrize(("company", "own"), [("JC-WATER-CO", "W"), ("JC-GAS-CO", "G"), ("JC-HEAT-CO", "H")])
def test_each_company_hears_of_its_own_and_the_section_above_it_too(company: str, own: str) -> None:
    streams = [
        StreamFacts(i, code, f"GW-{code}", owner, None, None, 300)
        for i, (owner, code) in enumerate((("JC-WATER-CO", "W"), ("JC-GAS-CO", "G"), ("JC-HEAT-CO", "H")), start=1)
    ]
    registry = Registry(lambda: (streams, {}))
    registry.refresh()
    hub = Hub(registry)
    hub.values(Observations.fresh([1, 2, 3], np.array([0, 0, 0], dtype="datetime64[ms]"), [5.0, 6.0, 7.0]))
    section = add_organisation("SECTION", "department")
    below = add_organisation(company, "utility")
    below.parent = section
    below.save()
    clients = [client_of(add_person(home.code, Role.OPERATOR, organisation=home)) for home in (section, below)]

    async def conversation(socket: LiveSocket) -> None:
        for client in clients:
            one = Connection(socket, cookie_of(client))
            await one.next()
            assert [value[0] for value in (await one.next())["values"]] == [own]
            for owner, code in (("JC-WATER-CO", "W"), ("JC-GAS-CO", "G"), ("JC-HEAT-CO", "H")):
                hub.change("warning", code, "issue", owner)
            delta = await one.next()
            while not delta["changes"]:
                delta = await one.next()
            assert [change["id"] for change in delta["changes"]] == [own]
            await one.leave()

    talk(hub, conversation)


@pytest.mark.parametrize("moved", ["department", "roles"])
def test_who_may_hear_less_than_before_is_let_in_anew(hub: Hub, monkeypatch: pytest.MonkeyPatch, moved: str) -> None:
    monkeypatch.setattr(live_socket, "SESSION_CHECK_S", 0.05)
    user = add_person("op", Role.OPERATOR, organisation=add_organisation("WATER", "department"))
    roads, client = add_organisation("ROADS", "department"), client_of(user)

    def move() -> None:
        if moved == "department":
            User.objects.filter(pk=user.pk).update(organisation=roads)
        else:
            user.role_assignments.all().delete()

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        assert [(await one.next())["type"] for _ in range(2)] == ["websocket.accept", "snapshot"]
        await sync_to_async(move, thread_sensitive=False)()
        said = await one.next()
        while said["type"] == "delta":  # of what was measured before the move
            said = await one.next()
        assert said == {"type": "websocket.close", "code": 4401}

    talk(hub, conversation)


def test_a_password_that_is_due_hears_nothing(hub: Hub) -> None:
    user = add_person("op", Role.OPERATOR)
    User.objects.filter(pk=user.pk).update(password_changed_at=None)
    client = client_of(user)

    async def conversation(socket: LiveSocket) -> None:
        one = Connection(socket, cookie_of(client))
        assert (await one.next())["type"] == "websocket.accept"
        assert await one.next() == {"type": "websocket.close", "code": 4403}

    talk(hub, conversation)


def test_who_asks_for_packed_messages_hears_the_same(hub: Hub) -> None:
    client = client_of(add_person("op", Role.OPERATOR))

    async def conversation(socket: LiveSocket) -> None:
        lines = [Connection(socket, cookie_of(client), query=query) for query in ("", "packed=1")]
        told = []
        for line in lines:
            assert (await line.next())["type"] == "websocket.accept"
            event = await line.sent.get()
            assert ("bytes" in event) == (line is lines[1])
            told.append(json.loads(event["text"] if "text" in event else zlib.decompress(event["bytes"])))
        assert told[0] == told[1]

    talk(hub, conversation)


def test_many_lines_are_looked_after_with_few_questions(hub: Hub) -> None:
    keys = [client_of(add_person(f"op{n}", Role.OPERATOR)).cookies["chengmai_session"].value for n in range(6)]
    counts = []
    for some in (keys[:1], keys):
        with CaptureQueriesContext(connection) as asked:
            found = live_socket._listeners(some)
        assert [found[key].username for key in some] == [f"op{n}" for n in range(len(some))]
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_lines_whose_session_cannot_be_looked_up_end_and_may_come_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(add_person("op", Role.OPERATOR))
    look_up = live_socket._listeners

    def fail(keys: list[str]) -> Any:
        raise OperationalError("gone")

    async def conversation(socket: LiveSocket) -> None:
        monkeypatch.setattr(live_socket, "SESSION_CHECK_S", 0.05)
        one = Connection(socket, cookie_of(client))
        assert [(await one.next())["type"] for _ in range(2)] == ["websocket.accept", "snapshot"]
        monkeypatch.setattr(live_socket, "_listeners", fail)
        event = await one.next()
        while event["type"] != "websocket.close":
            event = await one.next()
        assert event["code"] == live_socket.TRY_AGAIN
        monkeypatch.setattr(live_socket, "_listeners", look_up)
        monkeypatch.setattr(live_socket, "SESSION_CHECK_S", 3600)
        again = Connection(socket, cookie_of(client))
        assert [(await again.next())["type"] for _ in range(2)] == ["websocket.accept", "snapshot"]
        hub.change("alarm", "7", "raise", "BUREAU")
        delta = await again.next()
        while not delta["changes"]:
            delta = await again.next()

    talk(hub, conversation)
