"""Doors: readings in, datastreams and their observations, gateways and quarantine."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, cast

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field, StringConstraints

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.core.errors import NotAuthenticated
from chengmai.core.units import UNITS, Quantity
from chengmai.network.utilities import Utility
from chengmai.sensing import door, queries, runtime, services
from chengmai.sensing.chambers import sensed_chambers
from chengmai.sensing.models import Gateway
from chengmai.sensing.quarantine import PLACE_PATTERN, Door, QuarantinePlace, Reason
from chengmai.sensing.screening import Arrival
from chengmai.settings import current

router = Router(tags=["sensing"])


class GatewayDoor:
    """Admits a gateway that shows its token: ``Authorization: Bearer <gateway>:<token>``."""

    permissions: tuple[Permission, ...] = ()

    def __call__(self, request: HttpRequest) -> str:
        """The gateway's code; raises NotAuthenticated."""
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            raise NotAuthenticated("gateway.not_known")
        return door.authenticate(runtime.current().ingest, authorization)


class CountsOut(Schema):
    """What became of the readings of one message; all of it is on disk."""

    accepted: int
    duplicate: int
    revised: int
    quarantined: int


class ReadingIn(Schema):
    """One reading."""

    stream: str
    time: AwareDatetime
    value: float


class ObservationsIn(Schema):
    """Readings of one message."""

    observations: list[ReadingIn]


class DatastreamOut(Schema):
    """One measured quantity at one place."""

    code: str
    name: str
    gateway: str
    owner: str
    quantity: Quantity
    unit: str
    network: str | None
    element: str
    longitude: float | None
    latitude: float | None
    low: float | None
    high: float | None
    interval_s: int
    active: bool


class DatastreamFilter(Schema):
    """Which datastreams; what is empty asks for nothing. ``q`` is looked for in codes and names."""

    q: str = Field("", max_length=64)
    code: list[str] = Field([], max_length=200)
    network: str = ""
    owner: str = ""
    quantity: Quantity | None = None
    active: bool | None = None
    limit: int = Field(100_000, ge=1, le=100_000)


class SensedChamberOut(Schema):
    """A chamber of another owner in which sensors of the caller's scope hang; ``outline`` in degrees."""

    code: str
    utility: Utility
    longitude: float
    latitude: float
    depth_m: float | None
    area_m2: float | None
    outline: list[tuple[float, float]]
    streams: list[str]


class SeriesOut(Schema):
    """Points as [ms since 1970, value, revision]."""

    stream: str
    unit: str
    points: list[tuple[int, float, int]]


class RevisionOut(Schema):
    """One value told for a time."""

    revision: int
    value: float


class GatewayOut(Schema):
    """A device or system that may publish."""

    code: str
    name: str
    owner: str
    active: bool
    datastreams: int


class GatewayIn(Schema):
    """A gateway to be made."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    owner: str


class TokenOut(Schema):
    """A gateway's token, shown this once."""

    code: str
    token: str


class RefusedOut(Schema):
    """A refused message or reading."""

    received: datetime
    gateway: str
    door: Door
    reason: Reason
    detail: str
    payload: str
    size_bytes: int


class RefusedPage(Schema):
    """Refused messages, newest first; give ``next`` as ``before`` for more."""

    items: list[RefusedOut]
    next: str | None


