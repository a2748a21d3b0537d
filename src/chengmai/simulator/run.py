"""The simulator's own process: first the history of every town, then the present; what fails, fails on command."""

import logging
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import msgspec

from chengmai.core.children import die_with_parent
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, InvalidInput, Unavailable
from chengmai.simulator.publisher import Publisher, Reading
from chengmai.simulator.towns import BUILDERS, Fault, FaultKind, SimulatedTown, TownPlan

_LOG = logging.getLogger("chengmai.simulator")
RECENT = timedelta(minutes=10)
"""The last part of the history comes at the pace of the reports, so that a burst is judged from the first one on."""
_CHUNK_STEPS = 24
_CHUNK_S = 0.3
"""How long one piece of a history may take: the other towns wait meanwhile [s]."""
_UNDER_WAY = 20
"""Messages not acknowledged at which the history waits for the broker."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate, the quickest town to start first, and whom to tell: the gateways' tokens, and the broker."""

    towns: tuple[TownPlan, ...]
    tokens: Mapping[str, str]
    host: str
    port: int
    memory: Path | None = None
    """File in which what fails outlives the process; None: it does not."""


class Sender(Protocol):
    """Where readings go."""

    def send(self, readings: list[Reading]) -> None:
        """Hand them over."""

    @property
    def pending(self) -> int:
        """Messages that are under way."""


class Senders:
    """One connection a gateway; every reading goes through the one its stream belongs to."""

    def __init__(self, plan: Plan) -> None:
        self._gateway = {sensor.stream: sensor.gateway for town in plan.towns for sensor in town.sensors}
        self._publishers = {
            gateway: Publisher(gateway, plan.tokens[gateway], plan.host, plan.port)
            for gateway in sorted(set(self._gateway.values()))
        }

    @property
    def pending(self) -> int:
        """Messages that no broker has acknowledged yet."""
        return sum(publisher.pending for publisher in self._publishers.values())

    def send(self, readings: list[Reading]) -> None:
        """Hand readings over, one message a gateway."""
        apart: dict[str, list[Reading]] = {}
        for reading in readings:
            apart.setdefault(self._gateway[reading[0]], []).append(reading)
        for gateway, own in apart.items():
            self._publishers[gateway].send(own)

    def flush(self) -> None:
        """Wait until everything is acknowledged."""
        for publisher in self._publishers.values():
            publisher.flush()

    def close(self) -> None:
        """Leave the broker."""
        for publisher in self._publishers.values():
            publisher.close()


