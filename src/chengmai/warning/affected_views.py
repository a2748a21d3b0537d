"""Whom an alarm concerns, as its door gives it."""

from collections import Counter

import numpy as np
from ninja import Schema

from chengmai.network.customers import KEY_CATEGORIES
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.warning.affected import Affected

MOST_PATHS = 3000
"""Pipes drawn at most; the figures count all of them."""


class AffectedPlace(Schema):
    """A customer who must be told first: a hospital, a school, a heat station."""

    code: str
    name: str
    category: str
    users: int
    longitude: float
    latitude: float


class AffectedCategory(Schema):
    """How many connections of a category, and users behind them."""

    category: str
    connections: int
    users: int


class AffectedStation(Schema):
    """A heat exchange station in the affected part."""

    code: str
    name: str
    building_class: str
    heat_kw: float
    users: int


class OutageOut(Schema):
    """How fast the rooms of a class of buildings cool: [hours, degC] points; null: they never fall below 18 degC."""

    building_class: str
    stations: int
    users: int
    cold_after_h: float | None
    points: list[tuple[float, float]]


class AffectedOut(Schema):
    """Whom an alarm concerns: the part of the network downstream of its place.

    ``known`` is false where there is no such part: another kind of network, or a place the network does not have.
    ``paths`` are the pipes' lines in degrees; ``outages`` are told for heat only, with the temperatures they start at.
    """

    known: bool
    utility: Utility | None = None
    place: str = ""
    pipes: int = 0
    length_m: float = 0.0
    connections: int = 0
    users: int = 0
    categories: list[AffectedCategory] = []
    key_places: list[AffectedPlace] = []
    stations: list[AffectedStation] = []
    outages: list[OutageOut] = []
    outdoor_c: float | None = None
    room_c: float | None = None
    paths: list[list[tuple[float, float]]] = []


def affected_out(affected: Affected | None) -> AffectedOut:
    """The figures, the places and the lines of an affected part."""
    if affected is None:
        return AffectedOut(known=False)
    network, part, customers = affected.network, affected.part, affected.network.customers
    mine = affected.customers
    users: Counter[str] = Counter()
    connections: Counter[str] = Counter()
    for one in mine:
        category = str(customers.category[one])
        connections[category] += 1
        users[category] += int(customers.users[one])
    return AffectedOut(
        known=True,
        utility=affected.utility,
        place=affected.place,
        pipes=len(part.links),
        length_m=round(float(network.links.length[part.links].sum()), 1),
        connections=len(mine),
        users=int(customers.users[mine].sum()),
        categories=[
            AffectedCategory(category=category, connections=count, users=users[category])
            for category, count in sorted(connections.items(), key=lambda pair: -users[pair[0]])
        ],
        key_places=_key_places(network, mine),
        stations=[
            AffectedStation(
                code=one.code,
                name=one.name,
                building_class=one.building_class,
                heat_kw=one.heat_kw,
                users=one.users,
            )
            for one in sorted(affected.stations, key=lambda one: -one.users)
        ],
        outages=[
            OutageOut(
                building_class=one.curve.building_class.value,
                stations=one.stations,
                users=one.users,
                cold_after_h=None if one.curve.cold_after_h is None else round(one.curve.cold_after_h, 1),
                points=[
                    (round(float(hour), 2), round(float(room), 2))
                    for hour, room in zip(one.curve.hours, one.curve.room_c, strict=True)
                ],
            )
            for one in affected.outages
        ],
        outdoor_c=None if affected.outdoor_c is None else round(affected.outdoor_c, 1),
        room_c=None if affected.room_c is None else round(affected.room_c, 1),
        paths=[[(float(x), float(y)) for x, y in network.line(int(link))] for link in part.links[:MOST_PATHS]],
    )


def _key_places(network: PipeNetwork, customers: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> list[AffectedPlace]:
    """Those to be told first, the most users first."""
    table = network.customers
    found = [
        AffectedPlace(
            code=str(table.code[one]),
            name=str(table.name[one]),
            category=str(table.category[one]),
            users=int(table.users[one]),
            longitude=float(network.nodes.x[table.node[one]]),
            latitude=float(network.nodes.y[table.node[one]]),
        )
        for one in customers
        if str(table.category[one]) in KEY_CATEGORIES
    ]
    return sorted(found, key=lambda place: -place.users)
