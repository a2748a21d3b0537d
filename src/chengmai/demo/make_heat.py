"""Lays the demonstration city's primary heat network: trenches with a supply and a return pipe, source to stations."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chengmai.demo.laying import Edge, Streets, spread, way_back, write_table

SUPPLY_C, RETURN_C, RETURN_KPA, LIFT_KPA = 110.0, 60.0, 800.0, 950.0
"""Temperatures at design load, gauge pressure of the return and lift of the circulation pumps at the source.

The source lies 60 m below the highest station, whose return must stay filled.
"""
STATIONS = 34
FROM_WATER_M = -3.6
KW_PER_HOUSEHOLD = 4.4
"""Design heat of a flat of 95 m2 at 46 W/m2 (assumed)."""
KW_PER_TRADE = 22.0
"""Design heat of shops and offices for each m3/h of water they draw (assumed)."""
CLASSES = ("standard", "heavy", "standard", "light", "standard", "heavy", "hall")
SIZES = (65, 80, 100, 125, 150, 200, 250, 300, 350, 400, 450, 500)
SPEED = 1.25
"""Speed [m/s] up to which a size is taken."""
_J_PER_M3_K = 4.19e6 * 0.97


@dataclass(frozen=True)
class HeatPlan:
    """What is laid: places, edges between them, heat [kW] and households by station's place, in the order of codes."""

    places: list[int]
    trenches: list[Edge]
    heat_kw: dict[int, float]
    households: dict[int, int]
    source: int


def plan(streets: Streets, households: dict[int, int], trade: dict[int, float]) -> HeatPlan:
    """Choose the source, the stations and the ways between, with rings between the outer stations."""
    used = sorted({place for edge in streets.edges for place in edge})
    source = min(used, key=lambda place: (streets.north[place], place))
    stations = spread(streets, used, STATIONS + 1, source)[1:]
    flats: dict[int, int] = defaultdict(int)
    heat: dict[int, float] = defaultdict(float)
    for place, count in households.items():
        station = _nearest(streets, stations, place)
        flats[station] += count
        heat[station] += count * KW_PER_HOUSEHOLD
    for place, water in trade.items():
        heat[_nearest(streets, stations, place)] += water * KW_PER_TRADE
    serving = [place for place in stations if heat[place] > 50.0]
    far, before = streets.distances([source, *serving])
    trenches = {edge for place in serving for edge in way_back(before[0], place)}
    outer = sorted(serving, key=lambda place: -far[0, place])[:10]
    for place in outer:
        row = 1 + serving.index(place)
        trenches |= set(
            way_back(before[row], min((one for one in outer if one != place), key=lambda one: far[row, one]))
        )
    places = dict.fromkeys([source])
    for a, b in sorted(trenches):
        places |= {a: None, b: None}
    kw = {place: float(round(heat[place], -1)) for place in sorted(serving)}
    return HeatPlan(list(places), sorted(trenches), kw, {place: flats[place] for place in kw}, source)


def _nearest(streets: Streets, among: list[int], place: int) -> int:
    return min(among, key=lambda one: (math.hypot(streets.north[one] - streets.north[place],
                                                  streets.east[one] - streets.east[place]), one))  # fmt: skip


def sizes(told: HeatPlan, streets: Streets) -> dict[Edge, int]:
    """Nominal size [mm] of each trench's pipes for the design flow on the shortest way; rings are DN100."""
    _, before = streets.distances([told.source], told.trenches)
    flow: dict[Edge, float] = defaultdict(float)
    for place, kw in told.heat_kw.items():
        for edge in way_back(before[0], place):
            flow[edge] += kw * 1000 / (_J_PER_M3_K * (SUPPLY_C - RETURN_C))
    chosen = {}
    for edge in told.trenches:
        least = math.sqrt(4 * flow.get(edge, 0.0) / math.pi / SPEED) * 1000
        chosen[edge] = max(next((size for size in SIZES if size >= least), SIZES[-1]), 100 if edge not in flow else 0)
    return chosen


