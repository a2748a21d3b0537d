"""Makes the demonstration city's tables from the L-Town model: ``python -m chengmai.demo.make_survey L-TOWN.inp``.

The network is moved into the frame of Jincheng and told as a surveyor would tell it: points with ground heights and
features, lines with depths, tops, sizes and materials, and the tables the hydraulic model needs besides. Streets and
grid cells are drawn around it. Nothing is random: the same model gives the same tables.
"""

import csv
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chengmai.demo.make_streets import Street, draw_streets, nearest_street
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, Options, PipeNetwork
from chengmai.network.projection import JINCHENG_ZONE, to_degrees, to_plane
from chengmai.network.survey_tables import TABLES

Floats = npt.NDArray[np.float64]

CENTRE = (112.85, 35.50)
"""Where the network's middle is laid (longitude, latitude)."""
RAISED_M = 650.0
"""By how much all heights are raised, to lie as high as the city does; pressures do not change by it."""
SENSOR_NODES = (
    *("n1", "n4", "n31", "n54", "n105", "n114", "n163", "n188", "n215", "n229", "n288"),
    *("n296", "n332", "n342", "n410", "n415", "n429", "n458", "n469", "n495", "n506", "n516"),
    *("n519", "n549", "n613", "n636", "n644", "n679", "n722", "n726", "n740", "n752", "n769"),
)
"""Where the town's 33 pressure sensors stand."""
DISTRICT = "140502"
CELL_M = 300.0
"""Side of a grid cell [m]."""
_HERE = Path(__file__).parent / "data"


def main(source: Path) -> None:
    """Write all tables into the package's data folder."""
    network, findings = read_inp(source.read_bytes(), source.name)
    if findings:
        raise SystemExit(f"{source} has findings: {findings[:3]}")
    north, east = plane(network)
    streets = draw_streets(network, north, east)
    folder = _HERE / "survey"
    folder.mkdir(parents=True, exist_ok=True)
    depth = burial_depths(network)
    _write(folder, "Point", point_rows(network, north, east, depth))
    _write(folder, "Line", line_rows(network, depth, north, east, streets))
    _write(folder, "Facility", facility_rows(network))
    _write(folder, "Demand", demand_rows(network))
    _write(folder, "Pattern", pattern_rows(network))
    _write(folder, "Curve", curve_rows(network))
    _write(folder, "Control", control_rows(network))
    _write(folder, "Option", option_rows(network))
    _write_plain(_HERE / "streets.csv", ("name_zh", "name_en", "path"), street_rows(streets))
    _write_plain(_HERE / "cells.csv", ("code", "name", "ring"), cell_rows(north, east))


def plane(network: PipeNetwork) -> tuple[Floats, Floats]:
    """Northing and easting [m] of all nodes, the network's middle at the city's; distances stay what they were."""
    north, east = to_plane(np.array([CENTRE[0]]), np.array([CENTRE[1]]), JINCHENG_ZONE)
    x, y = network.nodes.x, network.nodes.y
    return north[0] + y - (y.min() + y.max()) / 2, east[0] + x - (x.min() + x.max()) / 2


def burial_depths(network: PipeNetwork) -> Floats:
    """Depth of the pipe's top at each node [m]: deeper for larger pipes, a little uneven, as in the ground."""
    largest = np.zeros(len(network.nodes))
    for end in (network.links.start, network.links.end):
        np.maximum.at(largest, end, network.links.diameter)
    uneven = (np.arange(len(network.nodes)) * 37 % 23) / 100
    return np.round(1.0 + largest + uneven, 2)


def features(network: PipeNetwork, north: Floats, east: Floats) -> list[str]:
    """Each node's feature, by how many links meet there, at what angle and of what sizes."""
    links = network.links
    around: dict[int, list[int]] = defaultdict(list)
    for i, (start, end) in enumerate(zip(links.start, links.end, strict=True)):
        around[int(start)].append(i)
        around[int(end)].append(i)
    words = {1: "起讫点", 3: "三通", 4: "四通", 5: "五通"}
    told = []
    for node in range(len(network.nodes)):
        here = around[node]
        if network.nodes.kind[node] != NodeKind.JUNCTION:
            told.append("进出水口")
        elif len(here) == 2:
            told.append(_feature_of_two(network, node, here, north, east))
        else:
            told.append(words.get(len(here), "多通"))
    return told


