"""Chambers as neighbours: how far from each other along their conduits, and how far from every gas pipe."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from chengmai.network.nearness import LocalPlane, link_lines, node_points, plane_of
from chengmai.network.pipe_network import LinkKind, PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.physics.chamber_gas import chambers_of

Floats = npt.NDArray[np.float64]
SAMPLE_M = 8.0
"""Conduits are looked at every so many metres: gas gets into them between chambers too."""
INTO_CONDUIT_M = 5.0
"""A pipe beside a conduit counts as so much further from its chambers than the conduit [m]."""
FAR_M = 60.0
"""Distances above this are not told: no gas comes so far through the soil."""


@dataclass(frozen=True, eq=False)
class ChamberMap:
    """Chambers of several networks, n of them, and the m pipes of a gas network.

    ``key`` (network, code) of each, ``kind`` what lies in them, ``point`` (n, 2) [m], ``volume`` (n,) [m3] with half of
    each conduit, ``pipe_m`` (n, m) distance of each gas pipe through the soil, ``joined`` the conduits as a graph [m].
    """

    key: tuple[tuple[str, str], ...]
    kind: tuple[Utility, ...]
    point: Floats
    volume: Floats
    pipe_m: Floats
    joined: csr_array
    pipes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.key)

    def index(self) -> dict[tuple[str, str], int]:
        """Where each chamber stands."""
        return {key: place for place, key in enumerate(self.key)}

    def paths(self, chambers: npt.NDArray[np.int64] | list[int], reach_m: float) -> Floats:
        """Way along conduits from some chambers to all [m], shape (k, n); inf beyond the reach or unconnected."""
        found: Floats = dijkstra(self.joined, directed=False, indices=chambers, limit=reach_m)
        return np.atleast_2d(found)

    def beside(self, chamber: int, within_m: float) -> npt.NDArray[np.int64]:
        """Chambers within a distance in a straight line, itself left out, nearest first."""
        away = np.hypot(*(self.point - self.point[chamber]).T)
        near = np.flatnonzero((away <= within_m) & (np.arange(len(self)) != chamber))
        return near[np.argsort(away[near], kind="stable")]


def chamber_map(
    networks: Mapping[str, PipeNetwork], kinds: Mapping[str, Utility], gas: PipeNetwork | None
) -> ChamberMap:
    """The map of some networks of chambers and the gas network beside them; None where there is no gas network."""
    plane = plane_of(gas if gas is not None else next(iter(networks.values())))
    codes = sorted(networks)
    key = tuple((code, str(node)) for code in codes for node in networks[code].nodes.code)
    points = np.concatenate([node_points(networks[code], plane) for code in codes])
    volume = np.concatenate([chambers_of(networks[code]).volume for code in codes])
    offsets = dict(
        zip(codes, np.cumsum([0, *(len(networks[code].nodes) for code in codes)])[:-1].tolist(), strict=True)
    )
    return ChamberMap(
        key=key,
        kind=tuple(kinds[code] for code in codes for _ in networks[code].nodes.code),
        point=points,
        volume=volume,
        pipe_m=_distances(networks, offsets, points, gas, plane),
        joined=_graph(networks, offsets, len(key)),
        pipes=tuple(str(code) for code in gas.links.code) if gas is not None else (),
    )


def _graph(networks: Mapping[str, PipeNetwork], offsets: Mapping[str, int], n: int) -> csr_array:
    start = np.concatenate([networks[code].links.start + at for code, at in offsets.items()])
    end = np.concatenate([networks[code].links.end + at for code, at in offsets.items()])
    length = np.concatenate([np.maximum(networks[code].links.length, 1.0) for code in offsets])
    return coo_array((length, (start, end)), shape=(n, n)).tocsr()


def _distances(
    networks: Mapping[str, PipeNetwork],
    offsets: Mapping[str, int],
    points: Floats,
    gas: PipeNetwork | None,
    plane: LocalPlane,
) -> Floats:
    if gas is None:
        return np.zeros((len(points), 0))
    lines = link_lines(gas, plane)
    no_pipe = gas.links.kind != LinkKind.PIPE
    away = np.vstack([lines.distances(point) for point in points])
    for code, at in offsets.items():
        network = networks[code]
        for link in range(len(network.links)):
            line = plane.metres(*network.line(link).T)
            run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
            marks = np.arange(SAMPLE_M / 2, run[-1], SAMPLE_M)
            if not len(marks):
                continue
            inside = np.column_stack([np.interp(marks, run, line[:, 0]), np.interp(marks, run, line[:, 1])])
            beside = np.min([lines.distances(point) for point in inside], axis=0) + INTO_CONDUIT_M
            for end in (network.links.start[link] + at, network.links.end[link] + at):
                away[end] = np.minimum(away[end], beside)
    away[:, no_pipe] = np.inf
    return np.where(away <= FAR_M, away, np.inf)
