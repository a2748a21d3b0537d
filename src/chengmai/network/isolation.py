"""Which valves to close so that a broken pipe is cut off, and whom that leaves without supply.

What must be cut off is the broken zone and everything it runs into through gates that do not work: the *segment*.
Whatever valves are closed, nothing behind the segment alone can be supplied; so what is still reached from a source
without passing the segment is the most that any way of closing valves can leave supplied. It is reached by closing the
working valves around the segment whose other side a source still presses on, and by no smaller set: the smallest
consequence is the same whether users, pipe length or anything else is counted first. Tests compare this with all
subsets of valves on small networks.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order
from shapely import MultiPoint

from chengmai.core.errors import NotFound
from chengmai.network.array_types import Flags, Indices
from chengmai.network.customers import KEY_CATEGORIES
from chengmai.network.pipe_network import LinkKind, PipeNetwork
from chengmai.network.valve_graph import ValveGraph


class IsolationOutcome(StrEnum):
    """What a search for valves came to."""

    ISOLATED = "isolated"
    """The named valves cut it off; none where those already closed do."""
    SOURCE_INSIDE = "source_inside"
    """No working valve stands between the break and a source: the named sources must be stopped as well."""
    NO_VALVES = "no_valves"
    """The network has no working valve at all."""
    UNFED = "unfed"
    """No source reaches it even now: there is nothing to close."""


@dataclass(frozen=True, slots=True)
class ValveConditions:
    """What is known of valves beside the survey, as positions in the network's table of valves.

    ``failed`` do not work; ``shut`` stood closed before this break; ``closed`` were closed because of it, and stay so.
    """

    failed: frozenset[int] = frozenset()
    shut: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()


AS_SURVEYED = ValveConditions()


@dataclass(frozen=True, eq=False)
class Isolation:
    """Valves to close and whom it cuts off, as positions in the network's tables.

    ``valves`` are in the order to close: those nearest to a source first. ``sources`` must be stopped themselves.
    ``segment_nodes`` and ``segment_links`` run empty through the break; ``dry_nodes`` and ``dry_links`` lie outside the
    segment and lose every source with it. ``customers`` are all those cut off who were supplied before,
    ``users`` how many stand behind them, ``key_customers`` those of them that must be told first. ``hull`` is the area
    as a ring of (x, y).
    """

    outcome: IsolationOutcome
    valves: tuple[int, ...]
    sources: tuple[int, ...]
    segment_nodes: Indices
    segment_links: Indices
    dry_nodes: Indices
    dry_links: Indices
    customers: Indices
    key_customers: Indices
    users: int
    segment_length_m: float
    dry_length_m: float
    hull: tuple[tuple[float, float], ...]


def isolate(
    graph: ValveGraph, *, link: str | None = None, node: str | None = None, conditions: ValveConditions = AS_SURVEYED
) -> Isolation:
    """The valves that cut a broken link or node off with the smallest consequence.

    Raises NotFound when the network has no such element.
    """
    network, gates = graph.network, graph.gates
    works = gates.works.copy()
    works[graph.gate_of[list(conditions.failed)]] = False
    open_before = _open(graph, conditions.shut)
    open_now = _open(graph, conditions.shut | conditions.closed)

    inside = _segment(graph, _zones_of(graph, link, node), works)
    outside = ~(inside[gates.near] | inside[gates.far])
    fed = _fed(graph, open_now & outside, graph.source_zone & ~inside)
    pressed = _reached(graph, (open_now | ~works) & outside, graph.source_zone & ~inside)
    rim = works & open_now & (inside[gates.near] != inside[gates.far])
    to_close = np.flatnonzero(rim & (pressed[gates.near] | pressed[gates.far]))
    valves = _in_order(graph, (valve for gate in to_close for valve in gates.valves[gate]), conditions)
    sources = graph.sources[inside[graph.node_zone[graph.sources]]]

    was_fed = _fed(graph, open_before, graph.source_zone)
    lost = was_fed & ~fed & ~inside
    told = _consequence(network, graph, inside, lost, was_fed)
    working = bool(works[graph.gate_of].any())
    outcome = _outcome(working, len(to_close), len(sources), bool(was_fed[inside].any()))
    return Isolation(outcome, valves, tuple(sources.tolist()), *told)


def _outcome(working: bool, to_close: int, sources: int, was_fed: bool) -> IsolationOutcome:
    if sources:
        return IsolationOutcome.SOURCE_INSIDE if working else IsolationOutcome.NO_VALVES
    return IsolationOutcome.ISOLATED if to_close or was_fed else IsolationOutcome.UNFED


def _zones_of(graph: ValveGraph, link: str | None, node: str | None) -> list[int]:
    network = graph.network
    if link is not None:
        if link not in network.link_index:
            raise NotFound("isolation.link_unknown", code=link)
        return sorted({int(zone) for zone in graph.link_zone[:, network.link_index[link]]})
    if node is None or node not in network.node_index:
        raise NotFound("isolation.node_unknown", code=node or "")
    return [int(graph.node_zone[network.node_index[node]])]


def _open(graph: ValveGraph, shut: Collection[int]) -> Flags:
    """Which gates are open when these valves are shut as well: a gate is, while one of its valves is."""
    opened = graph.gates.open.copy()
    surveyed = graph.network.valves.open
    for gate in {int(graph.gate_of[valve]) for valve in shut}:
        opened[gate] = any(surveyed[valve] and valve not in shut for valve in graph.gates.valves[gate])
    return opened


def _segment(graph: ValveGraph, broken: list[int], works: Flags) -> Flags:
    """The broken zones and all that hangs on them through gates that do not work, shape (n_zones,)."""
    first, gate_at = graph.gates_at
    inside = np.zeros(graph.zones, dtype=bool)
    inside[broken] = True
    waiting = list(broken)
    while waiting:
        zone = waiting.pop()
        for gate in gate_at[first[zone] : first[zone + 1]]:
            if works[gate]:
                continue
            for other in (int(graph.gates.near[gate]), int(graph.gates.far[gate])):
                if not inside[other]:
                    inside[other] = True
                    waiting.append(other)
    return inside


def _fed(graph: ValveGraph, passing: Flags, sources: Flags) -> Flags:
    """The zones that sources supply through these gates, each passed only the way it lets through."""
    gates = graph.gates
    both = passing & ~gates.one_way
    return _spread(
        np.concatenate([gates.near[passing], gates.far[both]]),
        np.concatenate([gates.far[passing], gates.near[both]]),
        sources,
    )


def _reached(graph: ValveGraph, passing: Flags, sources: Flags) -> Flags:
    """The zones that these sources may press on: gates nobody relies on are passed both ways."""
    near, far = graph.gates.near[passing], graph.gates.far[passing]
    return _spread(np.concatenate([near, far]), np.concatenate([far, near]), sources)


def _spread(start: Indices, end: Indices, sources: Flags) -> Flags:
    """The zones reached from the sources along these edges, themselves among them."""
    size = len(sources)
    feeding = np.flatnonzero(sources)
    rows = np.concatenate([start, np.full(len(feeding), size)])
    columns = np.concatenate([end, feeding])
    edges = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size + 1, size + 1))
    order = breadth_first_order(csr_array(edges), size, return_predecessors=False)
    reached = np.zeros(size + 1, dtype=bool)
    reached[order] = True
    return reached[:size]


def _in_order(graph: ValveGraph, valves: Iterable[int], conditions: ValveConditions) -> tuple[int, ...]:
    """Valves still open, nearest to a source first, so that the pressure behind the break falls early."""
    known, away = graph.network.valves, graph.source_distance_m
    shut = conditions.shut | conditions.closed
    waiting = [valve for valve in valves if known.open[valve] and valve not in shut]
    return tuple(sorted(waiting, key=lambda valve: (away[known.node[valve]], str(known.code[valve]))))


def _consequence(
    network: PipeNetwork, graph: ValveGraph, inside: Flags, lost: Flags, was_fed: Flags
) -> tuple[Indices, Indices, Indices, Indices, Indices, Indices, int, float, float, tuple[tuple[float, float], ...]]:
    """The fields of an Isolation from ``segment_nodes`` on."""
    links, customers = network.links, network.customers
    pipes = links.kind == LinkKind.PIPE
    first, second = graph.link_zone
    node_in, link_in = inside[graph.node_zone], inside[first] & inside[second]
    node_dry, link_dry = lost[graph.node_zone], (inside | lost)[first] & (inside | lost)[second] & ~link_in
    cut = np.flatnonzero(((inside | lost) & was_fed)[graph.node_zone[customers.node]])
    key = cut[np.isin(customers.category[cut], sorted(KEY_CATEGORIES))]
    return (
        _positions(node_in),
        _positions(link_in),
        _positions(node_dry),
        _positions(link_dry),
        cut.astype(np.int32),
        key.astype(np.int32),
        int(customers.users[cut].sum()),
        float(links.length[link_in & pipes].sum()),
        float(links.length[link_dry & pipes].sum()),
        _hull(network, node_in | node_dry, link_in | link_dry),
    )


def _positions(marked: Flags) -> Indices:
    return np.flatnonzero(marked).astype(np.int32)


def _hull(network: PipeNetwork, nodes: Flags, links: Flags) -> tuple[tuple[float, float], ...]:
    """The convex ring around nodes and the ends of links; a bare line or point where there is no more."""
    there = nodes.copy()
    there[network.links.start[links]] = True
    there[network.links.end[links]] = True
    if not there.any():
        return ()
    area = MultiPoint(np.column_stack([network.nodes.x[there], network.nodes.y[there]])).convex_hull
    ring = area.exterior if area.geom_type == "Polygon" else area
    return tuple((float(x), float(y)) for x, y in ring.coords)
