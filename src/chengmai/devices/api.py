"""Doors to the register of devices and to the types of devices."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.devices import queries, services, type_changes, views
from chengmai.devices.care_api import router as care_router
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.credential_api import router as credential_router
from chengmai.devices.schemas import (
    DeviceActionIn,
    DeviceChange,
    DeviceDetail,
    DeviceFilter,
    DeviceIn,
    DevicePage,
    DevicePlace,
    DeviceQuery,
    DeviceTypeChange,
    DeviceTypeIn,
    DeviceTypeOut,
    NewDevice,
    NewDeviceType,
)
from chengmai.devices.sheet_api import router as sheet_router
from chengmai.devices.states import DeviceState

router = Router(tags=["devices"])
router.add_router("", sheet_router)
router.add_router("", care_router)
router.add_router("", credential_router)
MOST_PLACES = 20_000
"""Devices shown on the map at once."""


@router.get("/device-types", auth=May(Permission.DEVICE_READ), response=list[DeviceTypeOut])
def list_types(request: HttpRequest) -> list[DeviceTypeOut]:
    """Every type of device."""
    return [views.type_out(kind) for kind in queries.device_types()]


@router.post("/device-types", auth=May(Permission.DEVICE_MANAGE), response={201: DeviceTypeOut})
def add_type(request: HttpRequest, body: NewDeviceType) -> Status[DeviceTypeOut]:
    """Make a type of device."""
    return Status(201, views.type_out(type_changes.add_type(caller(request), body.code, _type_facts(body))))


@router.put("/device-types/{code}", auth=May(Permission.DEVICE_MANAGE), response=DeviceTypeOut)
def change_type(request: HttpRequest, code: str, body: DeviceTypeChange) -> DeviceTypeOut:
    """Change a type of device."""
    return views.type_out(type_changes.change_type(caller(request), code, body.version, _type_facts(body)))


@router.get("/devices", auth=May(Permission.DEVICE_READ), response=DevicePage)
def list_devices(request: HttpRequest, wanted: Query[DeviceQuery]) -> DevicePage:
    """Devices in the user's scope, by code."""
    devices = queries.visible_devices(caller(request))
    chosen = views.wanted_of(wanted)
    found = queries.matching(devices, chosen)
    anyhow = queries.matching(devices, queries.in_any_state(chosen))
    return DevicePage(
        items=[views.device_out(device) for device in found[wanted.skip : wanted.skip + wanted.limit]],
        total=found.count(),
        states=queries.state_counts(anyhow),
    )


@router.get("/device-places", auth=May(Permission.DEVICE_READ), response=list[DevicePlace])
def list_places(request: HttpRequest, wanted: Query[DeviceFilter]) -> list[DevicePlace]:
    """Where the wanted devices are; those without a place are left out."""
    found = queries.matching(queries.visible_devices(caller(request)), views.wanted_of(wanted)).filter(
        longitude__isnull=False
    )
    rows = found.values_list("code", "type__code", "state", "longitude", "latitude")[:MOST_PLACES]
    return [
        DevicePlace(code=code, type=kind, state=DeviceState(state), longitude=longitude, latitude=latitude)
        for code, kind, state, longitude, latitude in rows
        if longitude is not None and latitude is not None
    ]


@router.post("/devices", auth=May(Permission.DEVICE_MANAGE), response={201: DeviceDetail})
def register_device(request: HttpRequest, body: NewDevice) -> Status[DeviceDetail]:
    """Put a device into the register, in stock."""
    user = caller(request)
    return Status(201, views.device_detail(user, services.register(user, _told(body.code, body))))


@router.get("/devices/{code}", auth=May(Permission.DEVICE_READ), response=DeviceDetail)
def read_device(request: HttpRequest, code: str) -> DeviceDetail:
    """One device: what is told of it, what it feeds, its history."""
    user = caller(request)
    return views.device_detail(user, queries.device_for(user, code))


@router.put("/devices/{code}", auth=May(Permission.DEVICE_MANAGE), response=DeviceDetail)
def change_device(request: HttpRequest, code: str, body: DeviceChange) -> DeviceDetail:
    """Change what is told of a device."""
    user = caller(request)
    return views.device_detail(user, services.change(user, code, body.version, _told(code, body)))


@router.post("/devices/{code}/actions", auth=May(Permission.DEVICE_READ), response=DeviceDetail)
def act_on_device(request: HttpRequest, code: str, body: DeviceActionIn) -> DeviceDetail:
    """Take a step of a device's life."""
    user = caller(request)
    device = services.act(user, code, body.version, body.action, body.note, body.day)
    return views.device_detail(user, device)


def _told(code: str, body: DeviceIn) -> DeviceFacts:
    fields = body.dict(exclude={"version", "code", "streams"})
    words: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    return DeviceFacts(code=code.strip(), streams=tuple(body.streams), **words)


def _type_facts(body: DeviceTypeIn) -> dict[str, Any]:
    return body.dict(exclude={"code", "version"})
