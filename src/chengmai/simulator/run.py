"""The simulator's own process: first the history, then the present, a report every few seconds; breaks on command."""

import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from chengmai.core.children import die_with_parent
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, InvalidInput
from chengmai.network.pipe_network import PipeNetwork
from chengmai.simulator.engine import Sensor, Town
from chengmai.simulator.publisher import Publisher, Reading

HISTORY_STEP = timedelta(minutes=5)
RECENT = timedelta(minutes=10)
"""The last part of the history comes at the pace of the reports, so that a burst is judged from the first one on."""
_CHUNK_STEPS = 24
_UNDER_WAY = 20
"""Messages not acknowledged at which the history waits for the broker."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate and whom to tell; ``since`` is where the history starts, aware UTC."""

    network: PipeNetwork
    sensors: tuple[Sensor, ...]
    zone: str
    seed: int
    since: datetime
    interval_s: float
    gateway: str
    token: str
    host: str
    port: int
    memory: Path | None = None
    """File in which broken pipes outlive the process; None: they do not."""


class Sender(Protocol):
    """Where readings go."""

    def send(self, readings: list[Reading]) -> None:
        """Hand them over."""

    @property
    def pending(self) -> int:
        """Messages that are under way."""


def main(plan: Plan, commands: Connection, parent: int) -> None:
    """Run until the parent closes the pipe; the process ends with its parent."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    publisher = Publisher(plan.gateway, plan.token, plan.host, plan.port)
    town = start_town(plan)
    simulation = Simulation(plan, town, publisher)
    try:
        simulation.run(commands)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        publisher.close()
        town.close()


def start_town(plan: Plan) -> Town:
    """The town at the start of its history, with the pipes that were broken when its process last ended."""
    town = Town(plan.network, plan.sensors, ZoneInfo(plan.zone), plan.seed, plan.since)
    if plan.memory is not None and plan.memory.exists():
        for pipe, size_m3h in msgspec.json.decode(plan.memory.read_bytes(), type=dict[str, float]).items():
            if pipe in plan.network.link_index:  # a later edition may lack it
                town.break_pipe(pipe, size_m3h)
    return town


class Simulation:
    """Moves the town on and sends what it measures."""

    def __init__(self, plan: Plan, town: Town, sender: Sender) -> None:
        self.plan, self.town, self.sender = plan, town, sender
        self.history_done = False
        self._stopped = False

    def run(self, commands: Connection) -> None:
        """History, then reports until told to stop."""
        while not self._stopped and (self._crowded or self.catch_up(now())):
            self._obey(commands, 0.02 if self._crowded else 0.0)
        self.history_done = not self._stopped
        due = time.monotonic()
        while not self._stopped:
            self._obey(commands, max(0.0, due - time.monotonic()))
            if time.monotonic() >= due and not self._stopped:
                self.report(now())
                due = max(due + self.plan.interval_s, time.monotonic())

    @property
    def _crowded(self) -> bool:
        return self.sender.pending > _UNDER_WAY

    def catch_up(self, until: datetime) -> bool:
        """Send one piece of the history before a moment; False when there is none left."""
        readings: list[Reading] = []
        for _ in range(_CHUNK_STEPS):
            following = self._following(until)
            if following > until:
                break
            readings += [(stream, following, value) for stream, value in self.town.advance(following).items()]
        if readings:
            self.sender.send(readings)
        return bool(readings)

    def _following(self, until: datetime) -> datetime:
        recent = self.town.now + HISTORY_STEP > until - RECENT
        return self.town.now + (timedelta(seconds=self.plan.interval_s) if recent else HISTORY_STEP)

    def report(self, moment: datetime) -> None:
        """Send one reading of every sensor at a moment."""
        whole = moment.astimezone(UTC).replace(microsecond=0)
        if whole > self.town.now:
            self.sender.send([(stream, whole, value) for stream, value in self.town.advance(whole).items()])

    def _obey(self, commands: Connection, wait_s: float) -> None:
        while commands.poll(wait_s):
            commands.send(self.answer(commands.recv()))
            wait_s = 0.0

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do a command: ``status``, ``break``, ``mend`` or ``stop``; an error comes back with its code."""
        try:
            match command:
                case {"do": "break", "pipe": str(pipe), "size_m3h": size}:
                    self.town.break_pipe(pipe, float(size))
                    self._remember()
                case {"do": "mend", "pipe": str(pipe)}:
                    self.town.mend_pipe(pipe)
                    self._remember()
                case {"do": "stop"}:
                    self._stopped = True
                case {"do": "status"}:
                    pass
                case _:
                    raise InvalidInput("simulator.unknown_command", value=str(command)[:80])
        except ChengmaiError as error:
            return {"error": error.code, "params": error.params, "status": error.status}
        return self.status()

    def _remember(self) -> None:
        """Write the broken pipes down, whole or not at all."""
        if self.plan.memory is None:
            return
        fresh = self.plan.memory.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode({b.pipe: b.size_m3h for b in self.town.breaks}))
        fresh.replace(self.plan.memory)

    def status(self) -> dict[str, Any]:
        """Where the simulation stands."""
        return {
            "pid": os.getpid(),
            "simulated_until": self.town.now,
            "history_done": self.history_done,
            "interval_s": self.plan.interval_s,
            "breaks": [{"pipe": b.pipe, "since": b.since, "size_m3h": b.size_m3h} for b in self.town.breaks],
        }
