"""The platform as one process: its parts started in order, the web server in our own loop, all stopped in reverse."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, Protocol, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from chengmai.access.models import User
from chengmai.core.errors import ChengmaiError, Unavailable
from chengmai.core.messages import message
from chengmai.portal.bodies import Asgi, BodyLimit
from chengmai.portal.database import prepare_database, sqlite_file
from chengmai.portal.failures import as_error, storage_error
from chengmai.portal.lock import InstanceLock
from chengmai.portal.start import bind, demand_space
from chengmai.sensing.door import PATH as OBSERVATIONS
from chengmai.sensing.door import ObservationsDoor
from chengmai.settings import Settings, current

log = logging.getLogger("chengmai.server")


class Part(Protocol):
    """Something the platform consists of; ``start`` raises when it cannot, ``stop`` waits until it has ended."""

    def start(self) -> None:
        """Begin working."""

    def stop(self) -> None:
        """End; called once, also when a later part did not start."""


class StopRequested(BaseException):
    """SIGTERM or SIGINT came while the parts were starting."""


class Dispatcher:
    """Sends WebSockets to the live feed, readings to their door, everything else to Django in a fixed set of threads.

    A thread keeps its database connection and its telemetry client for life, so there are as many of each.
    """

    def __init__(self, threads: int, live: Asgi | None) -> None:
        self.web = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=threads)
        self.limited_web = BodyLimit(cast(Asgi, self.web), current())
        self.live = live
        self.observations = ObservationsDoor(current(), as_error)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            if self.live is None or scope["path"] != "/live":
                await receive()
                await send({"type": "websocket.close", "code": 4404})
                return
            await self.live(scope, receive, send)
            return
        if scope["path"] == OBSERVATIONS and scope["method"] == "POST":
            await self.observations(scope, receive, send)
            return
        await self.limited_web(scope, receive, send)

    def close(self) -> None:
        """Wait for the requests in hand."""
        self.web.executor.shutdown(wait=True, cancel_futures=True)


class WebServer(uvicorn.Server):
    """uvicorn's server, but signals are ours: it would raise them again after its shutdown, before the parts ended."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


class Platform:
    """Runs the parts until a signal comes or one of them fails."""

    def __init__(
        self,
        settings: Settings,
        parts: Sequence[tuple[str, Part]],
        live: Callable[[], Asgi | None],
        ready: Callable[[str], None],
        lock: InstanceLock | None = None,
    ) -> None:
        """``live`` is called once the parts have started; ``lock`` may be one that we hold already."""
        self.settings = settings
        self.lock = lock or InstanceLock(settings.data_dir)
        self.parts = parts
        self.live = live
        self.ready = ready
        self.failure: BaseException | None = None
        self._started: list[tuple[str, Part]] = []

    def run(self) -> None:
        """Run to the end; raises the error, with one clear sentence, when the platform could not start or go on."""
        previous = [(number, signal.signal(number, _interrupt)) for number in (signal.SIGTERM, signal.SIGINT)]
        try:
            self._run_locked()
        except StopRequested:
            log.info("stopped while starting")
        finally:
            for number, _ in previous:
                signal.signal(number, signal.SIG_IGN)
            self._stop_parts()
            self.lock.release()
            for number, handler in previous:
                signal.signal(number, handler)
        if self.failure is not None:
            raise self.failure

    def _run_locked(self) -> None:
        demand_space(self.settings)
        self.lock.acquire()
        listener = bind(self.settings.host, self.settings.port)
        with listener:
            prepare_database()
            if not User.objects.exists():
                log.warning("%s", message("serve.no_accounts", self.settings.language, {}))
            for name, part in self.parts:
                self._start(name, part)
            dispatcher = Dispatcher(self.settings.web_threads, self.live())
            try:
                asyncio.run(self._serve(dispatcher, listener))
            finally:
                dispatcher.close()

    def _start(self, name: str, part: Part) -> None:
        log.info("starting %s", name)
        self._started.append((name, part))
        try:
            part.start()
        except ChengmaiError:
            raise
        except Exception as error:
            raise storage_error(error) or Unavailable("serve.part_failed", part=name, reason=repr(error)) from error

    def _stop_parts(self) -> None:
        """Stop in reverse; a part that fails to stop does not keep the others from stopping, but is not forgotten."""
        while self._started:
            name, part = self._started.pop()
            try:
                part.stop()
            except Exception as error:
                log.exception("stopping %s", name)
                self.failure = self.failure or error

    async def _serve(self, dispatcher: Asgi, listener: socket.socket) -> None:
        proxies = self.settings.trusted_proxies
        config = uvicorn.Config(
            dispatcher,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies or None,
            ws_max_size=65_536,
            ws_per_message_deflate=False,  # the feed packs a message once for all, not once for each
            timeout_graceful_shutdown=5,
        )
        server = WebServer(config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        watcher = asyncio.create_task(self._watch(server, listener))
        watcher.add_done_callback(lambda task: self._watch_ended(server, task))
        try:
            await server.serve(sockets=[listener])
        finally:
            watcher.cancel()

    async def _watch(self, server: WebServer, listener: socket.socket) -> None:
        """Say when the server is ready, then look every second whether everything it stands on is still there."""
        file = sqlite_file()
        identity = file.stat().st_ino if file else None
        while not server.started:
            await asyncio.sleep(0.02)
        host, port = listener.getsockname()[:2]
        self.ready(f"http://{host}:{port}")
        while True:
            await asyncio.sleep(1)
            failure = _database_failure(file, identity) or self._part_failure()
            if failure is not None:
                self.failure = failure
                server.should_exit = True
                return

    def _watch_ended(self, server: WebServer, watcher: asyncio.Task[None]) -> None:
        """A watcher that failed watches nothing any more: the platform must not run on unwatched."""
        if not watcher.cancelled() and (error := watcher.exception()) is not None:
            self.failure = self.failure or error
            server.should_exit = True

    def _part_failure(self) -> BaseException | None:
        for name, part in self._started:
            failure = getattr(part, "failure", None)
            if isinstance(failure, ChengmaiError):
                return failure
            if isinstance(failure, BaseException):
                return storage_error(failure) or Unavailable("serve.part_failed", part=name, reason=repr(failure))
        return None


def _database_failure(file: Path | None, identity: int | None) -> Unavailable | None:
    if file is None:
        return None
    try:
        same = file.stat().st_ino == identity
    except FileNotFoundError:
        same = False
    return None if same else Unavailable("database.removed", path=str(file))


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise StopRequested
