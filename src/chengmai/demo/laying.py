"""The streets of the demonstration city as a graph that further networks are laid along, beside the water pipes.

Everything is worked out from the shipped water survey and nothing is random: the same survey gives the same networks.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from chengmai.demo.make_streets import Street, nearest_street, straight_runs
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.projection import JINCHENG_ZONE, to_plane
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.survey_tables import TABLES

Floats = npt.NDArray[np.float64]
Edge = tuple[int, int]

DATA = Path(__file__).parent / "data"
STRAIGHT_DEG = 14.0
"""A point between two pipes is left out where they deviate from a straight line by no more than this [degrees]."""
LONGEST_M = 130.0
"""No pipe is laid longer than this in one piece [m]."""


@dataclass(frozen=True)
class Streets:
    """Places under the streets and the ways between them.

    ``north``, ``east`` and ``ground`` [m] are of shape (n_places,), ``aside`` (n_places, 2) the direction across the
    street as (north, east), always to the same side of one street; ``edges`` are pairs of places, the lower first.
    """

    north: Floats
    east: Floats
    ground: Floats
    aside: Floats
    edges: tuple[Edge, ...]
    axes: tuple[Street, ...]

    def length(self, edge: Edge) -> float:
        """Distance between the ends of an edge [m]."""
        a, b = edge
        return float(np.hypot(self.north[a] - self.north[b], self.east[a] - self.east[b]))

    def beside(self, place: int, by_m: float) -> tuple[float, float]:
        """Northing and easting [m] of a point so many metres to one side of the street's middle."""
        return (
            float(self.north[place] + self.aside[place, 0] * by_m),
            float(self.east[place] + self.aside[place, 1] * by_m),
        )

    def address(self, edge: Edge) -> str:
        """Name of the street an edge lies under."""
        a, b = edge
        return nearest_street(list(self.axes), (self.north[a] + self.north[b]) / 2, (self.east[a] + self.east[b]) / 2)

    def distances(
        self, starts: Sequence[int], edges: Iterable[Edge] | None = None
    ) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Way from each start to each place [m], shape (n_starts, n_places), and each place's predecessor on it."""
        used = list(self.edges if edges is None else edges)
        n = len(self.north)
        lengths = [self.length(edge) for edge in used]
        graph = coo_array((lengths, ([a for a, _ in used], [b for _, b in used])), shape=(n, n)).tocsr()
        far, before = dijkstra(graph, directed=False, indices=list(starts), return_predecessors=True)
        return np.asarray(far), np.asarray(before)


def water_survey() -> PipeNetwork:
    """The water network as surveyed."""
    tables, _ = tables_of("survey", pack_folder(DATA / "survey"))
    return read_survey(tables, "survey")[0]


def streets_of(network: PipeNetwork) -> Streets:
    """The street graph below which the water pipes lie, its straight stretches drawn together."""
    told = network.nodes.attributes
    north, east = (np.array([one[name] for one in told]) for name in ("x_m", "y_m"))
    ground = np.array([one["ground_m"] for one in told])
    pairs = {_edge(int(a), int(b)) for a, b in zip(network.links.start, network.links.end, strict=True)}
    edges = _drawn_together(sorted(pairs), north, east)
    return Streets(north, east, ground, _aside(network, north, east), edges, tuple(_axes()))


def _edge(a: int, b: int) -> Edge:
    return (a, b) if a < b else (b, a)


def _axes() -> Iterable[Street]:
    with (DATA / "streets.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            degrees = np.array([[float(part) for part in pair.split()] for pair in row["path"].split(";")])
            north, east = to_plane(degrees[:, 0], degrees[:, 1], JINCHENG_ZONE)
            path = [(float(x), float(y)) for x, y in zip(north, east, strict=True)]
            yield Street(row["name_zh"], row["name_en"], path)


def _aside(network: PipeNetwork, north: Floats, east: Floats) -> Floats:
    """Across the longest straight run through each place; runs are walked northwards, or eastwards if level."""
    aside = np.tile([0.0, 1.0], (len(north), 1))
    runs = straight_runs(network, north, east)
    by_length = sorted(runs, key=lambda run: float(np.hypot(np.diff(north[run]), np.diff(east[run])).sum()))
    for run in by_length:
        way = np.array([north[run[-1]] - north[run[0]], east[run[-1]] - east[run[0]]])
        walked = run if (way[0], way[1]) > (0.0, 0.0) else list(reversed(run))
        for i, place in enumerate(walked):
            before, after = walked[max(i - 1, 0)], walked[min(i + 1, len(walked) - 1)]
            along = np.array([north[after] - north[before], east[after] - east[before]])
            size = float(np.hypot(*along))
            if size > 0:
                aside[place] = -along[1] / size, along[0] / size
    return aside


def _drawn_together(edges: list[Edge], north: Floats, east: Floats) -> tuple[Edge, ...]:
    """The edges with each place left out that lies between two of them in a straight line."""
    around: dict[int, set[int]] = defaultdict(set)
    for a, b in edges:
        around[a].add(b)
        around[b].add(a)
    for place in sorted(around):
        if len(around[place]) != 2:
            continue
        a, b = sorted(around[place])
        into = np.array([north[place] - north[a], east[place] - east[a]])
        out = np.array([north[b] - north[place], east[b] - east[place]])
        turn = abs(np.degrees(np.arctan2(into[0] * out[1] - into[1] * out[0], into @ out)))
        if turn <= STRAIGHT_DEG and np.hypot(*(into + out)) <= LONGEST_M and b not in around[a]:
            for one, other in ((a, b), (b, a)):
                around[one].discard(place)
                around[one].add(other)
            del around[place]
    return tuple(sorted({_edge(a, b) for a in around for b in around[a]}))


def way_back(before: npt.NDArray[np.int32], place: int) -> list[Edge]:
    """The edges from a place back to the start its predecessors lead to."""
    walked = [place]
    while before[walked[-1]] >= 0:
        walked.append(int(before[walked[-1]]))
    return [_edge(a, b) for a, b in pairwise(walked)]


def spread(streets: Streets, among: Sequence[int], count: int, first: int) -> list[int]:
    """So many of some places, each as far as can be from those before it, beginning with ``first``."""
    chosen = [first]
    far = np.hypot(streets.north - streets.north[first], streets.east - streets.east[first])
    candidates = np.array(sorted(among))
    while len(chosen) < min(count, len(candidates)):
        following = int(candidates[np.argmax(far[candidates])])
        chosen.append(following)
        away = np.hypot(streets.north - streets.north[following], streets.east - streets.east[following])
        far = np.minimum(far, away)
    return chosen


def write_table(folder: Path, code: str, table: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """One survey table as CSV, its headers as we write them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{code}{table}.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(TABLES[table][column][0] for column in columns)
        writer.writerows(rows)
