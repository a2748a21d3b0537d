"""Rows that passed as the arrays of a network."""

from collections.abc import Iterable

import numpy as np

from chengmai.network.array_types import Codes, Indices
from chengmai.network.customers import Customers
from chengmai.network.pipe_network import Demands, Links, Nodes, Tanks
from chengmai.network.records import CustomerRecord, DemandRecord, LinkRecord, NodeRecord, ValveRecord
from chengmai.network.valves import Valves


def indices(values: Iterable[int]) -> Indices:
    """Positions as an array."""
    return np.fromiter(values, dtype=np.int32)


def codes(values: Iterable[str]) -> Codes:
    """Codes as an array of texts, also when there are none."""
    listed = list(values)
    return np.array(listed, dtype=np.str_) if listed else np.zeros(0, dtype="U1")


def node_table(rows: list[NodeRecord], pattern_at: dict[str, int]) -> Nodes:
    """Rows of nodes as arrays."""
    return Nodes(
        code=codes(node.code for node in rows),
        kind=np.array([node.kind for node in rows], dtype=np.int8),
        x=np.array([node.x for node in rows], dtype=float),
        y=np.array([node.y for node in rows], dtype=float),
        elevation=np.array([node.elevation for node in rows], dtype=float),
        head_pattern=indices(pattern_at.get(node.head_pattern, -1) for node in rows),
        emitter=np.array([node.emitter for node in rows], dtype=float),
        attributes=tuple(node.attributes for node in rows),
    )


def tank_table(rows: list[NodeRecord], at: dict[str, int], curve_at: dict[str, int]) -> Tanks:
    """The vessels among rows of nodes as arrays."""
    tanks = [(at[node.code], node.tank) for node in rows if node.tank is not None]
    return Tanks(
        node=indices(node for node, _ in tanks),
        initial_level=np.array([tank.initial_level for _, tank in tanks], dtype=float),
        min_level=np.array([tank.min_level for _, tank in tanks], dtype=float),
        max_level=np.array([tank.max_level for _, tank in tanks], dtype=float),
        diameter=np.array([tank.diameter for _, tank in tanks], dtype=float),
        min_volume=np.array([tank.min_volume for _, tank in tanks], dtype=float),
        volume_curve=indices(curve_at.get(tank.volume_curve, -1) for _, tank in tanks),
        overflow=np.array([tank.overflow for _, tank in tanks], dtype=bool),
    )


def link_table(
    rows: list[LinkRecord], at: dict[str, int], pattern_at: dict[str, int], curve_at: dict[str, int]
) -> Links:
    """Rows of links as arrays, their bends one after the other."""
    offset = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(link.path) for link in rows], out=offset[1:])
    vertices = [vertex for link in rows for vertex in link.path]
    return Links(
        code=codes(link.code for link in rows),
        kind=np.array([link.kind for link in rows], dtype=np.int8),
        start=indices(at[link.start] for link in rows),
        end=indices(at[link.end] for link in rows),
        length=np.array([link.length for link in rows], dtype=float),
        diameter=np.array([link.diameter for link in rows], dtype=float),
        roughness=np.array([link.roughness for link in rows], dtype=float),
        minor_loss=np.array([link.minor_loss for link in rows], dtype=float),
        status=np.array([link.status for link in rows], dtype=np.int8),
        setting=np.array([link.setting for link in rows], dtype=float),
        curve=indices(curve_at.get(link.curve, -1) for link in rows),
        pattern=indices(pattern_at.get(link.pattern, -1) for link in rows),
        power=np.array([link.power for link in rows], dtype=float),
        material=codes(link.material for link in rows),
        path_offset=offset,
        path=np.array(vertices, dtype=float).reshape(-1, 2),
        attributes=tuple(link.attributes for link in rows),
    )


def demand_table(rows: list[DemandRecord], at: dict[str, int], pattern_at: dict[str, int]) -> Demands:
    """Rows of demands as arrays."""
    return Demands(
        node=indices(at[demand.node] for demand in rows),
        base=np.array([demand.base for demand in rows], dtype=float),
        pattern=indices(pattern_at.get(demand.pattern, -1) for demand in rows),
        category=codes(demand.category for demand in rows),
    )


def valve_table(rows: list[ValveRecord], at: dict[str, int], link_at: dict[str, int]) -> Valves:
    """Rows of isolation valves as arrays, in the order of their links."""
    ordered = sorted(rows, key=lambda valve: link_at[valve.link])
    return Valves(
        code=codes(valve.code for valve in ordered),
        link=indices(link_at[valve.link] for valve in ordered),
        node=indices(at[valve.node] for valve in ordered),
        open=np.array([valve.open for valve in ordered], dtype=bool),
        works=np.array([valve.works for valve in ordered], dtype=bool),
    )


def customer_table(rows: list[CustomerRecord], at: dict[str, int]) -> Customers:
    """Rows of customers as arrays, in the order of their nodes."""
    ordered = sorted(rows, key=lambda customer: at[customer.node])
    return Customers(
        code=codes(customer.code for customer in ordered),
        node=indices(at[customer.node] for customer in ordered),
        users=indices(customer.users for customer in ordered),
        category=codes(customer.category for customer in ordered),
        name=codes(customer.name for customer in ordered),
        phone=codes(customer.phone for customer in ordered),
    )
