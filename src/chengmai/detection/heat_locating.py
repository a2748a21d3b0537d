"""Which pairs of pipes explain a burst of a heat network: a leak simulated at every node, compared with what was seen.

Where water escapes, pressure falls everywhere as the make-up gives way, and further behind the pipes that carry the
lost water. The first says nothing about the place, so what all sensors have in common is taken off before comparing.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput
from chengmai.detection.locating import Ranking
from chengmai.detection.signals import Element
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork
from chengmai.physics.directions import supply_side
from chengmai.physics.water import WaterModel

Floats = npt.NDArray[np.float64]
KPA_PER_M = 9.5
"""What a metre of hot water presses with [kPa]."""
LEAST_SENSORS = 3
INDEPENDENT = 4.0
"""How many sensors' worth of evidence all of them together bring at most: they share pipes, and the model's errors."""
MODEL_ERROR = 0.15
"""How far the hydraulics may be wrong about a fall, as a share of it."""


def rank_heat_pipes(
    network: PipeNetwork,
    sensors: Sequence[str],
    fall_kpa: Sequence[float],
    noise_kpa: float,
    size_m3h: float,
    circulation_m3h: float,
) -> Ranking:
    """All pairs of pipes, the likeliest first; ``fall_kpa`` at the nodes ``sensors``, ``size_m3h`` lost.

    Raises InvalidInput when fewer than three sensors lie in the network.
    """
    known = [place for place, code in enumerate(sensors) if code in network.node_index]
    if len(known) < LEAST_SENSORS:
        raise InvalidInput("locating.few_sensors", found=len(known), needed=LEAST_SENSORS)
    at = np.array([network.node_index[sensors[place]] for place in known], dtype=np.intp)
    seen = np.array(fall_kpa, dtype=np.float64)[known]
    falls = np.full((len(network.nodes), len(at)), np.nan)
    with WaterModel(supply_side(network, circulation_m3h / 3600)) as model:
        before = model.solve()
        base = before.pressure[at]
        for node in np.flatnonzero(network.nodes.kind == NodeKind.JUNCTION):
            head = max(float(before.pressure[node]), 1.0)
            model.set_emitters({int(node): size_m3h / 3600 / np.sqrt(head)})
            falls[node] = (base - model.solve_at(at)) * KPA_PER_M
    falls[network.nodes.kind != NodeKind.JUNCTION] = 0.0
    pipes = np.flatnonzero(network.links.kind == LinkKind.PIPE)
    first, last = _own(falls[network.links.start[pipes]]), _own(falls[network.links.end[pipes]])
    pattern = (first + last) / 2
    apart = _own(seen) - pattern
    # Where along the pipe it burst is not known: anywhere between its ends.
    spread = noise_kpa**2 + (MODEL_ERROR * np.abs(pattern)) ** 2 + ((first - last) / 2) ** 2
    cost = (apart**2 / spread + np.log(spread)).sum(axis=1)
    order = np.argsort(cost, kind="stable")
    # Sensors err together where the model errs: the sum counts as that of a few independent ones.
    score = np.exp(-(cost - cost[order[0]]) / 2 * min(INDEPENDENT / len(at), 1.0))
    elements = tuple(
        Element(
            str(network.links.code[pipes[one]]), "pipe", round(float(score[one]), 4), *network.midpoint(int(pipes[one]))
        )
        for one in order
    )
    misfit_m = float(np.sqrt((apart[order[0]] ** 2).mean())) / KPA_PER_M
    return Ranking(elements, round(size_m3h, 1), round(misfit_m, 4))


def _own(falls: Floats) -> Floats:
    """Falls less what all sensors share."""
    return np.asarray(falls - falls.mean(axis=-1, keepdims=True))
