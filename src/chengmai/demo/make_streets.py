"""Draws streets along a network: pipes lie under streets, so the longest straight runs of pipes make their axes."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from chengmai.demo.street_names import STREETS
from chengmai.network.pipe_network import LinkKind, PipeNetwork

Floats = npt.NDArray[np.float64]

STRAIGHT_DEG = 30.0
"""A street goes on where two pipes deviate from a straight line by no more than this [degrees]."""
LEAST_M = 250.0


@dataclass(frozen=True)
class Street:
    """A street's names and axis, (northing, easting) [m]."""

    name_zh: str
    name_en: str
    path: list[tuple[float, float]]


def draw_streets(network: PipeNetwork, north: Floats, east: Floats) -> list[Street]:
    """The longest straight runs of pipes, longest first, as many as there are names."""
    runs = sorted(straight_runs(network, north, east), key=lambda run: -_length(run, north, east))
    long_ones = [run for run in runs if _length(run, north, east) >= LEAST_M][: len(STREETS)]
    return [
        Street(zh, en, [(float(north[node]), float(east[node])) for node in run])
        for (zh, en), run in zip(STREETS, long_ones, strict=False)
    ]


def nearest_street(streets: list[Street], north: float, east: float) -> str:
    """Name of the street a place is addressed by: the nearest; a side lane of it beyond 15 m."""
    place = shapely.Point(north, east)
    distance, street = min(
        ((shapely.LineString(street.path).distance(place), street) for street in streets), key=lambda pair: pair[0]
    )
    return street.name_zh if distance < 15 else f"{street.name_zh}支巷"


def _length(run: list[int], north: Floats, east: Floats) -> float:
    return float(np.hypot(np.diff(north[run]), np.diff(east[run])).sum())


def straight_runs(network: PipeNetwork, north: Floats, east: Floats) -> list[list[int]]:
    """All pipes in runs that go straight on at each node; every pipe is in one run."""
    links = network.links
    around: dict[int, list[tuple[int, int]]] = defaultdict(list)
    pipes = np.flatnonzero(links.kind == LinkKind.PIPE)
    for i in pipes:
        start, end = int(links.start[i]), int(links.end[i])
        around[start].append((int(i), end))
        around[end].append((int(i), start))
    used: set[int] = set()
    runs = []
    for i in sorted(pipes, key=lambda pipe: -links.length[pipe]):
        if int(i) in used:
            continue
        used.add(int(i))
        start, end = int(links.start[i]), int(links.end[i])
        ahead = _follow(start, end, around, used, north, east)
        behind = _follow(end, start, around, used, north, east)
        runs.append([*reversed(behind), start, end, *ahead])
    return runs


def _follow(
    before: int, node: int, around: dict[int, list[tuple[int, int]]], used: set[int], north: Floats, east: Floats
) -> list[int]:
    """Nodes that follow in a straight line, each over the pipe that deviates least."""
    followed: list[int] = []
    while True:
        heading = math.atan2(east[node] - east[before], north[node] - north[before])
        best = None
        for pipe, other in around[node]:
            if pipe in used:
                continue
            turn = math.atan2(east[other] - east[node], north[other] - north[node]) - heading
            turn = abs((math.degrees(turn) + 180) % 360 - 180)
            if turn <= STRAIGHT_DEG and (best is None or turn < best[0]):
                best = (turn, pipe, other)
        if best is None:
            return followed
        used.add(best[1])
        followed.append(best[2])
        before, node = node, best[2]
