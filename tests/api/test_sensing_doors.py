"""The ways in, with a real broker and store: what is acknowledged is stored, what is bad is quarantined alone."""

import asyncio
import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import paho.mqtt.client as mqtt
import pytest
from django.db import OperationalError
from pytest_django.plugin import DjangoDbBlocker

from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, NotAuthenticated, Unavailable
from chengmai.detection.recorded_table import read_series
from chengmai.portal.failures import as_error
from chengmai.secrets_file import load_secrets
from chengmai.sensing import runtime
from chengmai.sensing.broker import Broker
from chengmai.sensing.door import ObservationsDoor
from chengmai.sensing.models import Gateway
from chengmai.sensing.publishing import Publisher
from chengmai.sensing.quarantine import Reason
from chengmai.sensing.replay import replay, steps, streams_of
from chengmai.sensing.runtime import Running, Sensing
from chengmai.sensing.store import TelemetryStore
from chengmai.settings import Settings
from tests.people import add_person, client_of
from tests.telemetry import add_gateway, add_stream, own_settings

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Platform:
    """Sensing that runs, and the token of its gateway ``SIM`` with the streams A and B."""

    settings: Settings
    sensing: Sensing
    token: str

    @property
    def parts(self) -> Running:
        return runtime.current()

    def publisher(self, token: str = "", gateway: str = "SIM") -> Publisher:
        return Publisher("127.0.0.1", self.settings.mqtt_port, gateway, token or self.token, "device", patience_s=10)


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Sensing]]:
    """Sensing that runs for all tests here: a broker and a store take a second to start."""
    settings = own_settings(tmp_path_factory.mktemp("sensing"), ingest_flush_ms=10, max_message_bytes=20_000)
    sensing = Sensing(settings)
    with django_db_blocker.unblock():
        try:
            sensing.start()
            yield settings, sensing
        finally:
            sensing.stop()


@pytest.fixture
def platform(running: tuple[Settings, Sensing], db: None) -> Platform:
    """The running platform with nothing stored, and with gateways and streams of this test."""
    settings, sensing = running
    with runtime.current().store._engine() as client:
        for table in ("observations", "quarantine"):
            client.command(f"TRUNCATE TABLE chengmai.{table}")
    runtime.current().store._reload()
    gateway, token = add_gateway("SIM")
    add_stream("A", gateway)
    add_stream("B", gateway)
    other, _ = add_gateway("OTHER")
    add_stream("O", other)
    refresh(sensing)
    return Platform(settings, sensing, token)


def refresh(sensing: Sensing) -> None:
    """Let the broker know the gateways, and wait until it does."""
    log = Path(sensing._settings.data_dir) / "broker" / "broker.log"
    before = log.read_text().count("Reloaded server configuration")
    sensing.refresh()
    wait_for(lambda: log.read_text().count("Reloaded server configuration") > before)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def reading(stream: str = "A", minute: int = 0, value: Any = 1.0) -> dict[str, Any]:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return {"stream": stream, "time": moment.isoformat(), "value": value}


def body(*readings: dict[str, Any]) -> bytes:
    return json.dumps({"observations": readings}).encode()


