"""How deep pipes lie: what the survey says, brought to one meaning, and a stated default where it says nothing.

Practice of CJJ 61: the depth of a pipe under pressure and of a cable is told to its top (外顶埋深), that of a drain
that flows by gravity to the lowest point inside it (内底埋深). A height of the top (管顶高程) always means the top.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Floats
from chengmai.network.figures import parse_number
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility

TO_INVERT = frozenset({Utility.STORM, Utility.SEWER})
"""Networks whose surveyed depth is that of the invert, the lowest point inside the pipe."""

DEFAULT_COVER_M: dict[Utility, float] = {
    Utility.WATER: 1.2,
    Utility.GAS: 0.9,
    Utility.HEAT: 1.2,
    Utility.STORM: 1.5,
    Utility.SEWER: 2.0,
    Utility.POWER: 0.7,
    Utility.TELECOM: 0.8,
}
"""Soil over a pipe's top [m] taken where no survey tells it (default): frost depth for water, the least cover below a
carriageway for gas (0.9 m, GB 50028) and power (0.7 m, GB 50217), practice for the others. Never shown as surveyed."""

DEFAULT_DIAMETER_M: dict[Utility, float] = {
    Utility.WATER: 0.15,
    Utility.GAS: 0.1,
    Utility.HEAT: 0.2,
    Utility.STORM: 0.5,
    Utility.SEWER: 0.4,
    Utility.POWER: 0.2,
    Utility.TELECOM: 0.11,
}
"""Diameter [m] taken where none is told (default)."""


@dataclass(frozen=True, eq=False)
class Burial:
    """Soil over the tops of links, arrays (n_links,).

    ``start_cover`` and ``end_cover`` [m] are depths of the pipe's top below the ground at its ends; ``diameter`` [m];
    ``depth_assumed`` and ``diameter_assumed`` say where a default stands for what nobody surveyed.
    """

    start_cover: Floats
    end_cover: Floats
    diameter: Floats
    depth_assumed: npt.NDArray[np.bool_]
    diameter_assumed: npt.NDArray[np.bool_]


def burial_of(network: PipeNetwork, utility: Utility) -> Burial:
    """How deep every link lies. One end's depth stands for both when the other is missing; neither: the default."""
    links = network.links
    told = links.diameter > 0
    diameter = np.where(told, links.diameter, DEFAULT_DIAMETER_M[utility])
    covers = np.full((len(links), 2), np.nan)
    for i, attributes in enumerate(links.attributes):
        for side, (name, node) in enumerate((("start", links.start[i]), ("end", links.end[i]))):
            cover = _cover(attributes, name, network.nodes.attributes[node], float(diameter[i]), utility)
            if cover is not None:
                covers[i, side] = cover
    start, end = covers.T
    start, end = np.where(np.isnan(start), end, start), np.where(np.isnan(end), start, end)
    assumed = np.isnan(start)
    default = DEFAULT_COVER_M[utility]
    return Burial(np.where(assumed, default, start), np.where(assumed, default, end), diameter, assumed, ~told)


def _cover(
    link: Mapping[str, Any], side: str, node: Mapping[str, Any], diameter: float, utility: Utility
) -> float | None:
    """Soil over the top at one end [m]: the told top against the ground, else the told depth; None when untold."""
    top, ground = figure(link, f"{side}_top", f"{side}_top_m"), figure(node, "ground_m")
    if top is not None and ground is not None:
        return ground - top
    depth = figure(link, f"{side}_depth", f"{side}_depth_m")
    if depth is None:
        return None
    return depth - diameter if utility in TO_INVERT else depth


def figure(attributes: Mapping[str, Any], *names: str) -> float | None:
    """The first of these attributes that is a number; surveys keep figures as they were typed."""
    for name in names:
        told = attributes.get(name)
        if isinstance(told, int | float) and not isinstance(told, bool):
            return float(told)
        value = parse_number(told) if isinstance(told, str) else None
        if value is not None:
            return value
    return None
