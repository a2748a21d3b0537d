"""Links as lines in any plane: the vertices of all of them in one array."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from chengmai.network.array_types import Floats
from chengmai.network.pipe_network import PipeNetwork

Place = Callable[[Floats], Floats]
"""From places (n, 2) of longitude and latitude to the plane, shape (n, 2)."""


def link_vertices(network: PipeNetwork, place: Place) -> tuple[npt.NDArray[np.int64], Floats]:
    """Where each link's vertices begin (n_links + 1,), and all of them (n, 2) in the plane, from start to end."""
    nodes, links = network.nodes, network.links
    inner = np.diff(links.path_offset)
    first = np.concatenate([[0], np.cumsum(inner + 2)]).astype(np.int64)
    places = place(np.column_stack([nodes.x, nodes.y]))
    vertices = np.empty((int(first[-1]), 2))
    is_bend = np.ones(len(vertices), dtype=bool)
    is_bend[first[:-1]] = is_bend[first[1:] - 1] = False
    vertices[first[:-1]] = places[links.start]
    vertices[first[1:] - 1] = places[links.end]
    vertices[is_bend] = place(links.path)
    return first, vertices


def link_lines(network: PipeNetwork, place: Place) -> npt.NDArray[np.object_]:
    """Every link as a shapely line in the plane, shape (n_links,)."""
    first, vertices = link_vertices(network, place)
    n = len(network.links)
    if n == 0:
        return np.array([], dtype=np.object_)
    return np.asarray(shapely.linestrings(vertices, indices=np.repeat(np.arange(n), np.diff(first))))
