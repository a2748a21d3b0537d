"""Doors to what lies underground: networks in space, profiles along a route, pits checked."""

import gzip
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.assets import queries
from chengmai.assets.excavations import OwnerMet, PipeMet, check_excavation
from chengmai.assets.profiles import Placed, Profile, profile_of
from chengmai.assets.underground import bounds_of, packed_buffer
from chengmai.network.excavation import Danger
from chengmai.network.profile import Crossing, Passed, Run

router = Router(tags=["underground"])

BUFFER_TYPE = "application/vnd.chengmai.underground"


@router.get("/underground/{code}/{edition}", auth=May(Permission.MAP_READ), response={200: bytes})
def read_underground(request: HttpRequest, code: str, edition: int, bbox: str = "") -> HttpResponse:
    """One edition in space: tubes at their depth and diameter, chambers as boxes, in metres around the city's middle.

    ``bbox`` is west,south,east,north in degrees; without it the whole network. The layout is told in
    ``network/geometry_3d.py``. An edition never changes, so browsers may keep it for a day.
    """
    network = queries.network_for(caller(request), code)
    packed = packed_buffer(queries.edition_for(network, edition), bounds_of(bbox))
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else gzip.decompress(packed), content_type=BUFFER_TYPE)
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Position = tuple[Longitude, Latitude]


class ProfileIn(Schema):
    """A route in degrees, and how far to its sides pipes count as running along it."""

    path: Annotated[list[Position], Field(min_length=2, max_length=200)]
    reach_m: Annotated[float, Field(ge=0, le=50)] = 10.0


class CrossingOut(Schema):
    """A pipe that crosses the route; depths are those of its top."""

    network: str
    utility: str
    code: str
    station_m: float
    cover_m: float
    diameter_m: float
    half_width_m: float
    angle_deg: float
    depth_assumed: bool


class RunOut(Schema):
    """A piece of pipe that runs along the route; ``offset_m`` to its right is positive."""

    network: str
    utility: str
    code: str
    from_m: float
    to_m: float
    from_cover_m: float
    to_cover_m: float
    diameter_m: float
    offset_m: float
    depth_assumed: bool


class PassedChamberOut(Schema):
    """A chamber beside the route; ``depth_m`` is that of its floor."""

    network: str
    utility: str
    code: str
    station_m: float
    offset_m: float
    depth_m: float


class ClearanceOut(Schema):
    """Free space between two neighbouring crossings, by their positions in the list; ``least_m`` is what rules want.

    ``short`` says that they cross over each other with less free height than that.
    """

    first: int
    second: int
    horizontal_m: float
    vertical_m: float
    least_m: float
    short: bool


class ProfileOut(Schema):
    """What lies under a route."""

    length_m: float
    crossings: list[CrossingOut]
    runs: list[RunOut]
    chambers: list[PassedChamberOut]
    clearances: list[ClearanceOut]


def _crossing(placed: Placed[Crossing]) -> CrossingOut:
    met = placed.what
    return CrossingOut(
        network=placed.network.code,
        utility=placed.utility,
        code=placed.code,
        station_m=round(met.station_m, 2),
        cover_m=round(met.cover_m, 3),
        diameter_m=round(met.diameter_m, 4),
        half_width_m=round(met.half_width_m, 3),
        angle_deg=round(met.angle_deg, 1),
        depth_assumed=met.depth_assumed,
    )


def _run(placed: Placed[Run]) -> RunOut:
    run = placed.what
    return RunOut(
        network=placed.network.code,
        utility=placed.utility,
        code=placed.code,
        from_m=round(run.from_m, 2),
        to_m=round(run.to_m, 2),
        from_cover_m=round(run.from_cover_m, 3),
        to_cover_m=round(run.to_cover_m, 3),
        diameter_m=round(run.diameter_m, 4),
        offset_m=round(run.offset_m, 2),
        depth_assumed=run.depth_assumed,
    )


def _passed(placed: Placed[Passed]) -> PassedChamberOut:
    return PassedChamberOut(
        network=placed.network.code,
        utility=placed.utility,
        code=placed.code,
        station_m=round(placed.what.station_m, 2),
        offset_m=round(placed.what.offset_m, 2),
        depth_m=round(placed.depth_m, 2),
    )


def _clearances(profile: Profile) -> list[ClearanceOut]:
    return [
        ClearanceOut(
            first=gap.first,
            second=gap.second,
            horizontal_m=round(gap.horizontal_m, 3),
            vertical_m=round(gap.vertical_m, 3),
            least_m=least,
            short=gap.horizontal_m <= 0 and gap.vertical_m < least,
        )
        for gap, least in profile.clearances
    ]


