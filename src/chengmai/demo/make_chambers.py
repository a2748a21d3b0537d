"""Digs the demonstration city's chambers of storm drains, sewers, power and telecom beside the gas pipes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from chengmai.demo.laying import Edge, Floats, Streets, spread, way_back, write_table


@dataclass(frozen=True)
class ChamberKind:
    """How one kind of chamber network is dug.

    ``point`` and ``line`` begin the codes; chambers lie ``aside_m`` of the water pipe, ``spacing_m`` apart at most, and
    are ``well_m`` deep, least and most; ``hubs`` places are joined along streets until there are ``most`` chambers.
    """

    code: str
    point: str
    line: str
    aside_m: float
    spacing_m: float
    well_m: tuple[float, float]
    areas_m2: tuple[float, ...]
    sizes: tuple[str, ...]
    material: str
    embedding: str
    stands: tuple[str, ...]
    hubs: int
    most: int
    belongs: str


KINDS: dict[str, ChamberKind] = {
    "storm": ChamberKind("YS", "ys", "ysp", 5.2, 42.0, (1.8, 3.2), (0.79, 1.13, 1.77), ("400", "500", "600", "800"),
                  "钢筋混凝土", "直埋", ("检查井", "检查井", "雨水篦"), 9, 210, "排水管理处"),
    "sewer": ChamberKind("WS", "ws", "wsp", -6.4, 40.0, (2.4, 4.6), (0.79, 1.13, 2.25), ("300", "400", "500", "600"),
                  "HDPE", "直埋", ("检查井", "检查井", "检查井", "沉泥井"), 8, 200, "排水管理处"),
    "power": ChamberKind("DL", "dl", "dlp", 3.5, 55.0, (1.6, 2.4), (2.4, 3.6, 5.4), ("500x400", "600x400", "800x500"),
                  "MPP", "管块", ("工作井", "工作井", "人孔井"), 8, 160, "供电公司"),
    "telecom": ChamberKind("TX", "tx", "txp", -1.9, 50.0, (1.3, 2.0), (0.8, 1.6, 2.4),
                           ("300x200", "400x200", "400x300"),
                    "PVC", "管块", ("手孔", "人孔", "人孔"), 8, 170, "通信运营商"),
}  # fmt: skip


@dataclass(frozen=True)
class Chamber:
    """One chamber: northing, easting, ground [m], well depth [m], plan area [m2]."""

    north: float
    east: float
    ground: float
    well_m: float
    area_m2: float


def dig(
    streets: Streets, kind: ChamberKind, near: Sequence[Edge], first: int
) -> tuple[list[Chamber], list[Edge], list[str]]:
    """Chambers along streets that have gas pipes, the conduits between them and the conduits' streets."""
    places = sorted({place for edge in near for place in edge})
    hubs = spread(streets, places, kind.hubs, places[first % len(places)])
    far, before = streets.distances(hubs, near)
    followed: dict[Edge, None] = {}
    for i, hub in enumerate(hubs):
        for other in sorted(
            (one for one in hubs if one != hub and np.isfinite(far[i, one])), key=lambda one: far[i, one]
        )[:2]:
            followed |= dict.fromkeys(way_back(before[i], other))
    return _along(streets, kind, list(followed))


def _along(streets: Streets, kind: ChamberKind, edges: list[Edge]) -> tuple[list[Chamber], list[Edge], list[str]]:
    """One chamber at each place, and between them no farther apart than the spacing, until there are enough."""
    at: dict[int, int] = {}
    chambers: list[Chamber] = []
    conduits: list[Edge] = []
    addresses: list[str] = []

    def put(north: float, east: float, ground: float) -> int:
        number = len(chambers)
        depth = kind.well_m[0] + (kind.well_m[1] - kind.well_m[0]) * (number * 37 % 23) / 22
        chambers.append(Chamber(north, east, ground, round(depth, 2), kind.areas_m2[number * 7 % len(kind.areas_m2)]))
        return number

    for a, b in edges:
        if len(chambers) >= kind.most:
            break
        for place in (a, b):
            if place not in at:
                at[place] = put(*streets.beside(place, kind.aside_m), float(streets.ground[place]))
        steps = max(1, int(np.ceil(streets.length((a, b)) / kind.spacing_m)))
        ends = [np.array([*streets.beside(place, kind.aside_m), streets.ground[place]]) for place in (a, b)]
        chain = [at[a]]
        for step in range(1, steps):
            share: Floats = ends[0] + (ends[1] - ends[0]) * step / steps
            chain.append(put(float(share[0]), float(share[1]), float(share[2])))
        chain.append(at[b])
        conduits += list(pairwise(chain))
        addresses += [streets.address((a, b))] * steps
    return chambers, conduits, addresses


POINT_COLUMNS = ("exp_no", "x", "y", "high", "feature", "subsid", "well_deep", "area", "belong")
LINE_COLUMNS = (
    *("code", "start", "end", "start_depth", "end_depth", "material", "size", "embedding", "measured", "data_source"),
    *("status", "belong", "address"),
)


def write(folder: Path, kind: ChamberKind, chambers: list[Chamber], conduits: list[Edge], addresses: list[str]) -> None:
    """The tables of one chamber survey."""
    write_table(folder, kind.code, "Point", POINT_COLUMNS, _points(kind, chambers, conduits))
    write_table(folder, kind.code, "Line", LINE_COLUMNS, _lines(kind, chambers, conduits, addresses))


def _points(kind: ChamberKind, chambers: list[Chamber], conduits: list[Edge]) -> Iterator[list[str]]:
    meeting: dict[int, int] = defaultdict(int)
    for edge in conduits:
        for number in edge:
            meeting[number] += 1
    words = {1: "起讫点", 2: "", 3: "三通", 4: "四通", 5: "五通"}
    for number, chamber in enumerate(chambers):
        yield [
            f"{kind.point}{number + 1}",
            *(f"{value:.3f}" for value in (chamber.north, chamber.east, chamber.ground)),
            words.get(meeting[number], "多通"),
            kind.stands[number * 5 % len(kind.stands)],
            f"{chamber.well_m:g}",
            f"{chamber.area_m2:g}",
            kind.belongs,
        ]


def _lines(
    kind: ChamberKind, chambers: list[Chamber], conduits: list[Edge], addresses: list[str]
) -> Iterator[list[str]]:
    for i, ((a, b), street) in enumerate(zip(conduits, addresses, strict=True)):
        size = kind.sizes[len(street) * 5 % len(kind.sizes)]
        height = float(size.rpartition("x")[2]) / 1000
        tops = [max(chamber.well_m - height - 0.25, 0.5) for chamber in (chambers[a], chambers[b])]
        # Drains are surveyed to the lowest point inside them, ducts to their top.
        depths = [f"{top + height if kind.code in ('YS', 'WS') else top:.2f}" for top in tops]
        laid = str(1994 + i * 3 % 28)
        yield [
            f"{kind.line}{i + 1}",
            f"{kind.point}{a + 1}",
            f"{kind.point}{b + 1}",
            *depths,
            kind.material,
            size,
            kind.embedding,
            laid,
            "探测",
            "现有",
            kind.belongs,
            street,
        ]
