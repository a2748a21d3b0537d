"""Chambers of others in which a company's own sensors hang: their outlines, and nothing else of the network.

Whoever serves a sensor must find the chamber it hangs in: place, depth, area; what conduits join is their owner's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sqrt

from chengmai.access.models import User
from chengmai.access.scope import reaches
from chengmai.assets.models import Network
from chengmai.assets.queries import load_network
from chengmai.core.units import METRES_PER_DEGREE
from chengmai.network.utilities import Utility
from chengmai.sensing.queries import datastreams

USUAL_AREA_M2 = 1.0
"""Area of a chamber of which the survey tells none [m2]."""


@dataclass(frozen=True, slots=True)
class SensedChamber:
    """A chamber of another owner's network: a square of its area around its place, and whose sensors hang in it."""

    code: str
    utility: Utility
    longitude: float
    latitude: float
    depth_m: float | None
    area_m2: float | None
    outline: list[tuple[float, float]]
    streams: list[str]


def sensed_chambers(user: User) -> list[SensedChamber]:
    """Chambers outside a person's reach that hold sensors within it, by network and code."""
    held: dict[int, dict[str, list[str]]] = {}
    networks: dict[int, Network] = {}
    rows = datastreams(user).filter(active=True, network__isnull=False).exclude(element="")
    for stream in rows.select_related("network__owner", "network__edition"):
        network = stream.network
        if network is None or network.edition is None or reaches(user, network.owner):
            continue
        networks[network.pk] = network
        held.setdefault(network.pk, {}).setdefault(stream.element, []).append(stream.code)
    ordered = sorted(networks.values(), key=lambda network: network.code)
    return [chamber for network in ordered for chamber in _of(network, held[network.pk])]


def _of(network: Network, held: dict[str, list[str]]) -> Iterator[SensedChamber]:
    arrays = load_network(network)
    for code in sorted(held.keys() & arrays.node_index.keys()):
        at = arrays.node_index[code]
        longitude, latitude = float(arrays.nodes.x[at]), float(arrays.nodes.y[at])
        told = arrays.nodes.attributes[at]
        area, depth = (_number(told.get(name)) for name in ("area_m2", "well_deep_m"))
        yield SensedChamber(
            code=code,
            utility=Utility(network.utility),
            longitude=longitude,
            latitude=latitude,
            depth_m=depth,
            area_m2=area,
            outline=_square(longitude, latitude, area or USUAL_AREA_M2),
            streams=sorted(held[code]),
        )


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) and told > 0 else None


def _square(longitude: float, latitude: float, area_m2: float) -> list[tuple[float, float]]:
    half = sqrt(area_m2) / 2 / METRES_PER_DEGREE
    east = half / cos(radians(latitude))
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [(round(longitude + x * east, 8), round(latitude + y * half, 8)) for x, y in corners]