@router.post("/profiles", auth=May(Permission.MAP_READ), response=ProfileOut)
def draw_profile(request: HttpRequest, wanted: ProfileIn) -> ProfileOut:
    """Pipes and chambers along a route, of the networks in the caller's reach; nothing is stored."""
    profile = profile_of(caller(request), wanted.path, wanted.reach_m)
    return ProfileOut(
        length_m=round(profile.length_m, 2),
        crossings=[_crossing(placed) for placed in profile.crossings],
        runs=[_run(placed) for placed in profile.runs],
        chambers=[_passed(placed) for placed in profile.chambers],
        clearances=_clearances(profile),
    )


class ExcavationIn(Schema):
    """A pit: its outline in degrees, not closed, and its depth."""

    outline: Annotated[list[Position], Field(min_length=3, max_length=200)]
    depth_m: Annotated[float, Field(gt=0, le=30)]


class PipeMetOut(Schema):
    """A pipe the pit meets.

    ``under_m`` is how far its top lies under the pit's bottom, below zero it stands out of it. ``default`` says that
    the distances are a convention and no rule's.
    """

    network: str
    utility: str
    code: str
    owner: str
    belongs: str
    danger: Danger
    distance_m: float
    cover_m: float
    under_m: float
    diameter_m: float
    depth_assumed: bool
    protection_m: float
    control_m: float
    source: str
    default: bool


class AtHandOut(Schema):
    """A chamber or valve near the pit; ``kind`` is chamber, valve or broken_valve."""

    network: str
    utility: str
    code: str
    kind: str
    distance_m: float
    longitude: float
    latitude: float


class OwnerMetOut(Schema):
    """Whom to tell; ``own`` is false for networks the caller may not see: then nothing more is told of them."""

    name_zh: str
    name_en: str
    contact: str
    utilities: list[str]
    worst: Danger
    own: bool


class ExcavationOut(Schema):
    """What a pit meets, the worst first; ``least_cover_m`` over the caller's own pipes in its outline."""

    number: str
    area_m2: float
    depth_m: float
    least_cover_m: float | None
    pipes: list[PipeMetOut]
    at_hand: list[AtHandOut]
    owners: list[OwnerMetOut]


def _pipe(one: PipeMet) -> PipeMetOut:
    return PipeMetOut(
        network=one.network.code,
        utility=one.network.utility,
        code=one.code,
        owner=one.network.owner.code,
        belongs=one.belongs,
        danger=one.met.danger,
        distance_m=round(one.met.distance_m, 2),
        cover_m=round(one.met.cover_m, 2),
        under_m=round(one.met.under_m, 2),
        diameter_m=round(one.met.diameter_m, 4),
        depth_assumed=one.met.depth_assumed,
        protection_m=one.protection.protection_m,
        control_m=one.protection.control_m,
        source=one.protection.source,
        default=one.protection.default,
    )


def _owner(owner: OwnerMet) -> OwnerMetOut:
    return OwnerMetOut(
        name_zh=owner.organisation.name_zh,
        name_en=owner.organisation.name_en,
        contact=owner.organisation.contact,
        utilities=sorted(owner.utilities),
        worst=owner.worst,
        own=owner.own,
    )


@router.post("/excavations/check", auth=May(Permission.MAP_READ), response=ExcavationOut)
def check(request: HttpRequest, pit: ExcavationIn) -> ExcavationOut:
    """Check a pit against every network of the city.

    Pipes, chambers and valves are told of networks in the caller's reach; of all others their owner with its contact,
    the utility and the worst danger, and nothing else. Who checked what is on the record.
    """
    found = check_excavation(caller(request), pit.outline, pit.depth_m)
    inside = [one.met.cover_m for one in found.pipes if one.met.danger in (Danger.STRUCK, Danger.BENEATH)]
    return ExcavationOut(
        number=found.number,
        area_m2=round(found.area_m2, 1),
        depth_m=pit.depth_m,
        least_cover_m=round(min(inside), 2) if inside else None,
        pipes=[_pipe(one) for one in found.pipes],
        at_hand=[
            AtHandOut(
                network=one.network.code,
                utility=one.network.utility,
                code=one.code,
                kind=one.kind,
                distance_m=round(one.distance_m, 2),
                longitude=one.longitude,
                latitude=one.latitude,
            )
            for one in found.at_hand
        ],
        owners=[_owner(owner) for owner in found.owners],
    )
