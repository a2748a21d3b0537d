"""The part of the platform that takes readings from a foreign broker and acknowledges what is stored, nothing else."""

import logging
import queue
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress

import paho.mqtt.client as mqtt
from django.db import DatabaseError, InterfaceError

from chengmai.connectors.mqtt.address import Address, address_of
from chengmai.connectors.mqtt.connection import Connection
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, Unavailable
from chengmai.core.messages import message as sentence
from chengmai.sensing import runtime
from chengmai.sensing.ingest import Counts, Ingest
from chengmai.sensing.quarantine import Door
from chengmai.sensing.runtime import SourceStatus
from chengmai.sensing.screening import Arrival
from chengmai.settings import Settings

_LOG = logging.getLogger(__name__)
_BATCH = 256
_IN_HAND = 10_000
"""Messages that may be on their way to the store at once; beyond them the connection is not read."""
_IN_HAND_BYTES = 64_000_000
"""Bytes that these may have together."""
_LOOK_S = 1.0
_FAREWELL_S = 10.0
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 30.0
Messages = list[mqtt.MQTTMessage]


class ForeignBroker:
    """A part of the platform that does nothing when no foreign broker is set. ``failure`` tells an end by itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = threading.Thread(target=self._run, name="foreign-mqtt", daemon=True)
        self._stopping = threading.Event()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._lock = threading.Lock()
        self._unsettled = 0
        self._unsettled_bytes = 0
        self._settled: queue.SimpleQueue[tuple[Connection, Messages, BaseException | None]] = queue.SimpleQueue()
        self._connected = False
        self._received = 0
        self._acknowledged = 0
        self._unacknowledged = 0
        self._problem: ChengmaiError | None = None
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin connecting; raises InvalidInput when the settings are wrong, but not when the broker is away."""
        address = address_of(self._settings)
        if address is None:
            return
        self._address: Address = address
        self._ingest: Ingest = runtime.current().ingest
        runtime.current().sources[address.gateway] = self.status
        self._thread.start()

    def stop(self) -> None:
        """Acknowledge what is stored, then take leave."""
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join()
        if (running := runtime.running()) is not None and self._thread.ident is not None:
            running.sources.pop(self._address.gateway, None)

    def status(self) -> SourceStatus:
        """How it is doing."""
        problem = self._problem
        return SourceStatus(
            connected=self._connected,
            received=self._received,
            unacknowledged=self._unacknowledged,
            problem=problem.code if problem else None,
        )

    def _run(self) -> None:
        try:
            self._keep_connected()
        except Exception as error:  # noqa: BLE001 - the platform's watch reports it and stops
            _LOG.exception("the connection to the foreign broker ended")
            self.failure = error

    def _keep_connected(self) -> None:
        """Connect again and again, each time later, until it works; soon again after it did."""
        delay = FIRST_DELAY_S
        while not self._stopping.is_set():
            begun, before = time.monotonic(), self._acknowledged
            connection = Connection(self._address)
            try:
                self._demand_gateway()
                connection.open()
                self._follow(connection)
            except ChengmaiError as error:
                self._tell(error)
            except (DatabaseError, InterfaceError) as error:
                self._tell(Unavailable("ingest.failed", reason=repr(error)))
            finally:
                self._connected = False
                connection.close()
            if self._acknowledged > before or time.monotonic() - begun > LONGEST_DELAY_S:
                delay = FIRST_DELAY_S
            self._stopping.wait(delay)
            delay = min(2 * delay, LONGEST_DELAY_S)
            # What the writer still has comes again on the next connection: it must not overtake itself, or pile up.
            while self._unsettled and not self._stopping.wait(0.1):
                pass

    def _follow(self, connection: Connection) -> None:
        """Take messages until told to stop; raises when the connection or the store fails."""
        self._unacknowledged = 0
        fresh: Messages = []
        while not self._stopping.is_set():
            self._acknowledge(connection)
            came = connection.turn(0.0 if fresh else _LOOK_S, self._wake_out, read=self._may_read())
            if connection.subscribed and not self._connected:
                self._connected, self._problem = True, None
                _LOG.info("taking readings of %s from %s:%d", *self._names())
            fresh += came
            if fresh and (not came or len(fresh) >= _BATCH):
                self._hand_over(connection, fresh)
                fresh = []
        until = time.monotonic() + _FAREWELL_S
        while self._unacknowledged and time.monotonic() < until:
            connection.turn(0.1, self._wake_out, read=False)
            self._acknowledge(connection)

    def _hand_over(self, connection: Connection, messages: Messages) -> None:
        """Screen messages and give them to the writer, which keeps them as long as the store refuses."""
        self._demand_gateway()
        received = now()
        arrivals = [
            Arrival(gateway=self._address.gateway, door=Door.MQTT, payload=bytes(told.payload), received=received)
            for told in messages
        ]
        done = self._ingest.submit(self._ingest.screen(arrivals), patient=True)
        with self._lock:
            self._unsettled += len(messages)
            self._unsettled_bytes += _size(messages)
        self._received += len(messages)
        self._unacknowledged += len(messages)
        done.add_done_callback(lambda settled: self._note(connection, messages, settled))

    def _may_read(self) -> bool:
        return self._unsettled < _IN_HAND and self._unsettled_bytes < _IN_HAND_BYTES

    def _note(self, connection: Connection, messages: Messages, settled: "Future[Counts]") -> None:
        """In the writer's thread: note what became of the messages; the acknowledgement is the connection's work."""
        with self._lock:
            self._unsettled -= len(messages)
            self._unsettled_bytes -= _size(messages)
        self._settled.put((connection, messages, settled.exception()))
        self._wake()

    def _acknowledge(self, connection: Connection) -> None:
        """Acknowledge what is stored; raises what the store said where it is not: the broker then gives it again."""
        while not self._settled.empty():
            origin, messages, error = self._settled.get()
            if origin is not connection:
                continue
            if error is not None:
                raise error
            reach("connector.before_ack")
            for message in messages:
                connection.acknowledge(message)
            reach("connector.after_ack")
            self._acknowledged += len(messages)
            self._unacknowledged -= len(messages)

    def _demand_gateway(self) -> None:
        """Without its gateway every reading would be refused and acknowledged; so it stays with the broker."""
        if self._address.gateway not in self._ingest.registry.gateways():
            gateway, host, port = self._names()
            raise Unavailable("foreign_mqtt.gateway_unknown", gateway=gateway, host=host, port=port)

    def _names(self) -> tuple[str, str, int]:
        return self._address.gateway, self._address.host, self._address.port

    def _tell(self, error: ChengmaiError) -> None:
        """Say a problem once, not at every attempt."""
        if self._problem is None or (error.code, error.params) != (self._problem.code, self._problem.params):
            _LOG.warning("%s", sentence(error.code, self._settings.language, error.params))
        self._problem = error

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # full of bytes: it is awake
            self._wake_in.send(b"w")


def _size(messages: Messages) -> int:
    return sum(len(told.payload) for told in messages)
