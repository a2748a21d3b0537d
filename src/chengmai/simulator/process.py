"""The simulator as a part of the running demonstration: a child process, and how to speak with it."""

import logging
import multiprocessing
import os
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from chengmai.assets.queries import load_network
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, Unavailable
from chengmai.core.units import Quantity
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.sensing.services import renew_token
from chengmai.settings import Settings
from chengmai.simulator.engine import Sensor
from chengmai.simulator.run import HISTORY_STEP, Plan, main

_LOG = logging.getLogger("chengmai.simulator")
GATEWAY = "SIM"
HISTORY = timedelta(days=14)
SEED = 20260
_ANSWER_S = 15.0
_STOP_S = 5.0


class Simulator:
    """Started with the platform when it runs as a demonstration; does nothing without streams to simulate."""

    def __init__(self, settings: Settings, gateway: str = GATEWAY, seed: int = SEED) -> None:
        self._settings, self._gateway, self._seed = settings, gateway, seed
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._speaking = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process number."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the child; the history since the last stored reading, at most 14 days, is sent first."""
        plan = self._plan() if self._settings.demo else None
        if plan is None:
            return
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=main, args=(plan, theirs, os.getpid()), name="simulator", daemon=True)
        self._process.start()
        theirs.close()
        _hold(self)

    def stop(self) -> None:
        """End the child."""
        _hold(None)
        if self._process is None or self._pipe is None:
            return
        try:
            self.ask({"do": "stop"})
        except Unavailable:
            _LOG.warning("the simulator did not answer and is ended")
        self._pipe.close()
        self._process.join(_STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """What the child answers; raises its errors, or Unavailable when it does not run or not answer."""
        with self._speaking:
            try:
                if self._pipe is None:
                    raise Unavailable("simulator.not_running")
                self._pipe.send(command)
                if not self._pipe.poll(_ANSWER_S):
                    # What it would answer later would be taken for the answer to another command.
                    self._pipe.close()
                    self._pipe = None
                    raise Unavailable("simulator.not_running")
                answer: dict[str, Any] = self._pipe.recv()
            except (OSError, EOFError) as error:
                raise Unavailable("simulator.not_running") from error
        if "error" in answer:
            kinds: dict[int, type[ChengmaiError]] = {409: Conflict, 422: InvalidInput}
            raise kinds.get(answer["status"], Unavailable)(answer["error"], **answer["params"])
        return answer

    def _plan(self) -> Plan | None:
        plan = plan_for(self._settings, self._gateway, self._seed, now(), float(self._settings.simulator_interval_s))
        if plan is None:
            _LOG.warning("gateway %s has no streams of one network; nothing is simulated", self._gateway)
            return None
        streams = set(Datastream.objects.filter(gateway__code=self._gateway).values_list("pk", flat=True))
        memory = self._settings.data_dir / f"simulated-{self._gateway}.json"
        return replace(plan, since=self._since(streams), token=renew_token(None, self._gateway), memory=memory)

    def _since(self, streams: set[int]) -> datetime:
        """Where the history starts: after what is stored, at most 14 days ago, on a whole step."""
        latest = runtime.current().store.latest()
        known = [int(t) for s, t in zip(latest.stream, latest.time.astype("int64"), strict=True) if int(s) in streams]
        moment = now()
        start = moment - HISTORY
        step = HISTORY_STEP.total_seconds()
        start = start - timedelta(seconds=start.timestamp() % step)
        if known:
            stored = start.fromtimestamp(max(known) / 1000, tz=start.tzinfo)
            start = max(start, min(stored, moment))
        return start


def plan_for(
    settings: Settings, gateway: str, seed: int, since: datetime, interval_s: float, token: str = ""
) -> Plan | None:
    """The plan for a gateway's active datastreams; None when they are none, or of more than one network."""
    streams = list(
        Datastream.objects.select_related("network").filter(gateway__code=gateway, active=True).order_by("code")
    )
    networks = {stream.network for stream in streams}
    network = networks.pop() if len(networks) == 1 else None
    if network is None:
        return None
    return Plan(
        network=load_network(network),
        sensors=tuple(Sensor(one.code, Quantity(one.quantity), one.element) for one in streams),
        zone=settings.time_zone,
        seed=seed,
        since=since,
        interval_s=interval_s,
        gateway=gateway,
        token=token,
        host="127.0.0.1" if settings.mqtt_host == "0.0.0.0" else settings.mqtt_host,  # noqa: S104
        port=settings.mqtt_port,
    )


_current: Simulator | None = None


def _hold(simulator: Simulator | None) -> None:
    global _current
    _current = simulator


def current() -> Simulator:
    """The running simulator of this process; raises Unavailable without one."""
    if _current is None:
        raise Unavailable("simulator.not_running")
    return _current
