"""Which pipes lie inside a balance area: what its meters cut off from the rest of the network."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from chengmai.detection.night_balance import BalanceArea
from chengmai.network.pipe_network import PipeNetwork


def links_inside(network: PipeNetwork, area: BalanceArea) -> frozenset[str]:
    """Codes of the links inside an area; empty when the network lacks one of the metered links."""
    if not all(code in network.link_index for code in area.flows):
        return frozenset()
    metered = [network.link_index[code] for code in area.flows]
    keep = np.ones(len(network.links), dtype=bool)
    keep[metered] = False
    start, end = network.links.start, network.links.end
    size = len(network.nodes)
    graph = coo_array((np.ones(int(keep.sum())), (start[keep], end[keep])), shape=(size, size))
    _, zone = connected_components(graph, directed=False)
    inner = {
        int(zone[end[link]] if area.flows[str(network.links.code[link])] > 0 else zone[start[link]]) for link in metered
    }
    inside = np.isin(zone[start], list(inner)) & keep
    return frozenset(str(code) for code in network.links.code[inside])
