"""The doors on risk: the map in four colours, the list, the reasons of one pipe, and the table itself."""

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.assets.queries import network_for, published, tile_source
from chengmai.core.errors import NotFound
from chengmai.network.pipe_network import LinkKind
from chengmai.network.risk_table import PipeFact, RiskLevel, RiskSide
from chengmai.network.utilities import Utility
from chengmai.risk import queries, services
from chengmai.risk.queries import NetworkRisk, PresentTable

router = Router(tags=["risk"])

TILE_TYPE = "application/vnd.mapbox-vector-tile"
MAX_ZOOM = 22


class RiskReason(Schema):
    """What one factor makes of a pipe: the fact (a figure, a word, or nothing known), its points and its weight."""

    fact: PipeFact
    side: RiskSide
    value: float | str | None
    points: int
    weight: float


class PipeRisk(Schema):
    """A pipe's risk; ``risk`` is probability times consequence, both 1 to 5; the heaviest reasons first."""

    code: str
    level: RiskLevel
    risk: int
    probability: int
    consequence: int
    length_m: float
    diameter_mm: float
    material: str
    longitude: float
    latitude: float
    reasons: list[RiskReason]


class LevelSum(Schema):
    """How many pipes, and how many metres of them, have a colour."""

    level: RiskLevel
    pipes: int
    length_m: float


class NetworkRiskOut(Schema):
    """The risk of a network: sums by colour, and pipes, the riskiest first."""

    network: str
    edition: int
    table_version: int
    tiles: str
    sums: list[LevelSum]
    items: list[PipeRisk]
    total: int


class RiskTableOut(Schema):
    """A table of factors that holds; version 0 is the one a city starts from."""

    utility: Utility
    version: int
    factors: list[dict[str, Any]]
    levels: list[list[int | str]]
    note: str
    changed_at: datetime | None
    changed_by: str


class RiskTableIn(Schema):
    """The next version of a table, and the version the caller saw."""

    version: int
    factors: list[dict[str, Any]]
    levels: list[list[Any]]
    note: str = Field("", max_length=500)


@router.get("/risk-tables", auth=May(Permission.MAP_READ), response=list[RiskTableOut])
def list_tables(request: HttpRequest) -> list[RiskTableOut]:
    """The table of every utility whose risk is assessed."""
    return [_table(table) for table in queries.tables()]


@router.put("/risk-tables/{utility}", auth=May(Permission.RISK_MANAGE), response=RiskTableOut)
def change_table(request: HttpRequest, utility: Utility, body: RiskTableIn) -> RiskTableOut:
    """Make the next version of a table."""
    document = {"factors": body.factors, "levels": body.levels}
    return _table(services.change_table(caller(request), utility, body.version, document, body.note))


@router.get("/risk/{code}", auth=May(Permission.MAP_READ), response=NetworkRiskOut)
def read_risk(
    request: HttpRequest, code: str, level: RiskLevel | None = None, skip: int = 0, limit: int = 50
) -> NetworkRiskOut:
    """The risk of a network's pipes, the riskiest first; ``level`` keeps one colour."""
    found = queries.risk_of(network_for(caller(request), code))
    links, assessment = found.arrays.links, found.assessment
    levels = assessment.levels
    is_pipe = links.kind == LinkKind.PIPE
    pipes = Counter[RiskLevel]()
    metres = dict.fromkeys(RiskLevel, 0.0)
    for place in np.flatnonzero(is_pipe).tolist():
        pipes[levels[place]] += 1
        metres[levels[place]] += float(links.length[place])
    ranked = [place for place in assessment.ranked().tolist() if is_pipe[place] and level in (None, levels[place])]
    shown = ranked[max(0, skip) : max(0, skip) + min(max(1, limit), 500)]
    return NetworkRiskOut(
        network=code,
        edition=found.edition.pk,
        table_version=found.table.version,
        tiles=f"/risk-tiles/{code}/{found.edition.pk}/{found.mark}",
        sums=[LevelSum(level=one, pipes=pipes[one], length_m=round(metres[one], 1)) for one in RiskLevel],
        items=[_pipe(found, place) for place in shown],
        total=len(ranked),
    )


@router.get("/risk/{code}/links/{link}", auth=May(Permission.MAP_READ), response=PipeRisk)
def read_link_risk(request: HttpRequest, code: str, link: str) -> PipeRisk:
    """One pipe's risk with all its reasons."""
    found = queries.risk_of(network_for(caller(request), code))
    if link not in found.arrays.link_index:
        raise NotFound("network.link_unknown", network=code, code=link)
    return _pipe(found, found.arrays.link_index[link])


@router.get("/risk-tiles/{code}/{edition}/{mark}/{z}/{x}/{y}", auth=May(Permission.MAP_READ), response={200: bytes})
def read_risk_tile(request: HttpRequest, code: str, edition: int, mark: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the network whose links carry ``risk``, their colour; ``mark`` changes with what it depends on."""
    network = network_for(caller(request), code)
    present = published(network)
    if present.pk != edition:
        raise NotFound("network.edition_unknown", code=code, edition=edition)
    levels, keep = queries.colours(network, mark)
    inside = 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z
    body = tile_source(present).tile(z, x, y, {"risk": levels}) if inside else b""
    answer = HttpResponse(body, content_type=TILE_TYPE)
    # Kept only under the mark it was made for: an older mark must not keep today's colours.
    answer.headers["Cache-Control"] = "private, max-age=86400" if keep else "no-store"
    return answer


def _pipe(found: NetworkRisk, place: int) -> PipeRisk:
    links, assessment = found.arrays.links, found.assessment
    longitude, latitude = found.arrays.midpoint(place)
    return PipeRisk(
        code=str(links.code[place]),
        level=assessment.levels[place],
        risk=int(assessment.risk[place]),
        probability=int(assessment.probability[place]),
        consequence=int(assessment.consequence[place]),
        length_m=round(float(links.length[place]), 1),
        diameter_mm=round(float(links.diameter[place]) * 1000, 1),
        material=str(links.material[place]),
        longitude=longitude,
        latitude=latitude,
        reasons=_reasons(found, place),
    )


def _reasons(found: NetworkRisk, place: int) -> list[RiskReason]:
    reasons = []
    for row, factor in enumerate(found.assessment.table.factors):
        value: float | str | None = None
        if found.assessment.known[row, place]:
            told = found.facts[factor.fact][place]
            value = str(told) if factor.fact.is_word else round(float(told), 2)
        points = int(found.assessment.points[row, place])
        reasons.append(RiskReason(fact=factor.fact, side=factor.side, value=value, points=points, weight=factor.weight))
    return sorted(reasons, key=lambda reason: -reason.points * reason.weight)


def _table(table: PresentTable) -> RiskTableOut:
    return RiskTableOut(
        utility=table.utility,
        version=table.version,
        factors=table.document["factors"],
        levels=table.document["levels"],
        note=table.note,
        changed_at=table.changed_at,
        changed_by=table.changed_by,
    )
