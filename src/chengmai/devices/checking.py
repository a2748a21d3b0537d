"""What is told of a device, and every rule it may break: the same for a form and for the rows of a sheet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any
from uuid import UUID

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach, within_reach
from chengmai.assets.models import Network
from chengmai.assets.queries import load_network
from chengmai.core.clock import now
from chengmai.devices.models import Device, DeviceStream, DeviceType
from chengmai.devices.type_table import read_quantities
from chengmai.network.pipe_network import PipeNetwork
from chengmai.sensing.models import Datastream
from chengmai.settings import current

CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""A device's code may become part of a topic, so it holds nothing that separates or matches topics."""
TAG = re.compile(r"[\w.-]{0,32}")
"""What a project's and a lot's code may hold."""
DIGITS = 7
"""Decimals of degrees that are kept: a centimetre, and less than what a workbook's cell holds."""
LONGEST = {"serial": 64, "maker": 64, "model": 64, "note": 500}


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a person tells of a device; ``streams`` are codes of datastreams, places are degrees."""

    code: str
    type: str
    owner: str
    serial: str = ""
    maker: str = ""
    model: str = ""
    project: str = ""
    lot: str = ""
    installed_on: date | None = None
    longitude: float | None = None
    latitude: float | None = None
    network: str = ""
    element: str = ""
    streams: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a field of a device breaks; ``rule`` is a catalogue code (``finding.<rule>``)."""

    field: str
    value: str
    rule: str
    detail: tuple[tuple[str, str], ...] = ()


@dataclass
class Known:
    """What checks look up, read once for all devices that one person tells of."""

    types: dict[str, DeviceType]
    owners: dict[str, Organisation]
    networks: dict[str, Network]
    streams: dict[str, Datastream]
    taken: dict[int, str]
    """Datastream -> code of the device that feeds it now."""
    serials: dict[tuple[str, str], str]
    """(maker, serial number) -> code of the device that has it."""
    devices: dict[str, Device]
    """Devices that there are under the codes told, seen by the person or not."""
    visible: frozenset[str] | None
    """Codes of organisations within reach; None for all."""
    fed: dict[UUID, list[str]]
    """Device -> codes of the streams it feeds now."""
    measured: dict[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, user: User | None, told: Sequence[DeviceFacts]) -> "Known":
        """Read what these devices name; people find only what they may see, the platform itself (None) finds all."""
        codes = None if user is None else reach(user)
        organisations = Organisation.objects.filter(code__in={one.owner for one in told})
        networks: Iterable[Network] = Network.objects.select_related("edition").filter(
            code__in={one.network for one in told}
        )
        streams = Datastream.objects.select_related("owner").filter(code__in={s for one in told for s in one.streams})
        devices = {
            device.code: device
            for device in Device.objects.select_related("type", "owner", "network", "gateway").filter(
                code__in={one.code for one in told}
            )
        }
        if user is not None:
            # A device already stands on it: told again, it is no secret to whoever may see the device.
            stands = {device.network_id for device in devices.values() if codes is None or device.owner.code in codes}
            seen = set(within_reach(Network.objects.all(), user).values_list("pk", flat=True))
            networks = [network for network in networks if network.pk in seen | stands]
            streams = within_reach(streams, user)
            organisations = organisations if codes is None else organisations.filter(code__in=codes)
        by_code = {stream.code: stream for stream in streams}
        serials = Device.objects.filter(serial__in={one.serial for one in told if one.serial})
        fed = DeviceStream.objects.filter(stream__in=list(by_code.values()), until=None)
        return cls(
            types={one.code: one for one in DeviceType.objects.all()},
            owners={one.code: one for one in organisations},
            networks={one.code: one for one in networks},
            streams=by_code,
            taken=dict(fed.values_list("stream_id", "device__code")),
            serials={(maker, serial): code for maker, serial, code in serials.values_list("maker", "serial", "code")},
            devices=devices,
            visible=codes,
            fed=_fed_by(devices.values()),
        )

    def sees(self, device: Device) -> bool:
        """Whether the person may see a device."""
        return self.visible is None or device.owner.code in self.visible

    def quantities(self, kind: DeviceType) -> frozenset[str]:
        """What devices of a type measure."""
        if kind.pk not in self.measured:
            self.measured[kind.pk] = frozenset(row.quantity.value for row in read_quantities(kind.quantities))
        return self.measured[kind.pk]


