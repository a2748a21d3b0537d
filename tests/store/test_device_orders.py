"""An alarm about a device opens the order to look after it; a battery that its own stream tells low is one of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.devices.battery import BatteryState
from chengmai.devices.care import battery_of, needing_care, note_battery
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.maintenance import OrderStep, act_on_order
from chengmai.devices.models import Device, MaintenanceOrder
from chengmai.devices.services import add_whole
from chengmai.devices.states import DeviceState, MaintenanceAction, MaintenanceKind
from chengmai.devices.type_changes import load_customary
from chengmai.events.models import OutboxEvent
from chengmai.reactions import REACTIONS
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.models import Datastream
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.device_orders import OF_DEVICES, order_care
from chengmai.warning.evaluation import Evaluator
from chengmai.warning.models import Alarm, Rule
from tests.disposal import City, build_city, raise_alarm
from tests.telemetry import add_stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A company's pressure logger D1 that tells a pressure and its own battery, in service."""
    built = build_city()
    load_customary()
    gateway = built.stream.gateway
    for code, quantity in (("P-1", Quantity.PRESSURE_HEAD), ("B-1", Quantity.BATTERY)):
        add_stream(code, gateway, network=built.network, quantity=quantity.value)
    told = DeviceFacts(
        "D1", "water-pressure", built.company.code, installed_on=(now() - timedelta(days=100)).date(),
        longitude=112.8, latitude=35.5, streams=("P-1", "B-1"),
    )  # fmt: skip
    add_whole(None, [told], Known.read(None, [told]), {"D1": DeviceState.IN_SERVICE})
    opened = open_store(replace(current(), data_dir=tmp_path, telemetry_url=""))
    runtime.hold(runtime.Running(opened, None, Hub(Registry())))  # type: ignore[arg-type]
    yield built
    runtime.hold(None)
    opened.close()


def tell(store: TelemetryStore, *charges: float) -> None:
    """Charges of the battery, one a day, the last one now."""
    stream = Datastream.objects.get(code="B-1").pk
    moments = [now() - timedelta(days=back) for back in range(len(charges) - 1, -1, -1)]
    times = [np.datetime64(round(moment.timestamp() * 1000), "ms") for moment in moments]
    store.insert(Observations.fresh([stream] * len(times), times, list(charges)))


def deliver(name: str = "alarm.raised") -> None:
    """Let the reaction answer every event of a name, as often as it is told."""
    for event in OutboxEvent.objects.filter(name=name):
        order_care(event)


@pytest.mark.parametrize(("ending", "cause"), OF_DEVICES.items())
def test_an_alarm_of_a_sick_sensor_opens_one_order_for_its_device(city: City, ending: str, cause: str) -> None:
    alarm = raise_alarm(city, f"P-1#{ending}")
    deliver()
    deliver()
    order = MaintenanceOrder.objects.get()
    assert (order.device.code, order.kind, order.cause, order.alarm) == ("D1", "fault", cause, alarm.code)
    assert order_care in REACTIONS["alarm.raised"]


@pytest.mark.parametrize("subject", ["P-1#low", "P-1#high", "SIM#gateway", "west", "NONE#silent"])
def test_an_alarm_of_the_network_or_of_a_whole_gateway_opens_none(city: City, subject: str) -> None:
    raise_alarm(city, subject)
    deliver()
    assert not MaintenanceOrder.objects.exists()


def test_a_battery_its_own_stream_tells_low_is_seen_ordered_and_changed(city: City) -> None:
    engineer, store = city.people["network_engineer"], runtime.current().store
    parameters = {"quantity": "battery", "low": {"blue": 20.0, "yellow": 10.0}, "dead_band": 1.0}
    Rule.objects.create(code="BATTERY", kind="limit", network=city.network, owner=city.company, parameters=parameters)
    evaluator = Evaluator(store)
    tell(store, *(70.0 - 5 * day for day in range(10)))
    evaluator.round()
    deliver()
    assert not Alarm.objects.exists()
    device = Device.objects.get()
    known = battery_of(device)
    assert known is not None
    assert (known.percent, known.state) == (25.0, BatteryState.GOOD)
    assert known.empty_at is not None
    assert abs(known.empty_at - (now() + timedelta(days=5))) < timedelta(hours=2)

    tell(store, 15.0)
    evaluator.round()
    deliver()
    alarm = Alarm.objects.get()
    assert (alarm.subject, alarm.severity, alarm.state) == ("B-1#low", "blue", "active")
    order = MaintenanceOrder.objects.get()
    assert (order.kind, order.cause, order.alarm) == (MaintenanceKind.BATTERY, "battery", alarm.code)
    (care,) = needing_care(engineer, 0)
    assert care.battery is not None
    assert (care.device.code, care.battery.percent, care.battery.state) == ("D1", 15.0, BatteryState.LOW)
    raise_alarm(city, "P-1#silent")
    deliver()
    assert MaintenanceOrder.objects.filter(kind="fault").count() == 1, "another kind of work is another order"

    act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.ASSIGN, 1))
    act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.FINISH, 2, "changed"))
    note_battery(engineer, "D1", 100.0, replaced=True)
    tell(store, 99.5)
    evaluator.round()
    alarm.refresh_from_db()
    assert alarm.state == "returned"
    known = battery_of(device)
    assert known is not None
    assert (known.percent, known.state) == (99.5, BatteryState.GOOD)
    assert needing_care(engineer, 30) == []
