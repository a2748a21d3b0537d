"""Who is silent that should speak: not a stream whose device was taken out of service, on the page and on the wall."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from chengmai.core.clock import now
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.services import act, add_whole
from chengmai.devices.states import DeviceAction, DeviceState
from chengmai.devices.type_changes import load_customary
from chengmai.sensing import runtime
from tests.disposal import City, build_city
from tests.people import client_of
from tests.telemetry import add_stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> City:
    """A city in which P-1 and P-2 report each minute; the first of them has not for twenty minutes."""
    built = build_city()
    built.stream.delete()
    silent, speaking = (
        add_stream(code, built.stream.gateway, network=built.network, interval_s=60) for code in ("P-1", "P-2")
    )
    moment = round(now().timestamp() * 1000)
    store = SimpleNamespace(
        heard=lambda: {silent.pk: moment - 20 * 60_000, speaking.pk: moment},
        count=lambda: 2,
        quarantine_counts=lambda *gateways: {},
    )
    ingest = SimpleNamespace(last_error=None, stored_rows=2, failures=0)
    parts = SimpleNamespace(store=store, ingest=ingest, hub=SimpleNamespace(listeners=0), sources={})
    monkeypatch.setattr(runtime, "_running", parts)
    return built


def told(client: Client) -> tuple[Any, ...]:
    """Streams and silent ones of the page; streams and speaking ones of the wall."""
    health = client.get("/api/v1/sensing/health").json()
    [online] = client.get("/api/v1/wall").json()["online"]
    return health["streams"], health["silent"], online["streams"], online["speaking"]


def test_who_is_out_of_service_is_neither_silent_nor_expected(city: City) -> None:
    client = client_of(city.people["shift_leader"])
    assert told(client) == (2, 1, 2, 1)
    load_customary()
    device = DeviceFacts("D-P-1", "water-pressure", city.company.code, longitude=112.8, latitude=35.5, streams=("P-1",))
    add_whole(None, [device], Known.read(None, [device]), {"D-P-1": DeviceState.IN_SERVICE})
    assert told(client) == (2, 1, 2, 1)
    act(city.people["network_engineer"], "D-P-1", 1, DeviceAction.SUSPEND)
    assert told(client) == (1, 0, 1, 1)
    act(city.people["network_engineer"], "D-P-1", 2, DeviceAction.RESUME)
    assert told(client) == (2, 1, 2, 1)
