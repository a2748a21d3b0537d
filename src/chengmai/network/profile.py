"""What a route meets underground: pipes that cross it, pipes that run along it, and the free space between them.

A route is a broken line in the plane of the tubes; ``station`` is the way along it [m]. Depths are those of the pipe's
top below the ground [m].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, degrees

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Floats
from chengmai.network.tubes import DEPTH_ASSUMED, Chambers, Tubes

LEAST_SINE = 0.1
"""A pipe met at a smaller angle (6 degrees) runs along the route and does not cross it."""
ALONG_SINE = 0.5
"""A pipe within 30 degrees of the route's direction runs along it."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a pipe crosses a route.

    ``cover_m`` is the depth of its top there, ``half_width_m`` half the width of its picture in the section,
    ``angle_deg`` that between pipe and route (90 when square), ``link`` the index of the link.
    """

    link: int
    station_m: float
    cover_m: float
    diameter_m: float
    half_width_m: float
    angle_deg: float
    depth_assumed: bool

    @property
    def axis_m(self) -> float:
        """Depth of the pipe's axis [m]."""
        return self.cover_m + self.diameter_m / 2


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of pipe that runs along a route within reach; ``offset_m`` to the right of it is positive."""

    link: int
    from_m: float
    to_m: float
    from_cover_m: float
    to_cover_m: float
    diameter_m: float
    offset_m: float
    depth_assumed: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """A chamber beside a route, by its index among the chambers."""

    chamber: int
    station_m: float
    offset_m: float


@dataclass(frozen=True, slots=True)
class Clearance:
    """Free space between two crossings that follow each other, wall to wall [m]; below zero they overlap there.

    ``first`` and ``second`` are positions in the list of crossings.
    """

    first: int
    second: int
    horizontal_m: float
    vertical_m: float


def route_length(route: Floats) -> float:
    """Length of a broken line (n, 2) [m]."""
    return float(np.hypot(*np.diff(route, axis=0).T).sum())


def crossings(tubes: Tubes, route: Floats) -> list[Crossing]:
    """Every crossing, in the order of the route; a joint that lies on the route counts once."""
    found: list[Crossing] = []
    for begin, a, b in _legs(route):
        along, aside, length = _frame(tubes, a, b)
        # Half open on the tube and on the leg, so that joints and corners are met once.
        through = (aside[:, 0] < 0) != (aside[:, 1] < 0)
        rows = np.flatnonzero(through)
        share = aside[rows, 0] / (aside[rows, 0] - aside[rows, 1])
        station = along[rows, 0] + share * (along[rows, 1] - along[rows, 0])
        for row, part, at in zip(rows, share, station, strict=True):
            last = begin + length >= route_length(route) - 1e-9
            if 0 <= at < length or (last and at == length):
                met = _crossing(tubes, int(row), float(part), begin + float(at), aside[row])
                found += [met] if met is not None else []
    return sorted(found, key=lambda crossing: (crossing.station_m, crossing.cover_m))


def _legs(route: Floats) -> list[tuple[float, Floats, Floats]]:
    begin = 0.0
    legs = []
    for a, b in pairwise(route):
        length = float(np.hypot(*(b - a)))
        if length > 0:
            legs.append((begin, a, b))
        begin += length
    return legs


def _frame(tubes: Tubes, a: Floats, b: Floats) -> tuple[Floats, Floats, float]:
    """Ends of tubes along a leg and to its right, both (n_tubes, 2) [m], and the leg's length."""
    length = float(np.hypot(*(b - a)))
    ahead = (b - a) / length
    right = np.array([ahead[1], -ahead[0]])
    ends = np.stack([tubes.start[:, :2] - a, tubes.end[:, :2] - a], axis=1)
    return ends @ ahead, ends @ right, length


def _crossing(tubes: Tubes, row: int, share: float, station: float, aside: npt.NDArray[np.float64]) -> Crossing | None:
    """The crossing of one tube; None for one that runs along."""
    run = tubes.end[row] - tubes.start[row]
    sine = abs(float(aside[1] - aside[0])) / float(np.hypot(run[0], run[1]))
    if sine < LEAST_SINE:
        return None
    axis = -float(tubes.start[row, 2] + share * run[2])
    radius = float(tubes.radius[row])
    return Crossing(
        link=int(tubes.link[row]),
        station_m=station,
        cover_m=axis - radius,
        diameter_m=2 * radius,
        half_width_m=radius / sine,
        angle_deg=degrees(asin(min(sine, 1.0))),
        depth_assumed=bool(tubes.flags[row] & DEPTH_ASSUMED),
    )


def runs(tubes: Tubes, route: Floats, reach_m: float) -> list[Run]:
    """Pieces of pipes that run along within reach, cut to the legs they run along, in the order of the route."""
    found: list[Run] = []
    for begin, a, b in _legs(route):
        along, aside, length = _frame(tubes, a, b)
        plan = np.maximum(np.hypot(along[:, 1] - along[:, 0], aside[:, 1] - aside[:, 0]), 1e-9)
        slant = np.abs(aside[:, 1] - aside[:, 0]) / plan
        near = (np.abs(aside).max(axis=1) <= reach_m) & (slant < ALONG_SINE)
        overlaps = (along.max(axis=1) > 0) & (along.min(axis=1) < length)
        for row in np.flatnonzero(near & overlaps):
            found.append(_run(tubes, int(row), begin, along[row], aside[row], length))
    return sorted(found, key=lambda run: (run.from_m, run.offset_m))


def _run(tubes: Tubes, row: int, begin: float, along: Floats, aside: Floats, length: float) -> Run:
    order = np.argsort(along)
    stations = along[order]
    covers = -np.array([tubes.start[row, 2], tubes.end[row, 2]])[order] - tubes.radius[row]
    low, high = max(float(stations[0]), 0.0), min(float(stations[1]), length)
    cover = np.interp([low, high], stations, covers)
    return Run(
        link=int(tubes.link[row]),
        from_m=begin + low,
        to_m=begin + high,
        from_cover_m=float(cover[0]),
        to_cover_m=float(cover[1]),
        diameter_m=2 * float(tubes.radius[row]),
        offset_m=float(aside.mean()),
        depth_assumed=bool(tubes.flags[row] & DEPTH_ASSUMED),
    )


def passed(chambers: Chambers, route: Floats, reach_m: float) -> list[Passed]:
    """Chambers within reach of a route, each at its nearest place on it."""
    best: dict[int, Passed] = {}
    for begin, a, b in _legs(route):
        length = float(np.hypot(*(b - a)))
        ahead = (b - a) / length
        there = chambers.place - a
        along = np.clip(there @ ahead, 0, length)
        distance = np.hypot(*(there - along[:, None] * ahead).T)
        side = np.where(there @ np.array([ahead[1], -ahead[0]]) < 0, -1.0, 1.0)
        for row in np.flatnonzero(distance <= reach_m):
            known = best.get(int(row))
            if known is None or distance[row] < abs(known.offset_m):
                best[int(row)] = Passed(int(row), begin + float(along[row]), float(side[row] * distance[row]))
    return sorted(best.values(), key=lambda one: one.station_m)


def clearances(met: Sequence[Crossing]) -> list[Clearance]:
    """Free space between neighbours along a route; ``met`` is in the route's order."""
    told = []
    for i, (first, second) in enumerate(pairwise(met)):
        horizontal = second.station_m - first.station_m - first.half_width_m - second.half_width_m
        apart = abs(second.axis_m - first.axis_m)
        told.append(Clearance(i, i + 1, horizontal, apart - (first.diameter_m + second.diameter_m) / 2))
    return told
