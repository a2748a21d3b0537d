"""A network as the zones between its valves: made once an edition, asked for every break.

A *zone* is what hangs together without passing a gate. A *gate* is where zones meet: isolation valves, the inside of
a link that is shut and that no control opens, or the inside of a link that carries one way only (pumps, check valves,
pressure-reducing and -sustaining valves). Nobody relies on the last to hold a break: they count as not working.
Reservoirs and tanks are sources. Where valves stand on a heat link, which is a trench with a supply and a return pipe,
those at one end are one gate, closed together; elsewhere they stand in a row, and any of them shuts it.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from chengmai.network.array_types import Flags, Floats, Indices
from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, PipeNetwork

ONE_WAY = (LinkKind.PUMP, LinkKind.PRV, LinkKind.PSV)


@dataclass(frozen=True, eq=False)
class Gates:
    """Where zones meet, all arrays (n_gates,): it passes from ``near`` to ``far``, back too unless ``one_way``.

    ``valves`` are the isolation valves that are closed together there, none for the inside of a link.
    """

    near: Indices
    far: Indices
    works: Flags
    open: Flags
    one_way: Flags
    valves: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.near)


@dataclass(frozen=True, eq=False)
class ValveGraph:
    """The zones of a network and the gates between them.

    ``node_zone`` (n_nodes,) and ``link_zone`` (2, n_links) number the zones; a link with a gate inside has a first and
    a second half. ``gate_of`` (n_valves,) is each valve's gate, ``source_zone`` (n_zones,) marks zones with a source.
    """

    network: PipeNetwork
    node_zone: Indices
    link_zone: Indices
    gates: Gates
    gate_of: Indices
    source_zone: Flags

    @property
    def zones(self) -> int:
        """How many zones there are."""
        return len(self.source_zone)

    @cached_property
    def valve_index(self) -> dict[str, int]:
        """Position of each valve by its code."""
        return {str(code): i for i, code in enumerate(self.network.valves.code)}

    @cached_property
    def sources(self) -> Indices:
        """The nodes that feed the network."""
        return np.flatnonzero(self.network.nodes.kind != NodeKind.JUNCTION).astype(np.int32)

    @cached_property
    def gates_at(self) -> tuple[Indices, Indices]:
        """The gates around each zone: those of zone ``z`` are ``second[first[z]:first[z + 1]]``."""
        gates = self.gates
        zone = np.concatenate([gates.near, gates.far])
        gate = np.tile(np.arange(len(gates), dtype=np.int32), 2)
        order = np.argsort(zone, kind="stable")
        first = np.searchsorted(zone[order], np.arange(self.zones + 1)).astype(np.int32)
        return first, gate[order]

    @cached_property
    def source_distance_m(self) -> Floats:
        """How far each node is from the nearest source along the links [m], infinite where none reaches it."""
        network = self.network
        size = len(network.nodes)
        # A zero would say "no edge"; links without a length still connect.
        length = np.maximum(network.links.length, 1e-6)
        ends = np.sort(np.stack([network.links.start, network.links.end]), axis=0)
        order = np.lexsort((length, ends[1], ends[0]))
        ends, length = ends[:, order], length[order]
        shortest = np.ones(len(length), dtype=bool)
        shortest[1:] = np.any(ends[:, 1:] != ends[:, :-1], axis=0)
        graph = csr_array(coo_array((length[shortest], ends[:, shortest]), shape=(size, size)))
        if len(self.sources) == 0:
            return np.full(size, np.inf)
        return np.asarray(dijkstra(graph, directed=False, indices=self.sources, min_only=True), dtype=np.float64)

    def segments(self) -> tuple[Indices, Indices]:
        """The number of the segment each node and each link is in: zones joined where a gate does not work."""
        gates = self.gates
        joined = ~gates.works
        labels = _components(gates.near[joined], gates.far[joined], self.zones)
        return labels[self.node_zone], labels[self.link_zone[0]]


def valve_graph(network: PipeNetwork, paired: bool = False) -> ValveGraph:
    """The zones and gates of a network; ``paired`` for heat, where valves at one end of a link close together."""
    links, nodes, valves = network.links, len(network.nodes), network.valves
    plain = np.arange(nodes, nodes + len(links), dtype=np.int64)
    one_way, shut = _one_way(network), _shut(network)
    parted = np.flatnonzero(one_way | shut)
    near_piece, far_piece = plain, plain.copy()
    far_piece[parted] = np.arange(nodes + len(links), nodes + len(links) + len(parted))
    pieces = nodes + len(links) + len(parted)

    at_end = valves.node != links.start[valves.link] if len(valves) else np.zeros(0, dtype=bool)
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for valve, (link, end) in enumerate(zip(valves.link.tolist(), at_end.tolist(), strict=True)):
        groups[link, end].append(valve)
    free = np.ones((2, len(links)), dtype=np.bool_)
    near: list[int] = []
    far: list[int] = []
    stands: list[tuple[int, ...]] = []
    for (link, end), group in groups.items():
        free[int(end), link] = False
        node = int(links.end[link] if end else links.start[link])
        half = int(far_piece[link] if end else near_piece[link])
        row = [tuple(group)] if paired else [(valve,) for valve in group]
        between = list(range(pieces, pieces + len(row) - 1))
        pieces += len(between)
        near += [node, *between]
        far += [*between, half]
        stands += row

    joined = (
        np.concatenate([links.start[free[0]], links.end[free[1]]]),
        np.concatenate([near_piece[free[0]], far_piece[free[1]]]),
    )
    zone = _components(*joined, pieces)
    gates = Gates(
        zone[np.array([*near, *near_piece[parted]], dtype=np.int64)],
        zone[np.array([*far, *far_piece[parted]], dtype=np.int64)],
        _flags([all(valves.works[list(group)]) for group in stands], shut[parted]),
        _flags([any(valves.open[list(group)]) for group in stands], ~shut[parted]),
        _flags([False for _ in stands], one_way[parted]),
        (*stands, *((),) * len(parted)),
    )
    return ValveGraph(
        network,
        zone[:nodes],
        np.stack([zone[near_piece], zone[far_piece]]),
        gates,
        _gate_of(stands, len(valves)),
        _with_source(network, zone),
    )


def _flags(of_valves: list[bool], of_links: Flags) -> Flags:
    return np.concatenate([np.array(of_valves, dtype=np.bool_), of_links])


def _one_way(network: PipeNetwork) -> Flags:
    links = network.links
    found: Flags = np.isin(links.kind, ONE_WAY) | (links.status == LinkStatus.CHECK)
    return found


def _shut(network: PipeNetwork) -> Flags:
    """Links that are shut and stay so: neither a control nor a rule names them."""
    named = {control.link for control in network.controls} | {word for rule in network.rules for word in rule.split()}
    found: Flags = (network.links.status == LinkStatus.CLOSED) & ~np.isin(network.links.code, sorted(named))
    return found


def _components(start: npt.NDArray[np.integer], end: npt.NDArray[np.integer], size: int) -> Indices:
    graph = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int32)


def _gate_of(stands: list[tuple[int, ...]], valves: int) -> Indices:
    gate_of = np.full(valves, -1, dtype=np.int32)
    for gate, group in enumerate(stands):
        gate_of[list(group)] = gate
    return gate_of


def _with_source(network: PipeNetwork, zone: Indices) -> Flags:
    marked = np.zeros(int(zone.max(initial=-1)) + 1, dtype=bool)
    marked[zone[: len(network.nodes)][network.nodes.kind != NodeKind.JUNCTION]] = True
    return marked
