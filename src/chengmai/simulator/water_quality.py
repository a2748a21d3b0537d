"""Water quality of the simulated town: chlorine that decays on its way, some turbidity, pH; and what spoils them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from chengmai.core.units import Quantity
from chengmai.network.downstream import downstream
from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.water_age import water_age
from chengmai.simulator.towns import Sensor

Floats = npt.NDArray[np.float64]
QUALITIES = (Quantity.CHLORINE, Quantity.TURBIDITY, Quantity.PH)
PLANT_CHLORINE_MG_L, DECAY_PER_DAY = 0.65, 0.55
"""Residual chlorine as the works sends it out, and how fast it decays (first order)."""
PLANT_TURBIDITY_NTU, TURBIDITY_PER_DAY = 0.22, 0.06
PLANT_PH = 7.55
LARGEST_MISSING_MG_L = 2.0
TURBIDITY_PER_MG_L = 3.0
"""Where chlorine goes missing, dirt got in: so much turbidity comes with it."""
REPORT_S = 60.0
"""Pace of the reports of these sensors [s]."""
_NOISE = {Quantity.CHLORINE: 0.008, Quantity.TURBIDITY: 0.015, Quantity.PH: 0.02}


@dataclass(frozen=True, slots=True)
class Spoiling:
    """Something that spoils the water at a node and all that flows on from it: missing chlorine [mg/L], since when."""

    node: str
    missing_mg_l: float
    since: datetime
    reached: frozenset[int]


class WaterQuality:
    """What quality sensors read; ages of the water are those of one usual state of the network."""

    def __init__(self, network: PipeNetwork, flow: Floats, sensors: Sequence[Sensor], seed: int) -> None:
        """Take the flows (n_links,) [m3/s] by which water travels."""
        self._network, self._flow = network, flow
        self._age_days = water_age(network, flow) / 86_400
        self._sensors = [sensor for sensor in sensors if sensor.quantity in QUALITIES]
        self._rng = np.random.default_rng([seed, 9])
        self._spoiled: dict[str, Spoiling] = {}
        self._reported: datetime | None = None

    @property
    def spoilings(self) -> Mapping[str, Spoiling]:
        """What spoils the water now, by node."""
        return self._spoiled

    def spoil(self, node: str, missing_mg_l: float, now: datetime) -> None:
        """Spoil the water at a node and downstream of it."""
        part = downstream(self._network, self._flow, [self._network.node_index[node]])
        self._spoiled[node] = Spoiling(node, missing_mg_l, now, frozenset(part.nodes.tolist()))

    def clean(self, node: str) -> bool:
        """End the spoiling; False when there is none."""
        return self._spoiled.pop(node, None) is not None

    def read(self, moment: datetime) -> dict[str, float]:
        """Readings when they are due, else nothing."""
        if self._reported is not None and (moment - self._reported).total_seconds() < REPORT_S:
            return {}
        self._reported = moment
        return {sensor.stream: self._reading(sensor) for sensor in self._sensors}

    def _reading(self, sensor: Sensor) -> float:
        node = self._network.node_index[sensor.element]
        days = float(self._age_days[node])
        missing = sum(one.missing_mg_l for one in self._spoiled.values() if node in one.reached)
        noise = float(self._rng.normal(0, _NOISE[sensor.quantity]))
        if sensor.quantity is Quantity.CHLORINE:
            chlorine = PLANT_CHLORINE_MG_L * float(np.exp(-DECAY_PER_DAY * days)) - missing
            return round(max(chlorine + noise, 0.0), 3)
        if sensor.quantity is Quantity.TURBIDITY:
            turbidity = PLANT_TURBIDITY_NTU + TURBIDITY_PER_DAY * days + TURBIDITY_PER_MG_L * missing
            return round(max(turbidity + noise, 0.02), 3)
        return round(PLANT_PH + 0.05 * days - 0.4 * missing + noise, 2)
