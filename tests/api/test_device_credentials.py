"""Credentials of devices on a real broker: each on its own topic only, revoked at once, a maker's JSON mapped."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from django.test import Client
from paho.mqtt.enums import CallbackAPIVersion
from pytest_django.plugin import DjangoDbBlocker

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import NotAuthenticated
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.services import register
from chengmai.devices.type_changes import load_customary
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.sensing.publishing import Publisher
from chengmai.sensing.runtime import Sensing
from chengmai.settings import Settings
from tests.people import add_person, client_of
from tests.telemetry import add_gateway, add_stream, own_settings

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/api/v1"
RELOADED = "Reloaded server configuration"
MAPPING = {
    "time": {"path": "t", "form": "epoch_s"},
    "readings": [{"path": "gas.v", "quantity": "methane", "unit": "%LEL"}],
}


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Sensing that runs."""
    settings = own_settings(tmp_path_factory.mktemp("sensing"), ingest_flush_ms=10)
    sensing = Sensing(settings)
    with django_db_blocker.unblock():
        try:
            sensing.start()
            yield settings
        finally:
            sensing.stop()


@pytest.fixture
def engineer(running: Settings, db: None) -> Client:
    """A bureau's engineer with two methane detectors, D1 and D2, each with a stream of gateway SIM; nothing stored."""
    store = runtime.current().store
    with store._engine() as client:
        for table in ("observations", "quarantine"):
            client.command(f"TRUNCATE TABLE chengmai.{table}")
    store._reload()
    runtime.refresh_names()
    load_customary()
    gateway = add_gateway()[0]
    person = add_person("engineer", Role.NETWORK_ENGINEER)
    for number in (1, 2):
        stream = add_stream(f"M{number}", gateway, quantity="methane")
        register(person, DeviceFacts(f"D{number}", "gas-methane", "JC-WATER-CO", streams=(stream.code,)))
    return client_of(person)


def given(engineer: Client, running: Settings, code: str) -> str:
    """A device's fresh secret, once the broker knows it."""
    log = Path(running.data_dir) / "broker" / "broker.log"
    before = log.read_text().count(RELOADED)
    answer = engineer.post(f"{ROOT}/devices/{code}/credential")
    waits_until(lambda: log.read_text().count(RELOADED) > before)
    assert answer.status_code == 200, answer.content
    assert answer.json()["topic"] == f"chengmai/v1/{code}/observations"
    secret: str = answer.json()["secret"]
    return secret


def reading(stream: str, value: float) -> bytes:
    return json.dumps({"stream": stream, "time": now().isoformat(), "value": value}).encode()


def stored() -> list[tuple[str, float]]:
    codes = dict(Datastream.objects.values_list("id", "code"))
    rows = runtime.current().store.latest()
    return sorted((codes[s], v) for s, v in zip(rows.stream.tolist(), rows.value.tolist(), strict=True) if s in codes)


def waits_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def connected(settings: Settings, user: str, secret: str) -> tuple[mqtt.Client, list[str]]:
    """A raw connection, and what happened to it."""
    events: list[str] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"raw-{user}", protocol=mqtt.MQTTv311)
    client.username_pw_set(user, secret)
    client.reconnect_on_failure = False  # type: ignore[attr-defined]
    client.on_connect = lambda *told: events.append(f"connect {told[3]}")
    client.on_disconnect = lambda *told: events.append("gone")
    client.on_publish = lambda *told: events.append("acknowledged")
    client.connect("127.0.0.1", settings.mqtt_port)
    client.loop_start()
    waits_until(lambda: bool(events))
    return client, events


def test_a_device_publishes_on_its_own_topic_and_on_no_other(engineer: Client, running: Settings) -> None:
    one, two = given(engineer, running, "D1"), given(engineer, running, "D2")
    with Publisher("127.0.0.1", running.mqtt_port, "D1", one, "d1", patience_s=10) as device:
        device.send("chengmai/v1/D1/observations", reading("M1", 1.0))
        device.drain()
    waits_until(lambda: stored() == [("M1", 1.0)])
    client, events = connected(running, "D1", one)
    client.publish("chengmai/v1/D2/observations", reading("M2", 9.0), qos=1)
    client.publish("chengmai/v1/D1/observations", reading("M2", 9.0), qos=1)
    client.publish("chengmai/v1/D1/observations", reading("M1", 2.0), qos=1)
    with Publisher("127.0.0.1", running.mqtt_port, "D2", two, "d2", patience_s=10) as device:
        device.send("chengmai/v1/D2/observations", reading("M2", 3.0))
        device.drain()
    waits_until(lambda: ("M2", 3.0) in stored())
    client.loop_stop()
    store = runtime.current().store
    assert 9.0 not in store._select("WHERE 1").value.tolist(), events
    assert set(store.quarantine_counts()) <= {"foreign_stream"}