def main(plan: Plan, commands: Connection, parent: int) -> None:
    """Run until the parent closes the pipe; the process ends with its parent."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    senders = Senders(plan)
    simulation = Simulation(plan, [start_town(plan, plan.towns[0])], senders)
    try:
        simulation.run(commands)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        senders.close()
        simulation.close()


def start_town(plan: Plan, town_plan: TownPlan) -> SimulatedTown:
    """A town at the start of its history, with what failed in it when its process last ended."""
    town = BUILDERS[town_plan.kind](town_plan)
    for fault in _remembered(plan):
        if not town.takes(fault.network, fault.kind):
            continue
        try:
            town.begin_fault(fault.network, fault.kind, fault.element, fault.size)
        except InvalidInput:
            continue  # a later edition may lack the element
    return town


def _remembered(plan: Plan) -> list[Fault]:
    if plan.memory is None or not plan.memory.exists():
        return []
    return msgspec.json.decode(plan.memory.read_bytes(), type=list[Fault])


class TownRun:
    """One town that moves on at its own pace and tells what is measured in it."""

    def __init__(self, plan: TownPlan, town: SimulatedTown, sender: Sender) -> None:
        self.plan, self.town, self._sender = plan, town, sender
        self.history_done = False
        self.due = time.monotonic()
        self._every_s = {sensor.stream: sensor.interval_s for sensor in plan.sensors}
        self._told: dict[str, datetime] = {}

    def catch_up(self, until: datetime) -> bool:
        """Send one piece of the history before a moment; False when there is none left."""
        readings: list[Reading] = []
        began, moved = time.monotonic(), False
        for _ in range(_CHUNK_STEPS):
            following = self._following(until)
            if following > until or (moved and time.monotonic() - began > _CHUNK_S):
                break
            readings += [
                (stream, following, value)
                for stream, value in self.town.advance(following).items()
                if self._told_then(stream, following, until)
            ]
            moved = True
        if readings:
            self._sender.send(readings)
        return moved

    def _following(self, until: datetime) -> datetime:
        step = timedelta(seconds=self.plan.history_step_s)
        recent = self.town.now + step > until - RECENT
        return self.town.now + (timedelta(seconds=self.plan.interval_s) if recent else step)

    def _told_then(self, stream: str, moment: datetime, until: datetime) -> bool:
        """Whether a stream told this moment of the past: each of its intervals holds a reading, none holds many."""
        every = timedelta(seconds=self._every_s.get(stream, 0))
        if moment <= until - RECENT and stream in self._told and moment < self._told[stream] + every:
            return False
        self._told[stream] = moment
        return True

    def report(self, moment: datetime) -> None:
        """Send a reading of every sensor that reports at a moment."""
        whole = moment.astimezone(UTC).replace(microsecond=0)
        if whole > self.town.now:
            readings = [(stream, whole, value) for stream, value in self.town.advance(whole).items()]
            if readings:
                self._sender.send(readings)

    def move(self, crowded: bool) -> None:
        """One piece of the history, or the report that is due."""
        if not self.history_done:
            self.history_done = not crowded and not self.catch_up(now())
            self.due = time.monotonic()
        elif time.monotonic() >= self.due:
            self.report(now())
            self.due = max(self.due + self.plan.interval_s, time.monotonic())


class Simulation:
    """Moves all towns on: the first from the start, the others once they are built beside it, after its history."""

    def __init__(self, plan: Plan, towns: Sequence[SimulatedTown], sender: Sender) -> None:
        self.plan, self._sender = plan, sender
        pairs = zip(plan.towns[: len(towns)], towns, strict=True)
        self.runs = [TownRun(one, town, sender) for one, town in pairs]
        self._waiting = list(plan.towns[len(towns) :])
        self._stopped = False
        self._builder: threading.Thread | None = None
        self._built: list[TownRun] = []

    @property
    def history_done(self) -> bool:
        """Whether the first town is in the present."""
        return self.runs[0].history_done

    def run(self, commands: Connection) -> None:
        """History, then reports until told to stop."""
        while not self._stopped:
            self._take_in_built()
            for one in self.runs:
                one.move(self._crowded)
                self._obey(commands, 0.0)
            self._obey(commands, self._idle_s())

    def close(self) -> None:
        """Give back what the engines hold."""
        for one in self.runs:
            one.town.close()

    @property
    def _crowded(self) -> bool:
        return self._sender.pending > _UNDER_WAY

    def _idle_s(self) -> float:
        if any(not one.history_done for one in self.runs):
            return 0.02 if self._crowded else 0.0
        building = [0.2] if self._waiting or (self._builder is not None and self._builder.is_alive()) else []
        return max(0.0, min([one.due - time.monotonic() for one in self.runs] + building))

    def _take_in_built(self) -> None:
        """Let a town in that is ready, and begin to build the next: their engines take seconds to be imported."""
        while self._built:
            self.runs.append(self._built.pop(0))
        if self._waiting and self.history_done and (self._builder is None or not self._builder.is_alive()):
            following = self._waiting.pop(0)
            self._builder = threading.Thread(target=self._build, args=(following,), name="town", daemon=True)
            self._builder.start()

    def _build(self, plan: TownPlan) -> None:
        try:
            self._built.append(TownRun(plan, start_town(self.plan, plan), self._sender))
        except Exception:  # noqa: BLE001 - logged; one town's fault must not keep the others still
            _LOG.exception("the %s town cannot be built; the others go on without it", plan.kind)

    def _obey(self, commands: Connection, wait_s: float) -> None:
        while not self._stopped and commands.poll(wait_s):
            commands.send(self.answer(commands.recv()))
            wait_s = 0.0

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do a command: ``status``, ``begin``, ``end`` or ``stop``; an error comes back with its code."""
        try:
            match command:
                case {"do": "begin", "network": str(network), "kind": kind, "element": str(element), "size": size}:
                    self.town_for(network, FaultKind(kind)).begin_fault(network, FaultKind(kind), element, float(size))
                    self._remember()
                case {"do": "end", "network": str(network), "kind": kind, "element": str(element)}:
                    self.town_for(network, FaultKind(kind)).end_fault(network, FaultKind(kind), element)
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

    def town_for(self, network: str, kind: FaultKind) -> SimulatedTown:
        """The town a fault happens to; raises Unavailable while it is being built, InvalidInput when there is none."""
        for one in self.runs:
            if one.town.takes(network, kind):
                return one.town
        if network in self._coming:
            raise Unavailable("simulator.town_not_ready", network=network)
        raise InvalidInput("simulator.no_such_fault", network=network, kind=kind.value)

    @property
    def _coming(self) -> set[str]:
        """The networks of towns that are not there yet."""
        there = [one.plan for one in self.runs]
        return {network for plan in self.plan.towns if plan not in there for network in plan.networks}

    @property
    def faults(self) -> list[Fault]:
        """What fails at present, in all towns."""
        return [fault for one in self.runs for fault in one.town.faults]

    def _remember(self) -> None:
        """Write down what fails, whole or not at all; what waits for its town stays written."""
        if self.plan.memory is None:
            return
        coming = self._coming
        kept = [fault for fault in _remembered(self.plan) if fault.network in coming]
        fresh = self.plan.memory.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode([*self.faults, *kept]))
        fresh.replace(self.plan.memory)

    def status(self) -> dict[str, Any]:
        """Where the simulation stands; ``breaks`` are the broken water pipes among the faults."""
        faults = self.faults
        return {
            "pid": os.getpid(),
            "simulated_until": self.runs[0].town.now,
            "history_done": self.history_done,
            "interval_s": self.runs[0].plan.interval_s,
            "towns": [
                {"kind": one.plan.kind.value, "simulated_until": one.town.now, "history_done": one.history_done}
                for one in self.runs
            ],
            "breaks": [
                {"pipe": one.element, "since": one.since, "size_m3h": one.size}
                for one in faults
                if one.kind is FaultKind.PIPE_BREAK
            ],
            "faults": [
                {
                    "network": one.network,
                    "kind": one.kind.value,
                    "element": one.element,
                    "size": one.size,
                    "since": one.since,
                }
                for one in faults
            ],
        }
