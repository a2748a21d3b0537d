"""Which way water flows in a network: what the part downstream of a place is found by.

A heat network's supply side is water under pressure as well, so EPANET finds its directions too, in milliseconds;
pandapipes, which knows its temperatures, takes seconds to start.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from chengmai.network.pipe_network import Demands, NodeKind, PipeNetwork
from chengmai.physics.heat import DROP_K, WATER_J_PER_KG_K, stations_of
from chengmai.physics.water import Conditions, WaterModel

Floats = npt.NDArray[np.float64]
_AMPLE_M = 500.0
"""Head of a heat source above all else: directions do not depend on it, but EPANET must not run out of pressure."""


def water_directions(network: PipeNetwork, hour: int) -> Floats:
    """Flows of a water network at an hour of the week [m3/s] (n_links,); raises as WaterModel does."""
    with WaterModel(network) as model:
        model.set_conditions(Conditions(time_s=hour * 3600))
        return model.solve().flow


def supply_directions(network: PipeNetwork, hour: int) -> Floats:
    """Flows of a heat network's supply side at design load [m3/s] (n_links,); every hour is alike."""
    with WaterModel(supply_side(network)) as model:
        return model.solve().flow


def supply_side(network: PipeNetwork, circulation_m3s: float | None = None) -> PipeNetwork:
    """A heat network's supply side as a network that EPANET takes: stations draw, the source holds an ample head.

    Stations draw what their heat needs at the usual fall of temperature, or their shares of a circulation.
    """
    stations = stations_of(network)
    heat_kw = np.array([float(network.nodes.attributes[node]["heat_kw"]) for node in stations])
    drawn = heat_kw / (WATER_J_PER_KG_K * DROP_K)
    if circulation_m3s is not None:
        drawn = circulation_m3s * heat_kw / heat_kw.sum()
    source = network.nodes.kind == NodeKind.RESERVOIR
    top = float(np.nanmax(network.nodes.elevation, initial=0.0)) + _AMPLE_M
    none = np.full(len(stations), -1, dtype=np.int32)
    return replace(
        network,
        nodes=replace(network.nodes, elevation=np.where(source, top, np.nan_to_num(network.nodes.elevation))),
        demands=Demands(stations.astype(np.int32), drawn, none, np.full(len(stations), "")),
    )
