"""What lies downstream of a place: where water that passes it may still come to, by the directions of the flows."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.network.pipe_network import PipeNetwork

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Downstream:
    """A part of a network: positions of its ``nodes`` and ``links``, ascending."""

    nodes: npt.NDArray[np.intp]
    links: npt.NDArray[np.intp]


def downstream(
    network: PipeNetwork,
    flow: Floats,
    nodes: Iterable[int] = (),
    links: Iterable[int] = (),
    still: float = 1e-9,
) -> Downstream:
    """The part of the network that water at some nodes or in some links flows on to, those places included.

    ``flow`` (n_links,) is positive from a link's start to its end, in any unit; links carrying no more than ``still``
    pass nothing on. Linear in the size of the network.
    """
    forward = np.where(flow >= 0, network.links.start, network.links.end)
    onward = np.where(flow >= 0, network.links.end, network.links.start)
    moving = np.abs(flow) > still
    order = np.argsort(forward[moving], kind="stable")
    by_node = np.flatnonzero(moving)[order]
    first = np.searchsorted(forward[by_node], np.arange(len(network.nodes) + 1))
    reached = np.zeros(len(network.nodes), dtype=bool)
    passed = np.zeros(len(network.links), dtype=bool)
    waiting: deque[int] = deque()
    for link in links:
        passed[link] = True
        if moving[link]:
            waiting.append(int(onward[link]))
    waiting.extend(int(node) for node in nodes)
    while waiting:
        node = waiting.popleft()
        if reached[node]:
            continue
        reached[node] = True
        for link in by_node[first[node] : first[node + 1]]:
            passed[link] = True
            waiting.append(int(onward[link]))
    return Downstream(np.flatnonzero(reached), np.flatnonzero(passed))
