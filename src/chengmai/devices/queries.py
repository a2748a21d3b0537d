"""Reads on the register, scoped to who asks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Prefetch, Q, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.core.errors import NotFound
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.models import Device, DeviceStream, DeviceType
from chengmai.devices.states import DEVICE_PERMISSIONS, DEVICE_TRANSITIONS, DeviceAction, DeviceState

_SEARCHED = ("code", "serial", "maker", "model", "element", "note", "type__name_zh", "type__name_en")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices a list shows; an empty field asks for nothing."""

    q: str = ""
    type: str = ""
    state: str = ""
    owner: str = ""
    project: str = ""
    lot: str = ""
    network: str = ""
    element: str = ""


def visible_devices(user: User) -> QuerySet[Device]:
    """The devices within a person's reach, by code."""
    return within_reach(
        Device.objects.select_related("type", "owner", "network", "gateway__mapping").order_by("code"), user
    )


def device_for(user: User, code: str) -> Device:
    """One device; raises NotFound when there is none in the person's scope."""
    found = visible_devices(user).filter(code=code).first()
    if found is None:
        raise NotFound("device.unknown", code=code)
    return found


def matching(devices: QuerySet[Device], wanted: Wanted) -> QuerySet[Device]:
    """Of these devices, the wanted ones."""
    exact = {
        "type__code": wanted.type,
        "state": wanted.state,
        "owner__code": wanted.owner,
        "project": wanted.project,
        "lot": wanted.lot,
        "network__code": wanted.network,
        "element": wanted.element,
    }
    devices = devices.filter(**{name: value for name, value in exact.items() if value})
    if wanted.q.strip():
        condition = Q(feeds__until=None, feeds__stream__code__icontains=wanted.q.strip())
        for name in _SEARCHED:
            condition |= Q(**{f"{name}__icontains": wanted.q.strip()})
        devices = devices.filter(pk__in=devices.filter(condition).order_by().values("pk"))
    return devices


def in_any_state(wanted: Wanted) -> Wanted:
    """The same wish without the state."""
    return replace(wanted, state="")


def state_counts(devices: QuerySet[Device]) -> dict[str, int]:
    """How many of these devices are in each state; every state is told."""
    counted = dict(devices.order_by().values_list("state").annotate(Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in DeviceState}


def count_by_lot(project: str, user: User | None = None) -> dict[str, dict[str, int]]:
    """Devices of a project by lot and state: ``{lot: {state: count}}``; every state of a lot is told, 0 included.

    With a user only the devices within reach; the platform itself (None) counts all.
    """
    devices = Device.objects.filter(project=project) if user is None else visible_devices(user).filter(project=project)
    found: dict[str, dict[str, int]] = {}
    for lot, state, count in devices.order_by().values_list("lot", "state").annotate(Count("pk")):
        found.setdefault(lot, {one.value: 0 for one in DeviceState})[state] = count
    return found


def device_types() -> QuerySet[DeviceType]:
    """Every type, by code."""
    return DeviceType.objects.order_by("code")


def allowed_actions(user: User, device: Device) -> list[DeviceAction]:
    """What this person may do to this device now."""
    held = user.permissions
    return [
        action
        for action, permission in DEVICE_PERMISSIONS.items()
        if permission in held and (DeviceState(device.state), action) in DEVICE_TRANSITIONS
    ]


def told_of(device: Device, streams: Iterable[str]) -> DeviceFacts:
    """What the register tells of a device that feeds these streams."""
    return DeviceFacts(
        code=device.code,
        type=device.type.code,
        owner=device.owner.code,
        serial=device.serial,
        maker=device.maker,
        model=device.model,
        project=device.project,
        lot=device.lot,
        installed_on=device.installed_on,
        longitude=device.longitude,
        latitude=device.latitude,
        network=device.network.code if device.network else "",
        element=device.element,
        streams=tuple(sorted(streams)),
        note=device.note,
    )


def told_by_code(devices: QuerySet[Device]) -> dict[str, DeviceFacts]:
    """What the register tells of each of these devices."""
    present = DeviceStream.objects.filter(until=None).select_related("stream")
    rows = devices.prefetch_related(Prefetch("feeds", present, "fed_now"))
    return {device.code: told_of(device, [feed.stream.code for feed in device.fed_now]) for device in rows}
