"""Messages of gateways that are no readings: a durable consumer of one topic, acknowledged after whoever takes it did.

The taker commits before it returns and takes the same message again without effect: a kill anywhere only redelivers.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import nats.errors
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, Unavailable
from chengmai.sensing.consumer import STREAM, broker_connection

_LOG = logging.getLogger(__name__)
_FETCH = 64
_ACK_WAIT_S = 10
"""What a killed process had in hand comes again after so long."""
_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message as it came in under a gateway's credential."""

    gateway: str
    payload: bytes
    received: datetime


Take = Callable[[Sequence[Delivered]], object]
"""Takes messages in for good; raises only when it could not, and is then asked again."""


class Inbox:
    """One thread with a loop of its own. ``failure`` is set when it cannot go on."""

    def __init__(self, topic: str, take: Take, nats_port: int, password: str) -> None:
        self._topic = topic
        self._take = take
        self._port = nats_port
        self._password = password
        self._thread = threading.Thread(target=self._run, name=f"inbox-{topic}", daemon=True)
        self._worker = ThreadPoolExecutor(1, f"inbox-{topic}-take")
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self.failure: Exception | None = None

    def start(self) -> None:
        """Connect and make the durable consumer; raises Unavailable when the broker does not let us."""
        self._thread.start()
        self._ready.wait()
        if self.failure is not None:
            raise Unavailable("broker.failed", reason=repr(self.failure)) from self.failure

    def stop(self) -> None:
        """Acknowledge what is taken, then end."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._worker.submit(connections.close_all).result()
        self._worker.shutdown()

    def _run(self) -> None:
        try:
            asyncio.run(self._follow())
        except Exception as error:  # noqa: BLE001 - the platform's watch reports it and stops
            _LOG.exception("the inbox of %s ended", self._topic)
            self.failure = error
        finally:
            self._ready.set()

    async def _follow(self) -> None:
        self._loop = asyncio.get_running_loop()
        connection = await broker_connection(self._port, self._password)
        try:
            stream, durable = connection.jetstream(), f"inbox-{self._topic}"
            configuration = ConsumerConfig(
                durable_name=durable,
                filter_subject=f"$MQTT.msgs.chengmai.v1.*.{self._topic}",
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=_ACK_WAIT_S,
            )
            await stream.add_consumer(STREAM, configuration)
            subscription = await stream.pull_subscribe_bind(consumer=durable, stream=STREAM)
            self._ready.set()
            while not self._stopping.is_set():
                try:
                    messages = await subscription.fetch(_FETCH, timeout=0.5)
                except TimeoutError:
                    continue
                except (nats.errors.Error, OSError) as error:
                    _LOG.warning("waiting for the broker: %r", error)
                    await asyncio.sleep(_RETRY_S)
                    continue
                await self._settle(messages)
        finally:
            with suppress(OSError):  # a broker that is gone already needs no farewell
                await connection.close()

    async def _settle(self, messages: list[Msg]) -> None:
        """Have messages taken, then acknowledge; as long as nobody can take them, they stay with the broker."""
        received = now()
        told = [Delivered(message.subject.split(".")[4], message.data, received) for message in messages]
        while not self._stopping.is_set():
            try:
                await asyncio.get_running_loop().run_in_executor(self._worker, self._taken, told)
                break
            except (ChengmaiError, DatabaseError, InterfaceError) as error:
                _LOG.warning("%d messages stay with the broker: %r", len(messages), error)
                await asyncio.sleep(_RETRY_S)
        else:
            return
        reach("inbox.before_ack")
        for message in messages:
            await message.ack()

    def _taken(self, told: Sequence[Delivered]) -> None:
        close_old_connections()
        self._take(told)