def post(platform: Platform, payload: bytes, authorization: str | None = None, **headers: str) -> tuple[int, Any]:
    """One request to the door as the server hands it over, the body in two parts."""
    sent: list[Any] = []
    parts = [payload[: len(payload) // 2], payload[len(payload) // 2 :]]

    async def receive() -> Any:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(event: Any) -> None:
        sent.append(event)

    given = {"authorization": authorization or f"Bearer SIM:{platform.token}", **headers}
    scope = {"headers": [(name.encode(), value.encode()) for name, value in given.items()]}
    asyncio.run(ObservationsDoor(platform.settings, as_error)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def values(store: TelemetryStore) -> list[float]:
    return sorted(store.read_after(0).value.tolist())


def test_http_answers_with_counts_after_the_commit(platform: Platform) -> None:
    status, counts = post(platform, body(reading("A", 0, 1.0), reading("B", 0, 2.0), reading("X", 0, 3.0)))
    assert (status, counts) == (200, {"accepted": 2, "duplicate": 0, "revised": 0, "quarantined": 1})
    assert values(platform.parts.store) == [1.0, 2.0]
    status, counts = post(platform, body(reading("A", 0, 1.0), reading("B", 0, 2.5)))
    assert counts == {"accepted": 0, "duplicate": 1, "revised": 1, "quarantined": 0}


def test_http_takes_message_pack(platform: Platform) -> None:
    payload = msgspec.msgpack.encode({"observations": [reading("A", 0, 1.0), reading("A", 1, float("inf"))]})
    status, counts = post(platform, payload, **{"content-type": "application/msgpack"})
    assert (status, counts["accepted"], counts["quarantined"]) == (200, 1, 1)
    assert platform.parts.store.quarantine_counts() == {"non_finite": 1}


@pytest.mark.parametrize("authorization", ["Bearer SIM:wrong", "Bearer NO:x", "Basic x", "Bearer SIM", "Bearer :"])
def test_http_refuses_who_is_not_known(platform: Platform, authorization: str) -> None:
    status, answer = post(platform, body(reading()), authorization)
    assert (status, answer["error"]["code"]) == (401, "gateway.not_known")
    assert platform.parts.store.count() == 0


def test_a_bad_reading_does_not_take_its_neighbours_with_it(platform: Platform) -> None:
    far = (now() + timedelta(days=2)).isoformat()
    bad = {
        Reason.UNKNOWN_STREAM: reading("nobody"),
        Reason.FOREIGN_STREAM: reading("O"),
        Reason.NON_FINITE: reading(value=float("nan")),
        Reason.FAR_FUTURE: {**reading(), "time": far},
        Reason.FAR_PAST: {**reading(), "time": "1970-01-01T00:00:00Z"},
        Reason.MALFORMED: {**reading(), "time": "2026-01-01T00:00:00"},
    }
    status, counts = post(platform, body(reading("A", 1, 7.0), *bad.values(), reading("B", 1, 8.0)))
    assert (status, counts["accepted"], counts["quarantined"]) == (200, 2, len(bad))
    assert platform.parts.store.quarantine_counts() == dict.fromkeys((reason.value for reason in bad), 1)
    assert values(platform.parts.store) == [7.0, 8.0]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"observations": 5}',
        b'{"stream": "A"}',
        b'{"observations": [' + b"[" * 3000 + b"]" * 3000 + b"]}",
        b'{"stream": "A", "time": "2026-01-01T00:00:00Z", "value": "1"}',
    ],
)
def test_what_cannot_be_read_is_quarantined_and_told(platform: Platform, payload: bytes) -> None:
    status, answer = post(platform, payload)
    assert (status, answer["error"]["code"]) == (422, "observations.malformed")
    assert platform.parts.store.quarantine_counts() == {"malformed": 1}
    assert post(platform, body(reading()))[0] == 200


def test_an_oversized_message_is_quarantined_at_both_doors(platform: Platform) -> None:
    large = body(*[reading("A", minute) for minute in range(1000)])
    assert len(large) > platform.settings.max_message_bytes
    status, answer = post(platform, large)
    assert (status, answer["error"]["code"]) == (413, "observations.oversized")
    with platform.publisher() as device:
        device.send("chengmai/v1/SIM/observations", large)
        device.send("chengmai/v1/SIM/observations", body(reading()))
        device.drain()
    wait_for(lambda: platform.parts.store.count() == 1)
    sizes = [row["size"] for row in platform.parts.store.quarantined(reason="oversized")]
    assert sizes == [len(large), len(large)]


def test_mqtt_readings_are_stored_and_bad_ones_lie_apart(platform: Platform) -> None:
    with platform.publisher() as device:
        for minute in range(200):
            device.send("chengmai/v1/SIM/observations", body(reading("A", minute, minute)))
            if minute % 10 == 0:
                device.send("chengmai/v1/SIM/observations", b"no json")
        device.send("chengmai/v1/SIM/observations", json.dumps(reading("B", 0, 5.0)).encode())
        device.drain()
    wait_for(lambda: platform.parts.store.count() == 201)
    wait_for(lambda: platform.parts.store.quarantine_counts() == {"malformed": 20})