def write(folder: Path, told: HeatPlan, streets: Streets) -> dict[int, str]:
    """All tables of the heat survey; the code of each place."""
    code = {place: f"h{i + 1}" for i, place in enumerate(told.places)}
    chosen = sizes(told, streets)
    write_table(folder, "RS", "Point", POINT_COLUMNS, _points(told, streets, code, chosen))
    write_table(folder, "RS", "Line", LINE_COLUMNS, _lines(told, streets, code, chosen))
    write_table(folder, "RS", "Facility", FACILITY_COLUMNS, _facilities(told, streets, code))
    return code


POINT_COLUMNS = ("exp_no", "x", "y", "high", "feature", "subsid", "belong", "surveyed")
LINE_COLUMNS = (
    *("code", "start", "end", "start_depth", "end_depth", "start_top", "end_top", "material", "size", "embedding"),
    *("measured", "data_source", "status", "belong", "address"),
)
FACILITY_COLUMNS = (
    *("code", "kind", "point", "pressure_kpa", "supply_c", "lift_kpa", "heat_kw", "building_class", "name"),
)


def _top(place: int) -> float:
    """Depth of the pipes' top [m]."""
    return 1.35 + place * 41 % 19 / 100


def _points(told: HeatPlan, streets: Streets, code: dict[int, str], chosen: dict[Edge, int]) -> Iterator[list[str]]:
    meeting: dict[int, list[int]] = defaultdict(list)
    for edge in told.trenches:
        for place in edge:
            meeting[place].append(chosen[edge])
    words = {1: "起讫点", 3: "三通", 4: "四通", 5: "五通"}
    for place in told.places:
        north, east = streets.beside(place, FROM_WATER_M - place * 29 % 5 / 50)
        here = meeting[place]
        feature = words.get(len(here), "变径" if len(set(here)) > 1 else "直线点")
        stands = "热源厂" if place == told.source else "热力站" if place in told.heat_kw else ""
        if not stands and len(here) > 2:
            stands = "热力井"
        ground = f"{streets.ground[place]:.3f}"
        yield [code[place], f"{north:.3f}", f"{east:.3f}", ground, feature, stands, "供热公司", "2024-07-02"]


def _lines(told: HeatPlan, streets: Streets, code: dict[int, str], chosen: dict[Edge, int]) -> Iterator[list[str]]:
    for i, (a, b) in enumerate(told.trenches):
        yield [
            f"hp{i + 1}",
            code[a],
            code[b],
            *(f"{_top(place):.2f}" for place in (a, b)),
            *(f"{streets.ground[place] - _top(place):.3f}" for place in (a, b)),
            "预制保温管",
            f"{chosen[a, b]}",
            "直埋" if chosen[a, b] < 300 else "管沟",
            str(1998 + i * 13 % 24),
            "探测",
            "现有",
            "供热公司",
            streets.address((a, b)),
        ]


def _facilities(told: HeatPlan, streets: Streets, code: dict[int, str]) -> Iterator[list[str]]:
    source = code[told.source]
    figures = [f"{value:g}" for value in (RETURN_KPA, SUPPLY_C, LIFT_KPA)]
    yield [source, "热源厂", source, *figures, "", "", "城南热源厂"]
    for i, (place, name) in enumerate(station_names(told, streets).items()):
        yield [
            f"hs{i + 1}",
            "热力站",
            code[place],
            "",
            "",
            "",
            f"{told.heat_kw[place]:g}",
            CLASSES[i % len(CLASSES)],
            name,
        ]


def station_names(told: HeatPlan, streets: Streets) -> dict[int, str]:
    """What people call each station: its street, numbered where a street has several."""
    counted: dict[str, int] = defaultdict(int)
    names = {}
    for place in told.heat_kw:
        edge = next(edge for edge in told.trenches if place in edge)
        street = streets.address(edge).removesuffix("支巷")
        counted[street] += 1
        names[place] = f"{street}{'' if counted[street] == 1 else f'{counted[street]}号'}热力站"
    return names


def total_kw(told: HeatPlan) -> float:
    """Design heat of all stations [kW]."""
    return float(np.sum(list(told.heat_kw.values())))
