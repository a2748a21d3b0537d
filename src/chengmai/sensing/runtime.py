"""The parts of the running platform that this process holds; set once by whoever composes it."""

from dataclasses import dataclass

from chengmai.core.errors import Unavailable
from chengmai.sensing.ingest import Ingest
from chengmai.sensing.live import Hub
from chengmai.sensing.store import TelemetryStore


@dataclass(frozen=True, slots=True)
class Running:
    """The telemetry store, what brings readings into it, and the live feed."""

    store: TelemetryStore
    ingest: Ingest
    hub: Hub


_running: Running | None = None


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
