"""Doors to devices' own credentials and to the mappings of makers' own JSON."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.devices import credentials, views
from chengmai.devices.schemas import DeviceDetail
from chengmai.sensing.models import PayloadMapping

router = Router()
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class CredentialOut(Schema):
    """A device's own user and secret, shown this once, and the topic below which it may publish."""

    user: str
    secret: str
    topic: str


class MappingChoice(Schema):
    """Which mapping reads a device's messages; empty for our own shape."""

    mapping: str = ""


class MappingIn(Schema):
    """A mapping as it shall be, and the version the caller saw; 0 makes a new one."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    version: int = Field(ge=0)
    document: dict[str, Any]


class MappingOut(Schema):
    """A mapping of a maker's own JSON, and by how many devices it is used."""

    code: str
    name: str
    version: int
    document: dict[str, Any]
    devices: int


class TrialIn(Schema):
    """A mapping and a payload to try it on, as it comes from the device."""

    document: dict[str, Any]
    payload: str = Field(max_length=100_000)


class TrialReading(Schema):
    """A reading that comes out; ``stream`` is a datastream's code, or the quantity where the mapping names none."""

    stream: str
    time: datetime | None
    value: float
    unit: str


class TrialProblem(Schema):
    """What does not fit: the reason it would be quarantined for, and where."""

    reason: str
    detail: str


class TrialOut(Schema):
    """What comes out of a payload; nothing is stored."""

    readings: list[TrialReading]
    problems: list[TrialProblem]


@router.post("/devices/{code}/credential", auth=May(Permission.DEVICE_MANAGE), response=CredentialOut)
def give_credential(request: HttpRequest, code: str) -> CredentialOut:
    """Give a device a user and secret of its own; any older secret opens no door any more."""
    _, secret = credentials.give_credential(caller(request), code)
    return CredentialOut(user=code, secret=secret, topic=credentials.topic_of(code))


@router.delete("/devices/{code}/credential", auth=May(Permission.DEVICE_MANAGE), response=DeviceDetail)
def revoke_credential(request: HttpRequest, code: str) -> DeviceDetail:
    """End a device's own credential; its streams are told by their gateway again."""
    user = caller(request)
    return views.device_detail(user, credentials.revoke_credential(user, code))


@router.put("/devices/{code}/mapping", auth=May(Permission.DEVICE_MANAGE), response=DeviceDetail)
def use_mapping(request: HttpRequest, code: str, body: MappingChoice) -> DeviceDetail:
    """Read a device's messages by a mapping of its maker's JSON."""
    user = caller(request)
    return views.device_detail(user, credentials.use_mapping(user, code, body.mapping))


@router.get("/payload-mappings", auth=May(Permission.DEVICE_READ), response=list[MappingOut])
def list_mappings(request: HttpRequest) -> list[MappingOut]:
    """Every mapping."""
    return [_out(mapping) for mapping in PayloadMapping.objects.order_by("code")]


@router.put("/payload-mappings/{code}", auth=May(Permission.DEVICE_MANAGE), response=MappingOut)
def save_mapping(request: HttpRequest, code: Code, body: MappingIn) -> MappingOut:
    """Make a mapping, or change it for every device that uses it."""
    return _out(credentials.save_mapping(caller(request), code, body.version, body.name, body.document))


@router.post("/mapping-trials", auth=May(Permission.DEVICE_READ), response=TrialOut)
def try_mapping(request: HttpRequest, body: TrialIn) -> TrialOut:
    """See what a mapping makes of a payload; nothing is stored."""
    decoded, units = credentials.try_mapping(body.document, body.payload.encode())
    rows = zip(decoded.stream, decoded.time, decoded.value, strict=True)
    return TrialOut(
        readings=[
            TrialReading(stream=stream, time=_moment(time), value=value, unit=units[stream])
            for stream, time, value in rows
        ],
        problems=[TrialProblem(reason=part.reason.value, detail=part.detail) for part in decoded.broken],
    )


def _moment(time_ms: int) -> datetime | None:
    """A moment that can be told; None outside of what a calendar has."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _out(mapping: PayloadMapping) -> MappingOut:
    return MappingOut(
        code=mapping.code,
        name=mapping.name,
        version=mapping.version,
        document=mapping.document,
        devices=mapping.gateways.count(),
    )
