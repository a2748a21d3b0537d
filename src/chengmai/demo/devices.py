"""The devices of the demonstration city: what feeds its datastreams, and the centre's equipment; serials invented."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from chengmai.assets.models import City
from chengmai.core.units import Quantity
from chengmai.demo.networks import RECORD
from chengmai.demo.people import BUREAU, GAS_COMPANY
from chengmai.demo.sensors import StreamRow
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.customary_types import CUSTOMARY
from chengmai.devices.models import Device
from chengmai.devices.services import add_whole
from chengmai.devices.states import DeviceState
from chengmai.devices.type_changes import load_customary
from chengmai.sensing.models import Datastream

PROJECT = "LIFELINE"
"""The construction project that brought part of the devices."""
LOTS = {"gas": 27, "water": 14, "heat": 9}
"""How many devices of each line the project brought so far; the rest was there before."""
CENTRE = ((DeviceState.IN_SERVICE, 38), (DeviceState.INSTALLED, 6), (DeviceState.IN_STOCK, 4))
"""Equipment of the centre by state: servers, screens, network."""
FIRST_DAY = date(2025, 3, 3)
_TYPES = {
    Quantity.PRESSURE_HEAD: ("water-pressure", "SY", "water"),
    Quantity.FLOW: ("water-flow", "SL", "water"),
    Quantity.LEVEL: ("level", "SW", "water"),
    Quantity.CHLORINE: ("water-quality", "SZ", "water"),
    Quantity.TURBIDITY: ("water-quality", "SZ", "water"),
    Quantity.PH: ("water-quality", "SZ", "water"),
    Quantity.GAS_PRESSURE: ("gas-pressure", "RY", "gas"),
    Quantity.GAS_FLOW: ("gas-flow", "RL", "gas"),
    Quantity.METHANE: ("gas-methane", "RJ", "gas"),
    Quantity.ETHANE: ("gas-methane", "RJ", "gas"),
    Quantity.WATER_LEVEL: ("gas-methane", "RJ", "gas"),
    Quantity.BATTERY: ("gas-methane", "RJ", "gas"),
    Quantity.ROOM_TEMPERATURE: ("temperature", "GW", "heat"),
    Quantity.SUPPLY_TEMPERATURE: ("heat-station", "GZ", "heat"),
    Quantity.RETURN_TEMPERATURE: ("heat-station", "GZ", "heat"),
    Quantity.HEAT_PRESSURE: ("heat-station", "GZ", "heat"),
    Quantity.HEAT_FLOW: ("heat-station", "GZ", "heat"),
    Quantity.HEAT_POWER: ("heat-station", "GZ", "heat"),
    Quantity.MAKE_UP_FLOW: ("heat-station", "GZ", "heat"),
}
"""Quantity -> type of device, beginning of its code, line."""
_MAKERS = {"water": "汾河仪表（演示）", "gas": "太行传感（演示）", "heat": "沁水热控（演示）"}


def ensure_devices() -> None:
    """Register the city's devices when it has none; what is there stays as it is."""
    load_customary()
    if Device.objects.exists():
        return
    streams = Datastream.objects.select_related("owner", "network", "gateway").exclude(gateway__code=RECORD)
    told = list(_feeding(streams.order_by("code")))
    add_whole(None, told, Known.read(None, told), dict.fromkeys((one.code for one in told), DeviceState.IN_SERVICE))
    centre = dict(_centre())
    told = list(centre)
    add_whole(None, told, Known.read(None, told), {one.code: state for one, state in centre.items()})


def _feeding(streams: Iterable[Datastream]) -> Iterator[DeviceFacts]:
    """One device for all that is measured at an element by devices of one type."""
    together: dict[tuple[str, str, str], list[Datastream]] = {}
    for stream in streams:
        kind, _, _ = _type_of(stream)
        together.setdefault((kind, stream.network.code if stream.network else "", stream.element), []).append(stream)
    brought = dict.fromkeys(LOTS, 0)
    for number, ((kind, network, element), fed) in enumerate(sorted(together.items())):
        _, short, line = _type_of(fed[0])
        brought[line] += 1
        of_project = brought[line] <= LOTS[line]
        yield DeviceFacts(
            f"{short}-{element}",
            kind,
            fed[0].owner.code,
            serial=f"{short}{25000 + number}",
            maker=_MAKERS[line],
            model=f"{short}-2",
            project=PROJECT if of_project else "",
            lot=line if of_project else "",
            installed_on=FIRST_DAY + timedelta(days=number % 150),
            longitude=fed[0].longitude,
            latitude=fed[0].latitude,
            network=network,
            element=element,
            streams=tuple(stream.code for stream in fed),
        )


def _type_of(stream: Datastream) -> tuple[str, str, str]:
    return _kind_of(Quantity(stream.quantity), in_chamber=stream.owner.code == GAS_COMPANY)


def _kind_of(quantity: Quantity, *, in_chamber: bool) -> tuple[str, str, str]:
    """Air temperature is measured in chambers by the methane detector, outdoors by a thermometer."""
    if quantity is Quantity.AIR_TEMPERATURE:
        return _TYPES[Quantity.METHANE] if in_chamber else _TYPES[Quantity.ROOM_TEMPERATURE]
    return _TYPES[quantity]


def interval_of(row: StreamRow) -> int:
    """How often a stream tells: as its type of device does [s]."""
    kind, _, _ = _kind_of(row.quantity, in_chamber=row.owner == GAS_COMPANY)
    return int(CUSTOMARY[kind]["interval_s"])


def _centre() -> Iterator[tuple[DeviceFacts, DeviceState]]:
    city = City.objects.get()
    number = 0
    for state, count in CENTRE:
        for _ in range(count):
            number += 1
            placed = state is not DeviceState.IN_STOCK
            yield (
                DeviceFacts(
                    f"ZX-{number:03}",
                    "centre-equipment",
                    BUREAU,
                    serial=f"ZX{25000 + number}",
                    maker="丹河科技（演示）",
                    model="ZX-1",
                    project=PROJECT,
                    lot="centre",
                    installed_on=FIRST_DAY if placed else None,
                    longitude=city.longitude if placed else None,
                    latitude=city.latitude if placed else None,
                ),
                state,
            )
