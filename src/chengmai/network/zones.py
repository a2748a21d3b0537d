"""Pressure zones: parts of a network that rise and fall together, and which of them a regulator or pump feeds."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, PipeNetwork

Zone = int


@dataclass(frozen=True, eq=False)
class Zones:
    """``node`` (n_nodes,) is the zone of each node; ``feeds`` are the zones that a zone's regulators feed."""

    node: npt.NDArray[np.int32]
    feeds: dict[Zone, frozenset[Zone]]

    def below(self, zone: Zone) -> frozenset[Zone]:
        """A zone and every zone that is fed through it."""
        found, waiting = {zone}, deque([zone])
        while waiting:
            for one in self.feeds.get(waiting.popleft(), frozenset()):
                if one not in found:
                    found.add(one)
                    waiting.append(one)
        return frozenset(found)


def pressure_zones(network: PipeNetwork) -> Zones:
    """Nodes joined by open pipes; pumps, valves that hold a pressure or flow, and shut links divide."""
    links = network.links
    joined = (links.kind == LinkKind.PIPE) & (links.status != LinkStatus.CLOSED)
    size = len(network.nodes)
    start, end = links.start[joined], links.end[joined]
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(size, size))
    _, node = connected_components(graph, directed=False)
    zones = node.astype(np.int32)
    feeds: dict[Zone, set[Zone]] = {}
    for link in np.flatnonzero((links.kind != LinkKind.PIPE) & (links.status != LinkStatus.CLOSED)).tolist():
        above, below = int(zones[links.start[link]]), int(zones[links.end[link]])
        if above != below:
            feeds.setdefault(above, set()).add(below)
    return Zones(zones, {zone: frozenset(below) for zone, below in feeds.items()})


def fed_from(network: PipeNetwork, zones: Zones, element: str) -> frozenset[Zone]:
    """The zones that lose their pressure when a regulator, pump or source at an element fails; empty for any other.

    ``element`` is such a link, a node at the outlet of one, or a source.
    """
    links = network.links
    controls = (links.kind != LinkKind.PIPE) & (links.status != LinkStatus.CLOSED)
    found: set[Zone] = set()
    link = network.link_index.get(element)
    if link is not None and controls[link]:
        found |= zones.below(int(zones.node[links.end[link]]))
    node = network.node_index.get(element)
    if node is not None and (controls[links.end == node].any() or network.nodes.kind[node] == NodeKind.RESERVOIR):
        found |= zones.below(int(zones.node[node]))
    return frozenset(found)


def zones_of(network: PipeNetwork, zones: Zones, elements: Iterable[str]) -> frozenset[Zone]:
    """The zones in which elements lie; a link that divides lies in the one it feeds."""
    found = set()
    for element in elements:
        node = network.node_index.get(element)
        link = network.link_index.get(element)
        if node is None and link is not None:
            node = int(network.links.end[link])
        if node is not None:
            found.add(int(zones.node[node]))
    return frozenset(found)


def within_steps(network: PipeNetwork, element: str, steps: int) -> frozenset[str]:
    """Codes of the nodes that at most so many links lead to, the node itself first; empty for an unknown element."""
    first = network.node_index.get(element)
    if first is None:
        return frozenset()
    links, found, edge = network.links, {first}, {first}
    for _ in range(steps):
        at_start, at_end = np.isin(links.start, list(edge)), np.isin(links.end, list(edge))
        reached = {*links.end[at_start].tolist(), *links.start[at_end].tolist()}
        edge = reached - found
        found |= edge
    return frozenset(str(network.nodes.code[node]) for node in found)
