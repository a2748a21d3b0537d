"""Reads on networks and the city, scoped to who asks."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Max, Min, Q, QuerySet
from shapely import Polygon, STRtree, points

from chengmai.access.models import User
from chengmai.access.roles import CALLS_CUSTOMERS
from chengmai.access.scope import within_reach
from chengmai.assets.models import City, GridCell, Network, NetworkEdition, NetworkLink, NetworkNode, Street
from chengmai.core.errors import NotFound, Unavailable
from chengmai.network.documents import LinkDocument, NodeDocument, network_of
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.tiles import TileSource

SEARCH_LIMIT = 20
KEPT = 16
"""Editions kept in memory: a city has seven kinds of networks, some in parts."""
SUMMARY = "summary"
"""Where an edition's ``model`` keeps what lists tell of it; there once the edition is loaded to its end."""


def networks(user: User) -> QuerySet[Network]:
    """The networks within a person's reach."""
    return within_reach(Network.objects.select_related("edition", "owner").order_by("code"), user)


def network_for(user: User, code: str) -> Network:
    """One network; raises NotFound when there is none in the person's scope."""
    # An edition's own document is long; whoever draws it asks for arrays, which are in memory.
    found = networks(user).defer("edition__model").filter(code=code).first()
    if found is None:
        raise NotFound("network.unknown", code=code)
    return found


def published(network: Network) -> NetworkEdition:
    """The edition people see; raises NotFound for a network that has none yet."""
    if network.edition is None:
        raise NotFound("network.no_edition", code=network.code)
    return network.edition


def load_network(network: Network | str) -> PipeNetwork:
    """The published edition of a network (or of its code) as arrays, kept in memory by edition."""
    if isinstance(network, str):
        found = Network.objects.select_related("edition").filter(code=network).first()
        if found is None:
            raise NotFound("network.unknown", code=network)
        network = found
    return load_edition(published(network))


def load_edition(edition: NetworkEdition) -> PipeNetwork:
    """One edition as arrays; editions never change, so what is loaded stays right."""
    with _turn_of(edition.pk):
        return _arrays(edition.pk, edition.source_hash)


_turns: dict[int, threading.Lock] = {}
_turns_lock = threading.Lock()


def _turn_of(edition_id: int) -> threading.Lock:
    """Who loads an edition first loads it for all who ask meanwhile."""
    with _turns_lock:
        return _turns.setdefault(edition_id, threading.Lock())


@lru_cache(maxsize=16)
def _arrays(edition_id: int, source_hash: str) -> PipeNetwork:
    edition = NetworkEdition.objects.get(pk=edition_id, source_hash=source_hash)
    nodes = (
        NodeDocument(code, kind, x, y, height, told.get("hydraulic", {}), told.get("survey", {}))
        for code, kind, x, y, height, told in NetworkNode.objects.filter(edition_id=edition_id)
        .order_by("pk")
        .values_list("code", "kind", "longitude", "latitude", "elevation_m", "attributes")
        .iterator()
    )
    links = (
        LinkDocument(*row[:8], hydraulic=row[8].get("hydraulic", {}), survey=row[8].get("survey", {}))
        for row in NetworkLink.objects.filter(edition_id=edition_id)
        .order_by("pk")
        .values_list("code", "kind", "start", "end", "length_m", "diameter_mm", "material", "path", "attributes")
        .iterator()
    )
    return network_of(list(nodes), list(links), edition.model)


def tile_source(edition: NetworkEdition) -> TileSource:
    """An edition ready to be cut into tiles."""
    with _turn_of(edition.pk):
        return _tile_source(edition.pk, edition.source_hash)


@lru_cache(maxsize=KEPT)
def _tile_source(edition_id: int, source_hash: str) -> TileSource:
    return TileSource(_arrays(edition_id, source_hash))


def edition_for(network: Network, edition_id: int) -> NetworkEdition:
    """A published edition of a network; raises NotFound for any other."""
    found = network.editions.defer("model").filter(pk=edition_id, published_at__isnull=False).first()
    if found is None:
        raise NotFound("network.edition_unknown", code=network.code, edition=edition_id)
    return found


def loaded_edition(network: Network, edition_id: int) -> NetworkEdition:
    """An edition of a network that was loaded to its end, published or waiting; raises NotFound for any other."""
    found = network.editions.filter(pk=edition_id, model__has_key=SUMMARY).first()
    if found is None:
        raise NotFound("network.edition_unknown", code=network.code, edition=edition_id)
    return found


def waiting_editions(networks: Iterable[Network]) -> dict[int, list[NetworkEdition]]:
    """Loaded editions that nobody published yet, newest first, by their network's key."""
    found: dict[int, list[NetworkEdition]] = defaultdict(list)
    waiting = NetworkEdition.objects.filter(network__in=list(networks), published_at=None, model__has_key=SUMMARY)
    for edition in waiting.order_by("-pk"):
        found[edition.network_id].append(edition)
    return found


def link_for(network: Network, code: str) -> NetworkLink:
    """One link of the published edition."""
    found = NetworkLink.objects.filter(edition=published(network), code=code).first()
    if found is None:
        raise NotFound("network.link_unknown", network=network.code, code=code)
    return found


def node_for(network: Network, code: str) -> NetworkNode:
    """One node of the published edition."""
    found = NetworkNode.objects.filter(edition=published(network), code=code).first()
    if found is None:
        raise NotFound("network.node_unknown", network=network.code, code=code)
    return found


