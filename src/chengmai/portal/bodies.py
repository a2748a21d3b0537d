"""How large a request may be, decided before Django sees it: Django writes every file of a body to disk unasked."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

from chengmai.core.errors import ChengmaiError, InvalidInput, TooLarge
from chengmai.portal.api import api
from chengmai.sensing.door import error_body
from chengmai.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

FORM_BYTES = 65_536
"""What may come beside the file of an upload: its other fields and the boundaries."""


class BodyLimit:
    """An ASGI application that passes on only requests whose body is within their door's limit."""

    def __init__(self, inner: Asgi, settings: Settings) -> None:
        self._inner = inner
        self._settings = settings

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; one over the limit is answered before its body is read."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            await self._demand(scope["path"], headers)
        except ChengmaiError as error:
            await _refuse(error, headers, send)
            return
        await self._inner(scope, receive, send)

    async def _demand(self, path: str, headers: dict[str, str]) -> None:
        """Raise TooLarge or InvalidInput unless the announced length will do; the server holds the sender to it."""
        if "transfer-encoding" in headers:
            raise InvalidInput("door.length_missing")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise InvalidInput("door.length_missing")
        limit = self._settings.max_body_bytes
        if int(length) > limit and await asyncio.to_thread(takes_file, path):
            limit = self._settings.max_upload_bytes + FORM_BYTES
        if int(length) > limit:
            raise TooLarge("door.too_large", limit_bytes=limit)


def takes_file(path: str) -> bool:
    """True for the address of a door that takes an uploaded file, as the API describes itself."""
    return any(pattern.fullmatch(path) for pattern in _upload_doors())


@cache
def _upload_doors() -> tuple[re.Pattern[str], ...]:
    doors = [
        path
        for path, methods in api.get_openapi_schema()["paths"].items()
        if any("multipart/form-data" in told.get("requestBody", {}).get("content", {}) for told in methods.values())
    ]
    return tuple(re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path)))) for path in doors)


async def _refuse(error: ChengmaiError, headers: dict[str, str], send: Send) -> None:
    """Answer and close: what the sender still has in hand is not read."""
    body = error_body(error, headers.get("accept-language", ""))
    answer = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": answer})
    await send({"type": "http.response.body", "body": body})