def test_a_gateway_speaks_only_for_itself(platform: Platform) -> None:
    with platform.publisher() as device:
        device.send("chengmai/v1/OTHER/observations", body(reading("O", 0, 1.0)))
        device.send("chengmai/v1/SIM/observations", body(reading("A", 0, 2.0), reading("O", 0, 3.0)))
        device.drain()
    wait_for(lambda: values(platform.parts.store) == [2.0])
    assert platform.parts.store.quarantine_counts() == {"foreign_stream": 1}


def test_mqtt_refuses_a_wrong_token(platform: Platform) -> None:
    with pytest.raises(NotAuthenticated), platform.publisher("wrong"):
        pass


def test_a_gateway_made_while_running_may_send_at_once(platform: Platform) -> None:
    gateway, token = add_gateway("NEW")
    add_stream("N", gateway)
    refresh(platform.sensing)
    with platform.publisher(token, "NEW") as device:
        device.send("chengmai/v1/NEW/observations", body(reading("N")))
        device.drain()
    wait_for(lambda: platform.parts.store.count() == 1)


def test_while_the_store_refuses_nothing_is_acknowledged_and_nothing_is_lost(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> Any:
        raise Unavailable("store.disk_full", place="x")

    with monkeypatch.context() as patch:
        patch.setattr(platform.parts.store, "insert", full)
        status, answer = post(platform, body(reading("A", 0, 1.0)))
        assert (status, answer["error"]["code"]) == (503, "store.disk_full")
        with platform.publisher() as device:
            device.send("chengmai/v1/SIM/observations", body(reading("A", 1, 2.0)))
            device.drain()
        wait_for(lambda: platform.parts.ingest.failures >= 3)
    wait_for(lambda: values(platform.parts.store) == [2.0])
    assert platform.parts.ingest.last_error is None


@pytest.mark.usefixtures("db")
def test_a_broker_that_dies_is_a_failure_of_the_platform(tmp_path: Path) -> None:
    broker = Broker(own_settings(tmp_path), "secret")
    broker.start()
    try:
        assert broker.failure is None
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL)
        wait_for(lambda: broker.failure is not None)
    finally:
        broker.stop()
    assert isinstance(broker.failure, Unavailable)
    assert broker.failure.code == "broker.died"


def test_a_port_in_use_is_named(platform: Platform, tmp_path: Path) -> None:
    second = Sensing(own_settings(tmp_path / "second", mqtt_port=platform.settings.mqtt_port))
    with pytest.raises(Unavailable) as caught:
        second.start()
    second.stop()
    assert caught.value.code == "broker.port_in_use"
    assert caught.value.params["setting"] == "CHENGMAI_MQTT_PORT"


def test_a_silent_mqtt_client_receives_nothing_of_others(platform: Platform) -> None:
    received: list[bytes] = []
    spy = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="spy")
    spy.username_pw_set("SIM", platform.token)
    spy.on_message = lambda client, userdata, message: received.append(message.payload)
    spy.connect("127.0.0.1", platform.settings.mqtt_port)
    spy.loop_start()
    spy.subscribe("#", qos=1)
    with platform.publisher() as device:
        device.send("chengmai/v1/SIM/observations", body(reading()))
        device.drain()
    wait_for(lambda: platform.parts.store.count() == 1)
    spy.loop_stop()
    assert received == []


