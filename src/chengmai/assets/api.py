"""Doors to networks, their elements, tiles, the city's frame, search, and imports."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets import queries
from chengmai.assets.findings_sheet import findings_csv
from chengmai.assets.import_views import FindingFacts, finding_out
from chengmai.assets.models import Network, NetworkEdition
from chengmai.assets.queries import SUMMARY
from chengmai.assets.services import add_network, import_network, publish_edition, read_only, stored_findings
from chengmai.assets.underground_api import router as underground_router
from chengmai.core.messages import choose_language
from chengmai.network.survey_utilities import CUSTOMS
from chengmai.network.utilities import Utility
from chengmai.settings import current

router = Router(tags=["assets"])
router.add_router("", underground_router)

TILE_TYPE = "application/vnd.mapbox-vector-tile"
MAX_ZOOM = 22
MOST_FINDINGS = 1000
"""An import's answer shows no more; the counts tell how many there are, the sheet holds all of an edition."""


class Edition(Schema):
    """What people see of a network, and where it came from."""

    id: int
    source: str
    loaded_at: datetime
    nodes: int
    links: int
    pipe_length_m: float
    findings: int


class NetworkFacts(Schema):
    """A network with its published edition; ``bounds`` are west, south, east, north in degrees.

    ``waiting`` are loaded editions that nobody published, told to those who may publish them; ``survey_code`` begins
    the names of its survey tables.
    """

    code: str
    name_zh: str
    name_en: str
    utility: Utility
    survey_code: str
    owner: str
    edition: Edition | None
    waiting: list[Edition]
    bounds: tuple[float, float, float, float] | None


class NewNetwork(Schema):
    """A network to be made; its codes are letters, figures and hyphens; the owner is an organisation's code."""

    code: str
    utility: Utility
    owner: str
    name_zh: str = Field(max_length=128)
    name_en: str = Field(max_length=128)


class NodeFacts(Schema):
    """A node: place, height, what the model and the surveyor know of it; ``links`` are the codes that meet here."""

    network: str
    code: str
    kind: str
    longitude: float
    latitude: float
    elevation_m: float
    demand_m3h: float
    links: list[str]
    hydraulic: dict[str, Any]
    survey: dict[str, Any]


class LinkFacts(Schema):
    """A link: ends, size, line from start to end, what the model and the surveyor know of it."""

    network: str
    code: str
    kind: str
    start: str
    end: str
    length_m: float
    diameter_mm: float
    material: str
    longitude: float
    latitude: float
    line: list[tuple[float, float]]
    hydraulic: dict[str, Any]
    survey: dict[str, Any]


class CityFacts(Schema):
    """The city's frame: middle, bounds, streets and grid cells as GeoJSON."""

    name_zh: str
    name_en: str
    demonstration: bool
    centre: tuple[float, float]
    bounds: tuple[float, float, float, float] | None
    streets: dict[str, Any]
    cells: dict[str, Any]


class ImportCounts(Schema):
    """How much of a file passed."""

    nodes: int
    links: int
    errors: int
    warnings: int


class ImportFacts(Schema):
    """What an import came to; without an edition nothing was loadable.

    What people see is unchanged unless ``published``: an edition with errors waits until somebody publishes it.
    """

    edition: Edition | None
    created: bool
    published: bool
    counts: ImportCounts
    findings: list[FindingFacts]


def _language(request: HttpRequest, user: User) -> str:
    return choose_language(user.language or request.headers.get("Accept-Language", "") or current().language)


def _edition(edition: NetworkEdition) -> Edition:
    summary = edition.model[SUMMARY]
    return Edition(
        id=edition.pk,
        source=edition.source,
        loaded_at=edition.loaded_at,
        nodes=summary["nodes"],
        links=summary["links"],
        pipe_length_m=summary["pipe_length_m"],
        findings=len(edition.findings),
    )


def _facts(network: Network, waiting: list[NetworkEdition]) -> NetworkFacts:
    edition = network.edition
    return NetworkFacts(
        code=network.code,
        name_zh=network.name_zh,
        name_en=network.name_en,
        utility=Utility(network.utility),
        survey_code=CUSTOMS[Utility(network.utility)].code,
        owner=network.owner.code,
        edition=_edition(edition) if edition else None,
        waiting=[_edition(one) for one in waiting],
        bounds=edition.model[SUMMARY]["bounds"] if edition else None,
    )


@router.get("/networks", auth=May(Permission.MAP_READ), response=list[NetworkFacts])
def list_networks(request: HttpRequest) -> list[NetworkFacts]:
    """The networks the caller may see."""
    user = caller(request)
    found = list(queries.networks(user))
    waiting = queries.waiting_editions(found) if Permission.NETWORK_IMPORT in user.permissions else {}
    return [_facts(network, waiting.get(network.pk, [])) for network in found]


@router.post("/networks", auth=May(Permission.NETWORK_IMPORT), response={201: NetworkFacts})
def create_network(request: HttpRequest, body: NewNetwork) -> Status[NetworkFacts]:
    """Make a network, of one utility and one owner, into which files can be imported."""
    made = add_network(caller(request), body.code, body.utility, body.owner, body.name_zh, body.name_en)
    return Status(201, _facts(made, []))