def city() -> City:
    """The city; raises Unavailable before one is set up."""
    found = City.objects.first()
    if found is None:
        raise Unavailable("city.missing")
    return found


def cells_for(user: User) -> QuerySet[GridCell]:
    """Grid cells with who keeps them; the whole city's frame is no secret to those who may read the map."""
    return GridCell.objects.select_related("organisation").order_by("code")


def cell_at(longitude: float, latitude: float) -> GridCell | None:
    """The grid cell a place lies in, None outside all of them."""
    near = GridCell.objects.filter(west__lte=longitude, east__gte=longitude, south__lte=latitude, north__gte=latitude)
    place = points(longitude, latitude)
    return next((cell for cell in near.order_by("code") if Polygon(cell.ring).intersects(place)), None)


def cells_at(places: Sequence[tuple[float, float]]) -> list[GridCell | None]:
    """The grid cell each place (longitude, latitude) lies in, as ``cell_at`` finds it, with one read for all."""
    cells = list(GridCell.objects.order_by("code"))
    found: list[GridCell | None] = [None] * len(places)
    pairs = STRtree([Polygon(cell.ring) for cell in cells]).query(points(places), predicate="intersects").T.tolist()
    for place, cell in sorted(pairs, reverse=True):
        found[place] = cells[cell]
    return found


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a search found."""

    kind: str
    code: str
    label: str
    detail: str
    longitude: float
    latitude: float
    network: str


def search(user: User, text: str) -> list[Hit]:
    """Links, nodes, streets and cells whose code or name holds a text; exact codes first, at most 20."""
    wanted = text.strip()
    if not wanted:
        return []
    hits = [*_elements(user, wanted), *_places(wanted)]
    return sorted(hits, key=lambda hit: (hit.code.lower() != wanted.lower(), len(hit.code), hit.code))[:SEARCH_LIMIT]


def _elements(user: User, wanted: str) -> Iterator[Hit]:
    for network in networks(user).filter(edition__isnull=False):
        links = NetworkLink.objects.filter(edition=network.edition, code__icontains=wanted).order_by("code")
        for link in links[:SEARCH_LIMIT]:
            arrays = load_network(network)
            x, y = arrays.midpoint(arrays.link_index[link.code])
            yield Hit(
                "link", link.code, link.code, f"DN{link.diameter_mm:.0f} {link.material}".strip(), x, y, network.code
            )
        nodes = NetworkNode.objects.filter(edition=network.edition, code__icontains=wanted).order_by("code")
        for node in nodes[:SEARCH_LIMIT]:
            detail = f"{node.elevation_m:.1f} m"
            yield Hit("node", node.code, node.code, detail, node.longitude, node.latitude, network.code)


def _places(wanted: str) -> Iterator[Hit]:
    for street in Street.objects.filter(Q(name_zh__icontains=wanted) | Q(name_en__icontains=wanted))[:SEARCH_LIMIT]:
        longitude, latitude = street.path[len(street.path) // 2]
        yield Hit("street", street.name_zh, street.name_zh, street.name_en, longitude, latitude, "")
    for cell in GridCell.objects.filter(Q(code__icontains=wanted) | Q(name__icontains=wanted))[:SEARCH_LIMIT]:
        middle = ((cell.west + cell.east) / 2, (cell.south + cell.north) / 2)
        yield Hit("cell", cell.code, cell.name, cell.code, *middle, "")


def links_at(network: Network, node: str) -> list[str]:
    """Codes of the links that meet at a node of the published edition."""
    touching = NetworkLink.objects.filter(Q(start=node) | Q(end=node), edition=published(network))
    return list(touching.order_by("code").values_list("code", flat=True))


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def streets_geojson() -> dict[str, Any]:
    """All streets' axes as GeoJSON lines."""
    return _collection(
        [
            {
                "type": "Feature",
                "properties": {"name_zh": street.name_zh, "name_en": street.name_en},
                "geometry": {"type": "LineString", "coordinates": street.path},
            }
            for street in Street.objects.order_by("pk")
        ]
    )


def cells_geojson(user: User) -> dict[str, Any]:
    """All grid cells as GeoJSON polygons."""
    return _collection(
        [
            {
                "type": "Feature",
                "properties": {"code": cell.code, "name": cell.name, "organisation": cell.organisation.code},
                "geometry": {"type": "Polygon", "coordinates": [cell.ring]},
            }
            for cell in cells_for(user)
        ]
    )


def city_bounds() -> tuple[float, float, float, float] | None:
    """West, south, east, north of all grid cells; None before there are any."""
    edges = GridCell.objects.aggregate(w=Min("west"), s=Min("south"), e=Max("east"), n=Max("north"))
    return None if edges["w"] is None else (edges["w"], edges["s"], edges["e"], edges["n"])


def calls_customers(user: User) -> bool:
    """Whether a person tells customers of a cut-off by telephone, and so sees their numbers."""
    return bool(CALLS_CUSTOMERS & user.permissions)


def without_phones(hydraulic: Mapping[str, Any]) -> dict[str, Any]:
    """What a node's document tells of its hydraulics, with no customer's telephone number."""
    told = dict(hydraulic)
    if "customers" in told:
        told["customers"] = [{name: one[name] for name in one if name != "phone"} for one in told["customers"]]
    return told
