"""The simulator as a part of the running demonstration: a child process, and how to speak with it."""

import logging
import multiprocessing
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from chengmai.assets.models import Network
from chengmai.assets.queries import load_network
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, Unavailable
from chengmai.core.units import Quantity
from chengmai.network.utilities import Utility
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.sensing.services import renew_token
from chengmai.settings import Settings
from chengmai.simulator.run import Plan, main
from chengmai.simulator.towns import TOWN_OF, Sensor, TownKind, TownPlan, buildable

_LOG = logging.getLogger("chengmai.simulator")
GATEWAYS = ("SIM", "SIM-GAS", "SIM-SPACE", "SIM-HEAT")
"""The gateways whose datastreams are simulated."""
HISTORY = timedelta(days=14)
HISTORY_STEP_S = 300.0
"""Between two moments of a history, the shortest interval in which the city's devices report [s]."""
PACES = {TownKind.WATER: (1, HISTORY), TownKind.GAS: (6, timedelta(days=8)), TownKind.HEAT: (6, timedelta(days=3))}
"""Of each kind of town: reports as a multiple of the simulator's interval, and the longest history.

Night flow and bands want a fortnight of water, the usual methane a week; heat wants little and tells most.
"""
SEED = 20260
_ANSWER_S = 15.0
_STOP_S = 5.0


class Simulator:
    """Started with the platform when it runs as a demonstration; does nothing without streams to simulate."""

    def __init__(self, settings: Settings, gateways: Sequence[str] = GATEWAYS, seed: int = SEED) -> None:
        self._settings, self._gateways, self._seed = settings, gateways, seed
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
        interval_s = float(self._settings.simulator_interval_s)
        latest = runtime.current().store.latest()
        last = dict(zip(latest.stream.tolist(), latest.time.astype("int64").tolist(), strict=True))
        towns = plan_towns(self._settings, self._gateways, self._seed, interval_s, now(), last)
        if not towns:
            _LOG.warning("no gateway of %s has streams of a network; nothing is simulated", ", ".join(self._gateways))
            return None
        sending = sorted({sensor.gateway for town in towns for sensor in town.sensors})
        tokens = {gateway: renew_token(None, gateway) for gateway in sending}
        memory = self._settings.data_dir / "simulated-faults.json"
        return Plan(tuple(towns), tokens, *_broker(self._settings), memory)


def plan_towns(
    settings: Settings,
    gateways: Sequence[str],
    seed: int,
    interval_s: float,
    moment: datetime,
    last: Mapping[int, int],
    history: timedelta = HISTORY,
) -> list[TownPlan]:
    """The towns behind some gateways' active datastreams, the quickest to start first.

    ``last`` is each stream's latest stored time [ms]: a town's history starts after what is stored of it.
    """
    streams = (
        Datastream.objects.select_related("network", "gateway")
        .filter(gateway__code__in=gateways, active=True, network__edition__isnull=False)
        .order_by("code")
    )
    apart: dict[tuple[TownKind, str], list[Datastream]] = {}
    for one in streams:
        if one.network is not None:
            apart.setdefault(_town_of(one.network), []).append(one)
    plans = []
    for (kind, code), own in apart.items():
        pace, longest = PACES[kind]
        networks = [one for one in _published() if _town_of(one) == (kind, code)]
        plan = TownPlan(
            kind=kind,
            networks={one.code: load_network(one) for one in networks},
            utilities={one.code: Utility(one.utility) for one in networks},
            sensors=tuple(_sensor(one) for one in own),
            zone=settings.time_zone,
            seed=seed,
            since=_since(moment, min(history, longest), [last[one.pk] for one in own if one.pk in last]),
            interval_s=interval_s * pace,
            history_step_s=HISTORY_STEP_S,
        )
        plans.append(plan)
    return buildable(plans)


def _published() -> list[Network]:
    return list(Network.objects.select_related("edition").filter(edition__isnull=False).order_by("code"))


def _town_of(network: Network) -> tuple[TownKind, str]:
    """Kind and name of the town of a network: gas and all chambers share one, other networks have their own."""
    kind = TOWN_OF[Utility(network.utility)]
    return kind, "" if kind is TownKind.GAS else network.code


def _sensor(stream: Datastream) -> Sensor:
    network = stream.network.code if stream.network else ""
    quantity, gateway = Quantity(stream.quantity), stream.gateway.code
    return Sensor(stream.code, quantity, stream.element, network, gateway, stream.interval_s)


def _since(moment: datetime, history: timedelta, known: Sequence[int]) -> datetime:
    """Where a history starts: after what is stored, not too long ago, on a whole step."""
    start = moment - history
    start -= timedelta(seconds=start.timestamp() % HISTORY_STEP_S)
    if known:
        stored = start.fromtimestamp(max(known) / 1000, tz=start.tzinfo)
        start = max(start, min(stored, moment))
    return start


def _broker(settings: Settings) -> tuple[str, int]:
    host = "127.0.0.1" if settings.mqtt_host == "0.0.0.0" else settings.mqtt_host  # noqa: S104
    return host, settings.mqtt_port


_current: Simulator | None = None


def _hold(simulator: Simulator | None) -> None:
    global _current
    _current = simulator


def current() -> Simulator:
    """The running simulator of this process; raises Unavailable without one."""
    if _current is None:
        raise Unavailable("simulator.not_running")
    return _current
