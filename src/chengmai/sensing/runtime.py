"""The sensing part of the running platform: broker, store, writer, consumer and live feed, started in order."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError

from chengmai.core.errors import Unavailable
from chengmai.secrets_file import load_secrets
from chengmai.sensing.broker import OBSERVATIONS, Broker
from chengmai.sensing.consumer import Consumer
from chengmai.sensing.inbox import Inbox, Take
from chengmai.sensing.ingest import Ingest
from chengmai.sensing.live import Hub
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import Settings

_LOG = logging.getLogger(__name__)
_LOOK_S = 5.0
"""How often names and gateways are read anew, for what other processes changed."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a connection to a system that is not ours is doing: messages since the start, and those in hand."""

    connected: bool
    received: int
    unacknowledged: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Running:
    """The telemetry store, what brings readings into it, and the live feed."""

    store: TelemetryStore
    ingest: Ingest
    hub: Hub
    sources: dict[str, Callable[[], SourceStatus]] = field(default_factory=dict)
    """Foreign systems from which readings are taken, by the gateway for which they speak."""


_running: Running | None = None
_refreshers: list[Callable[[], None]] = []


def current() -> Running:
    """The running parts; raises Unavailable in a process that has none."""
    if _running is None:
        raise Unavailable("sensing.not_running")
    return _running


def running() -> Running | None:
    """The running parts, or None in a process that has none."""
    return _running


def hold(parts: Running | None) -> None:
    """Make these the running parts of the process; None when they stop."""
    global _running
    _running = parts


def refresh_names() -> None:
    """Read names and gateways anew in this process; does nothing where sensing does not run."""
    for refresh in list(_refreshers):
        refresh()


class Sensing:
    """A part of the platform: ``start`` raises Unavailable with one clear sentence, ``failure`` tells a later end."""

    def __init__(self, settings: Settings, inboxes: Mapping[str, Take] | None = None) -> None:
        """``inboxes`` says who takes messages that are no readings, by their topic."""
        self._settings = settings
        self._takers = dict(inboxes or {})
        self._inboxes: list[Inbox] = []
        self._stops: list[Callable[[], None]] = []
        self._admitted: dict[str, str] = {}
        self._ended = threading.Event()
        self._broker: Broker | None = None
        self._consumer: Consumer | None = None
        self._ingest: Ingest | None = None
        self._failure: Exception | None = None
        self._registry = Registry()

    @property
    def failure(self) -> Exception | None:
        """Why sensing ended by itself; None while it runs."""
        parts = (self._broker, self._consumer, self._ingest, *self._inboxes)
        return self._failure or next((part.failure for part in parts if part is not None and part.failure), None)

    @property
    def broker_pid(self) -> int | None:
        """The broker's process number."""
        return self._broker.pid if self._broker else None

    def start(self) -> None:
        """Open the store and the doors behind which devices wait, the doors last."""
        password = load_secrets(self._settings.data_dir).broker_password
        self._broker = Broker(self._settings, password, (OBSERVATIONS, *self._takers))
        self._broker.start()
        self._stops.append(self._broker.stop)
        store = open_store(self._settings)
        self._stops.append(store.close)
        self._registry.refresh()
        hub = Hub(self._registry)
        hub.load(store.latest(), store.heard())
        ingest = self._ingest = Ingest(store, self._registry, self._settings)
        ingest.listeners.append(hub.values)
        ingest.start()
        self._stops.append(ingest.stop)
        self._consumer = Consumer(ingest, self._settings.nats_port, password)
        self._consumer.start()
        self._stops.append(self._consumer.stop)
        for topic, take in self._takers.items():
            inbox = Inbox(topic, take, self._settings.nats_port, password)
            inbox.start()
            self._inboxes.append(inbox)
            self._stops.append(inbox.stop)
        hold(Running(store, ingest, hub))
        self._stops.append(lambda: hold(None))
        self._admit()
        _refreshers.append(self.refresh)
        self._stops.append(lambda: _refreshers.remove(self.refresh))
        looker = threading.Thread(target=self._look, name="sensing-names", daemon=True)
        looker.start()
        self._stops.append(looker.join)
        self._stops.append(self._ended.set)

    def stop(self) -> None:
        """End everything in reverse: doors, writer, store, broker."""
        while self._stops:
            self._stops.pop()()

    def refresh(self) -> None:
        """Read names anew and let exactly the active gateways in."""
        self._registry.refresh()
        self._admit()

    def _admit(self) -> None:
        gateways = self._registry.gateways()
        if self._broker is not None and gateways != self._admitted:
            self._broker.admit(gateways)
            self._admitted = gateways

    def _look(self) -> None:
        try:
            while not self._ended.wait(_LOOK_S):
                self._refresh_if_possible()
        except Exception as error:  # noqa: BLE001 - told to whoever watches; a thread has nobody above it
            _LOG.exception("names are not read anew any more")
            self._failure = error

    def _refresh_if_possible(self) -> None:
        try:
            self.refresh()
        except (DatabaseError, InterfaceError, Unavailable):
            _LOG.exception("names could not be read anew; those known stay in force")
