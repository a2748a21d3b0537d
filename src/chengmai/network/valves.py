"""Isolation valves: where a pipe can be shut off by hand. Valves that hold a pressure or a flow are links instead."""

from dataclasses import dataclass

import numpy as np

from chengmai.network.array_types import Codes, Flags, Indices


@dataclass(frozen=True, eq=False)
class Valves:
    """Isolation valves, all arrays (n_valves,), in the order of their links.

    A valve stands on ``link`` next to its end ``node``, both positions in the network's tables; ``open`` and ``works``
    are as surveyed: a valve that does not work stays as it is.
    """

    code: Codes
    link: Indices
    node: Indices
    open: Flags
    works: Flags

    def __len__(self) -> int:
        return len(self.code)


def no_valves() -> Valves:
    """The table of a network of which no valve is known."""
    nothing = np.zeros(0, dtype=np.int32)
    return Valves(np.zeros(0, dtype="U1"), nothing, nothing, nothing.astype(bool), nothing.astype(bool))
