"""Gas in chambers below ground: what flows in, what is aired away, and what goes along the conduits between them.

For each chamber V dC/dt = q - (Qv + q) C + sum of E (C_neighbour - C), with volumes V [m3], methane flowing in
q [m3/s], air exchange with the street Qv [m3/s] and exchange E [m3/s] along each conduit. The gas that enters pushes as
much of the mixture out, so that a share never exceeds one; for q << Qv this is the usual V dC/dt = q - Qv C.
"""

from dataclasses import dataclass
from math import inf, log

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from chengmai.network.pipe_network import LinkKind, PipeNetwork

Floats = npt.NDArray[np.float64]
LEL_SHARE, UEL_SHARE = 0.05, 0.15
"""Lower and upper explosive limit of methane in air [m3/m3]."""
PERCENT_LEL_PER_PERCENT_VOL = 20.0
"""1 %LEL = 0.05 %VOL."""
DISPERSION_M2S = 0.8
"""Mixing along a conduit with a little draught [m2/s] (default); still air would be a thousand times less."""
USUAL_DEPTH_M, USUAL_AREA_M2 = 2.5, 1.2
"""A chamber whose survey tells neither (default)."""
LONGEST_STEP_S = 60.0


@dataclass(frozen=True, eq=False)
class Chambers:
    """Chambers and what joins them. Arrays (n,): ``volume`` [m3], ``airing`` [m3/s]; (m,): ``start``, ``end``,
    ``exchange`` [m3/s]."""

    volume: Floats
    airing: Floats
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    exchange: Floats

    def __len__(self) -> int:
        return len(self.volume)


def chambers_of(
    network: PipeNetwork, air_changes_per_h: float = 0.3, dispersion_m2s: float = DISPERSION_M2S
) -> Chambers:
    """The chambers of a network; half of each conduit's air counts to either end. ``air_changes_per_h`` of volume."""
    nodes, links = network.nodes, network.links
    volume = np.array([chamber_volume_m3(told) for told in nodes.attributes])
    conduits = np.flatnonzero(links.kind == LinkKind.PIPE)
    area = np.pi / 4 * np.maximum(links.diameter[conduits], 0.1) ** 2
    length = np.maximum(links.length[conduits], 1.0)
    start, end = links.start[conduits].astype(np.int64), links.end[conduits].astype(np.int64)
    for side in (start, end):
        np.add.at(volume, side, area * length / 2)
    return Chambers(volume, volume * air_changes_per_h / 3600, start, end, dispersion_m2s * area / length)


def chamber_volume_m3(attributes: dict[str, object]) -> float:
    """Volume of a chamber by its survey: depth times plan area, usual ones where it tells none [m3]."""
    depth, area = attributes.get("well_deep_m"), attributes.get("area_m2")
    deep = float(depth) if isinstance(depth, int | float) and depth > 0 else USUAL_DEPTH_M
    wide = float(area) if isinstance(area, int | float) and area > 0 else USUAL_AREA_M2
    return deep * wide


class ChamberGas:
    """Methane in chambers through time; shares of volume 0..1, steps solved implicitly and hence stable at any length.

    Mass is kept exactly: V (C1 - C0) summed is the time step times what flowed in less what was aired and pushed out.
    """

    def __init__(self, chambers: Chambers) -> None:
        self.chambers = chambers
        self.share = np.zeros(len(chambers))
        self.aired_m3 = 0.0
        """Methane that left into the open since the start [m3]."""
        self._exchange = _laplacian(chambers)
        self._factor: tuple[float, bytes, object] | None = None

    @property
    def held_m3(self) -> float:
        """Methane in all chambers [m3]."""
        return float(self.chambers.volume @ self.share)

    def advance(
        self, seconds: float, inflow_m3s: Floats, pushing_m3s: Floats | None = None, step_s: float = LONGEST_STEP_S
    ) -> Floats:
        """Move on with steady inflows (n,) [m3/s]; gives the shares (n,) at the end.

        ``pushing_m3s`` is what pushes mixture out where that is more or less than this gas itself.
        """
        steps = max(1, int(np.ceil(seconds / step_s)))
        leaving = self.chambers.airing + (inflow_m3s if pushing_m3s is None else pushing_m3s)
        for _ in range(steps if seconds > 0 else 0):
            self._step(seconds / steps, inflow_m3s, leaving)
        return self.share

    def _step(self, seconds: float, inflow_m3s: Floats, leaving: Floats) -> None:
        right = self.chambers.volume * self.share + seconds * inflow_m3s
        self.share = self._solver(seconds, leaving).solve(right)  # type: ignore[attr-defined]
        self.aired_m3 += seconds * float(leaving @ self.share)

    def _solver(self, seconds: float, leaving: Floats) -> object:
        """The factors of the step's matrix, kept while step and inflows stay."""
        key = leaving.tobytes()
        if self._factor is None or self._factor[:2] != (seconds, key):
            matrix = diags_array(self.chambers.volume + seconds * leaving) + seconds * self._exchange
            self._factor = (seconds, key, splu(csc_array(matrix)))
        return self._factor[2]


def _laplacian(chambers: Chambers) -> csc_array:
    n, exchange = len(chambers), chambers.exchange
    rows = np.concatenate([chambers.start, chambers.end, chambers.start, chambers.end])
    columns = np.concatenate([chambers.start, chambers.end, chambers.end, chambers.start])
    values = np.concatenate([exchange, exchange, -exchange, -exchange])
    return csc_array(coo_array((values, (rows, columns)), shape=(n, n)))


def seconds_to_share(
    volume_m3: float, inflow_m3s: float, airing_m3s: float, wanted: float = LEL_SHARE, present: float = 0.0
) -> float:
    """When a single chamber reaches a share of methane [s], in closed form; inf when it never does.

    V dC/dt = q - Qv C has C(t) = q/Qv + (C0 - q/Qv) exp(-Qv t / V).
    """
    if present >= wanted:
        return 0.0
    if airing_m3s <= 0:
        return (wanted - present) * volume_m3 / inflow_m3s if inflow_m3s > 0 else inf
    final = inflow_m3s / airing_m3s
    if final <= wanted:
        return inf
    return volume_m3 / airing_m3s * log((final - present) / (final - wanted))
