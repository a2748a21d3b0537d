"""A network in space: every straight piece of every pipe as a tube at its depth, every chamber as a box.

Axes are east, north and up in metres; up is 0 at the ground everywhere, so that -1.2 is 1.2 m below it whatever the
terrain does. Depth runs evenly along a link from one end to the other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Floats, Indices
from chengmai.network.burial import Burial, burial_of, figure
from chengmai.network.link_lines import link_vertices
from chengmai.network.local_plane import LocalPlane
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.tiles import CHAMBER_DEPTHS, is_chamber
from chengmai.network.utilities import Utility

Flags = npt.NDArray[np.uint8]

DEPTH_ASSUMED = 1
SIZE_ASSUMED = 2
RETURN_PIPE = 4
"""Bits of a tube's flags: a default depth, a default diameter, the return pipe of a pair."""

PAIR_GAP_M = 0.25
"""Between the two pipes of a heat trench, wall to wall [m]: CJJ 28 practice for insulated pipes side by side."""
DEFAULT_CHAMBER_DEPTH_M = 1.8
DEFAULT_CHAMBER_AREA_M2 = 1.0
"""A chamber whose size nobody told (default)."""


@dataclass(frozen=True, eq=False)
class Tubes:
    """Straight pieces of pipes, arrays (n_tubes,) but for the ends (n_tubes, 3) of east, north, up [m] of the axis.

    ``radius`` [m]; ``link`` is the index of the link a piece is of; ``flags`` as the bits above.
    """

    start: Floats
    end: Floats
    radius: Floats
    link: Indices
    flags: Flags

    def __len__(self) -> int:
        return len(self.radius)

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Tubes":
        """Those of a mask."""
        return Tubes(self.start[wanted], self.end[wanted], self.radius[wanted], self.link[wanted], self.flags[wanted])


@dataclass(frozen=True, eq=False)
class Chambers:
    """Chambers as upright boxes, arrays (n_chambers,).

    ``place`` (n, 2) is east and north [m]; ``side`` [m] of the square floor; ``depth`` [m] of the floor;
    ``node`` the index of the node; ``flags`` DEPTH_ASSUMED and SIZE_ASSUMED.
    """

    place: Floats
    side: Floats
    depth: Floats
    node: Indices
    flags: Flags

    def __len__(self) -> int:
        return len(self.node)

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Chambers":
        """Those of a mask."""
        return Chambers(
            self.place[wanted], self.side[wanted], self.depth[wanted], self.node[wanted], self.flags[wanted]
        )


def tubes_of(network: PipeNetwork, utility: Utility, plane: LocalPlane) -> Tubes:
    """Every straight piece of every link; a heat trench holds two pipes, supply to the left of its direction."""
    links = network.links
    n = len(links)
    if n == 0:
        nothing = np.zeros(0)
        return Tubes(nothing.reshape(0, 3), nothing.reshape(0, 3), nothing, nothing.astype(np.int32), _no_flags(0))
    burial = burial_of(network, utility)
    first, vertices = link_vertices(network, plane.metres)
    is_last = np.zeros(len(vertices), dtype=bool)
    is_last[first[1:] - 1] = True
    begin = np.flatnonzero(~is_last)
    link = np.repeat(np.arange(n), np.diff(first))[begin].astype(np.int32)
    axis = _axis(vertices, first, begin, link, burial)
    start = np.column_stack([vertices[begin], axis[:, 0]])
    end = np.column_stack([vertices[begin + 1], axis[:, 1]])
    flags = _flags(burial)[link]
    whole = Tubes(start, end, burial.diameter[link] / 2, link, flags)
    whole = whole.only(np.any(start != end, axis=1))
    return _paired(whole) if utility == Utility.HEAT else whole


def _axis(
    vertices: Floats, first: npt.NDArray[np.int64], begin: npt.NDArray[np.int64], link: Indices, burial: Burial
) -> Floats:
    """Height of the axis at both ends of every piece (n_tubes, 2) [m], below 0 underground."""
    steps = np.hypot(*(vertices[begin + 1] - vertices[begin]).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    piece_first = np.searchsorted(link, np.arange(len(first) - 1))
    before = run[piece_first]
    total = np.maximum(run[np.append(piece_first[1:], len(steps))] - before, 1e-9)
    share = np.column_stack([run[:-1], run[1:]]) - before[link][:, None]
    share /= total[link][:, None]
    slope = (burial.end_cover - burial.start_cover)[link][:, None]
    cover = burial.start_cover[link][:, None] + share * slope
    return np.asarray(-(cover + burial.diameter[link][:, None] / 2), dtype=float)


def _flags(burial: Burial) -> Flags:
    return (burial.depth_assumed * DEPTH_ASSUMED + burial.diameter_assumed * SIZE_ASSUMED).astype(np.uint8)


def _no_flags(n: int) -> Flags:
    return np.zeros(n, dtype=np.uint8)


def _paired(trench: Tubes) -> Tubes:
    """Two pipes for each of a trench, side by side."""
    along = (trench.end - trench.start)[:, :2]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    left = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    aside = np.column_stack([left * (trench.radius + PAIR_GAP_M / 2)[:, None], np.zeros(len(trench))])
    back = (trench.flags | RETURN_PIPE).astype(np.uint8)
    return Tubes(
        np.vstack([trench.start + aside, trench.start - aside]),
        np.vstack([trench.end + aside, trench.end - aside]),
        np.concatenate([trench.radius] * 2),
        np.concatenate([trench.link] * 2),
        np.concatenate([trench.flags, back]),
    )


def chambers_of(network: PipeNetwork, plane: LocalPlane) -> Chambers:
    """Every node that is a chamber, as deep and as large as told."""
    nodes = network.nodes
    node = np.array([i for i, told in enumerate(nodes.attributes) if is_chamber(told)], dtype=np.int32)
    depth = np.empty(len(node))
    area = np.empty(len(node))
    flags = _no_flags(len(node))
    for row, i in enumerate(node):
        told_depth = figure(nodes.attributes[i], *CHAMBER_DEPTHS)
        told_area = figure(nodes.attributes[i], "area_m2")
        depth[row] = told_depth if told_depth and told_depth > 0 else DEFAULT_CHAMBER_DEPTH_M
        area[row] = told_area if told_area and told_area > 0 else DEFAULT_CHAMBER_AREA_M2
        flags[row] = DEPTH_ASSUMED * (depth[row] != told_depth) + SIZE_ASSUMED * (area[row] != told_area)
    place = plane.metres(np.column_stack([nodes.x[node], nodes.y[node]]))
    return Chambers(place, np.sqrt(area), depth, node, flags)