class SeriesQuery(Schema):
    """A span of time and how many points are wanted."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    max_points: int = Field(2000, ge=2, le=20_000)


class QuarantineQuery(Schema):
    """Which refused messages."""

    reason: Reason | None = None
    before: str | None = Field(None, pattern=PLACE_PATTERN)
    limit: int = Field(100, ge=1, le=500)


# Spelled out, because a reference into pydantic's own $defs leads nowhere in the whole document.
_OBSERVATIONS = {
    **{key: value for key, value in ObservationsIn.model_json_schema().items() if key != "$defs"},
    "properties": {"observations": {"type": "array", "items": ReadingIn.model_json_schema()}},
}


@router.post(
    "/observations",
    response=CountsOut,
    auth=GatewayDoor(),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _OBSERVATIONS},
                "application/msgpack": {"schema": _OBSERVATIONS},
            },
        }
    },
)
def post_observations(request: HttpRequest) -> Any:
    """Take readings in and answer when they are on disk; a broken reading is quarantined, its neighbours are stored.

    The platform serves this path straight in its loop (``sensing.door``); this is the same door for other servers.
    """
    ingest = runtime.current().ingest
    limit = current().max_message_bytes
    payload = request.body
    arrival = Arrival(
        gateway=cast(str, request.auth),  # type: ignore[attr-defined]
        door=Door.HTTP,
        payload=payload,
        received=now(),
        packed=(request.content_type or "") in door.PACKED,
    )
    screened = ingest.screen([arrival])
    counts = ingest.submit(screened).result()
    door.refuse_whole(screened, counts, len(payload), limit)
    return counts


@router.get("/datastreams", response=list[DatastreamOut], auth=May(Permission.SENSING_READ))
def list_datastreams(request: HttpRequest, wanted: Query[DatastreamFilter]) -> HttpResponse:
    """The datastreams in the user's scope, all or those asked for, by code.

    A city has ten thousand of them, and a map needs all at once: rows are read and written without objects in between.
    """
    found = queries.datastream_rows(caller(request), queries.WantedStreams(**wanted.dict()))
    return HttpResponse(msgspec.json.encode(found), content_type="application/json; charset=utf-8")


@router.get("/sensed-chambers", response=list[SensedChamberOut], auth=May(Permission.MAP_READ))
def list_sensed_chambers(request: HttpRequest) -> list[SensedChamberOut]:
    """Outlines of the chambers of others in which sensors of the caller's scope hang."""
    return [SensedChamberOut(**asdict(chamber)) for chamber in sensed_chambers(caller(request))]


@router.get("/datastreams/{code}/observations", response=SeriesOut, auth=May(Permission.SENSING_READ))
def get_observations(request: HttpRequest, code: str, span: Query[SeriesQuery]) -> SeriesOut:
    """Observations of a span, thinned so that every peak and every trough stays."""
    stream = queries.datastream(caller(request), code)
    points = queries.series(stream, span.start, span.end, span.max_points)
    return SeriesOut(stream=code, unit=UNITS[Quantity(stream.quantity)], points=points)


@router.get(
    "/datastreams/{code}/observations/{time}/revisions", response=list[RevisionOut], auth=May(Permission.SENSING_READ)
)
def get_revisions(request: HttpRequest, code: str, time: AwareDatetime) -> list[RevisionOut]:
    """Every value told for one time, oldest first."""
    stream = queries.datastream(caller(request), code)
    return [RevisionOut(revision=number, value=value) for number, value in queries.revisions(stream, time)]


@router.get("/gateways", response=list[GatewayOut], auth=May(Permission.SENSING_MANAGE))
def list_gateways(request: HttpRequest) -> list[GatewayOut]:
    """All gateways in the user's scope."""
    return [_gateway(gateway) for gateway in queries.gateways(caller(request))]


@router.post("/gateways", response=TokenOut, auth=May(Permission.SENSING_MANAGE))
def add_gateway(request: HttpRequest, gateway: GatewayIn) -> TokenOut:
    """Make a gateway; the answer shows its token once."""
    made, token = services.add_gateway(caller(request), gateway.code, gateway.name, gateway.owner)
    return TokenOut(code=made.code, token=token)


@router.post("/gateways/{code}/token", response=TokenOut, auth=May(Permission.SENSING_MANAGE))
def renew_token(request: HttpRequest, code: str) -> TokenOut:
    """Give a gateway a new token; the old one stops opening doors."""
    return TokenOut(code=code, token=services.renew_token(caller(request), code))


@router.get("/quarantine", response=RefusedPage, auth=May(Permission.QUARANTINE_READ))
def list_quarantine(request: HttpRequest, wanted: Query[QuarantineQuery]) -> RefusedPage:
    """Refused messages, newest first."""
    before = QuarantinePlace.of(wanted.before) if wanted.before else None
    rows = queries.quarantined(caller(request), wanted.reason, before, wanted.limit)
    following = str(rows[-1]["place"]) if len(rows) == wanted.limit else None
    return RefusedPage(items=[RefusedOut(size_bytes=row.pop("size"), **row) for row in rows], next=following)


def _gateway(gateway: Gateway) -> GatewayOut:
    return GatewayOut(
        code=gateway.code,
        name=gateway.name,
        owner=gateway.owner.code,
        active=gateway.active,
        datastreams=gateway.datastreams.count(),
    )
