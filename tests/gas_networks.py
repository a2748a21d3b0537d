"""A street for tests: a gas main of three pipes, a sewer and a power conduit beside it, a storm drain far away."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import pi

import numpy as np
import numpy.typing as npt

from chengmai.core.units import Quantity
from chengmai.network.inp_reader import read_inp
from chengmai.network.pipe_network import Frame, PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.physics.gas_leak import leak_mass_flow_kgs
from chengmai.simulator.towns import Sensor

LEFT_M = 100.0
"""Length of each gas pipe, from g0 eastwards."""


def _line(
    prefix: str, count: int, step_m: float, north_m: float, diameter_mm: float, source: bool = False
) -> PipeNetwork:
    nodes = [f"{prefix}{place}" for place in range(count)]
    at = "\n".join(f" {code} {place * step_m} {north_m}" for place, code in enumerate(nodes))
    first = f"[RESERVOIRS]\n {nodes[0]} 1\n" if source else ""
    junctions = "\n".join(f" {code} 0 {0.5 if source else 0}" for code in (nodes[1:] if source else nodes))
    pipes = "\n".join(
        f" {prefix}p{place + 1} {a} {b} {step_m} {diameter_mm} 100 0 Open"
        for place, (a, b) in enumerate(pairwise(nodes))
    )
    text = f"[JUNCTIONS]\n{junctions}\n{first}[PIPES]\n{pipes}\n[OPTIONS]\n Units CMH\n[COORDINATES]\n{at}\n[END]\n"
    return replace(read_inp(text.encode(), f"{prefix}.inp")[0], frame=Frame.LOCAL)


def street() -> dict[str, PipeNetwork]:
    """GAS with pipes gp1..gp3; SEWER ws0..ws9 5 m and POWER dl0..dl9 3 m beside; STORM ys0..ys4 300 m away."""
    gas = _line("g", 4, LEFT_M, 0.0, 150, source=True)
    told = tuple({"pressure_kpa": 300.0} if str(code) == "g0" else {} for code in gas.nodes.code)
    laid = ({"pressure_class": "low", "laid_year": 2015}, {"pressure_class": "low", "laid_year": 2015},
            {"pressure_class": "medium_a", "laid_year": 1990})  # fmt: skip
    gas = replace(gas, nodes=replace(gas.nodes, attributes=told), links=replace(gas.links, attributes=laid))
    return {
        "GAS": gas,
        "SEWER": _line("ws", 10, 33.0, 5.0, 300),
        "POWER": _line("dl", 10, 33.0, -3.0, 200),
        "STORM": _line("ys", 5, 33.0, 300.0, 400),
    }


UTILITIES = {"GAS": Utility.GAS, "SEWER": Utility.SEWER, "POWER": Utility.POWER, "STORM": Utility.STORM}
KINDS = {"SEWER": "sewer", "POWER": "power", "STORM": "storm"}


def sensors() -> tuple[Sensor, ...]:
    """Methane in every second chamber, ethane in ws4, warmth and water in the sewer, pressure at the end."""
    found = []
    for network, prefix, count in (("SEWER", "ws", 10), ("POWER", "dl", 10), ("STORM", "ys", 5)):
        found += [
            Sensor(f"CH4-{prefix}{place}", Quantity.METHANE, f"{prefix}{place}", network, "SPACE")
            for place in range(0, count, 2)
        ]
    found += [
        Sensor("C2H6-ws4", Quantity.ETHANE, "ws4", "SEWER", "SPACE"),
        Sensor("AT-ws4", Quantity.AIR_TEMPERATURE, "ws4", "SEWER", "SPACE"),
        Sensor("WL-ws4", Quantity.WATER_LEVEL, "ws4", "SEWER", "SPACE"),
        Sensor("GP-g3", Quantity.GAS_PRESSURE, "g3", "GAS", "GAS"),
        Sensor("GQ-gp1", Quantity.GAS_FLOW, "gp1", "GAS", "GAS"),
    ]
    return tuple(found)


class SteadySupply:
    """A supply at one pressure, without hydraulics."""

    kpa = 2.5

    def __init__(self, gas: PipeNetwork) -> None:
        self._nodes, self._links, self._holes = len(gas.nodes), len(gas.links), dict[str, float]()

    def set_holes(self, diameters_mm: dict[str, float]) -> None:
        self._holes = dict(diameters_mm)

    def at(self, local: datetime) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], dict[str, float]]:
        lost = {
            pipe: leak_mass_flow_kgs((self.kpa + 101.325) * 1000, pi / 4 * (mm / 1000) ** 2)
            for pipe, mm in self._holes.items()
        }
        return np.full(self._nodes, self.kpa), np.zeros(self._links), lost
