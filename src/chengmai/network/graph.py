"""A network as a graph: which parts hang together."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from chengmai.network.pipe_network import NodeKind, PipeNetwork


def parts(network: PipeNetwork) -> npt.NDArray[np.int32]:
    """The number of the connected part each node is in, shape (n_nodes,); valves and pumps connect."""
    links = network.links
    n = len(network.nodes)
    if n == 0:
        return np.zeros(0, dtype=np.int32)
    graph = coo_array((np.ones(len(links)), (links.start, links.end)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int32)


def unfed(network: PipeNetwork) -> list[npt.NDArray[np.int64]]:
    """The parts no source feeds, each as the indices of its nodes, largest first; all parts when there is no source."""
    labels = parts(network)
    fed = np.unique(labels[network.nodes.kind != NodeKind.JUNCTION])
    without = [np.flatnonzero(labels == label) for label in np.setdiff1d(np.unique(labels), fed)]
    return sorted(without, key=lambda nodes: -len(nodes))
