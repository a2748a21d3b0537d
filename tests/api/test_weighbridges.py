"""A weighbridge on a real broker: taken once, refused with a reason, and heard after an outage."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from chengmai.core.clock import now
from chengmai.custody import tickets
from chengmai.custody.models import RefusedTicket, Scale, ScaleCalibration, Ticket
from chengmai.sensing.inbox import Delivered
from chengmai.sensing.publishing import Publisher
from chengmai.sensing.runtime import Sensing
from chengmai.settings import Settings
from tests.telemetry import add_gateway, own_settings

pytestmark = pytest.mark.django_db(transaction=True)
FAILURES: list[int] = []
"""While something is in it, the database does not answer."""


def take(told: list[Delivered]) -> object:
    if FAILURES:
        FAILURES.pop()
        raise OperationalError("the disk is full")
    return tickets.take_in(told)


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Sensing]]:
    """Sensing that hands tickets on."""
    settings = own_settings(tmp_path_factory.mktemp("sensing"), ingest_flush_ms=10)
    sensing = Sensing(settings, {tickets.TOPIC: take})  # type: ignore[dict-item]
    with django_db_blocker.unblock():
        try:
            sensing.start()
            yield settings, sensing
        finally:
            sensing.stop()


@pytest.fixture
def scale(running: tuple[Settings, Sensing]) -> str:
    """The token of a plant's scale, once the broker knows it."""
    settings, sensing = running
    log = Path(settings.data_dir) / "broker" / "broker.log"
    before = log.read_text().count("Reloaded server configuration")
    gateway, token = add_gateway("W1")
    made = Scale.objects.create(code="W1", station="gate", owner=gateway.owner, gateway=gateway)
    first, last = date(2020, 1, 1), date(2099, 1, 1)
    ScaleCalibration.objects.create(scale=made, on=first, valid_until=last, certificate="C", noted_at=now())
    sensing.refresh()
    waits_until(lambda: log.read_text().count("Reloaded server configuration") > before)
    return token


def waits_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.05)


def ticket(number: str, **changes: object) -> bytes:
    told = {
        "number": number, "plate": "A1", "material": "sludge", "gross_kg": 13_000, "tare_kg": 8000, "net_kg": 5000,
        "gross_at": "2026-03-01T08:00:00+08:00", "tare_at": "2026-03-01T08:10:00+08:00",
    }  # fmt: skip
    return json.dumps({**told, **changes}).encode()


def test_what_a_scale_was_told_is_safe_is_a_ticket_once_also_after_an_outage(
    running: tuple[Settings, Sensing], scale: str
) -> None:
    settings = running[0]
    FAILURES[:] = [1, 2]
    with Publisher("127.0.0.1", settings.mqtt_port, "W1", scale, "w1", patience_s=10) as device:
        for payload in (ticket("1"), ticket("2"), ticket("1"), ticket("2", net_kg=1), b"no ticket"):
            device.send("chengmai/v1/W1/tickets", payload)
        device.drain()
    waits_until(lambda: RefusedTicket.objects.count() == 2)
    assert FAILURES == []
    assert sorted(Ticket.objects.values_list("number", "raw")) == [
        (number, ticket(number).decode()) for number in ("1", "2")
    ]
    assert set(RefusedTicket.objects.values_list("reason", flat=True)) == {"told_otherwise", "malformed"}


def test_the_same_by_http_is_answered_when_it_is_on_disk(scale: str) -> None:
    def post(payload: bytes) -> dict[str, int]:
        answer = Client().post(
            "/api/v1/custody/scale-tickets",
            payload,
            "application/json",
            headers={"Authorization": f"Bearer W1:{scale}"},
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert post(ticket("1")) == {"accepted": 1, "duplicate": 0, "quarantined": 0}
    assert post(ticket("1")) == {"accepted": 0, "duplicate": 1, "quarantined": 0}
    assert post(b"[]") == {"accepted": 0, "duplicate": 0, "quarantined": 1}
    assert Ticket.objects.count() == RefusedTicket.objects.count() == 1
    refused = Client().post("/api/v1/custody/scale-tickets", b"{}", "application/json")
    assert refused.status_code == 401
