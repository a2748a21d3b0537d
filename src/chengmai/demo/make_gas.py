"""Lays the demonstration city's gas network: a trunk of medium pressure in rings, regulators, low-pressure mains."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from chengmai.demo.laying import Edge, Streets, spread, way_back, write_table

SOURCE_KPA = 400.0
"""Gauge pressure the gate station sends out, the upper end of medium pressure A."""
OUTLET_KPA = 2.5
HUBS, DISTRICTS = 13, 24
FROM_WATER_M = 2.0
LOW_SIZES = (80, 100, 125, 150, 200, 250, 300)
TRUNK_SIZES = (150, 200, 250)
LOW_SPEED, TRUNK_SPEED = 1.7, 4.0
"""Speeds [m/s] up to which a size is taken."""
PEAK = 2.4
"""The busiest hour over the mean one."""
PATTERNS = {
    "RQ-Residential": (
        "0.2 0.15 0.12 0.12 0.2 0.6 1.5 1.6 0.9 0.6 0.9 2.1",
        "1.9 0.8 0.5 0.5 0.9 2.0 2.4 1.9 1.3 0.9 0.6 0.4",
    ),
    "RQ-Commercial": (
        "0.1 0.1 0.1 0.1 0.2 0.5 1.0 1.2 1.0 1.2 2.0 2.4",
        "1.9 0.9 0.6 0.8 1.5 2.4 2.3 1.6 1.0 0.6 0.3 0.2",
    ),
    "RQ-Industrial": (
        "0.8 0.8 0.8 0.8 0.8 0.9 1.0 1.1 1.2 1.2 1.2 1.1",
        "1.1 1.2 1.2 1.2 1.2 1.1 1.1 1.0 0.9 0.9 0.8 0.8",
    ),
}
"""Draws by the hour over their mean, two meal times a day (assumed)."""
PER_HOUSEHOLD_M3H = 0.045
"""Mean draw of a household that cooks and heats water with gas [m3/h] (assumed)."""


@dataclass
class GasPlan:
    """What is laid: nodes as (place, is low), edges between nodes, regulators by place, draws by place [m3/h]."""

    nodes: list[tuple[int, bool]]
    pipes: list[tuple[tuple[int, bool], tuple[int, bool]]]
    regulators: list[int]
    draws: dict[tuple[int, bool], list[tuple[float, str, str]]]
    gate: int


def plan(streets: Streets, households: dict[int, int], trade: dict[int, float], factories: Sequence[int]) -> GasPlan:
    """Choose streets for trunk and mains, regulators, and what is drawn where.

    ``households`` and ``trade`` (the water that shops draw [m3/h]) are by place; so are ``factories``.
    """
    gate = int(np.argmax(streets.north))
    used = sorted({place for edge in streets.edges for place in edge})
    gate = max(used, key=lambda place: (streets.north[place], place))
    hubs = spread(streets, used, HUBS, gate)
    trunk = _trunk(streets, hubs)
    on_trunk = sorted({place for edge in trunk for place in edge})
    low_edges = [edge for edge in streets.edges if edge not in trunk]
    touching = {place for edge in low_edges for place in edge}
    regulators = spread(
        streets, [place for place in on_trunk if place in touching and place != gate], DISTRICTS, hubs[1]
    )
    regulators = sorted({place for place in regulators if place in touching and place != gate})
    far, _ = streets.distances(regulators, low_edges)
    nearest = np.argmin(far, axis=0)
    reached = np.isfinite(far.min(axis=0))
    mains = [(a, b) for i, (a, b) in enumerate(low_edges) if reached[a] and (nearest[a] == nearest[b] or i % 6 == 0)]
    nodes: dict[tuple[int, bool], None] = {(gate, False): None}
    pipes = [((a, False), (b, False)) for a, b in sorted(trunk)] + [((a, True), (b, True)) for a, b in mains]
    for start, end in pipes:
        nodes |= {start: None, end: None}
    told = GasPlan(list(nodes), pipes, [place for place in regulators if (place, True) in nodes], {}, gate)
    _draw(told, households, trade, factories, streets)
    return told


def _trunk(streets: Streets, hubs: Sequence[int]) -> set[Edge]:
    """Ways that join each hub to the two nearest hubs, and all hubs to each other."""
    far, before = streets.distances(hubs)
    trunk: set[Edge] = set()
    joined = {hubs[0]}
    while len(joined) < len(hubs):
        _, i, hub = min((far[i, other], i, other) for i, one in enumerate(hubs) if one in joined
                        for other in hubs if other not in joined)  # fmt: skip
        trunk |= set(way_back(before[i], hub))
        joined.add(hub)
    for i, hub in enumerate(hubs):
        for other in sorted((other for other in hubs if other != hub), key=lambda place: far[i, place])[:2]:
            trunk |= set(way_back(before[i], other))
    return trunk


def _draw(
    told: GasPlan, households: dict[int, int], trade: dict[int, float], factories: Sequence[int], streets: Streets
) -> None:
    """Every household's and shop's draw goes to the nearest low-pressure node, a factory's to the trunk."""
    draws: dict[tuple[int, bool], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    low = np.array([place for place, is_low in told.nodes if is_low])
    high = np.array([place for place, is_low in told.nodes if not is_low and place != told.gate])
    for place, count in households.items():
        draws[_nearest(streets, low, place), True]["RQ-Residential"] += count * PER_HOUSEHOLD_M3H
    for place, water in trade.items():
        draws[_nearest(streets, low, place), True]["RQ-Commercial"] += water * 2.0
    for i, place in enumerate(factories):
        draws[_nearest(streets, high, place), False]["RQ-Industrial"] += 120.0 + 40.0 * i
    names = {"RQ-Residential": "居民", "RQ-Commercial": "商业", "RQ-Industrial": "工业"}
    for node in sorted(draws):
        told.draws[node] = [
            (round(value, 2), pattern, names[pattern]) for pattern, value in sorted(draws[node].items())
        ]


def _nearest(streets: Streets, among: npt.NDArray[np.int64], place: int) -> int:
    return int(
        among[
            np.argmin(np.hypot(streets.north[among] - streets.north[place], streets.east[among] - streets.east[place]))
        ]
    )


def sizes(told: GasPlan, streets: Streets) -> tuple[list[int], dict[int, int]]:
    """Nominal sizes [mm] of the pipes, and of the regulators by place, for the flow of the busiest hour.

    Flows are shared out as if every pipe resisted by its length alone: good enough to choose sizes by.
    """
    index = {node: i for i, node in enumerate(told.nodes)}
    drawn = np.zeros(len(index))
    for node, draws in told.draws.items():
        drawn[index[node]] = sum(value for value, _, _ in draws) * PEAK
    low_flow, through = _shared(told, streets, index, drawn, low=True)
    for place, flow in through.items():
        drawn[index[place, False]] += flow
    trunk_flow, _ = _shared(told, streets, index, drawn, low=False)
    chosen = []
    for i, (start, _) in enumerate(told.pipes):
        if start[1]:
            chosen.append(_size(low_flow[i], LOW_SPEED, LOW_SIZES))
        else:
            chosen.append(_size(trunk_flow[i] / (1 + SOURCE_KPA / 101.325), TRUNK_SPEED, TRUNK_SIZES))
    return chosen, {place: _size(flow / 3, 15.0, (50, 80, 100)) for place, flow in through.items()}


def _size(flow_m3h: float, speed: float, offered: Sequence[int]) -> int:
    least = math.sqrt(4 * flow_m3h / 3600 / math.pi / speed) * 1000
    return next((size for size in offered if size >= least), offered[-1])


def _shared(
    told: GasPlan, streets: Streets, index: dict[tuple[int, bool], int], drawn: npt.NDArray[np.float64], low: bool
) -> tuple[npt.NDArray[np.float64], dict[int, float]]:
    """Flow [m3/h] of each pipe of one pressure, and what each regulator gives (low pressure only)."""
    n = len(index)
    feeding = [(place, True) for place in told.regulators] if low else [(told.gate, False)]
    rows, columns, values = [], [], []
    diagonal = np.full(n, 1e-12)
    mine = [i for i, (start, _) in enumerate(told.pipes) if start[1] == low]
    ease = {i: 1 / streets.length((told.pipes[i][0][0], told.pipes[i][1][0])) for i in mine}
    for i in mine:
        a, b = (index[node] for node in told.pipes[i])
        rows += [a, b]
        columns += [b, a]
        values += [-ease[i]] * 2
        diagonal[[a, b]] += ease[i]
    for node in feeding:
        diagonal[index[node]] += 1e3
    matrix = coo_array((values, (rows, columns)), shape=(n, n)).tocsc()
    matrix.setdiag(diagonal)
    wanted = np.array([drawn[index[node]] if node[1] == low else 0.0 for node in told.nodes])
    potential = spsolve(matrix.tocsc(), -wanted)
    flow = np.zeros(len(told.pipes))
    for i in mine:
        a, b = (index[node] for node in told.pipes[i])
        flow[i] = abs(potential[a] - potential[b]) * ease[i]
    return flow, {node[0]: float(-potential[index[node]] * 1e3) for node in feeding} if low else {}


def write(folder: Path, told: GasPlan, streets: Streets) -> dict[tuple[int, bool], str]:
    """All tables of the gas survey; the code of each node."""
    code = {node: f"g{i + 1}" for i, node in enumerate(told.nodes)}
    chosen, regulator_sizes = sizes(told, streets)
    write_table(folder, "RQ", "Point", POINT_COLUMNS, _points(told, streets, code, chosen))
    write_table(folder, "RQ", "Line", LINE_COLUMNS, _lines(told, streets, code, chosen))
    write_table(folder, "RQ", "Facility", FACILITY_COLUMNS, _facilities(told, code, regulator_sizes, streets))
    rows = ((code[node], f"{value:g}", pattern, category) for node, draws in told.draws.items()
            for value, pattern, category in draws)  # fmt: skip
    write_table(folder, "RQ", "Demand", ("point", "base", "pattern", "category"), rows)
    write_table(folder, "RQ", "Pattern", ("code", "first", "multipliers"), _patterns())
    return code


def _patterns() -> Iterator[list[str]]:
    for name, halves in PATTERNS.items():
        for first, told in zip(("1", "13"), halves, strict=True):
            yield [name, first, told]


POINT_COLUMNS = ("exp_no", "x", "y", "high", "feature", "subsid", "belong", "surveyed")
LINE_COLUMNS = (
    *("code", "start", "end", "start_depth", "end_depth", "start_top", "end_top", "material", "size", "embedding"),
    *("pressure_class", "measured", "data_source", "status", "belong", "address"),
)
FACILITY_COLUMNS = ("code", "kind", "point", "start", "end", "pressure_kpa", "outlet_kpa", "diameter", "name")


def _place(told: GasPlan, streets: Streets, node: tuple[int, bool]) -> tuple[float, float, float, float]:
    """Northing, easting, ground, depth of the pipe's top [m]; mains lie a little farther out than the trunk."""
    place, low = node
    north, east = streets.beside(place, FROM_WATER_M + (0.8 if low else 0.0) + place * 37 % 5 / 50)
    return north, east, float(streets.ground[place]), 0.95 + (0.0 if low else 0.3) + place * 53 % 17 / 100


def _points(
    told: GasPlan, streets: Streets, code: dict[tuple[int, bool], str], chosen: list[int]
) -> Iterator[list[str]]:
    meeting: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for (start, end), size in zip(told.pipes, chosen, strict=True):
        meeting[start].append(size)
        meeting[end].append(size)
    for place in told.regulators:
        meeting[place, True].append(0)
        meeting[place, False].append(0)
    words = {1: "起讫点", 3: "三通", 4: "四通", 5: "五通"}
    for node in told.nodes:
        north, east, ground, _ = _place(told, streets, node)
        stands = "门站" if node == (told.gate, False) else "调压箱" if node[0] in told.regulators and node[1] else ""
        here = meeting[node]
        feature = words.get(len(here), ("变径" if len(set(here)) > 1 else "直线点") if len(here) == 2 else "多通")
        yield [code[node], f"{north:.3f}", f"{east:.3f}", f"{ground:.3f}", feature, stands, "燃气公司", "2024-06-11"]


def _lines(
    told: GasPlan, streets: Streets, code: dict[tuple[int, bool], str], chosen: list[int]
) -> Iterator[list[str]]:
    for i, (start, end) in enumerate(told.pipes):
        ends = [_place(told, streets, node) for node in (start, end)]
        low = start[1]
        laid = 2004 + i * 11 % 18 if low else 1996 + i * 7 % 16
        yield [
            f"gp{i + 1}",
            code[start],
            code[end],
            *(f"{depth:.2f}" for _, _, _, depth in ends),
            *(f"{ground - depth:.3f}" for _, _, ground, depth in ends),
            "PE" if low and (laid > 2006 or chosen[i] < 150) else "钢",
            f"{chosen[i]}",
            "直埋",
            "低压" if low else "中压A",
            str(laid),
            "探测",
            "现有",
            "燃气公司",
            streets.address((start[0], end[0])),
        ]


def _facilities(
    told: GasPlan, code: dict[tuple[int, bool], str], regulator_sizes: dict[int, int], streets: Streets
) -> Iterator[list[str]]:
    gate = code[told.gate, False]
    yield [gate, "门站", gate, "", "", f"{SOURCE_KPA:g}", "", "", "城北门站"]
    for i, place in enumerate(told.regulators, start=1):
        ends = [code[place, False], code[place, True]]
        size = str(regulator_sizes[place])
        yield [f"gr{i}", "调压箱", "", *ends, "", f"{OUTLET_KPA:g}", size, f"{i:02d}号区域调压箱"]
