"""Small pipe networks written down in a test."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chengmai.network.pipe_network import (
    Demands,
    Frame,
    LinkKind,
    Links,
    LinkStatus,
    NodeKind,
    Nodes,
    Options,
    PipeNetwork,
    Tanks,
)


def pipe_network(
    nodes: Mapping[str, Mapping[str, Any]],
    links: Sequence[tuple[str, str, str, float, float]],
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
    roughness: float = 0.0005,
) -> PipeNetwork:
    """A network of pipes: nodes with their attributes (``source``, ``z``, ``x``, ``y`` aside), links as

    (code, start, end, length [m], diameter [m]) with their own ``attributes``; ``roughness`` [m] of all pipes.
    """
    codes = list(nodes)
    told = list(nodes.values())
    at = {code: place for place, code in enumerate(codes)}
    n, m = len(nodes), len(links)
    aside = ("source", "x", "y", "z")
    return PipeNetwork(
        nodes=Nodes(
            code=np.array(codes),
            kind=np.array(
                [NodeKind.RESERVOIR if one.get("source") else NodeKind.JUNCTION for one in told], dtype=np.int8
            ),
            x=np.array([float(one.get("x", place)) for place, one in enumerate(told)]),
            y=np.array([float(one.get("y", 0.0)) for one in told]),
            elevation=np.array([float(one.get("z", 0.0)) for one in told]),
            head_pattern=np.full(n, -1, dtype=np.int32),
            emitter=np.zeros(n),
            attributes=tuple({k: v for k, v in one.items() if k not in aside} for one in told),
        ),
        links=Links(
            code=np.array([link[0] for link in links]),
            kind=np.full(m, LinkKind.PIPE, dtype=np.int8),
            start=np.array([at[link[1]] for link in links], dtype=np.int32),
            end=np.array([at[link[2]] for link in links], dtype=np.int32),
            length=np.array([link[3] for link in links], dtype=np.float64),
            diameter=np.array([link[4] for link in links], dtype=np.float64),
            roughness=np.full(m, roughness),
            minor_loss=np.zeros(m),
            status=np.full(m, LinkStatus.OPEN, dtype=np.int8),
            setting=np.zeros(m),
            curve=np.full(m, -1, dtype=np.int32),
            pattern=np.full(m, -1, dtype=np.int32),
            power=np.zeros(m),
            material=np.full(m, ""),
            path_offset=np.zeros(m + 1, dtype=np.int32),
            path=np.zeros((0, 2)),
            attributes=tuple(dict((attributes or {}).get(link[0], {})) for link in links),
        ),
        tanks=Tanks(
            *(np.zeros(0, dtype=np.int32), *(np.zeros(0) for _ in range(5))),
            np.zeros(0, dtype=np.int32),
            np.zeros(0, dtype=np.bool_),
        ),
        demands=Demands(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0, dtype=np.int32), np.array([], "U1")),
        options=Options(headloss="D-W"),
        frame=Frame.LOCAL,
    )
