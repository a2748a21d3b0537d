"""The harness: starts the station, lets devices send, kills it at a seeded point, and at the end counts everything."""

import json
import os
import random
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.store.forked import ForkedProcess
from tests.store.kills.devices import HttpDevice, Message, MqttDevice, Source

STATION = "tests.store.kills.station"
"""The module whose process is the station."""
POINTS = (
    "ingest.before_insert",
    "ingest.after_quarantine",
    "ingest.after_insert",
    "ingest.before_ack",
    "ingest.after_ack",
    "http.after_commit",
    "http.before_answer",
    "evaluation.after_alarm",
    "evaluation.before_commit",
    "evaluation.after_commit",
)
RARE = ("evaluation.after_alarm", "ingest.after_quarantine")
"""Points that few messages lead to."""
ANY_MOMENT = "any moment"
BROKER = "broker"
START_S = 60.0
LONGEST_S = 8.0
"""A run in which the point is not reached by then is killed from outside."""


@dataclass
class Lane:
    """One installation that is killed again and again; ``run`` may go on in a thread beside others."""

    seed: int
    folder: Path
    kills: int
    database_url: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    plan: list[str] = field(default_factory=list)
    """Points that are next; filled anew, in another order, when all had their turn."""
    killed: Counter[str] = field(default_factory=Counter)
    outcome: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        streams = [f"S{number}" for number in range(20)]
        # Each device has streams of its own: what two devices say of one identity has no order to check.
        self.mqtt = MqttDevice(Source(2 * self.seed, streams[:10]))
        self.http = HttpDevice(Source(2 * self.seed + 1, streams[10:]))
        self.environment = {
            **os.environ,
            "CHENGMAI_DATA_DIR": str(self.folder),
            "CHENGMAI_DATABASE_URL": self.database_url,
            "CHENGMAI_INGEST_FLUSH_MS": "20",
            "DJANGO_SETTINGS_MODULE": "chengmai.django_settings",
            "PYTHONHASHSEED": "0",
            "KILLS_TOKEN": self.token,
        }

    def run(self) -> None:
        """Prepare, kill as often as wanted, let everything come to rest, and report."""
        self._station("prepare")
        for _ in range(self.kills):
            self._run_and_kill()
        self._come_to_rest()
        path = self.folder / "report.json"
        self._station("report", str(path))
        self.outcome = json.loads(path.read_text())

    def _station(self, *arguments: str) -> None:
        with ForkedProcess(STATION, self.environment, *arguments, log=self.folder / "station.log") as process:
            assert process.wait(120) == 0, self._last_words()

    def _start(self, crash_at: str) -> tuple[ForkedProcess, dict[str, int], int | None]:
        """The process, its ports and its broker's number; None when it died before it was ready."""
        ports = {"CHENGMAI_PORT": free_port(), "CHENGMAI_MQTT_PORT": free_port(), "CHENGMAI_NATS_PORT": free_port()}
        environment = {
            **self.environment,
            **{name: str(port) for name, port in ports.items()},
            "CHENGMAI_CRASH_AT": crash_at,
        }
        process = ForkedProcess(STATION, environment, "run", log=self.folder / "station.log")
        heard = process.hear()
        if not heard:
            code = process.wait(START_S)
            if code != -signal.SIGKILL:
                raise AssertionError(f"the station did not start ({code}): {self._last_words()}")
            return process, ports, None
        return process, ports, int(heard[1])

    def _run_and_kill(self) -> None:
        if not self.plan:
            self.plan = [*POINTS, ANY_MOMENT, BROKER]
            self.dice.shuffle(self.plan)
        point = self.plan.pop()
        named = point in POINTS
        process, ports, broker = self._start(
            f"{point}:{self.dice.randint(1, 2 if point in RARE else 8)}" if named else ""
        )
        stop = threading.Event()
        threads = self._devices(ports, stop) if broker is not None else []
        try:
            if broker is not None and not named:
                time.sleep(self.dice.uniform(0.05, 0.8))
                os.kill(broker if point == BROKER else process.pid, signal.SIGKILL)
            if process.wait(LONGEST_S) is None:
                point = ANY_MOMENT
        finally:
            process.kill()
            stop.set()
            for thread in threads:
                thread.join()
        if broker is not None:
            _demand_gone(broker)
        self.killed[point] += 1

    def _devices(self, ports: dict[str, int], stop: threading.Event, most: int = 10_000) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=self.mqtt.send_until, args=(ports["CHENGMAI_MQTT_PORT"], self.token, stop, most)),
            threading.Thread(target=self.http.send_until, args=(ports["CHENGMAI_PORT"], self.token, stop, most)),
        ]
        for thread in threads:
            thread.start()
        return threads

    def _come_to_rest(self) -> None:
        """A last run without a kill: everything that waits is sent, stored, evaluated; then a regular stop."""
        process, ports, _ = self._start("")
        for most in (0, 5):
            while self.mqtt.waiting or self.http.waiting or most:
                for thread in self._devices(ports, threading.Event(), max(most, len(self.http.waiting))):
                    thread.join()
                most = 0
        process.signal(signal.SIGUSR1)
        assert process.hear() == ["calm"], self._last_words()
        process.signal(signal.SIGTERM)
        code = process.wait(START_S)
        assert code == 0, f"the station did not stop regularly ({code}): {self._last_words()}"

    def _last_words(self) -> str:
        return (self.folder / "station.log").read_text("utf-8", "replace")[-2000:]

    def check(self) -> list[str]:
        """Every promise that was not kept; empty when all were."""
        broken: list[str] = []
        stored: dict[tuple[str, int], list[float]] = {}
        for stream, moment, value, revision in self.outcome["rows"]:
            values = stored.setdefault((stream, moment), [])
            if revision != len(values):
                broken.append(f"revision {revision} of {stream} {moment} follows {len(values)} others")
            values.append(value)
        for device in (self.mqtt, self.http):
            broken += _lost(device.done, stored)
            for identity, told in device.source.truth.items():
                if stored.get(identity) != told:
                    broken.append(f"{identity}: told {told}, stored {stored.get(identity)}")
        broken += _refused(self.mqtt.done, self.http.done, self.outcome["refused"])
        broken += self._evaluated()
        return broken

    def _evaluated(self) -> list[str]:
        told = self.outcome
        evaluated = told["evaluated"]
        pairs = {
            "batches evaluated": (evaluated["batch"], told["batch"]),
            "rows evaluated": (evaluated["rows"], len(told["rows"])),
            "sum of evaluated rows": (evaluated["sum"], told["sum"]),
            "alarms": (sorted(told["alarms"]), sorted(told["alarming"])),
            "steps that raised": (told["raised_steps"], len(told["alarming"])),
            "events of alarms": (told["raised_events"], len(told["alarming"])),
            "other steps": (told["other_steps"], 0),
        }
        return [f"{name}: {got} instead of {wanted}" for name, (got, wanted) in pairs.items() if got != wanted]


