"""Readings from a real foreign broker: acknowledged to it when they are stored or quarantined, and never before."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chengmai.access.roles import Role
from chengmai.connectors.mqtt import foreign_broker
from chengmai.connectors.mqtt.foreign_broker import ForeignBroker
from chengmai.core.errors import Unavailable
from chengmai.sensing import runtime
from chengmai.sensing.publishing import Publisher
from chengmai.sensing.runtime import Running, Sensing, SourceStatus
from chengmai.settings import Settings
from tests.foreign_brokers import PASSWORD, TOPIC, USER, ForeignServer, mosquitto, talk, wait_alone
from tests.people import add_organisation, add_person, client_of
from tests.telemetry import add_gateway, add_stream, own_settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kills]


@pytest.fixture(params=["nats", "mosquitto"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ForeignServer]:
    """A running foreign broker in which our session exists already."""
    if request.param == "mosquitto" and mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    made = ForeignServer(request.param, tmp_path / "foreign")
    made.start()
    try:
        made.open_session()
        yield made
    finally:
        made.stop()


@dataclass
class Platform:
    """Sensing that runs with the gateway PLANT and its stream A, and the settings of its connector."""

    settings: Settings
    sensing: Sensing

    @property
    def parts(self) -> Running:
        return runtime.current()

    def status(self) -> SourceStatus:
        return self.parts.sources["PLANT"]()

    @contextmanager
    def connected(self, **changes: Any) -> Iterator[ForeignBroker]:
        part = ForeignBroker(replace(self.settings, **changes))
        part.start()
        try:
            yield part
        finally:
            part.stop()
        assert part.failure is None


@pytest.fixture
def platform(server: ForeignServer, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setattr(foreign_broker, "FIRST_DELAY_S", 0.1)
    gateway, _ = add_gateway("PLANT")
    add_stream("A", gateway)
    settings = own_settings(
        tmp_path / "data",
        ingest_flush_ms=10,
        max_message_bytes=20_000,
        language="en",
        foreign_mqtt_url=server.url,
        foreign_mqtt_topic=TOPIC,
        foreign_mqtt_gateway="PLANT",
    )
    sensing = Sensing(settings)
    try:
        sensing.start()
        yield Platform(settings, sensing)
    finally:
        sensing.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def body(minute: int, stream: str = "A") -> bytes:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return json.dumps({"stream": stream, "time": moment.isoformat(), "value": float(minute)}).encode()


def publish(server: ForeignServer, *payloads: bytes) -> None:
    """Send from a plant, until that broker has acknowledged everything."""
    with Publisher("127.0.0.1", server.port, USER, PASSWORD, "plant", patience_s=10) as sender:
        for payload in payloads:
            sender.send("plant/north/readings", payload)
        sender.drain()


def values(platform: Platform) -> list[float]:
    return sorted(platform.parts.store.read_after(0).value.tolist())


def left_behind(server: ForeignServer) -> int:
    """How many messages the broker still keeps for us: nobody else reads them, and we do not acknowledge."""
    came: list[bytes] = []
    wait_alone(server.port)

    def count(client: Any) -> None:
        client.on_message = lambda client, userdata, message: came.append(message.payload)
        client.subscribe(TOPIC, qos=1)

    talk(server.port, count, linger_s=1.5)
    return len(came)


def test_what_is_stored_or_quarantined_is_acknowledged(server: ForeignServer, platform: Platform) -> None:
    publish(server, *map(body, range(300)), b"no json", body(0, "nobody"), b"x" * 20_001)
    with platform.connected():
        wait_for(lambda: platform.parts.store.count() == 300)
        wait_for(lambda: sum(platform.parts.store.quarantine_counts().values()) == 3)
        wait_for(lambda: platform.status() == SourceStatus(True, 303, 0, None))
    assert platform.parts.store.quarantine_counts() == {"malformed": 1, "unknown_stream": 1, "oversized": 1}
    assert values(platform) == [float(minute) for minute in range(300)]
    assert left_behind(server) == 0
    assert platform.parts.sources == {}


@pytest.mark.parametrize("known", [True, False])
def test_what_the_store_refuses_is_not_acknowledged(
    server: ForeignServer, platform: Platform, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    def refuse(*arguments: Any) -> Any:
        raise Unavailable("store.disk_full", place="x") if known else RuntimeError("not foreseen")

    publish(server, *map(body, range(5)))
    with platform.connected():
        wait_for(lambda: platform.parts.store.count() == 5)
        with monkeypatch.context() as patch:
            patch.setattr(platform.parts.store, "insert", refuse)
            publish(server, *map(body, range(5, 10)))
            wait_for(lambda: platform.parts.ingest.failures >= 3)
            assert platform.status().received >= 6
            assert platform.parts.store.count() == 5
        wait_for(lambda: platform.parts.store.count() == 10)
        wait_for(lambda: platform.status().unacknowledged == 0 and platform.status().connected)
    assert values(platform) == [float(minute) for minute in range(10)]
    assert left_behind(server) == 0


def test_stopped_while_the_store_refuses_everything_stays_with_the_broker(
    server: ForeignServer, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> Any:
        raise Unavailable("store.disk_full", place="x")

    monkeypatch.setattr(foreign_broker, "_FAREWELL_S", 0.2)
    publish(server, *map(body, range(7)))
    with monkeypatch.context() as patch:
        patch.setattr(platform.parts.store, "insert", full)
        with platform.connected():
            wait_for(lambda: platform.status().unacknowledged == 7)
            wait_for(lambda: platform.parts.ingest.failures >= 1)
        assert left_behind(server) == 7
        assert platform.parts.store.count() == 0


def test_a_broker_that_goes_and_comes_is_met_again(server: ForeignServer, platform: Platform) -> None:
    with platform.connected():
        wait_for(lambda: platform.status().connected)
        server.stop()
        wait_for(lambda: not platform.status().connected and platform.status().problem is not None)
        server.start()
        publish(server, body(1))
        wait_for(lambda: values(platform) == [1.0])
        wait_for(lambda: platform.status().connected and platform.status().problem is None)


def test_a_refusal_is_one_clear_sentence_without_the_password(
    server: ForeignServer, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = server.url.replace("p%40ss", "wr0ng")
    with platform.connected(foreign_mqtt_url=wrong):
        wait_for(lambda: platform.status().problem == "foreign_mqtt.refused")
        time.sleep(0.5)  # several attempts
    said = [record.getMessage() for record in caplog.records if "refused the log-in" in record.getMessage()]
    assert len(said) == 1
    assert "CHENGMAI_FOREIGN_MQTT_URL" in said[0]
    assert "wr0ng" not in caplog.text
    assert "ss/word" not in caplog.text


def test_nothing_is_taken_for_a_gateway_that_does_not_exist(server: ForeignServer, platform: Platform) -> None:
    publish(server, body(1))
    with platform.connected(foreign_mqtt_gateway="LATER"):
        wait_for(lambda: platform.parts.sources["LATER"]().problem == "foreign_mqtt.gateway_unknown")
        gateway, _ = add_gateway("LATER")
        add_stream("L", gateway)
        platform.sensing.refresh()
        publish(server, body(2, "L"))
        wait_for(lambda: values(platform) == [2.0])
    assert platform.parts.store.quarantine_counts() == {"foreign_stream": 1}


def test_health_tells_how_it_is(server: ForeignServer, platform: Platform) -> None:
    client = client_of(add_person("shift", Role.SHIFT_LEADER))
    stranger = client_of(add_person("other", Role.SHIFT_LEADER, organisation=add_organisation("GAS", "utility")))
    with platform.connected():
        publish(server, body(1))
        wait_for(lambda: platform.status() == SourceStatus(True, 1, 0, None))
        told = client.get("/api/v1/sensing/health").json()["sources"]
        assert stranger.get("/api/v1/sensing/health").json()["sources"] == []
    assert told == [{"gateway": "PLANT", "connected": True, "received": 1, "unacknowledged": 0, "problem": None}]
    assert client.get("/api/v1/sensing/health").json()["sources"] == []
