"""Checking a pit against what lies underground: everybody's pipes for safety's sake, details of one's own only."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from django.db import transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach
from chengmai.assets.models import Network
from chengmai.assets.queries import load_edition, published
from chengmai.assets.underground import city_plane, scene_of
from chengmai.core.errors import InvalidInput
from chengmai.core.identity import new_id
from chengmai.network.array_types import Floats
from chengmai.network.excavation import ORDER, Danger, Endangered, chambers_near, endangered, places_near
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.protection import Protection, protection_of
from chengmai.network.tubes import Tubes
from chengmai.network.utilities import Utility
from chengmai.network.valve_places import valve_place

AT_HAND_M = 15.0
"""Chambers and valves are told within this distance of a pit [m] (default)."""
MOST_AREA_M2 = 50_000.0
LEAST_AREA_M2 = 0.05


@dataclass(frozen=True, slots=True)
class PipeMet:
    """A pipe that a pit meets, with the distances that hold for it and whose words the survey has for its owner."""

    network: Network
    code: str
    met: Endangered
    protection: Protection
    belongs: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """A chamber or a valve near a pit."""

    network: Network
    code: str
    kind: str
    distance_m: float
    longitude: float
    latitude: float


@dataclass(slots=True)
class OwnerMet:
    """An owner to be told; ``own`` says that the caller may see its pipes, else only the worst danger is told."""

    organisation: Organisation
    own: bool
    utilities: set[str] = field(default_factory=set)
    worst: Danger = Danger.CONTROLLED

    def note(self, utility: str, danger: Danger) -> None:
        """Take in one more pipe."""
        self.utilities.add(utility)
        self.worst = min(self.worst, danger, key=ORDER.index)


@dataclass(frozen=True, slots=True)
class Excavation:
    """What a pit meets: pipes, chambers and valves of networks in the caller's reach, and every owner concerned."""

    number: str
    area_m2: float
    pipes: list[PipeMet]
    at_hand: list[AtHand]
    owners: list[OwnerMet]


def check_excavation(user: User, outline: list[tuple[float, float]], depth_m: float) -> Excavation:
    """Check a pit of an outline in degrees against every network of the city, and leave a trace in the audit trail.

    Of networks beyond the caller's reach only the owner, the utility and the worst danger are told: enough to call
    before digging, too little to draw the network. Raises InvalidInput for an outline that is none.
    """
    ring = city_plane().metres(outline)
    area = _area(ring)
    seen = reach(user)
    pipes: list[PipeMet] = []
    at_hand: list[AtHand] = []
    owners: dict[int, OwnerMet] = {}
    for network in Network.objects.select_related("edition", "owner").filter(edition__isnull=False).order_by("code"):
        own = seen is None or network.owner.code in seen
        for met in _pipes(network, ring, depth_m):
            owner = owners.setdefault(network.owner_id, OwnerMet(network.owner, own))
            owner.note(network.utility, met.met.danger)
            if own:
                pipes.append(met)
        if own:
            at_hand += _at_hand(network, ring)
    pipes.sort(key=lambda one: (ORDER.index(one.met.danger), one.met.distance_m, one.met.cover_m))
    at_hand.sort(key=lambda one: one.distance_m)
    told = sorted(owners.values(), key=lambda owner: (ORDER.index(owner.worst), owner.organisation.code))
    found = Excavation(str(new_id()), area, pipes, at_hand, told)
    _record(user, found, outline, depth_m)
    return found


def _area(ring: Floats) -> float:
    """The pit's area [m2]; raises InvalidInput when its outline crosses itself or is too small or large."""
    pit = shapely.Polygon(ring)
    if not pit.is_valid:
        raise InvalidInput("excavation.outline_invalid")
    area = float(pit.area)
    if not LEAST_AREA_M2 <= area <= MOST_AREA_M2:
        raise InvalidInput("excavation.area", area=f"{area:.1f}", least=LEAST_AREA_M2, most=MOST_AREA_M2)
    return area


def _pipes(network: Network, ring: Floats, depth_m: float) -> Iterator[PipeMet]:
    """Every pipe of a network that the pit meets."""
    utility = Utility(network.utility)
    edition = published(network)
    arrays, tubes = load_edition(edition), scene_of(edition).tubes
    rows = [protection_of(utility, told.get("pressure_class")) for told in arrays.links.attributes]
    protection = np.array([row.protection_m for row in rows])
    control = np.array([row.control_m for row in rows])
    near = _near(tubes, ring, float(control.max(initial=0.0)))
    for met in endangered(near, ring, depth_m, protection, control):
        told = arrays.links.attributes[met.link]
        yield PipeMet(network, str(arrays.links.code[met.link]), met, rows[met.link], str(told.get("belong") or ""))


def _near(tubes: Tubes, ring: Floats, reach_m: float) -> Tubes:
    """Tubes that can be within reach of a ring at all."""
    margin = reach_m + float(tubes.radius.max(initial=0.0))
    low, high = ring.min(axis=0) - margin, ring.max(axis=0) + margin
    inside = np.all(
        (np.maximum(tubes.start, tubes.end)[:, :2] >= low) & (np.minimum(tubes.start, tubes.end)[:, :2] <= high), axis=1
    )
    return tubes.only(inside)


def _at_hand(network: Network, ring: Floats) -> Iterator[AtHand]:
    """Chambers and valves of a network near the pit."""
    edition = published(network)
    arrays, chambers = load_edition(edition), scene_of(edition).chambers
    for row, distance in chambers_near(chambers, ring, AT_HAND_M):
        node = int(chambers.node[row])
        x, y = float(arrays.nodes.x[node]), float(arrays.nodes.y[node])
        yield AtHand(network, str(arrays.nodes.code[node]), "chamber", distance, x, y)
    places = [valve_place(arrays, valve) for valve in range(len(arrays.valves))]
    for row, distance in places_near(_metres(places), ring, AT_HAND_M):
        yield AtHand(network, str(arrays.valves.code[row]), _valve_kind(arrays, row), distance, *places[row])


def _metres(places: list[tuple[float, float]]) -> Floats:
    return city_plane().metres(np.array(places).reshape(-1, 2))


def _valve_kind(arrays: PipeNetwork, valve: int) -> str:
    return "valve" if arrays.valves.works[valve] else "broken_valve"


def _record(user: User, found: Excavation, outline: list[tuple[float, float]], depth_m: float) -> None:
    """Who asked where stays known: many small pits would otherwise draw another owner's network."""
    after = {
        "outline": [[round(x, 6), round(y, 6)] for x, y in outline],
        "depth_m": depth_m,
        "pipes": len(found.pipes),
        "owners": [owner.organisation.code for owner in found.owners],
    }
    with transaction.atomic():
        audit.record(user, "excavation.checked", "excavation", found.number, after=after)
