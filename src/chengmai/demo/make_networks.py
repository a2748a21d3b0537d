"""Makes the tables of gas, heat, chambers, valves and users: ``python -m chengmai.demo.make_networks``.

All of it is worked out from the shipped water survey (``make_survey``); the same survey gives the same tables.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chengmai.demo import make_chambers, make_gas, make_heat, make_supply
from chengmai.demo.laying import DATA, Edge, Streets, streets_of, water_survey
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.utilities import Utility

HOUSEHOLD_M3_PER_DAY = 0.36
"""What a household draws of water (assumed): the water survey tells draws, not people."""


@dataclass(frozen=True)
class TownFolk:
    """Who lives and works where, by place under the street: households, water that shops draw [m3/h], factories."""

    households: dict[int, int]
    trade: dict[int, float]
    factories: list[int]


def main(data: Path = DATA) -> None:
    """Write all tables into the package's data folder."""
    water = water_survey()
    streets = streets_of(water)
    town = people_of(water)
    keys = make_supply.key_places(streets)
    gas = make_gas.plan(streets, town.households, town.trade, town.factories)
    gas_code = make_gas.write(data / "gas", gas, streets)
    heat = make_heat.plan(streets, town.households, town.trade)
    heat_code = make_heat.write(data / "heat", heat, streets)
    gas_streets = sorted({_edge(start[0], end[0]) for start, end in gas.pipes})
    for first, (name, kind) in enumerate(make_chambers.KINDS.items()):
        make_chambers.write(data / name, kind, *make_chambers.dig(streets, kind, gas_streets, first * 97))
    for name, utility, code, valve, sectional in (
        ("survey", Utility.WATER, "JS", "v", 0),
        ("gas", Utility.GAS, "RQ", "gv", 9),
        ("heat", Utility.HEAT, "RS", "hv", 3),
    ):
        make_supply.write_valves(data / name, code, _read(data / name, utility), valve, sectional)
    stations = make_heat.station_names(heat, streets)
    _write_water_users(data, water, town, keys, stations, streets)
    low = {place: gas_code[place, low] for place, low in gas.nodes if low}
    named = [(point, key.name, key.category, 1) for key, point in _at(keys, low, streets)]
    high = {place: gas_code[place, low_] for place, low_ in gas.nodes if not low_}
    _write_users(data / "gas", "RQ", "gu", named, town, low, high, streets)
    stations_code = {place: heat_code[place] for place in heat.heat_kw}
    named = [(stations_code[place], f"{name}供热区", "居民", heat.households[place]) for place, name in stations.items()
             if heat.households[place]]  # fmt: skip
    named += [(point, key.name, key.category, 1) for key, point in _at(keys, stations_code, streets)]
    make_supply.write_users(data / "heat", "RS", "hu", named, {}, {})


def people_of(water: PipeNetwork) -> TownFolk:
    """Households, shops and factories, told from what each point draws of water."""
    households: dict[int, int] = defaultdict(int)
    trade: dict[int, float] = defaultdict(float)
    factories = []
    for node, base, category in zip(water.demands.node, water.demands.base, water.demands.category, strict=True):
        drawn = float(base) * 3600
        if category == "居民":
            households[int(node)] += max(1, round(drawn * 24 / HOUSEHOLD_M3_PER_DAY))
        elif category == "商业":
            trade[int(node)] += drawn
        else:
            factories.append(int(node))
    return TownFolk(households, trade, factories)


def _edge(a: int, b: int) -> Edge:
    return (a, b) if a < b else (b, a)


def _read(folder: Path, utility: Utility) -> PipeNetwork:
    tables, _ = tables_of(folder.name, pack_folder(folder))
    return read_survey(tables, folder.name, utility)[0]


def _at(
    keys: Iterable[make_supply.KeyPlace], code: Mapping[int, str], streets: Streets
) -> Iterable[tuple[make_supply.KeyPlace, str]]:
    """Each key place with the point of a network that is nearest to it."""
    nearest = _nearest(code, streets)
    return [(key, code[nearest(key.place)]) for key in keys]


def _nearest(code: Mapping[int, str], streets: Streets) -> Callable[[int], int]:
    places = np.array(sorted(code))

    def find(place: int) -> int:
        away = np.hypot(streets.north[places] - streets.north[place], streets.east[places] - streets.east[place])
        return int(places[np.argmin(away)])

    return find


def _write_water_users(
    data: Path,
    water: PipeNetwork,
    town: TownFolk,
    keys: list[make_supply.KeyPlace],
    stations: Mapping[int, str],
    streets: Streets,
) -> None:
    code = {place: str(water.nodes.code[place]) for place in range(len(water.nodes))}
    named = [(code[key.place], key.name, key.category, 1) for key in keys]
    named += [(code[place], name, "热力站", 1) for place, name in stations.items()]
    _write_users(data / "survey", "JS", "u", named, town, code, code, streets)


def _write_users(
    folder: Path,
    code: str,
    prefix: str,
    named: list[tuple[str, str, str, int]],
    town: TownFolk,
    points: Mapping[int, str],
    works: Mapping[int, str],
    streets: Streets,
) -> None:
    """Named places, and everybody else at the point of the network nearest to them; factories at those of ``works``."""
    nearest, nearest_works = _nearest(points, streets), _nearest(works, streets)
    counted: dict[str, dict[str, int]] = {"居民": defaultdict(int), "商业": defaultdict(int), "工业": defaultdict(int)}
    for place, households in town.households.items():
        counted["居民"][points[nearest(place)]] += households
    for place, drawn in town.trade.items():
        counted["商业"][points[nearest(place)]] += max(1, round(drawn * 12))
    for place in town.factories:
        counted["工业"][works[nearest_works(place)]] += 1
    street = {point: streets.address((place, place)) for place, point in [*points.items(), *works.items()]}
    make_supply.write_users(folder, code, prefix, named, counted, street)


if __name__ == "__main__":
    main()
