"""Killed at named points, what a foreign broker accepted from its devices is stored, each reading once."""

import json
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chengmai.sensing.publishing import Publisher
from tests.foreign_brokers import PASSWORD, TOPIC, USER, ForeignServer, mosquitto
from tests.ports import free_port
from tests.store.forked import ForkedProcess
from tests.store.kills.harness import STATION

START = datetime(2026, 1, 1, tzinfo=UTC)
POINTS = (
    "ingest.before_insert:3",
    "ingest.after_insert:2",
    "ingest.after_quarantine:2",
    "connector.before_ack:3",
    "connector.after_ack:2",
    "ingest.after_insert:5",
    "connector.before_ack:1",
)
pytestmark = pytest.mark.kills


class Plant(threading.Thread):
    """Sends a reading each hundredth of a second to the foreign broker until told to stop; every tenth is none."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.over, self.sent, self.acknowledged = port, threading.Event(), 0, 0

    def run(self) -> None:
        with Publisher("127.0.0.1", self.port, USER, PASSWORD, "plant") as sender:
            while not self.over.wait(0.01):
                sender.send("plant/north/readings", message(self.sent))
                self.sent += 1
            sender.drain()
            self.acknowledged = sender.acknowledged


def message(number: int) -> bytes:
    """The plant's message of a number."""
    if number % 10 == 9:
        return f"mark-{number}-".encode()
    moment = (START + timedelta(minutes=number)).isoformat()
    return json.dumps({"stream": f"S{number % 20}", "time": moment, "value": number}).encode()


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_what_the_broker_accepted_is_stored_once_whatever_kills_us(kind: str, tmp_path: Path) -> None:
    if kind == "mosquitto" and mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    server = ForeignServer(kind, tmp_path / "foreign")
    server.start()
    environment = {
        **os.environ,
        "CHENGMAI_DATA_DIR": str(tmp_path / "data"),
        "CHENGMAI_DATABASE_URL": "",
        "CHENGMAI_INGEST_FLUSH_MS": "20",
        "CHENGMAI_FOREIGN_MQTT_URL": server.url,
        "CHENGMAI_FOREIGN_MQTT_TOPIC": TOPIC,
        "CHENGMAI_FOREIGN_MQTT_GATEWAY": "G",
        "DJANGO_SETTINGS_MODULE": "chengmai.django_settings",
        "PYTHONHASHSEED": "0",
        "KILLS_TOKEN": "x" * 32,
    }
    plant = Plant(server.port)
    try:
        carry_out(environment, "prepare")
        server.open_session()
        plant.start()
        for point in POINTS:
            assert run_until_killed(environment, point) == -signal.SIGKILL, point
        plant.over.set()
        plant.join(60)
        come_to_rest(environment)
    finally:
        plant.over.set()
        plant.join(60)
        server.stop()
    path = tmp_path / "report.json"
    carry_out(environment, "report", str(path))
    outcome = json.loads(path.read_text())
    assert plant.acknowledged == plant.sent > 100
    stored = sorted((time, stream, value, revision) for stream, time, value, revision in outcome["rows"])
    told = [number for number in range(plant.sent) if number % 10 != 9]
    begin = int(START.timestamp() * 1000)
    assert stored == [(begin + number * 60_000, f"S{number % 20}", float(number), 0) for number in told]
    assert set(outcome["refused"]) == {f"mark-{number}-" for number in range(9, plant.sent, 10)}


def with_ports(environment: dict[str, str]) -> dict[str, str]:
    names = ("CHENGMAI_PORT", "CHENGMAI_MQTT_PORT", "CHENGMAI_NATS_PORT")
    return environment | {name: str(free_port()) for name in names}


def carry_out(environment: dict[str, str], *arguments: str) -> None:
    with ForkedProcess(STATION, environment, *arguments) as process:
        assert process.wait(120) == 0


def run_until_killed(environment: dict[str, str], point: str) -> int | None:
    with ForkedProcess(STATION, with_ports(environment) | {"CHENGMAI_CRASH_AT": point}, "run") as process:
        return process.wait(60)


def come_to_rest(environment: dict[str, str]) -> None:
    """A last run without a kill, until nothing comes any more."""
    with ForkedProcess(STATION, with_ports(environment), "run") as process:
        assert process.hear()[0] == "ready"
        process.signal(signal.SIGUSR1)
        assert process.hear() == ["calm"]
        process.signal(signal.SIGTERM)
        assert process.wait(60) == 0
