"""The WebSocket ``/live``: origin and session checked, scope filtered, resynced by number, closed at log-out.

Messages are JSON; with ``?packed=1`` they come in zlib's form, each packed once for all who listen to the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from chengmai.access import sessions
from chengmai.access.models import User
from chengmai.access.passwords import must_change
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.sensing.live import SEATS, Hub, LiveMessage, Scope, Subscription
from chengmai.settings import Settings

log = logging.getLogger("chengmai.live")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SESSION_ENDED = 4401
NOT_ALLOWED = 4403
PING_S = 20.0
SESSION_CHECK_S = 5.0
TRY_AGAIN = 1013
_TOGETHER = 500
_PING = LiveMessage(b'{"type":"ping"}')


class _Listener(NamedTuple):
    username: str
    may: bool
    scope: Scope


class _Connection:
    """One open line; ``end`` closes it from the loop."""

    def __init__(self, key: str, listener: _Listener) -> None:
        self.key = key
        self.listener = listener
        self.ended = asyncio.Event()
        self.code = SESSION_ENDED

    def end(self, code: int = SESSION_ENDED) -> None:
        self.code = code
        self.ended.set()


class LiveSocket:
    """An ASGI application for the scope type ``websocket``; make it in the loop that serves it."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._origins = {origin.strip() for origin in settings.public_origins.split(",") if origin.strip()}
        self._open: set[_Connection] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        sessions.ended.append(self._session_ended)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection until either side ends it."""
        if (await receive())["type"] != "websocket.connect":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._same_origin(headers):
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return
        key = _session_key(headers.get("cookie", ""))
        listener = (await sync_to_async(_listeners, thread_sensitive=False)([key])).get(key)
        # Closing before accepting would show the browser a bare 403 and hide the code.
        await send({"type": "websocket.accept"})
        if listener is None or not listener.may:
            await send({"type": "websocket.close", "code": SESSION_ENDED if listener is None else NOT_ALLOWED})
            return
        self._begin()
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        packed = asked.get("packed", [""])[0] == "1"
        subscription, first = self._hub.subscribe(listener.scope, asked.get("after", [""])[0], packed)
        connection = _Connection(key, listener)
        self._open.add(connection)
        try:
            for message in first:
                await _send(send, message)
            await self._serve(connection, subscription, receive, send)
        except OSError:
            return  # the other side went while we were sending: nothing is left to do
        finally:
            self._open.remove(connection)
            self._hub.leave(subscription)

    async def _serve(self, connection: _Connection, subscription: Subscription, receive: Receive, send: Send) -> None:
        work = (_gone(receive), self._feed(subscription, send), _ping(send), connection.ended.wait())
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0] not in done:
                for task in done:
                    task.result()
                await send({"type": "websocket.close", "code": connection.code})
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _feed(self, subscription: Subscription, send: Send) -> None:
        while True:
            if subscription.behind and subscription.queue.empty():
                subscription.behind = False
                await _send(send, self._hub.snapshot(subscription.scope, subscription.packed))
            else:
                await _send(send, await subscription.queue.get())

    def close(self) -> None:
        """Stop making deltas, looking after sessions and listening to log-outs."""
        sessions.ended.remove(self._session_ended)
        for task in self._tasks:
            task.cancel()

    def _begin(self) -> None:
        """Deltas are made, and sessions looked after, in the loop of the listeners, from the first listener on."""
        if not self._tasks or any(task.done() for task in self._tasks):
            for task in self._tasks:
                task.cancel()
            self._loop = asyncio.get_running_loop()
            self._tasks = [asyncio.ensure_future(self._hub.run()), asyncio.ensure_future(self._look_after_sessions())]
            for task in self._tasks:
                task.add_done_callback(self._work_ended)

    def _work_ended(self, task: asyncio.Task[None]) -> None:
        """What should go on for ever failed: nobody stays on a line that is not fed or not looked after."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the live feed stopped", exc_info=error)
            for line in self._open:
                line.end(TRY_AGAIN)

    async def _look_after_sessions(self) -> None:
        """End the lines whose session is over or no longer admits what it did: another department, other roles.

        All are looked up together: a thousand lines cost a few questions, not a few thousand.
        """
        while True:
            await asyncio.sleep(SESSION_CHECK_S)
            lines = list(self._open)
            for first in range(0, len(lines), _TOGETHER):
                part = lines[first : first + _TOGETHER]
                found = await sync_to_async(_listeners, thread_sensitive=False)([line.key for line in part])
                for line in part:
                    if found.get(line.key) != line.listener:
                        line.end()

    def _session_ended(self, username: str, key: str | None, but: str | None) -> None:
        """Told from any thread: close what hangs on the session, or on all of the person's but one."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close, username, key, but)

    def _close(self, username: str, key: str | None, but: str | None) -> None:
        for line in self._open:
            if line.listener.username == username and line.key != but and key in (None, line.key):
                line.end()

    def _same_origin(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return False
        return origin in self._origins or urlsplit(origin).netloc == headers.get("host", "")


async def _send(send: Send, message: LiveMessage) -> None:
    if message.packed:
        await send({"type": "websocket.send", "bytes": message.content})
    else:
        await send({"type": "websocket.send", "text": message.content.decode()})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _ping(send: Send) -> None:
    while True:
        await asyncio.sleep(PING_S)
        await _send(send, _PING)


def _session_key(cookies: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookies)
    except CookieError:
        return ""
    morsel = jar.get(sessions.cookie_name())
    return morsel.value if morsel else ""


def _listeners(keys: Sequence[str]) -> dict[str, _Listener]:
    """Who listens, by the session's key; a session that is over is not among them."""
    close_old_connections()
    people = sessions.users_of([key for key in keys if key])
    # People of one organisation see the same: it is asked for once.
    one_of = {user.organisation_id: user for user in people.values()}
    reaches = {organisation: reach(user) for organisation, user in one_of.items()}
    return {key: _listener(user, reaches[user.organisation_id]) for key, user in people.items()}


def _listener(user: User, seen: Scope) -> _Listener:
    """Who may see readings hears of all within reach; who only answers calls hears of calls, and of no reading."""
    if Permission.SENSING_READ not in user.permissions:
        seen = frozenset({SEATS})
    may = bool({Permission.SENSING_READ, Permission.CALL_ANSWER} & user.permissions)
    return _Listener(user.username, may and not must_change(user), seen)