def _fed_by(devices: Iterable[Device]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    feeds = DeviceStream.objects.filter(device__in=list(devices), until=None)
    for device, code in feeds.values_list("device_id", "stream__code"):
        found.setdefault(device, []).append(code)
    return found


def faults_of(told: DeviceFacts, known: Known) -> list[Fault]:
    """Every rule that a device breaks; empty when it can be written."""
    return [
        *_names(told, known),
        *_words(told),
        *_place(told, known),
        *_streams(told, known),
    ]


def _fault(name: str, value: Any, rule: str, **detail: str) -> Fault:
    return Fault(name, str(value), rule, tuple(sorted(detail.items())))


def _names(told: DeviceFacts, known: Known) -> Iterator[Fault]:
    for name in ("code", "type", "owner"):
        if not getattr(told, name):
            yield _fault(name, "", "field.missing")
    if told.code and not CODE.fullmatch(told.code):
        yield _fault("code", told.code, "device.code_form")
    present = known.devices.get(told.code)
    if present is not None and not known.sees(present):
        yield _fault("code", told.code, "device.code_taken")
    if told.type and told.type not in known.types:
        yield _fault("type", told.type, "word.unknown")
    if told.owner and told.owner not in known.owners:
        yield _fault("owner", told.owner, "word.unknown")
    if told.serial and known.serials.get((told.maker, told.serial), told.code) != told.code:
        yield _fault("serial", told.serial, "device.serial_taken")


def _words(told: DeviceFacts) -> Iterator[Fault]:
    for name, most in LONGEST.items():
        if len(getattr(told, name)) > most:
            yield _fault(name, getattr(told, name)[:80], "device.too_long", most=str(most))
        if not all(letter.isprintable() for letter in getattr(told, name)):
            yield _fault(name, getattr(told, name)[:80].encode("utf-8", "replace").decode(), "device.unprintable")
    for name in ("project", "lot"):
        if not TAG.fullmatch(getattr(told, name)):
            yield _fault(name, getattr(told, name)[:80], "device.tag_form")
    if told.lot and not told.project:
        yield _fault("lot", told.lot, "device.lot_alone")
    if told.installed_on is not None and told.installed_on > now().astimezone(current().zone).date():
        yield _fault("installed_on", told.installed_on, "device.day_ahead")


def _place(told: DeviceFacts, known: Known) -> Iterator[Fault]:
    if (told.longitude is None) != (told.latitude is None):
        missing = "longitude" if told.longitude is None else "latitude"
        yield _fault(missing, "", "field.missing")
    for name, most in (("longitude", 180), ("latitude", 90)):
        value = getattr(told, name)
        if value is not None and not (isfinite(value) and abs(value) <= most):
            yield _fault(name, value, "device.outside", most=str(most))
    if told.element and not told.network:
        yield _fault("network", "", "field.missing")
    if told.network and told.network not in known.networks:
        yield _fault("network", told.network, "word.unknown")
    elif told.element and told.network and place_of(known.networks[told.network], told.element) is None:
        yield _fault("element", told.element, "device.element_unknown", network=told.network)


def _streams(told: DeviceFacts, known: Known) -> Iterator[Fault]:
    kind = known.types.get(told.type)
    for code in dict.fromkeys(told.streams):
        stream = known.streams.get(code)
        if stream is None:
            yield _fault("streams", code, "word.unknown")
            continue
        if stream.owner.code != told.owner:
            yield _fault("streams", code, "device.stream_owner")
        if kind is not None and stream.quantity not in known.quantities(kind):
            yield _fault("streams", code, "device.stream_quantity", quantity=stream.quantity)
        if known.taken.get(stream.pk, told.code) != told.code:
            yield _fault("streams", code, "device.stream_taken", device=known.taken[stream.pk])


def rounded(degrees: float | None) -> float | None:
    """Degrees as they are kept."""
    return None if degrees is None else round(degrees, DIGITS) + 0.0


def place_of(network: Network, element: str) -> tuple[float, float] | None:
    """Where a node or the middle of a link lies, in degrees; None for what the published edition does not have."""
    if network.edition_id is None:
        return None
    arrays: PipeNetwork = load_network(network)
    if element in arrays.node_index:
        node = arrays.node_index[element]
        return float(arrays.nodes.x[node]), float(arrays.nodes.y[node])
    return arrays.midpoint(arrays.link_index[element]) if element in arrays.link_index else None
