"""The WebSocket ``/live``: origin and session checked, scope filtered, resynced by number, closed at log-out."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils.module_loading import import_string

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.sensing.live import Hub, Subscription
from chengmai.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SESSION_ENDED = 4401
NOT_ALLOWED = 4403
PING_S = 20.0
SESSION_CHECK_S = 5.0


class LiveSocket:
    """An ASGI application for the scope type ``websocket``."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._origins = {origin.strip() for origin in settings.public_origins.split(",") if origin.strip()}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection until either side ends it."""
        if (await receive())["type"] != "websocket.connect":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._same_origin(headers):
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return
        key = _session_key(headers.get("cookie", ""))
        user = await sync_to_async(_user_of, thread_sensitive=False)(key)
        await send({"type": "websocket.accept"})
        if user is None or Permission.SENSING_READ not in user[0]:
            # Closing before accepting would show the browser a bare 403 and hide the code.
            await send({"type": "websocket.close", "code": SESSION_ENDED if user is None else NOT_ALLOWED})
            return
        after = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
        subscription, first = self._hub.subscribe(user[1], after)
        try:
            for message in first:
                await _send(send, message)
            await self._serve(subscription, key, receive, send)
        except OSError:
            return  # the other side went while we were sending: nothing is left to do
        finally:
            self._hub.leave(subscription)

    async def _serve(self, subscription: Subscription, key: str, receive: Receive, send: Send) -> None:
        tasks = [
            asyncio.ensure_future(work)
            for work in (_gone(receive), self._feed(subscription, send), _ping(send), _session_ends(key))
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


async def _session_ends(key: str) -> None:
    while await sync_to_async(_session_lives, thread_sensitive=False)(key):
        await asyncio.sleep(SESSION_CHECK_S)


def _session_key(cookies: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookies)
    except CookieError:
        return ""
    morsel = jar.get(django_settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def _user_of(key: str) -> tuple[frozenset[Permission], str | None] | None:
    """Permissions and scope of the session's user; None when nobody is logged in."""
    if not key:
        return None
    close_old_connections()
    request = HttpRequest()
    engine = import_string(f"{django_settings.SESSION_ENGINE}.SessionStore")
    request.session = engine(key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    return user.permissions, None if user.sees_whole_city else user.organisation.code


def _session_lives(key: str) -> bool:
    close_old_connections()
    session = Session.objects.filter(session_key=key, expire_date__gt=now()).first()
    return session is not None and "_auth_user_id" in session.get_decoded()