@router.get("/networks/{code}/nodes/{node}", auth=May(Permission.MAP_READ), response=NodeFacts)
def read_node(request: HttpRequest, code: str, node: str) -> NodeFacts:
    """One node of a network's published edition."""
    user = caller(request)
    network = queries.network_for(user, code)
    found = queries.node_for(network, node)
    hydraulic = found.attributes.get("hydraulic", {})
    if not queries.calls_customers(user):
        hydraulic = queries.without_phones(hydraulic)
    return NodeFacts(
        network=code,
        code=found.code,
        kind=found.kind,
        longitude=found.longitude,
        latitude=found.latitude,
        elevation_m=found.elevation_m,
        demand_m3h=round(sum(demand["base_m3s"] for demand in hydraulic.get("demands", [])) * 3600, 4),
        links=queries.links_at(network, node),
        hydraulic=hydraulic,
        survey=found.attributes.get("survey", {}),
    )


@router.get("/networks/{code}/links/{link}", auth=May(Permission.MAP_READ), response=LinkFacts)
def read_link(request: HttpRequest, code: str, link: str) -> LinkFacts:
    """One link of a network's published edition."""
    network = queries.network_for(caller(request), code)
    found = queries.link_for(network, link)
    arrays = queries.load_network(network)
    at = arrays.link_index[found.code]
    longitude, latitude = arrays.midpoint(at)
    return LinkFacts(
        network=code,
        code=found.code,
        kind=found.kind,
        start=found.start,
        end=found.end,
        length_m=round(found.length_m, 3),
        diameter_mm=found.diameter_mm,
        material=found.material,
        longitude=longitude,
        latitude=latitude,
        line=[(x, y) for x, y in arrays.line(at).tolist()],
        hydraulic=found.attributes.get("hydraulic", {}),
        survey=found.attributes.get("survey", {}),
    )


@router.get("/tiles/{code}/{edition}/{z}/{x}/{y}", auth=May(Permission.MAP_READ), response={200: bytes})
def read_tile(request: HttpRequest, code: str, edition: int, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of one edition, with the layers ``links`` and ``nodes``; never changes, so browsers may keep it."""
    network = queries.network_for(caller(request), code)
    found = queries.edition_for(network, edition)
    inside = 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z
    body = queries.tile_source(found).tile(z, x, y) if inside else b""
    answer = HttpResponse(body, content_type=TILE_TYPE)
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@router.get("/city", auth=May(Permission.MAP_READ), response=CityFacts)
def read_city(request: HttpRequest) -> CityFacts:
    """The frame in which everything lies."""
    user = caller(request)
    city = queries.city()
    return CityFacts(
        name_zh=city.name_zh,
        name_en=city.name_en,
        demonstration=city.demonstration,
        centre=(city.longitude, city.latitude),
        bounds=queries.city_bounds(),
        streets=queries.streets_geojson(),
        cells=queries.cells_geojson(user),
    )


@router.post("/networks/{code}/imports", auth=May(Permission.NETWORK_IMPORT), response=ImportFacts)
def import_file(request: HttpRequest, code: str, file: File[UploadedFile], dry_run: bool = False) -> ImportFacts:
    """Import an EPANET INP file or survey tables; without errors, what passes becomes the edition people see.

    With ``dry_run`` the file is only checked: the answer tells what would pass, and nothing is stored.
    """
    user = caller(request)
    network = queries.network_for(user, code)
    name, data = file.name or "upload", content_of(file)
    result = read_only(name, data, Utility(network.utility)) if dry_run else import_network(user, network, name, data)
    language = _language(request, user)
    edition = result.edition
    return ImportFacts(
        edition=_edition(edition) if edition else None,
        created=result.created,
        published=result.published,
        counts=ImportCounts(**result.counts),
        findings=[finding_out(finding, language) for finding in result.findings[:MOST_FINDINGS]],
    )


@router.post(
    "/networks/{code}/editions/{edition}/publication", auth=May(Permission.NETWORK_IMPORT), response=NetworkFacts
)
def publish(request: HttpRequest, code: str, edition: int) -> NetworkFacts:
    """Let people see a loaded edition that waits because of its errors."""
    user = caller(request)
    network = publish_edition(user, queries.network_for(user, code), edition)
    return _facts(network, queries.waiting_editions([network]).get(network.pk, []))


@router.get(
    "/networks/{code}/editions/{edition}/findings.csv", auth=May(Permission.NETWORK_IMPORT), response={200: bytes}
)
def download_findings(request: HttpRequest, code: str, edition: int) -> HttpResponse:
    """What was wrong with an imported file, as a sheet to mend."""
    user = caller(request)
    network = queries.network_for(user, code)
    found = queries.loaded_edition(network, edition)
    body = findings_csv(stored_findings(found), _language(request, user))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="findings-{found.pk}.csv"'
    return answer
