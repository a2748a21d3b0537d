"""How far things below ground are from each other: distances in m between points and the lines of a network."""

from dataclasses import dataclass
from math import cos, radians

import numpy as np
import numpy.typing as npt

from chengmai.core.units import METRES_PER_DEGREE
from chengmai.network.pipe_network import Frame, PipeNetwork

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A plane in metres around a latitude, good to a thousandth over a city; in metres already it changes nothing."""

    latitude: float
    frame: Frame = Frame.GEOGRAPHIC

    def metres(self, x: Floats, y: Floats) -> Floats:
        """Points as rows of (east, north) [m], shape (n, 2)."""
        if self.frame is Frame.LOCAL:
            return np.column_stack([x, y])
        return np.column_stack([x * METRES_PER_DEGREE * cos(radians(self.latitude)), y * METRES_PER_DEGREE])


def plane_of(network: PipeNetwork) -> LocalPlane:
    """The plane a network lies in."""
    middle = float(network.nodes.y.mean()) if len(network.nodes) and network.frame is Frame.GEOGRAPHIC else 0.0
    return LocalPlane(middle, network.frame)


@dataclass(frozen=True, eq=False)
class LinkLines:
    """All straight pieces of a network's links: the ``link`` (n,) of each, ends ``a`` and ``b`` (n, 2)."""

    link: npt.NDArray[np.int64]
    a: Floats
    b: Floats
    n_links: int

    def distances(self, point: Floats) -> Floats:
        """Distance [m] of a point (2,) from each link, shape (n_links,)."""
        along = self.b - self.a
        size = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip(((point - self.a) * along).sum(axis=1) / size, 0, 1)
        away = np.hypot(*(self.a + share[:, None] * along - point).T)
        nearest = np.full(self.n_links, np.inf)
        np.minimum.at(nearest, self.link, away)
        return nearest


def link_lines(network: PipeNetwork, plane: LocalPlane) -> LinkLines:
    """The pieces of every link of a network in a plane."""
    lines = [network.line(link) for link in range(len(network.links))]
    link = np.concatenate([np.full(len(line) - 1, i) for i, line in enumerate(lines)]) if lines else np.zeros(0)
    starts = np.concatenate([line[:-1] for line in lines]) if lines else np.zeros((0, 2))
    ends = np.concatenate([line[1:] for line in lines]) if lines else np.zeros((0, 2))
    return LinkLines(link.astype(np.int64), plane.metres(*starts.T), plane.metres(*ends.T), len(network.links))


def node_points(network: PipeNetwork, plane: LocalPlane) -> Floats:
    """Every node as (east, north) [m], shape (n_nodes, 2)."""
    return plane.metres(network.nodes.x, network.nodes.y)