def _feature_of_two(network: PipeNetwork, node: int, here: list[int], north: Floats, east: Floats) -> str:
    links = network.links
    pipes = [i for i in here if links.kind[i] == LinkKind.PIPE]
    if len(pipes) == 2 and links.diameter[pipes[0]] != links.diameter[pipes[1]]:
        return "变径"
    directions = []
    for i in here:
        other = int(links.end[i] if links.start[i] == node else links.start[i])
        directions.append(math.atan2(east[other] - east[node], north[other] - north[node]))
    turn = abs(math.degrees(directions[0] - directions[1])) % 360
    return "直线点" if abs(turn - 180) < 20 else "弯头"


def _headers(table: str, columns: Sequence[str]) -> list[str]:
    return [TABLES[table][column][0] for column in columns]


POINT_COLUMNS = ("exp_no", "x", "y", "high", "feature", "subsid", "belong", "surveyed")


def point_rows(network: PipeNetwork, north: Floats, east: Floats, depth: Floats) -> Iterable[list[str]]:
    """One row a node: northing, easting with the zone, ground height, feature, what stands there."""
    nodes, links = network.nodes, network.links
    told = features(network, north, east)
    stands = dict.fromkeys(SENSOR_NODES, "测压点")
    for i in np.flatnonzero(links.kind != LinkKind.PIPE):
        what = "泵站" if links.kind[i] == LinkKind.PUMP else "减压阀"
        stands[str(nodes.code[links.start[i]])] = what
    for n in range(len(nodes)):
        code = str(nodes.code[n])
        kind = NodeKind(nodes.kind[n])
        what = {NodeKind.RESERVOIR: "水厂", NodeKind.TANK: "水池"}.get(kind, stands.get(code, ""))
        if not what and told[n] in {"三通", "四通"}:
            what = "阀门井" if n % 3 == 0 else "消火栓" if n % 3 == 1 else ""
        top = nodes.elevation[n] + RAISED_M
        height = f"{top + depth[n]:.3f}"
        yield [code, f"{north[n]:.3f}", f"{east[n]:.3f}", height, told[n], what, "供水公司", "2024-05-20"]


LINE_COLUMNS = (
    *("code", "start", "end", "start_depth", "end_depth", "start_top", "end_top", "material", "size", "length"),
    *("embedding", "roughness", "measured", "data_source", "status", "belong", "address"),
)


def line_rows(
    network: PipeNetwork, depth: Floats, north: Floats, east: Floats, streets: list[Street]
) -> Iterable[list[str]]:
    """One row a pipe."""
    nodes, links = network.nodes, network.links
    for i in np.flatnonzero(links.kind == LinkKind.PIPE):
        start, end = links.start[i], links.end[i]
        tops = [f"{nodes.elevation[node] + RAISED_M:.3f}" for node in (start, end)]
        diameter = links.diameter[i] * 1000
        middle = (north[start] + north[end]) / 2, (east[start] + east[end]) / 2
        yield [
            str(links.code[i]),
            str(nodes.code[start]),
            str(nodes.code[end]),
            f"{depth[start]:.2f}",
            f"{depth[end]:.2f}",
            *tops,
            _material(diameter, links.roughness[i]),
            f"{diameter:g}",
            f"{links.length[i]:.4f}",
            "直埋",
            f"{links.roughness[i]:g}",
            str(1988 + int(i) * 13 % 30 if links.roughness[i] < 130 else 2006 + int(i) * 7 % 15),
            "探测",
            "现有",
            "供水公司",
            nearest_street(streets, *middle),
        ]


def _material(diameter_mm: float, roughness: float) -> str:
    """A material that goes with a pipe's smoothness and size."""
    if roughness < 130:
        return "铸铁" if diameter_mm > 100 else "钢管"
    return "PE" if diameter_mm <= 160 else "球墨铸铁"


FACILITY_COLUMNS = (
    *("code", "kind", "point", "start", "end", "head", "bottom", "initial_level", "min_level", "max_level"),
    *("diameter", "curve", "setting", "name"),
)


