"""How old water is where it comes to: time since it left a source, mixed where pipes meet."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array, eye_array
from scipy.sparse.linalg import spsolve

from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork

Floats = npt.NDArray[np.float64]
LEAST_M3S = 1e-7
"""Water in a link that carries less counts as standing [m3/s]."""
OLDEST_S = 5 * 86_400.0
"""Age told for water that stands or comes from nowhere [s]."""


def water_age(network: PipeNetwork, flow: Floats, tank_age_s: float = 6 * 3600.0) -> Floats:
    """Age at every node [s] (n_nodes,) for steady flows (n_links,) [m3/s]; a tank adds ``tank_age_s`` to its own.

    Each node's age is the mean of what arrives, weighted by flow, each part older by its time in the pipe: one linear
    system. Sources are 0; nodes that nothing reaches are ``OLDEST_S``, which is also the most.
    """
    links, n = network.links, len(network.nodes)
    moving = np.abs(flow) > LEAST_M3S
    source = np.where(flow >= 0, links.start, links.end)[moving]
    target = np.where(flow >= 0, links.end, links.start)[moving]
    carried = np.abs(flow[moving])
    pipe = links.kind[moving] == LinkKind.PIPE
    volume = np.where(pipe, links.length[moving] * np.pi / 4 * links.diameter[moving] ** 2, 0.0)
    into = np.bincount(target, weights=carried, minlength=n)
    fixed = (network.nodes.kind == NodeKind.RESERVOIR) | (into <= 0)
    share = np.where(fixed[target], 0.0, carried / np.maximum(into[target], LEAST_M3S))
    system = eye_array(n) - coo_array((share, (target, source)), shape=(n, n))
    added = np.bincount(target, weights=share * volume / carried, minlength=n)
    added[network.nodes.kind == NodeKind.TANK] += tank_age_s
    added[(into <= 0) & (network.nodes.kind == NodeKind.JUNCTION)] = OLDEST_S
    age = np.asarray(spsolve(csc_array(system), added))
    return np.clip(np.where(np.isnan(age), OLDEST_S, age), 0.0, OLDEST_S)