def _demand_gone(broker: int) -> None:
    """The broker dies with its parent, however that dies."""
    until = time.monotonic() + 10
    while Path(f"/proc/{broker}").exists():
        if time.monotonic() > until:
            raise AssertionError(f"the broker {broker} outlived its platform")
        time.sleep(0.01)


def _lost(done: list[Message], stored: dict[tuple[str, int], list[float]]) -> list[str]:
    return [
        f"acknowledged and lost: {stream} {moment} {value}"
        for message in done
        for stream, moment, value in message.readings
        if value not in stored.get((stream, moment), [])
    ]


def _refused(mqtt: list[Message], http: list[Message], payloads: list[str]) -> list[str]:
    kept = Counter(mark for payload in payloads for mark in [payload.partition("mark-")[2].partition("'")[0]])
    broken = []
    for message in (*mqtt, *http):
        if message.mark is None:
            continue
        count = kept[message.mark.removeprefix("mark-")]
        if count == 0:
            broken.append(f"acknowledged and not in quarantine: {message.mark}")
        elif message.sends == 1 and count > 1:
            broken.append(f"sent once and {count} times in quarantine: {message.mark}")
    return broken


def kill_many(kills: int, seed: int, lanes: int = 2, database_url: str = "") -> list[Lane]:
    """Spread kills over installations that run beside each other; raises when an installation cannot go on."""
    folder = Path(tempfile.mkdtemp(prefix="chengmai-kills-"))
    made = [
        Lane(seed * 1000 + number, folder / str(number), kills // lanes + (number < kills % lanes), database_url)
        for number in range(lanes)
    ]
    errors: list[BaseException] = []

    def run(lane: Lane) -> None:
        try:
            lane.folder.mkdir()
            lane.run()
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=run, args=(lane,)) for lane in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    shutil.rmtree(folder)
    return made
