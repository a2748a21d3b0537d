"""Small networks with valves for tests, told by their pipes; and what a break does there, found by walking."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chengmai.network.customers import Customers
from chengmai.network.pipe_network import (
    Demands,
    LinkKind,
    Links,
    LinkStatus,
    NodeKind,
    Nodes,
    PipeNetwork,
    Tanks,
)
from chengmai.network.valves import Valves


@dataclass(frozen=True)
class Valve:
    """A valve on the pipe ``link`` at its start, or at its end."""

    link: int
    at_end: bool
    open: bool = True
    works: bool = True


@dataclass(frozen=True)
class Pipe:
    """A pipe between two nodes; code ``p<place in the list>``."""

    start: int
    end: int
    length: float = 10.0
    kind: LinkKind = LinkKind.PIPE
    status: LinkStatus = LinkStatus.OPEN


@dataclass(frozen=True)
class Customer:
    """Users at a node; code ``c<place in the list>``."""

    node: int
    users: int = 1
    category: str = "residential"
    phone: str = ""


def small_network(
    nodes: int,
    pipes: Sequence[Pipe],
    valves: Sequence[Valve] = (),
    sources: Iterable[int] = (0,),
    customers: Sequence[Customer] = (),
) -> PipeNetwork:
    """A network of nodes ``n0``, ``n1``... on a circle of some 500 m; ``v<place>`` are its valves."""
    turn = np.linspace(0, 2 * np.pi, nodes, endpoint=False)
    kind = np.full(nodes, NodeKind.JUNCTION, dtype=np.int8)
    kind[list(sources)] = NodeKind.RESERVOIR
    zeros, count = np.zeros(nodes), len(pipes)
    nothing = np.zeros(0, dtype=np.int32)
    start = np.array([pipe.start for pipe in pipes], dtype=np.int32)
    end = np.array([pipe.end for pipe in pipes], dtype=np.int32)
    none = np.full(count, -1, dtype=np.int32)
    return PipeNetwork(
        Nodes(
            np.array([f"n{i}" for i in range(nodes)]),
            kind,
            112.85 + 0.005 * np.cos(turn),
            35.5 + 0.005 * np.sin(turn),
            zeros,
            np.full(nodes, -1, dtype=np.int32),
            zeros,
            tuple({} for _ in range(nodes)),
        ),
        Links(
            np.array([f"p{i}" for i in range(count)]),
            np.array([pipe.kind for pipe in pipes], dtype=np.int8),
            start,
            end,
            np.array([pipe.length for pipe in pipes]),
            np.full(count, 0.2),
            np.full(count, 130.0),
            np.zeros(count),
            np.array([pipe.status for pipe in pipes], dtype=np.int8),
            np.zeros(count),
            none,
            none,
            np.zeros(count),
            np.full(count, "cast iron"),
            np.zeros(count + 1, dtype=np.int32),
            np.zeros((0, 2)),
            tuple({} for _ in range(count)),
        ),
        Tanks(nothing, *(np.zeros(0) for _ in range(5)), nothing, nothing.astype(bool)),
        Demands(nothing, np.zeros(0), nothing, np.zeros(0, dtype="U1")),
        valves=Valves(
            np.array([f"v{i}" for i in range(len(valves))], dtype="U8"),
            np.array([valve.link for valve in valves], dtype=np.int32),
            np.array(
                [pipes[valve.link].end if valve.at_end else pipes[valve.link].start for valve in valves],
                dtype=np.int32,
            ),
            np.array([valve.open for valve in valves], dtype=bool),
            np.array([valve.works for valve in valves], dtype=bool),
        ),
        customers=Customers(
            np.array([f"c{i}" for i in range(len(customers))], dtype="U8"),
            np.array([customer.node for customer in customers], dtype=np.int32),
            np.array([customer.users for customer in customers], dtype=np.int32),
            np.array([customer.category for customer in customers], dtype="U16"),
            np.array([f"c{i}" for i in range(len(customers))], dtype="U8"),
            np.array([customer.phone for customer in customers], dtype="U32"),
        ),
    )


Spot = tuple[str, int]
"""A node, the first half of a link, or its second: ``("n", 3)``, ``("a", 3)``, ``("b", 3)``."""
ONE_WAY = (LinkKind.PUMP, LinkKind.PRV, LinkKind.PSV)


@dataclass(frozen=True)
class Passage:
    """Where one spot meets the next: through valves, the inside of a link, or nothing at all."""

    near: Spot
    far: Spot
    valves: tuple[int, ...] = ()
    one_way: bool = False
    shut: bool = False


class Walker:
    """What flows where in a network when some valves are shut and some do not work, found by walking spot by spot.

    ``paired``: the valves at one end of a link shut it only together.
    """

    def __init__(self, network: PipeNetwork, paired: bool = False, failed: Iterable[int] = ()) -> None:
        self.network, self.paired = network, paired
        self.works = network.valves.works.copy()
        self.works[list(failed)] = False
        links, valves = network.links, network.valves
        standing: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for valve in range(len(valves)):
            standing[int(valves.link[valve]), bool(valves.node[valve] != links.start[valves.link[valve]])].append(valve)
        self.next: dict[Spot, list[tuple[Passage, Spot]]] = defaultdict(list)
        for link in range(len(links)):
            one_way = links.kind[link] in ONE_WAY or links.status[link] == LinkStatus.CHECK
            shut = links.status[link] == LinkStatus.CLOSED
            first: Spot = ("n", int(links.start[link]))
            last: Spot = ("n", int(links.end[link]))
            for passage in (
                Passage(first, ("a", link), tuple(standing[link, False])),
                Passage(("a", link), ("b", link), (), one_way, shut),
                Passage(("b", link), last, tuple(standing[link, True])),
            ):
                self.next[passage.near].append((passage, passage.far))
                self.next[passage.far].append((passage, passage.near))

    def sources(self) -> list[Spot]:
        """Where it is fed."""
        return [("n", int(i)) for i in np.flatnonzero(self.network.nodes.kind != NodeKind.JUNCTION)]

    def broken(self, link: int) -> list[Spot]:
        """The spots of a broken link."""
        return [("a", link), ("b", link)]

    def _holds(self, passage: Passage, shut: frozenset[int], trusted: bool) -> bool:
        if passage.shut:
            return True
        if not passage.valves:
            return False
        one = [valve in shut or not self.network.valves.open[valve] for valve in passage.valves]
        if trusted and self.paired:
            # One that does not work lets the other of its pair be of no use.
            return all(one) and all(self.works[valve] for valve in passage.valves)
        if trusted:
            return any(closed and self.works[valve] for closed, valve in zip(one, passage.valves, strict=True))
        return all(one) if self.paired else any(one)

    def pressed(self, start: Iterable[Spot], shut: Iterable[int]) -> set[Spot]:
        """Where what comes from ``start`` may get to, if nobody relies on what is not known to hold."""
        return self._walk(start, frozenset(shut), trusted=True)

    def supplied(self, shut: Iterable[int], without: Iterable[Spot] = ()) -> set[Spot]:
        """Where a source supplies; a valve that stands shut lets nothing through, whether it works or not."""
        return self._walk([spot for spot in self.sources() if spot not in set(without)], frozenset(shut), trusted=False)

    def _walk(self, start: Iterable[Spot], shut: frozenset[int], trusted: bool) -> set[Spot]:
        found = set(start)
        waiting = list(found)
        while waiting:
            spot = waiting.pop()
            for passage, other in self.next[spot]:
                against = passage.one_way and passage.far == spot and not trusted
                if other not in found and not against and not self._holds(passage, shut, trusted):
                    found.add(other)
                    waiting.append(other)
        return found
