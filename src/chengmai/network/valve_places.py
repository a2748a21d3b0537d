"""Where a valve stands on the map: on its link, a few steps from the end it is next to."""

import numpy as np

from chengmai.core.units import METRES_PER_DEGREE
from chengmai.network.pipe_network import Frame, PipeNetwork

ASIDE_M = 3.0
"""How far from the node a valve is drawn, so that the valves of a crossing can be told apart."""
MOST_SHARE = 0.25


def valve_place(network: PipeNetwork, valve: int) -> tuple[float, float]:
    """The place of a valve as (x, y): 3 m along its link, a quarter of a short one."""
    link, node = int(network.valves.link[valve]), int(network.valves.node[valve])
    line = network.line(link)
    if network.links.start[link] != node:
        line = line[::-1]
    scale = np.array([1.0, 1.0])
    if network.frame == Frame.GEOGRAPHIC:
        scale = np.array([np.cos(np.radians(line[0, 1])), 1.0]) * METRES_PER_DEGREE
    steps = np.hypot(*(np.diff(line, axis=0) * scale).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = min(ASIDE_M, run[-1] * MOST_SHARE)
    return float(np.interp(wanted, run, line[:, 0])), float(np.interp(wanted, run, line[:, 1]))