def test_a_recorded_table_is_replayed_at_its_own_times(platform: Platform, tmp_path: Path) -> None:
    gateway, _ = add_gateway("BM")
    flow, level = add_stream("BM-Q-p1", gateway), add_stream("BM-L-T1", gateway)
    refresh(platform.sensing)
    table = tmp_path / "record.csv.gz"
    lines = ["time,p1,T1", "2019-01-01 00:00:00,1.5,3", "2019-01-01 00:05:00,,4", "2019-01-01T00:10:00Z,2.5,"]
    table.write_bytes(gzip.compress("\n".join(lines).encode()))
    series = read_series(table, ZoneInfo("Asia/Shanghai"))
    told: list[int] = []
    internal = load_secrets(platform.settings.data_dir).broker_password
    with Publisher("127.0.0.1", platform.settings.mqtt_port, "chengmai", internal, "replay") as publisher:
        made = steps(series, streams_of("BM", series))
        count = replay(made, publisher, "chengmai/v1/BM/observations", 10_000, lambda step, n: told.append(n))
    assert (count, sum(told)) == (4, 4)
    wait_for(lambda: len(platform.parts.store.read_after(0)) == 4)
    rows = platform.parts.store.read([flow.pk, level.pk], datetime(2018, 1, 1, tzinfo=UTC), now())
    assert list(zip(rows.time.astype(str).tolist(), rows.value.tolist(), strict=True)) == [
        ("2018-12-31T16:00:00.000", 1.5),
        ("2019-01-01T00:10:00.000", 2.5),
        ("2018-12-31T16:00:00.000", 3.0),
        ("2018-12-31T16:05:00.000", 4.0),
    ]
    with pytest.raises(InvalidInput) as caught:
        streams_of("BM", ["p1", "p9"])
    assert caught.value.params["columns"] == "p9"


def test_a_listener_that_fails_stops_neither_the_writer_nor_the_answer(platform: Platform) -> None:
    def failing(rows: object) -> None:
        raise ValueError("no")

    ingest = platform.parts.ingest
    ingest.listeners.insert(0, failing)
    try:
        assert post(platform, body(reading(minute=1)))[0] == 200
        assert ingest.last_error is not None
        assert ingest.last_error.code == "ingest.listener_failed"
    finally:
        ingest.listeners.remove(failing)
    assert post(platform, body(reading(minute=2)))[1]["accepted"] == 1
    assert ingest.last_error is None


def test_while_names_cannot_be_looked_up_known_ones_pass_and_nothing_is_given_up(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, lookups = platform.parts.ingest.registry, list[int]()

    def away() -> None:
        lookups.append(1)
        raise OperationalError("server closed the connection unexpectedly")

    registry._refreshed = float("-inf")
    with monkeypatch.context() as patch:
        patch.setattr(registry, "_source", away)
        assert post(platform, body(reading("A", 0, 1.0)))[0] == 200
        status, answer = post(platform, body(reading("LATER", 0, 2.0)))
        assert (status, answer["error"]["code"]) == (503, "registry.no_answer")
        with platform.publisher() as device:
            device.send("chengmai/v1/SIM/observations", body(reading("LATER", 0, 2.0)))
            device.drain()
        wait_for(lambda: len(lookups) >= 3)
        add_stream("LATER", Gateway.objects.get(code="SIM"))
    wait_for(lambda: values(platform.parts.store) == [1.0, 2.0])
    assert platform.parts.store.quarantine_counts() == {}
    assert platform.sensing.failure is None


def test_whatever_fails_behind_the_http_door_is_answered_in_the_one_shape(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(platform.parts.ingest, "screen", broken)
    status, answer = post(platform, body(reading()))
    assert (status, answer["error"]["code"]) == (500, "internal")
    assert "secret" not in json.dumps(answer)


def test_the_quarantine_is_paged_through_without_a_gap_also_within_one_millisecond(platform: Platform) -> None:
    post(platform, body(*(reading(f"X{number}") for number in range(7))))
    post(platform, body(*(reading(f"Y{number}") for number in range(4))))
    client = client_of(add_person("li", Role.NETWORK_ENGINEER))
    seen: list[str] = []
    query = "limit=3"
    while query:
        page = client.get(f"/api/v1/quarantine?{query}").json()
        seen += [item["detail"] for item in page["items"]]
        assert all(datetime.fromisoformat(item["received"]).utcoffset() == timedelta(0) for item in page["items"])
        query = f"limit=3&before={page['next']}" if page["next"] else ""
    assert seen == [f"Y{number}" for number in (3, 2, 1, 0)] + [f"X{number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert client.get("/api/v1/quarantine?before=yesterday").status_code == 422
