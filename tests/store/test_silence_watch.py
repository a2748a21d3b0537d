"""Silence by the clock over a real store: a stream, a gateway as one alarm, and a clock that jumped a year."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.detection.observations import Observations
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.services import act, add_whole
from chengmai.devices.states import DeviceAction, DeviceState
from chengmai.devices.type_changes import load_customary
from chengmai.sensing import runtime
from chengmai.sensing.live import Hub
from chengmai.sensing.models import Datastream
from chengmai.sensing.quarantine import Door, Reason, Refused
from chengmai.sensing.registry import Registry
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.models import Alarm, AlarmEvent, Rule
from chengmai.warning.silence_watch import SilenceWatch
from tests.disposal import City, build_city
from tests.telemetry import add_stream

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryStore]:
    folder: Path = tmp_path_factory.mktemp("telemetry")
    opened = open_store(replace(current(), data_dir=folder, telemetry_url=""))
    yield opened
    opened.close()


@pytest.fixture
def city(store: TelemetryStore) -> Iterator[City]:
    built = build_city()
    gateway = built.stream.gateway
    add_stream("P-1", gateway, network=built.network, interval_s=60)
    add_stream("P-2", gateway, network=built.network, interval_s=60)
    built.stream.delete()
    Rule.objects.create(
        code="SILENT",
        kind="silent",
        network=built.network,
        owner=built.company,
        parameters={"gateways": ["SIM"], "intervals": 3, "severity": "yellow"},
    )
    runtime.hold(runtime.Running(store, None, Hub(Registry())))  # type: ignore[arg-type]
    yield built
    runtime.hold(None)


def tell(store: TelemetryStore, *codes: str, at: datetime | None = None) -> None:
    ids = list(Datastream.objects.filter(code__in=codes).values_list("pk", flat=True))
    moment = np.datetime64((at or now()).astimezone(UTC).replace(tzinfo=None), "ms")
    store.insert(Observations.fresh(ids, [moment] * len(ids), [1.0] * len(ids)))


def hear_of(store: TelemetryStore, code: str, at: datetime) -> None:
    """Go on with the store, in which a stream was heard of at a moment."""
    heard = {**store.heard(), Datastream.objects.get(code=code).pk: round(at.timestamp() * 1000)}

    class Heard:
        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def heard(self) -> dict[int, int]:
            return heard

    runtime.hold(runtime.Running(Heard(), None, Hub(Registry())))  # type: ignore[arg-type]


def standing() -> dict[str, str]:
    return dict(Alarm.objects.order_by("subject").values_list("subject", "state"))


def test_a_gateway_that_goes_silent_is_one_alarm_and_ends_when_it_speaks(city: City, store: TelemetryStore) -> None:
    tell(store, "P-1", "P-2")
    watch = SilenceWatch(now() - timedelta(days=1))
    assert watch.look(now() + timedelta(seconds=170)) == 0
    assert watch.look(now() + timedelta(seconds=190)) == 1
    assert watch.look(now() + timedelta(seconds=191)) == 0
    assert standing() == {"SIM#gateway": "active"}
    alarm = Alarm.objects.get()
    assert [reason["code"] for reason in alarm.reasons] == ["silent.gateway"]
    assert alarm.reasons[0]["params"]["streams"] == 2
    tell(store, "P-1", "P-2")
    watch.look(now())
    assert standing() == {"SIM#gateway": "returned"}


def test_a_stream_that_a_clock_a_year_ahead_silences_says_so(city: City, store: TelemetryStore) -> None:
    tell(store, "P-1", "P-2")
    store.quarantine([Refused(now(), "SIM", Door.MQTT, Reason.FAR_FUTURE, "P-2", b"{}", 2)])
    later = now() + timedelta(seconds=190)
    hear_of(store, "P-1", later)
    SilenceWatch(now() - timedelta(days=1)).look(later)
    assert standing() == {"P-2#silent": "active"}
    alarm = Alarm.objects.get()
    assert [reason["code"] for reason in alarm.reasons] == ["silent.stream", "silent.refused"]
    assert alarm.reasons[1]["params"] == {"count": 1, "reasons": "far_future"}
    assert [cited["code"] for cited in alarm.evidence] == ["P-2"]


def install(city: City, *codes: str) -> None:
    """A device in service for each of these streams, named as it is."""
    load_customary()
    told = [
        DeviceFacts(f"D-{code}", "water-pressure", city.company.code, longitude=112.8, latitude=35.5, streams=(code,))
        for code in codes
    ]
    states = dict.fromkeys((one.code for one in told), DeviceState.IN_SERVICE)
    add_whole(None, told, Known.read(None, told), states)


def why_ended(subject: str) -> list[str]:
    step = AlarmEvent.objects.filter(alarm__subject=subject, to_state="returned").latest("pk")
    return [reason["code"] for reason in step.facts["reasons"]]


def test_a_device_out_of_service_is_not_missed_and_is_armed_again_when_it_comes_back(
    city: City, store: TelemetryStore
) -> None:
    install(city, "P-1")
    engineer = city.people["network_engineer"]
    tell(store, "P-1", "P-2")
    hear_of(store, "P-2", now() + timedelta(days=9))
    watch = SilenceWatch(now() - timedelta(days=1))
    watch.look(now() + timedelta(seconds=190))
    assert standing() == {"P-1#silent": "active"}
    act(engineer, "D-P-1", 1, DeviceAction.SUSPEND)
    watch.look(now() + timedelta(seconds=191))
    assert standing() == {"P-1#silent": "returned"}
    assert why_ended("P-1#silent") == ["silent.stream_not_expected"], "nobody says that it speaks again"
    assert watch.look(now() + timedelta(days=1)) == 0

    act(engineer, "D-P-1", 2, DeviceAction.RESUME)
    assert watch.look(now() + timedelta(seconds=170)) == 0, "it has its time before it is missed"
    watch.look(now() + timedelta(seconds=190))
    assert standing() == {"P-1#silent": "active"}
    act(engineer, "D-P-1", 3, DeviceAction.SUSPEND)
    act(engineer, "D-P-1", 4, DeviceAction.SCRAP, "flooded")
    watch.look(now() + timedelta(days=2))
    assert standing() == {"P-1#silent": "returned"}, "a stream that lost its device is expected of nobody"


def test_a_gateway_whose_devices_are_all_out_of_service_is_not_missed(city: City, store: TelemetryStore) -> None:
    install(city, "P-1", "P-2")
    watch = SilenceWatch(now() - timedelta(days=1))
    watch.look(now() + timedelta(seconds=190))
    assert standing() == {"SIM#gateway": "active"}
    act(city.people["network_engineer"], "D-P-1", 1, DeviceAction.SUSPEND)
    watch.look(now() + timedelta(seconds=190))
    assert standing() == {"SIM#gateway": "active"}, "one of them is still expected"
    act(city.people["network_engineer"], "D-P-2", 1, DeviceAction.SUSPEND)
    watch.look(now() + timedelta(seconds=190))
    assert standing() == {"SIM#gateway": "returned"}
    assert why_ended("SIM#gateway") == ["silent.gateway_not_expected"]


def test_nobody_is_missed_for_the_time_we_were_away(city: City, store: TelemetryStore) -> None:
    assert SilenceWatch(now()).look(now() + timedelta(seconds=100)) == 0
    assert standing() == {}


def test_without_telemetry_nothing_is_looked_at(city: City) -> None:
    runtime.hold(None)
    assert SilenceWatch().look(now() + timedelta(days=1)) == 0
