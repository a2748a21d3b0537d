"""Profiles along a route through every network in a person's reach."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from chengmai.access.models import User
from chengmai.assets import queries
from chengmai.assets.models import Network
from chengmai.assets.queries import load_edition
from chengmai.assets.underground import city_plane, scene_of
from chengmai.core.errors import InvalidInput
from chengmai.network.profile import Clearance, Crossing, Passed, Run, clearances, crossings, passed, route_length, runs
from chengmai.network.protection import least_clearance_m
from chengmai.network.utilities import Utility

MOST_ROUTE_M = 20_000.0
"""A longer route is no figure that anybody reads, and costs everybody time [m]."""
LEAST_ROUTE_M = 0.5


T = TypeVar("T")


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A thing a route meets: of which network, by what code, and how the pure profile tells it."""

    network: Network
    code: str
    what: T
    depth_m: float = 0.0
    """Of a chamber: that of its floor."""

    @property
    def utility(self) -> Utility:
        """What flows there."""
        return Utility(self.network.utility)


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything along one route; ``clearances`` speak of positions in ``crossings``."""

    length_m: float
    crossings: list[Placed[Crossing]]
    runs: list[Placed[Run]]
    chambers: list[Placed[Passed]]
    clearances: list[tuple[Clearance, float]]
    """Each with the free height the rules want there [m]."""


def profile_of(user: User, path: list[tuple[float, float]], reach_m: float) -> Profile:
    """What lies under a route of places in degrees, of every network in a person's reach.

    Raises InvalidInput for a route that is none or is too long.
    """
    route = city_plane().metres(path)
    length = route_length(route)
    if not LEAST_ROUTE_M <= length <= MOST_ROUTE_M:
        raise InvalidInput("profile.route_length", metres=f"{length:.1f}", least=LEAST_ROUTE_M, most=MOST_ROUTE_M)
    window = np.vstack([route.min(axis=0) - reach_m, route.max(axis=0) + reach_m])
    met: list[Placed[Crossing]] = []
    along: list[Placed[Run]] = []
    beside: list[Placed[Passed]] = []
    for network in queries.networks(user).filter(edition__isnull=False):
        edition = queries.published(network)
        scene, arrays = scene_of(edition), load_edition(edition)
        low, high = np.minimum(scene.tubes.start, scene.tubes.end), np.maximum(scene.tubes.start, scene.tubes.end)
        near = scene.tubes.only(np.all((high[:, :2] >= window[0]) & (low[:, :2] <= window[1]), axis=1))
        links = arrays.links.code
        met += [Placed(network, str(links[one.link]), one) for one in crossings(near, route)]
        along += [Placed(network, str(links[one.link]), one) for one in runs(near, route, reach_m)]
        beside += [
            Placed(
                network,
                str(arrays.nodes.code[scene.chambers.node[one.chamber]]),
                one,
                float(scene.chambers.depth[one.chamber]),
            )
            for one in passed(scene.chambers, route, reach_m)
        ]
    met.sort(key=lambda placed: placed.what.station_m)
    gaps = clearances([placed.what for placed in met])
    wanted = [(gap, least_clearance_m(met[gap.first].utility, met[gap.second].utility)) for gap in gaps]
    return Profile(length, met, along, beside, wanted)
