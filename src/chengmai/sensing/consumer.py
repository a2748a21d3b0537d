"""From the broker to the writer: a durable consumer that acknowledges a message only after its readings are stored.

It follows the stream in which the broker keeps what it acknowledges to devices: a stream of our own beside it can
refuse a message (full) that the device was already told is safe.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, Unavailable
from chengmai.sensing.broker import INTERNAL_USER
from chengmai.sensing.ingest import Ingest
from chengmai.sensing.quarantine import Door
from chengmai.sensing.screening import Arrival, Screened

_LOG = logging.getLogger(__name__)
STREAM = "$MQTT_msgs"
SUBJECT = "$MQTT.msgs.chengmai.v1.*.observations"
DURABLE = "ingest"
_FETCH = 256
_OUTSTANDING = 20_000
"""Messages that may be on their way to the store at once."""
_OUTSTANDING_BYTES = 64_000_000
"""Bytes that these messages may have together: in an outage of the store they wait in memory."""
_ACK_WAIT_S = 60
_HASTY_ACK_WAIT_S = 1
_IN_HAND_S = 5.0
_RETRY_S = 0.5


class Consumer:
    """One thread with a loop of its own. ``failure`` is set when it cannot go on."""

    def __init__(self, ingest: Ingest, nats_port: int, password: str) -> None:
        self._ingest = ingest
        self._port = nats_port
        self._password = password
        self._thread = threading.Thread(target=self._run, name="ingest-consumer", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._screeners = ThreadPoolExecutor(1, "ingest-screen")
        self._calm: asyncio.Future[None] | None = None
        self.failure: Exception | None = None

    def start(self) -> None:
        """Connect and make the durable consumer; raises Unavailable when the broker does not let us."""
        self._thread.start()
        self._ready.wait()
        if self.failure is not None:
            raise Unavailable("broker.failed", reason=repr(self.failure)) from self.failure

    def stop(self) -> None:
        """Acknowledge what is stored, then end."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._screeners.shutdown()

    def _run(self) -> None:
        try:
            asyncio.run(self._consume())
        except Exception as error:  # noqa: BLE001 - the platform's watch reports it and stops
            _LOG.exception("the consumer ended")
            self.failure = error
        finally:
            self._ready.set()

    async def _consume(self) -> None:
        self._loop = asyncio.get_running_loop()
        connection = await broker_connection(self._port, self._password)
        try:
            stream = connection.jetstream()
            # What the last run had in hand comes again at once instead of a minute later, and before anything newer:
            # of two values told for one time the younger must stay the newest.
            told = await stream.add_consumer(STREAM, _configuration(_HASTY_ACK_WAIT_S))
            self._ready.set()
            subscription = await stream.pull_subscribe_bind(consumer=DURABLE, stream=STREAM)
            self._calm = asyncio.ensure_future(_calm_down(stream))
            last = told.delivered.stream_seq if told.delivered else 0
            await self._follow(subscription, await self._in_hand(subscription, last, told.num_ack_pending or 0))
            self._calm.cancel()
        finally:
            with suppress(OSError):  # a broker that is gone already needs no farewell
                await connection.close()

    async def _in_hand(self, subscription: Any, last: int, count: int) -> list[Msg]:
        """What the last run had in hand, ``count`` messages up to number ``last``, and newer ones that came meanwhile.

        In their order; after a while without the missing ones (they may be acknowledged after all) it goes on.
        """
        found: list[Msg] = []
        old: set[int] = set()
        until = time.monotonic() + _IN_HAND_S
        while len(old) < count and time.monotonic() < until and not self._stopping.is_set():
            try:
                found += await subscription.fetch(_FETCH, timeout=0.5)
            except TimeoutError:
                continue
            old = {place for message in found if (place := stream_place(message.reply)) <= last}
        return sorted(found, key=lambda message: stream_place(message.reply))

    async def _follow(self, subscription: Any, first: list[Msg]) -> None:
        outstanding: dict[asyncio.Task[None], tuple[int, int]] = {}
        while not self._stopping.is_set():
            if self._calm is not None and self._calm.done():
                self._calm.result()
            for task in [task for task in outstanding if task.done()]:
                del outstanding[task]
                task.result()
            if _too_many(outstanding.values()):
                await asyncio.wait(outstanding, return_when=asyncio.FIRST_COMPLETED)
                continue
            try:
                messages, first = first or await subscription.fetch(_FETCH, timeout=0.5), []
            except TimeoutError:
                continue
            except (nats.errors.Error, OSError) as error:
                _LOG.warning("waiting for the broker: %r", error)
                await asyncio.sleep(_RETRY_S)
                continue
            # Screening runs in one thread, in order, so that messages reach the writer in the order they were sent.
            screened = await self._screened(messages)
            if screened is None:
                break
            size = sum(len(message.data) for message in messages)
            outstanding[asyncio.ensure_future(self._store(messages, screened))] = len(messages), size
        if outstanding:
            await asyncio.wait(outstanding, timeout=10)

    async def _screened(self, messages: list[Msg]) -> Screened | None:
        """The messages screened, as soon as the names in them can be looked up; None when we are to stop before."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            try:
                return await loop.run_in_executor(self._screeners, self._screen, messages)
            except ChengmaiError as error:
                _LOG.warning("%d messages wait to be screened: %s", len(messages), error)
                await asyncio.sleep(_RETRY_S)
        return None

    def _screen(self, messages: list[Msg]) -> Screened:
        received = now()
        return self._ingest.screen(
            [
                Arrival(
                    gateway=message.subject.split(".")[4],
                    door=Door.MQTT,
                    payload=message.data,
                    received=received,
                    message=message_number(message.reply),
                )
                for message in messages
            ]
        )

    async def _store(self, messages: list[Msg], screened: Screened) -> None:
        """Store, then acknowledge; as long as the store refuses, nothing is acknowledged and it is tried again."""
        while True:
            try:
                await asyncio.wrap_future(self._ingest.submit(screened, patient=True))
                break
            except ChengmaiError as error:
                if self._stopping.is_set():
                    return
                _LOG.warning("%d messages stay with the broker: %s", len(messages), error)
                await asyncio.sleep(_RETRY_S)
        reach("ingest.before_ack")
        for message in messages:
            await message.ack()
        reach("ingest.after_ack")


def _configuration(ack_wait_s: float) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=DURABLE,
        filter_subject=SUBJECT,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_s,
        max_ack_pending=4 * _OUTSTANDING,
    )


def _too_many(sizes: Collection[tuple[int, int]]) -> bool:
    """Whether messages on their way, told as (messages, bytes), are as many or as large as may be."""
    return sum(count for count, _ in sizes) >= _OUTSTANDING or sum(size for _, size in sizes) >= _OUTSTANDING_BYTES


async def _calm_down(stream: JetStreamContext) -> None:
    """Give messages their usual time; tried until the broker takes it, for in a hurry all comes twice and more."""
    await asyncio.sleep(_HASTY_ACK_WAIT_S)
    while True:
        try:
            await stream.add_consumer(STREAM, _configuration(_ACK_WAIT_S))
        except (nats.errors.Error, OSError) as error:
            _LOG.warning("the consumer is still in a hurry: %r", error)
            await asyncio.sleep(_RETRY_S)
        else:
            return


def message_number(reply: str) -> int:
    """When the broker kept the message, in ns since 1970: grows with every message, also when its stream is renewed."""
    return int(reply.split(".")[-2])


def stream_place(reply: str) -> int:
    """The message's place in the broker's stream."""
    return int(reply.split(".")[-4])


async def broker_connection(port: int, password: str) -> Client:
    """A connection to the embedded broker that outlives its absence; what goes wrong on it is one line of the log."""
    return await nats.connect(
        f"nats://127.0.0.1:{port}",
        user=INTERNAL_USER,
        password=password,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,
        error_cb=_log_error,
    )


async def _log_error(error: Exception) -> None:
    _LOG.warning("broker connection: %r", error)