def test_a_revoked_credential_is_dropped_and_its_stream_is_its_gateway_s_again(
    engineer: Client, running: Settings
) -> None:
    secret = given(engineer, running, "D1")
    assert Datastream.objects.get(code="M1").sender is not None
    client, events = connected(running, "D1", secret)
    assert events == ["connect Success"]
    assert engineer.delete(f"{ROOT}/devices/D1/credential").json()["credential"]["active"] is False
    waits_until(lambda: "gone" in events)
    client.loop_stop()
    with pytest.raises(NotAuthenticated), Publisher("127.0.0.1", running.mqtt_port, "D1", secret, "d", patience_s=5):
        pass
    assert Datastream.objects.get(code="M1").sender is None
    assert engineer.delete(f"{ROOT}/devices/D1/credential").status_code == 409
    assert [e.action for e in AuditEntry.objects.filter(object_id="D1", action__startswith="device.cred")] == [
        "device.credential_given",
        "device.credential_revoked",
    ]
    fresh = given(engineer, running, "D1")
    assert fresh != secret
    assert runtime.current().ingest.registry.admits("D1", fresh)
    assert not runtime.current().ingest.registry.admits("D1", secret)


def save(engineer: Client, document: dict[str, Any], version: int = 0) -> Any:
    body = {"name": "甲厂 4.1", "version": version, "document": document}
    return engineer.put(f"{ROOT}/payload-mappings/maker", body, "application/json")


def test_a_maker_s_json_is_stored_in_our_units_and_what_does_not_fit_is_quarantined(
    engineer: Client, running: Settings
) -> None:
    secret = given(engineer, running, "D1")
    assert save(engineer, MAPPING).status_code == 200
    assert save(engineer, MAPPING).json()["error"]["code"] == "version.stale"
    used = engineer.put(f"{ROOT}/devices/D1/mapping", {"mapping": "maker"}, "application/json")
    assert used.json()["credential"]["mapping"] == "maker"
    moment = int(now().timestamp())
    with Publisher("127.0.0.1", running.mqtt_port, "D1", secret, "d1", patience_s=10) as device:
        device.send("chengmai/v1/D1/observations", json.dumps({"t": moment, "gas": {"v": 20}}).encode())
        device.send("chengmai/v1/D1/observations", b'{"t": 1, "gas": {}}')
        device.drain()
    waits_until(lambda: runtime.current().store.quarantine_counts() != {})
    assert stored() == [("M1", 1.0)]
    (refused,) = runtime.current().store.quarantined()
    assert (refused["reason"], refused["detail"], refused["gateway"]) == ("unmapped", "gas.v: missing", "D1")


def test_a_mapping_is_tried_before_it_is_used(engineer: Client, running: Settings) -> None:
    payload = json.dumps({"t": 1_772_334_000, "gas": {"v": 100}})
    trial = engineer.post(f"{ROOT}/mapping-trials", {"document": MAPPING, "payload": payload}, "application/json")
    assert trial.json() == {
        "readings": [{"stream": "methane", "time": "2026-03-01T03:00:00Z", "value": 5.0, "unit": "%VOL"}],
        "problems": [],
    }
    wrong = engineer.post(f"{ROOT}/mapping-trials", {"document": MAPPING, "payload": "{}"}, "application/json")
    assert wrong.json() == {"readings": [], "problems": [{"reason": "unmapped", "detail": "t: no time"}]}
    pressure = {**MAPPING, "readings": [{"path": "p", "quantity": "pressure_head", "unit": "MPa"}]}
    assert save(engineer, pressure).status_code == 200
    given(engineer, running, "D1")
    unfit = engineer.put(f"{ROOT}/devices/D1/mapping", {"mapping": "maker"}, "application/json")
    assert (unfit.status_code, unfit.json()["error"]["code"]) == (422, "mapping.no_stream")


def test_the_secret_is_kept_nowhere(engineer: Client, running: Settings) -> None:
    secret = given(engineer, running, "D1")
    told = engineer.get(f"{ROOT}/devices/D1").content.decode() + json.dumps(list(AuditEntry.objects.values("after")))
    assert secret not in told
    assert secret not in (Path(running.data_dir) / "broker" / "broker.conf").read_text()
