"""Where a leak is likely to be: the pressures' fall beside the falls that a leak on every pipe would cause.

A leak of the estimated size is simulated at every junction of the believed network; a pipe's pattern is the mean of
its ends'. What is compared is the fall against the moments before the leak, so that sensors' offsets and the model's
own bias mostly cancel; the size is left free within bounds. After Pudar and Liggett (1992) and the sensitivity
methods since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput
from chengmai.detection.signals import Element
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork
from chengmai.physics.water import Conditions, WaterModel

Floats = npt.NDArray[np.float64]
DEFAULT_SIZE_M3H = 20.0
"""Size simulated when flow tells nothing [m3/h]."""
SIZE_FREEDOM = 1.6
"""The leak may be this many times larger or smaller than flow tells; five times that when flow tells nothing."""
MODEL_ERROR = 0.15
"""Share of a simulated fall by which the believed network is taken to be wrong."""


@dataclass(frozen=True, slots=True)
class Fall:
    """How far pressures fell: ``fall_m`` (n,) [m] at the nodes ``sensors`` with noise ``noise_m`` (n,) [m]."""

    sensors: tuple[str, ...]
    fall_m: tuple[float, ...]
    noise_m: tuple[float, ...]
    size_m3h: float | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Under what the network runs; the multiplier is found so that the metered inflow comes out right.

    ``inflow_m3h`` is the sum over ``inflow_links``, signed +1 or -1 as in a balance area.
    """

    time_s: int
    levels: Mapping[str, float]
    open_links: Mapping[str, bool]
    inflow_links: Mapping[str, int]
    inflow_m3h: float | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All pipes from the likeliest on; ``size_m3h`` is what the best one would leak."""

    elements: tuple[Element, ...]
    size_m3h: float
    misfit_m: float


def rank_pipes(network: PipeNetwork, fall: Fall, situation: Situation) -> Ranking:
    """Rank all pipes of the believed network; raises InvalidInput when fewer than three sensors lie in it."""
    known = [place for place, code in enumerate(fall.sensors) if code in network.node_index]
    if len(known) < 3:
        raise InvalidInput("locating.few_sensors", found=len(known), needed=3)
    sensors = np.array([network.node_index[fall.sensors[place]] for place in known], dtype=np.intp)
    observed = np.array(fall.fall_m)[known]
    noise = np.array(fall.noise_m)[known]
    size = fall.size_m3h or DEFAULT_SIZE_M3H
    junctions = np.flatnonzero(network.nodes.kind == NodeKind.JUNCTION)
    falls = np.full((len(network.nodes), len(sensors)), np.nan)
    with WaterModel(network) as model:
        conditions = calibrated(model, situation)
        model.set_conditions(conditions)
        before = model.solve()
        base = before.pressure[sensors]
        for node in junctions:
            head = max(float(before.pressure[node]), 1.0)
            model.set_emitters({int(node): size / 3600 / np.sqrt(head)})
            falls[node] = base - model.solve_at(sensors)
    pipes = np.flatnonzero(network.links.kind == LinkKind.PIPE)
    pattern = np.nanmean(np.stack([falls[network.links.start[pipes]], falls[network.links.end[pipes]]]), axis=0)
    freedom = SIZE_FREEDOM if fall.size_m3h else 5 * SIZE_FREEDOM
    scale, misfit, cost = _compare(observed, pattern, noise, freedom)
    return _ranking(network, pipes, scale * size, misfit, cost)


def calibrated(model: WaterModel, situation: Situation) -> Conditions:
    """Conditions whose demand multiplier gives the metered inflow, by two steps of the secant method."""

    def conditions(multiplier: float) -> Conditions:
        return Conditions(situation.time_s, multiplier, situation.levels, situation.open_links)

    links = {code: sign for code, sign in situation.inflow_links.items() if code in model.network.link_index}
    if situation.inflow_m3h is None or len(links) != len(situation.inflow_links) or not links:
        return conditions(1.0)
    places = np.array([model.network.link_index[code] for code in links])
    signs = np.array(list(links.values()))

    def inflow(multiplier: float) -> float:
        model.set_conditions(conditions(multiplier))
        return float(signs @ model.solve().flow[places]) * 3600

    low, high = 0.8, 1.2
    at_low, at_high = inflow(low), inflow(high)
    for _ in range(2):
        if abs(at_high - at_low) < 1e-6:
            break
        following = float(
            np.clip(high + (situation.inflow_m3h - at_high) * (high - low) / (at_high - at_low), 0.1, 5.0)
        )
        low, at_low, high = high, at_high, following
        at_high = inflow(high)
    return conditions(high)


def _compare(observed: Floats, pattern: Floats, noise: Floats, freedom: float) -> tuple[Floats, Floats, Floats]:
    """Best size factor, root mean square misfit [m] and weighted cost of every pipe's pattern (n_pipes, n_sensors)."""
    spread = noise**2 + (MODEL_ERROR * np.maximum(np.abs(observed), 0.02)) ** 2 + 0.01**2
    weight = 1 / spread
    power = np.maximum((pattern**2 * weight).sum(axis=1), 1e-12)
    scale = np.clip((pattern * observed * weight).sum(axis=1) / power, 1 / freedom, freedom)
    difference = observed - scale[:, None] * pattern
    return scale, np.sqrt((difference**2).mean(axis=1)), (difference**2 * weight).sum(axis=1)


def _ranking(network: PipeNetwork, pipes: npt.NDArray[np.intp], size: Floats, misfit: Floats, cost: Floats) -> Ranking:
    order = np.argsort(cost, kind="stable")
    best = cost[order[0]]
    # Sensors err together where the model errs, so the sum counts as if only half of them were independent.
    score = np.exp(-(cost - best) / 4)
    elements: list[Element] = []
    for place in order:
        link = int(pipes[place])
        x, y = network.midpoint(link)
        elements.append(Element(str(network.links.code[link]), "pipe", round(float(score[place]), 4), x, y))
    first = int(order[0])
    return Ranking(tuple(elements), round(float(size[first]), 1), round(float(misfit[first]), 4))


def likeliest(elements: Sequence[Element], count: int) -> tuple[Element, ...]:
    """The first elements of a ranking."""
    return tuple(elements[:count])
