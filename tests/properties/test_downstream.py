"""The part downstream of a place, against trying every walk."""

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chengmai.network.downstream import downstream
from chengmai.network.pipe_network import PipeNetwork
from tests.pipe_networks import pipe_network

Pair = tuple[int, int, float]


@st.composite
def flowing(draw: st.DrawFn) -> tuple[PipeNetwork, np.ndarray]:
    n = draw(st.integers(2, 9))
    ends = st.integers(0, n - 1)
    flow = st.sampled_from([-2.0, -0.5, 0.0, 0.5, 3.0])
    pairs: list[Pair] = draw(st.lists(st.tuples(ends, ends, flow), min_size=1, max_size=14))
    links = [(f"p{i}", f"n{a}", f"n{b}", 1.0, 0.1) for i, (a, b, _) in enumerate(pairs)]
    return pipe_network({f"n{i}": {} for i in range(n)}, links), np.array([q for _, _, q in pairs])


def by_walks(
    network: PipeNetwork, flow: np.ndarray, nodes: Iterable[int], links: Iterable[int]
) -> tuple[set[int], set[int]]:
    """Closure by repeated passes over all links: slow and plain."""
    wet, passed = set(nodes), set(links)
    while True:
        before = len(wet), len(passed)
        for link, q in enumerate(flow):
            start, end = int(network.links.start[link]), int(network.links.end[link])
            source, target = (start, end) if q > 0 else (end, start)
            if q and source in wet:
                passed.add(link)
            if q and link in passed:
                wet.add(target)
        if (len(wet), len(passed)) == before:
            return wet, passed


@given(flowing(), st.data())
def test_downstream_is_what_walking_finds(made: tuple[PipeNetwork, np.ndarray], data: st.DataObject) -> None:
    network, flow = made
    nodes = data.draw(st.lists(st.integers(0, len(network.nodes) - 1), max_size=2))
    links = data.draw(st.lists(st.integers(0, len(network.links) - 1), max_size=2))
    found = downstream(network, flow, nodes, links)
    assert (set(found.nodes.tolist()), set(found.links.tolist())) == by_walks(network, flow, nodes, links)
    assert np.all(np.diff(found.nodes) > 0)
    assert np.all(np.diff(found.links) > 0)
