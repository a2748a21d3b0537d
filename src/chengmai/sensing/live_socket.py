"""The WebSocket ``/live``: origin and session checked, scope filtered, resynced by number, closed at log-out."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from chengmai.access import sessions
from chengmai.access.passwords import must_change
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.sensing.live import Hub, Scope, Subscription
from chengmai.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SESSION_ENDED = 4401
NOT_ALLOWED = 4403
PING_S = 20.0
SESSION_CHECK_S = 5.0


class _Listener(NamedTuple):
    username: str
    may: bool
    scope: Scope


class LiveSocket:
    """An ASGI application for the scope type ``websocket``; make it in the loop that serves it."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._origins = {origin.strip() for origin in settings.public_origins.split(",") if origin.strip()}
        self._open: dict[asyncio.Event, tuple[str, str]] = {}
        self._ticker: asyncio.Task[None] | None = None
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
        listener = await sync_to_async(_user_of, thread_sensitive=False)(key)
        # Closing before accepting would show the browser a bare 403 and hide the code.
        await send({"type": "websocket.accept"})
        if listener is None or not listener.may:
            await send({"type": "websocket.close", "code": SESSION_ENDED if listener is None else NOT_ALLOWED})
            return
        self._tick()
        after = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
        subscription, first = self._hub.subscribe(listener.scope, after)
        ended = asyncio.Event()
        self._open[ended] = (listener.username, key)
        try:
            for message in first:
                await _send(send, message)
            await self._serve(subscription, key, listener, ended, receive, send)
        except OSError:
            return  # the other side went while we were sending: nothing is left to do
        finally:
            del self._open[ended]
            self._hub.leave(subscription)

    async def _serve(
        self,
        subscription: Subscription,
        key: str,
        listener: _Listener,
        ended: asyncio.Event,
        receive: Receive,
        send: Send,
    ) -> None:
        tasks = [
            asyncio.ensure_future(work)
            for work in (
                _gone(receive),
                self._feed(subscription, send),
                _ping(send),
                _admission_ends(key, listener),
                ended.wait(),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0] not in done:
                for task in done:
                    task.result()
                await send({"type": "websocket.close", "code": SESSION_ENDED})
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _feed(self, subscription: Subscription, send: Send) -> None:
        while True:
            if subscription.behind and subscription.queue.empty():
                subscription.behind = False
                await _send(send, self._hub.snapshot(subscription.scope))
            else:
                await _send(send, await subscription.queue.get())

    def close(self) -> None:
        """Stop making deltas and listening to log-outs."""
        sessions.ended.remove(self._session_ended)
        if self._ticker is not None:
            self._ticker.cancel()

    def _tick(self) -> None:
        """The hub's deltas are made in the loop of its listeners, from the first listener on."""
        if self._ticker is None or self._ticker.done():
            self._loop = asyncio.get_running_loop()
            self._ticker = asyncio.ensure_future(self._hub.run())

    def _session_ended(self, username: str, key: str | None, but: str | None) -> None:
        """Told from any thread: close what hangs on the session, or on all of the person's but one."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close, username, key, but)

    def _close(self, username: str, key: str | None, but: str | None) -> None:
        for ended, (listener, own) in self._open.items():
            if listener == username and own != but and key in (None, own):
                ended.set()

    def _same_origin(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return False
        return origin in self._origins or urlsplit(origin).netloc == headers.get("host", "")


async def _send(send: Send, message: bytes) -> None:
    await send({"type": "websocket.send", "text": message.decode()})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _ping(send: Send) -> None:
    while True:
        await asyncio.sleep(PING_S)
        await _send(send, b'{"type":"ping"}')


async def _admission_ends(key: str, listener: _Listener) -> None:
    """Wait until the session is over or no longer admits what it did: another department, other roles."""
    while await sync_to_async(_user_of, thread_sensitive=False)(key) == listener:
        await asyncio.sleep(SESSION_CHECK_S)


def _session_key(cookies: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookies)
    except CookieError:
        return ""
    morsel = jar.get(sessions.cookie_name())
    return morsel.value if morsel else ""


def _user_of(key: str) -> _Listener | None:
    """Who listens by a session's key; None when the session is over."""
    close_old_connections()
    user = sessions.user_of(key) if key else None
    if user is None:
        return None
    may = Permission.SENSING_READ in user.permissions and not must_change(user)
    return _Listener(user.username, may, reach(user))
