"""The HTTP door for readings: ``POST /api/v1/observations``, answered only after the durable commit.

It is served straight in the server's loop: a request that waits for the commit holds no thread, so thousands may wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, InvalidInput, NotAuthenticated, TooLarge, Unavailable
from chengmai.core.messages import choose_language, message
from chengmai.sensing import runtime
from chengmai.sensing.ingest import Counts, Ingest
from chengmai.sensing.quarantine import KEPT_BYTES, Door, Reason
from chengmai.sensing.screening import Arrival, Screened
from chengmai.settings import Settings

PATH = "/api/v1/observations"
PACKED = ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack")
Message = MutableMapping[str, Any]
UNREADABLE = frozenset({Reason.MALFORMED, Reason.UNMAPPED})


def authenticate(ingest: Ingest, authorization: str) -> str:
    """The gateway of ``Bearer <gateway>:<token>``; raises NotAuthenticated."""
    scheme, _, credential = authorization.partition(" ")
    gateway, _, token = credential.strip().partition(":")
    if scheme.lower() != "bearer" or not ingest.registry.admits(gateway, token):
        raise NotAuthenticated("gateway.not_known")
    return gateway


def refuse_whole(screened: Screened, counts: Counts, size: int, limit: int) -> None:
    """Raise when nothing of the message could be read, so that its sender learns of it; it is quarantined by now."""
    if size > limit:
        raise TooLarge("observations.oversized", size=size, limit=limit)
    if not len(screened.rows) and counts.quarantined == 1 and screened.refused[0].reason in UNREADABLE:
        raise InvalidInput("observations.malformed", reason=screened.refused[0].detail)


class ObservationsDoor:
    """An ASGI application for the one path; ``as_error`` gives whatever was raised a code."""

    def __init__(self, settings: Settings, as_error: Callable[[BaseException], ChengmaiError]) -> None:
        self._settings = settings
        self._as_error = as_error

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            status, body = 200, msgspec.json.encode(await self._take(headers, receive))
        except Exception as raised:  # noqa: BLE001 - a door answers, whatever failed behind it
            error = self._as_error(raised)
            status, body = error.status, error_body(error, headers.get("accept-language", ""))
        reach("http.before_answer")
        answer = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": body})

    async def _take(self, headers: dict[str, str], receive: Callable[[], Awaitable[Message]]) -> Counts:
        ingest = runtime.current().ingest
        gateway = await asyncio.to_thread(authenticate, ingest, headers.get("authorization", ""))
        payload, size = await self._read(receive)
        arrival = Arrival(
            gateway=gateway,
            door=Door.HTTP,
            payload=payload,
            received=now(),
            packed=headers.get("content-type", "").partition(";")[0].strip() in PACKED,
            size=size,
        )
        screened = await asyncio.to_thread(ingest.screen, [arrival])
        counts = await asyncio.wrap_future(ingest.submit(screened))
        reach("http.after_commit")
        refuse_whole(screened, counts, size, self._settings.max_message_bytes)
        return counts

    async def _read(self, receive: Callable[[], Awaitable[Message]]) -> tuple[bytes, int]:
        """The body and its size; of an oversized one only the beginning is kept."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                raise Unavailable("observations.broken_off")
            part = event.get("body", b"")
            size += len(part)
            if size > self._settings.max_upload_bytes:
                break
            parts.append(part)
            more = event.get("more_body", False)
        body = b"".join(parts)
        return (body[:KEPT_BYTES] if size > self._settings.max_message_bytes else body), size


def error_body(error: ChengmaiError, accept_language: str) -> bytes:
    """The one JSON shape of errors."""
    sentence = message(error.code, choose_language(accept_language), error.params)
    params = {
        name: value if isinstance(value, str | int | float) else str(value) for name, value in error.params.items()
    }
    return msgspec.json.encode({"error": {"code": error.code, "params": params, "message": sentence}})