def facility_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Sources, tank, pump and pressure valves."""
    nodes, links, tanks = network.nodes, network.links, network.tanks
    vessels = {int(node): i for i, node in enumerate(tanks.node)}
    for i in np.flatnonzero(nodes.kind != NodeKind.JUNCTION):
        code, height = str(nodes.code[i]), f"{nodes.elevation[i] + RAISED_M:g}"
        if nodes.kind[i] == NodeKind.RESERVOIR:
            yield [code, "水厂", code, "", "", height, *[""] * 7, f"{code} 水厂"]
        else:
            tank = vessels[int(i)]
            levels = (tanks.initial_level[tank], tanks.min_level[tank], tanks.max_level[tank], tanks.diameter[tank])
            yield [
                code,
                "水池",
                code,
                "",
                "",
                "",
                height,
                *(f"{value:g}" for value in levels),
                "",
                "",
                f"{code} 高位水池",
            ]
    for i in np.flatnonzero(links.kind != LinkKind.PIPE):
        code, ends = str(links.code[i]), [str(nodes.code[links.start[i]]), str(nodes.code[links.end[i]])]
        if links.kind[i] == LinkKind.PUMP:
            curve = network.curves[links.curve[i]].code
            yield [code, "水泵", "", *ends, *[""] * 6, curve, "", f"{code} 加压泵"]
        else:
            size, setting = f"{links.diameter[i] * 1000:g}", f"{links.setting[i]:g}"
            yield [code, "减压阀", "", *ends, *[""] * 5, size, "", setting, f"{code} 减压阀"]


def demand_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Demands that draw anything, in m3/h."""
    names = {"P-Residential": "居民", "P-Commercial": "商业", "P-Industrial": "工业"}
    demands = network.demands
    for i in np.flatnonzero(demands.base):
        pattern = network.patterns[demands.pattern[i]].code
        node = str(network.nodes.code[demands.node[i]])
        yield [node, f"{demands.base[i] * 3600:.6g}", pattern, names[pattern]]


def pattern_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Patterns, twelve steps (an hour) a row."""
    for pattern in network.patterns:
        for first in range(0, len(pattern.multipliers), 12):
            told = " ".join(f"{value:g}" for value in pattern.multipliers[first : first + 12])
            yield [pattern.code, str(first + 1), told]


def curve_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Pump curves: flow in m3/h, head in m."""
    for curve in network.curves:
        for x, y in zip(curve.x, curve.y, strict=True):
            yield [curve.code, f"{x * 3600:.6g}", f"{y:.6g}"]


def control_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Controls of the pump by the tank's level."""
    for control in network.controls:
        action = {LinkStatus.OPEN: "开", LinkStatus.CLOSED: "关"}[LinkStatus(control.status or 0)]
        yield [control.link, action, control.node, "高于" if control.above else "低于", f"{control.value:g}"]


def option_rows(network: PipeNetwork) -> Iterable[list[str]]:
    """Options that are not the defaults."""
    for option in fields(Options):
        value = getattr(network.options, option.name)
        if value != option.default:
            yield [option.name, f"{value:g}" if isinstance(value, float) else str(value)]


def street_rows(streets: list[Street]) -> Iterable[list[str]]:
    """Street axes in degrees: ``longitude latitude;...``."""
    for street in streets:
        north, east = np.array(street.path).T
        yield [street.name_zh, street.name_en, _degrees(north, east)]


def cell_rows(north: Floats, east: Floats) -> Iterable[list[str]]:
    """Grid cells where something lies, numbered by street office and community: district 6, street 3, community 3,
    cell 3 digits.
    """
    south, west = north.min() - 60, east.min() - 60
    occupied = sorted(
        Counter(
            zip(
                ((north - south) // CELL_M).astype(int).tolist(),
                ((east - west) // CELL_M).astype(int).tolist(),
                strict=True,
            )
        )
    )
    numbers: Counter[tuple[int, int]] = Counter()
    offices = ("西街办", "中街办", "东街办")
    for row, column in occupied:
        office, community = min(column // 4, 2), row // 2 + 1
        numbers[office, community] += 1
        number = numbers[office, community]
        a, b = south + row * CELL_M, west + column * CELL_M
        ring = _degrees(np.array([a, a, a + CELL_M, a + CELL_M, a]), np.array([b, b + CELL_M, b + CELL_M, b, b]))
        code = f"{DISTRICT}{office + 1:03d}{community:03d}{number:03d}"
        yield [code, f"{offices[office]}第{community}社区{number:02d}网格", ring]


def _degrees(north: Floats, east: Floats) -> str:
    longitude, latitude = to_degrees(north, east, JINCHENG_ZONE)
    return ";".join(f"{x:.7f} {y:.7f}" for x, y in zip(longitude, latitude, strict=True))


_COLUMNS: dict[str, tuple[str, ...]] = {
    "Point": POINT_COLUMNS,
    "Line": LINE_COLUMNS,
    "Facility": FACILITY_COLUMNS,
    "Demand": ("point", "base", "pattern", "category"),
    "Pattern": ("code", "first", "multipliers"),
    "Curve": ("code", "x", "y"),
    "Control": ("link", "action", "point", "condition", "value"),
    "Option": ("name", "value"),
}


def _write(folder: Path, table: str, rows: Iterable[Sequence[str]]) -> None:
    _write_plain(folder / f"JS{table}.csv", _headers(table, _COLUMNS[table]), rows)


def _write_plain(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
