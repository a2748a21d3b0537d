"""Broken pipes: a pipe is parted in its middle by a junction from which water can escape."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chengmai.core.errors import InvalidInput
from chengmai.network.pipe_network import LinkKind, Links, NodeKind, Nodes, PipeNetwork

SUFFIX = "~break"
"""What the code of a parted pipe's new junction and second half carries after the pipe's own."""


def part_pipes(network: PipeNetwork, codes: Sequence[str]) -> PipeNetwork:
    """The network with a junction ``<code>~break`` in the middle of each named pipe; raises InvalidInput for others."""
    places = []
    for code in codes:
        place = network.link_index.get(code, -1)
        if place < 0 or network.links.kind[place] != LinkKind.PIPE:
            raise InvalidInput("water.not_a_pipe", code=code)
        places.append(place)
    if not places:
        return network
    at = np.array(places)
    nodes, links = network.nodes, network.links
    middle = np.array([network.midpoint(place) for place in places])
    start, end = links.start[at], links.end[at]
    new = np.arange(len(nodes), len(nodes) + len(at), dtype=np.int32)
    names = np.array([f"{code}{SUFFIX}" for code in codes])
    more = replace(
        nodes,
        code=np.concatenate([nodes.code, names]),
        kind=np.append(nodes.kind, np.full(len(at), NodeKind.JUNCTION, dtype=np.int8)),
        x=np.append(nodes.x, middle[:, 0]),
        y=np.append(nodes.y, middle[:, 1]),
        elevation=np.append(nodes.elevation, (_height(nodes, start) + _height(nodes, end)) / 2),
        head_pattern=np.append(nodes.head_pattern, np.full(len(at), -1, dtype=np.int32)),
        emitter=np.append(nodes.emitter, np.zeros(len(at))),
        attributes=(*nodes.attributes, *({} for _ in at)),
    )
    length, ends = links.length.copy(), links.end.copy()
    length[at] /= 2
    ends[at] = new
    halves = _appended(replace(links, length=length, end=ends), at, names, new, end)
    return replace(network, nodes=more, links=halves)


def _height(nodes: Nodes, at: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> "np.ndarray[tuple[int, ...], np.dtype]":
    """Heights of pipe ends; a reservoir or tank lends its own, which is near enough for a junction between."""
    return nodes.elevation[at]


def _appended(links: Links, at: np.ndarray, names: np.ndarray, start: np.ndarray, end: np.ndarray) -> Links:
    """The links with a copy of those at ``at`` behind them, from the new junctions to the old ends."""

    def both(column: np.ndarray) -> np.ndarray:
        return np.concatenate([column, column[at]])

    return replace(
        links,
        code=np.concatenate([links.code, names]),
        kind=both(links.kind),
        start=np.concatenate([links.start, start]).astype(np.int32),
        end=np.concatenate([links.end, end]).astype(np.int32),
        length=both(links.length),
        diameter=both(links.diameter),
        roughness=both(links.roughness),
        minor_loss=both(links.minor_loss) / np.where(np.isin(np.arange(len(links) + len(at)), at), 2, 1),
        status=both(links.status),
        setting=both(links.setting),
        curve=both(links.curve),
        pattern=both(links.pattern),
        power=both(links.power),
        material=both(links.material),
        path_offset=np.append(links.path_offset, np.full(len(at), links.path_offset[-1], dtype=np.int32)),
        attributes=(*links.attributes, *(links.attributes[int(place)] for place in at)),
    )
