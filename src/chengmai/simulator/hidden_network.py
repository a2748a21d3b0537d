"""The network that really is: the believed one with other roughness and other demand, so that no model is exact."""

from dataclasses import dataclass, replace

import numpy as np

from chengmai.network.pipe_network import LinkKind, PipeNetwork


@dataclass(frozen=True, slots=True)
class Difference:
    """How far reality strays from belief; shares are standard deviations."""

    roughness_share: float = 0.10
    demand_share: float = 0.10
    pressure_noise_m: float = 0.02
    pressure_offset_m: float = 0.15
    flow_noise_share: float = 0.003
    level_step_m: float = 0.01
    demand_swing_share: float = 0.03
    demand_memory_s: float = 14_850.0
    """Time in which the city-wide swing of demand forgets itself [s]."""


def hidden_network(believed: PipeNetwork, rng: np.random.Generator, difference: Difference) -> PipeNetwork:
    """The believed network with roughness and demand drawn anew."""
    links, demands = believed.links, believed.demands
    pipe = links.kind == LinkKind.PIPE
    factor = rng.normal(1, difference.roughness_share, len(links))
    roughness = np.where(pipe, np.clip(links.roughness * factor, 40, 160), links.roughness)
    at_node = rng.lognormal(0, difference.demand_share, len(believed.nodes))
    return replace(
        believed,
        links=replace(links, roughness=roughness),
        demands=replace(demands, base=demands.base * at_node[demands.node]),
    )
