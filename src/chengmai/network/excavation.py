"""What a pit endangers: pipes in it, under it and beside it, chambers and valves at hand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely

from chengmai.network.array_types import Floats
from chengmai.network.tubes import DEPTH_ASSUMED, Chambers, Tubes


class Danger(StrEnum):
    """How a pit meets a pipe, the worst first."""

    STRUCK = "struck"
    """Within the pit and above its bottom."""
    BENEATH = "beneath"
    """Within the pit's outline, deeper than its bottom."""
    PROTECTED = "protected"
    """Beside the pit, nearer than the protection distance."""
    CONTROLLED = "controlled"
    """Beside the pit, nearer than the distance within which its owner is told."""


ORDER = tuple(Danger)


@dataclass(frozen=True, slots=True)
class Endangered:
    """A link that a pit meets.

    ``distance_m`` from the pit's edge to the pipe's wall in plan, 0 within; ``cover_m`` is the least depth of the top
    over the piece concerned; ``under_m`` how far the top lies under the pit's bottom, below zero it stands out of it.
    """

    link: int
    danger: Danger
    distance_m: float
    cover_m: float
    under_m: float
    diameter_m: float
    depth_assumed: bool


def endangered(tubes: Tubes, ring: Floats, depth_m: float, protection_m: Floats, control_m: Floats) -> list[Endangered]:
    """Links that a pit of outline ``ring`` (n, 2) [m] and depth meets, the worst first; one entry a link.

    ``protection_m`` and ``control_m`` are distances for each link, arrays (n_links,).
    """
    pit = shapely.Polygon(ring)
    if len(tubes) == 0:
        return []
    lines = shapely.linestrings(np.stack([tubes.start[:, :2], tubes.end[:, :2]], axis=1))
    distance = np.maximum(shapely.distance(lines, pit) - tubes.radius, 0.0)
    worst: dict[int, Endangered] = {}
    for row in np.flatnonzero(distance <= control_m[tubes.link]):
        found = _met(
            tubes, int(row), lines[row], pit, float(distance[row]), depth_m, float(protection_m[tubes.link[row]])
        )
        known = worst.get(found.link)
        if known is None or _weight(found) < _weight(known):
            worst[found.link] = found
    return sorted(worst.values(), key=_weight)


def _weight(met: Endangered) -> tuple[int, float, float]:
    return ORDER.index(met.danger), met.distance_m, met.cover_m


def _met(
    tubes: Tubes, row: int, line: Any, pit: shapely.Polygon, distance: float, depth_m: float, protection_m: float
) -> Endangered:
    radius = float(tubes.radius[row])
    # A pipe whose axis runs just outside may still reach in with its wall.
    piece = line.intersection(pit.buffer(radius)) if distance == 0 else line
    cover = _least_cover(tubes, row, line, piece)
    if distance > 0:
        danger = Danger.PROTECTED if distance < protection_m else Danger.CONTROLLED
    else:
        danger = Danger.STRUCK if cover < depth_m else Danger.BENEATH
    return Endangered(
        link=int(tubes.link[row]),
        danger=danger,
        distance_m=distance,
        cover_m=cover,
        under_m=cover - depth_m,
        diameter_m=2 * radius,
        depth_assumed=bool(tubes.flags[row] & DEPTH_ASSUMED),
    )


def _least_cover(tubes: Tubes, row: int, line: Any, piece: Any) -> float:
    """The least depth of the top over a piece of a tube: depth runs evenly, so it is that of one of the ends."""
    covers = -np.array([tubes.start[row, 2], tubes.end[row, 2]]) - tubes.radius[row]
    if piece.is_empty or line.length == 0:
        return float(covers.min())
    shares = [line.project(shapely.Point(place)) / line.length for place in shapely.get_coordinates(piece)]
    return float(np.interp(shares, [0.0, 1.0], covers).min())


def chambers_near(chambers: Chambers, ring: Floats, within_m: float) -> list[tuple[int, float]]:
    """Chambers whose middle lies in a pit or within a distance of it, nearest first: index and distance [m]."""
    return places_near(chambers.place, ring, within_m)


def places_near(places: Floats, ring: Floats, within_m: float) -> list[tuple[int, float]]:
    """Of places (n, 2) [m] those in a ring or within a distance of it, nearest first: index and distance [m]."""
    if len(places) == 0:
        return []
    distance = shapely.distance(shapely.points(places), shapely.Polygon(ring))
    rows = np.flatnonzero(distance <= within_m)
    return sorted(((int(row), float(distance[row])) for row in rows), key=lambda found: (found[1], found[0]))
