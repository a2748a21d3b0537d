"""The air in the chambers of a city: gas that comes through the soil, biogas that sewers make, warmth and water."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, exp, pi

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput
from chengmai.network.nearness import LocalPlane, link_lines, node_points
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.physics.chamber_gas import ChamberGas, Chambers, chambers_of

Floats = npt.NDArray[np.float64]
AIR_CHANGES_PER_H = {Utility.SEWER: 0.3, Utility.STORM: 0.6, Utility.POWER: 0.25, Utility.TELECOM: 0.25}
"""How often the air of a chamber is exchanged with the street, on the mean (assumed)."""
SOIL_REACH_M = 25.0
"""Gas from a hole gets no further through the soil than this [m] (assumed)."""
SOIL_SCALE_M = 6.0
"""By which its share falls with the distance [m] (assumed)."""
CAPTURED = 0.5
"""The largest share of a leak that chambers and conduits take; the rest comes out at the ground (assumed)."""
SOIL_S_PER_M = 20.0
"""Delay on the way through the soil [s/m] (assumed)."""
ETHANE_SHARE = 0.025
"""Ethane beside methane in natural gas, by volume; biogas has none."""
GASSY_SHARE = 0.06
"""How many sewer chambers make much biogas by themselves (assumed)."""
FINE_S, COARSE_S = 15.0, 600.0
"""Steps with and without a leak [s]."""


@dataclass(frozen=True, slots=True)
class Climate:
    """The weather of a moment for chambers: air temperature in them [degC] and depth of water in sewers [m]."""

    temperature_c: float
    sewage_m: float


def climate(local: datetime) -> Climate:
    """Typical of a northern city: a year and a day of temperature, two peaks of sewage a day."""
    hour = local.hour + local.minute / 60 + local.second / 3600
    season = cos(2 * pi * (local.timetuple().tm_yday - 205) / 365)
    warmth = cos(2 * pi * (hour - 16) / 24)
    morning, evening = exp(-(((hour - 8.5) / 2.0) ** 2)), exp(-(((hour - 20.0) / 2.5) ** 2))
    return Climate(14 + 7 * season + 1.8 * warmth, 0.10 + 0.12 * morning + 0.14 * evening)


class UndergroundAir:
    """All chambers of some networks, their methane from pipes and from biogas kept apart, through time."""

    def __init__(
        self, networks: Mapping[str, PipeNetwork], utilities: Mapping[str, Utility], plane: LocalPlane, seed: int
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self.fine_s, self.coarse_s = FINE_S, COARSE_S
        self._networks = {code: networks[code] for code in sorted(networks) if not utilities[code].under_pressure}
        self.index: dict[tuple[str, str], int] = {}
        parts, kinds, points = [], [], []
        for code, network in self._networks.items():
            for node in network.nodes.code:
                self.index[code, str(node)] = len(self.index)
            parts.append(chambers_of(network, AIR_CHANGES_PER_H[utilities[code]]))
            kinds += [utilities[code]] * len(network.nodes)
            points.append(node_points(network, plane))
        self.chambers = _joined(parts, self._rng)
        self.kinds = tuple(kinds)
        self._points = np.concatenate(points) if points else np.zeros((0, 2))
        self._lines = [link_lines(network, plane) for network in self._networks.values()]
        self.fossil, self.biogas = ChamberGas(self.chambers), ChamberGas(self.chambers)
        self._making = self._natural_biogas()
        self._soil: dict[str, Floats] = {}
        self._warmth = self._rng.normal(0, 0.8, len(self.chambers))

    def _natural_biogas(self) -> Floats:
        """Biogas [m3/s] each chamber makes on the mean: much in a few sewers, little in most, none beside cables."""
        sewer = np.array([kind is Utility.SEWER for kind in self.kinds], dtype=bool)
        storm = np.array([kind is Utility.STORM for kind in self.kinds], dtype=bool)
        aimed = np.where(sewer, self._rng.lognormal(np.log(0.0004), 0.6, len(sewer)), 0.0)
        aimed += np.where(storm, self._rng.lognormal(np.log(0.0001), 0.6, len(sewer)), 0.0)
        gassy = sewer & (self._rng.random(len(sewer)) < GASSY_SHARE)
        aimed = np.where(gassy, self._rng.uniform(0.003, 0.012, len(sewer)), aimed)
        return aimed * self.conductance

    @property
    def conductance(self) -> Floats:
        """Airing and exchange of each chamber [m3/s]: methane made over it is about the share it comes to."""
        around = self.chambers.airing.copy()
        np.add.at(around, self.chambers.start, 0.5 * self.chambers.exchange)
        np.add.at(around, self.chambers.end, 0.5 * self.chambers.exchange)
        return around

    def make_biogas(self, network: str, chamber: str, m3h: float) -> None:
        """Let a chamber make so much more biogas, or with a negative value less; raises InvalidInput for no chamber."""
        self._making[self.place(network, chamber)] += m3h / 3600

    def place(self, network: str, chamber: str) -> int:
        """Where a chamber stands in the arrays; raises InvalidInput for none."""
        if (network, chamber) not in self.index:
            raise InvalidInput("simulator.no_chamber", network=network, element=chamber)
        return self.index[network, chamber]

    def shares_of_leak(self, point: Floats) -> tuple[Floats, Floats]:
        """Of a leak at a point, the share each chamber takes (n,) and the delay of it [s] (n,)."""
        away = np.hypot(*(self._points - point).T)
        weight = np.where(away <= SOIL_REACH_M, np.exp(-away / SOIL_SCALE_M), 0.0)
        offset = 0
        for network, lines in zip(self._networks.values(), self._lines, strict=True):
            far = lines.distances(point)
            for link in np.flatnonzero(far <= SOIL_REACH_M):
                for end in (int(network.links.start[link]), int(network.links.end[link])):
                    weight[offset + end] += 0.25 * np.exp(-far[link] / SOIL_SCALE_M)
                    away[offset + end] = min(away[offset + end], far[link] + 5.0)
            offset += len(network.nodes)
        total = weight.sum()
        shares = weight / total * min(CAPTURED, total) if total > 0 else weight
        return shares, np.where(shares > 0, away * SOIL_S_PER_M, 0.0)

    def forget(self, leak: str) -> None:
        """A leak is mended: nothing of it is in the soil any more."""
        self._soil.pop(leak, None)

    def advance(self, seconds: float, local: datetime, leaks: Mapping[str, tuple[float, Floats, Floats]]) -> Climate:
        """Move on to a local time; ``leaks`` by code are methane [m3/s], shares and delays of the chambers."""
        now = climate(local)
        step = self.fine_s if leaks else self.coarse_s
        warm = 2 ** ((now.temperature_c - 14) / 8)
        deep = 1 + 4 * (now.sewage_m - 0.1)
        making = np.maximum(self._making, 0) * warm * deep
        left = seconds
        while left > 0:
            part = min(step, left)
            inflow = np.zeros(len(self.chambers))
            for code, (flow, shares, delays) in leaks.items():
                soil = self._soil.setdefault(code, np.zeros(len(shares)))
                soil += (1 - np.exp(-part / np.maximum(delays, 1.0))) * (flow * shares - soil)
                inflow += soil
            self.fossil.advance(part, inflow, step_s=step)
            self.biogas.advance(part, making, inflow, step_s=step)
            left -= part
        return now

    def methane_percent(self, place: int) -> float:
        """Methane in a chamber [%VOL]."""
        return 100 * min(float(self.fossil.share[place] + self.biogas.share[place]), 1.0)

    def ethane_ppm(self, place: int) -> float:
        """Ethane in a chamber [ppm]: it comes from pipes only."""
        return 1e6 * ETHANE_SHARE * float(self.fossil.share[place])

    def temperature_c(self, place: int, now: Climate) -> float:
        """Air temperature in a chamber."""
        return now.temperature_c + float(self._warmth[place])

    def water_level_m(self, place: int, now: Climate) -> float:
        """Water in a chamber [m]: sewers carry sewage, the others are nearly dry."""
        return now.sewage_m if self.kinds[place] is Utility.SEWER else 0.03


def _joined(parts: Sequence[Chambers], rng: np.random.Generator) -> Chambers:
    """The chambers of several networks as one; how well each is aired differs from the mean."""
    none = np.zeros(0)
    offsets = np.cumsum([0, *(len(part) for part in parts)])[: len(parts)]
    volume = np.concatenate([part.volume for part in parts]) if parts else none
    airing = np.concatenate([part.airing for part in parts]) if parts else none
    pairs = list(zip(parts, offsets, strict=True))
    return Chambers(
        volume,
        airing * rng.lognormal(0, 0.4, len(volume)),
        np.concatenate([part.start + at for part, at in pairs]) if parts else none.astype(np.int64),
        np.concatenate([part.end + at for part, at in pairs]) if parts else none.astype(np.int64),
        np.concatenate([part.exchange for part in parts]) if parts else none,
    )
