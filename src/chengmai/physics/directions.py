"""Which way water flows in a network: what the part downstream of a place is found by."""

import numpy as np
import numpy.typing as npt

from chengmai.network.pipe_network import PipeNetwork
from chengmai.physics.heat import HeatConditions, HeatModel
from chengmai.physics.water import Conditions, WaterModel

Floats = npt.NDArray[np.float64]
USUAL_LOAD = 0.6
"""Share of the design flow at which a heat network's directions are found: they hardly depend on it."""


def water_directions(network: PipeNetwork, hour: int) -> Floats:
    """Flows of a water network at an hour of the week [m3/s] (n_links,), by EPANET; raises as WaterModel does."""
    with WaterModel(network) as model:
        model.set_conditions(Conditions(time_s=hour * 3600))
        return model.solve().flow


def supply_directions(network: PipeNetwork, hour: int) -> Floats:
    """Flows of a heat network's supply side on a cool day [kg/s] (n_links,), by pandapipes; every hour is alike."""
    return HeatModel(network).solve(HeatConditions(load=USUAL_LOAD)).supply_kg_s
