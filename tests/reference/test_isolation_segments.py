"""Segments between valves on a network of L-Town's shape, beside WNTR's ``valve_segments``.

WNTR (Klise et al.) cuts the incidence matrix of nodes and links at every valve; we join what no valve parts.
"""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from tests.reference.test_demo_survey import survey
from wntr.metrics.topographic import valve_segments

from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.valve_graph import valve_graph
from chengmai.network.valves import Valves


def as_wntr(network: PipeNetwork, standing: np.ndarray) -> tuple[nx.MultiDiGraph, pd.DataFrame]:
    """The network as WNTR takes it, with the valves that count."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(network.nodes.code.tolist())
    links, valves, code = network.links, network.valves, network.nodes.code
    for link, start, end in zip(links.code.tolist(), links.start, links.end, strict=True):
        graph.add_edge(str(code[start]), str(code[end]), key=link)
    layer = pd.DataFrame({"link": links.code[valves.link[standing]], "node": code[valves.node[standing]]})
    return graph, layer


def with_valves(network: PipeNetwork, share: float, seed: int) -> PipeNetwork:
    """The network with a valve at a share of all ends of its links, one in ten of them not working."""
    rng = np.random.default_rng(seed)
    link = np.repeat(np.arange(len(network.links), dtype=np.int32), 2)
    node = np.stack([network.links.start, network.links.end], axis=1).ravel()
    chosen = rng.random(len(link)) < share
    count = int(chosen.sum())
    code = np.array([f"v{i}" for i in range(count)])
    valves = Valves(code, link[chosen], node[chosen], np.ones(count, dtype=bool), rng.random(count) > 0.1)
    return replace(network, valves=valves)


def parts(nodes: list[int], links: list[int], network: PipeNetwork) -> set[frozenset[str]]:
    """The segments as sets of codes, whatever their numbers."""
    found: dict[int, set[str]] = {}
    for number, code in zip(nodes, network.nodes.code.tolist(), strict=True):
        found.setdefault(number, set()).add(f"node {code}")
    for number, code in zip(links, network.links.code.tolist(), strict=True):
        found.setdefault(number, set()).add(f"link {code}")
    return {frozenset(one) for one in found.values()}


@pytest.mark.parametrize(("share", "seed"), [(0.25, 7), (0.8, 8)])
def test_segments_are_those_wntr_finds(share: float, seed: int) -> None:
    network = with_valves(survey()[0], share, seed)
    by_node, by_link, _ = valve_segments(*as_wntr(network, network.valves.works))
    theirs = parts(
        [int(by_node[code]) for code in network.nodes.code.tolist()],
        [int(by_link[code]) for code in network.links.code.tolist()],
        network,
    )
    nodes, links = valve_graph(network).segments()
    ours = parts(nodes.tolist(), links.tolist(), network)
    assert len(ours) > 50
    assert ours == theirs
