"""A pressurised pipe network as arrays: what readers make, physics solves and the map draws.

Everything is SI: lengths, heads and levels [m], flows [m3/s], volumes [m3], powers [W], times [s]. Indices point into
the arrays of nodes, patterns and curves; -1 says none. Arrays of one table have equal length and are never changed.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Codes, Floats, Indices
from chengmai.network.customers import Customers, no_customers
from chengmai.network.valves import Valves, no_valves


class NodeKind(IntEnum):
    """What a node is."""

    JUNCTION = 0
    RESERVOIR = 1
    TANK = 2


class LinkKind(IntEnum):
    """What a link is.

    Valves by what they hold: pressure downstream or upstream, a loss of pressure, a flow, a throttle, a curve.
    """

    PIPE = 0
    PUMP = 1
    PRV = 2
    PSV = 3
    PBV = 4
    FCV = 5
    TCV = 6
    GPV = 7

    @property
    def is_valve(self) -> bool:
        """True for every kind of valve."""
        return self >= LinkKind.PRV


class LinkStatus(IntEnum):
    """A link at the start: shut, open, governed by its setting (valves), or open one way only (pipes)."""

    CLOSED = 0
    OPEN = 1
    ACTIVE = 2
    CHECK = 3


class CurveKind(StrEnum):
    """What a curve says: pump head [m] or loss [m] over flow [m3/s]; volume [m3] over level [m]."""

    HEAD = "head"
    HEADLOSS = "headloss"
    VOLUME = "volume"


class Frame(StrEnum):
    """In what ``x`` and ``y`` are told: degrees east and north (CGCS2000), or metres in a plane of unknown origin."""

    GEOGRAPHIC = "geographic"
    LOCAL = "local"


@dataclass(frozen=True, eq=False)
class Nodes:
    """Nodes, all arrays (n_nodes,).

    ``elevation`` [m] is a junction's height, a tank's bottom, a reservoir's head; ``head_pattern`` varies a reservoir's
    head; ``emitter`` [m3/s / m^exponent] is an outflow that grows with pressure.
    """

    code: Codes
    kind: npt.NDArray[np.int8]
    x: Floats
    y: Floats
    elevation: Floats
    head_pattern: Indices
    emitter: Floats
    attributes: tuple[dict[str, Any], ...]

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, eq=False)
class Tanks:
    """Tanks, all arrays (n_tanks,); levels [m] above the node's elevation, ``diameter`` [m], ``min_volume`` [m3]."""

    node: Indices
    initial_level: Floats
    min_level: Floats
    max_level: Floats
    diameter: Floats
    min_volume: Floats
    volume_curve: Indices
    overflow: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, eq=False)
class Links:
    """Links, all arrays (n_links,), except the vertices.

    ``length`` and ``diameter`` [m]; ``roughness`` is the Hazen-Williams or Manning coefficient, or [m] for
    Darcy-Weisbach; ``minor_loss`` is a coefficient of velocity head; ``setting`` is a pump's relative speed, a pressure
    valve's head [m], a flow valve's flow [m3/s] or a throttle's loss coefficient; ``curve`` a pump's head or a general
    valve's loss; ``power`` [W] drives a pump without a curve. The vertices between the ends of link ``i`` are
    ``path[path_offset[i]:path_offset[i + 1]]``, rows of (x, y).
    """

    code: Codes
    kind: npt.NDArray[np.int8]
    start: Indices
    end: Indices
    length: Floats
    diameter: Floats
    roughness: Floats
    minor_loss: Floats
    status: npt.NDArray[np.int8]
    setting: Floats
    curve: Indices
    pattern: Indices
    power: Floats
    material: Codes
    path_offset: Indices
    path: Floats
    attributes: tuple[dict[str, Any], ...]

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, eq=False)
class Demands:
    """Demands at junctions, all arrays (n_demands,); ``base`` [m3/s] times the pattern is what is drawn."""

    node: Indices
    base: Floats
    pattern: Indices
    category: Codes

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True)
class Pattern:
    """Multipliers, one a pattern step, repeated without end."""

    code: str
    multipliers: tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """Points of a curve, x growing; units by kind."""

    code: str
    kind: CurveKind
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Control:
    """One simple control: a link is shut, opened or set when a node passes a limit, or at a time.

    Exactly one of ``status`` and ``setting`` (units as in Links) is given. ``node`` with ``above`` and ``value`` [m] of
    level (tank) or pressure (junction); or ``time_s`` after the start; or ``clock_s`` after midnight, each day.
    """

    link: str
    status: LinkStatus | None = None
    setting: float | None = None
    node: str = ""
    above: bool = False
    value: float = 0.0
    time_s: int | None = None
    clock_s: int | None = None


@dataclass(frozen=True)
class Options:
    """How the network is to be solved. Times [s], pressures [m]; defaults are EPANET's own."""

    headloss: str = "H-W"
    specific_gravity: float = 1.0
    viscosity: float = 1.0
    trials: int = 200
    accuracy: float = 0.001
    unbalanced: str = "CONTINUE 10"
    checkfreq: int = 2
    maxcheck: int = 10
    damplimit: float = 0.0
    demand_multiplier: float = 1.0
    emitter_exponent: float = 0.5
    demand_model: str = "DDA"
    minimum_pressure: float = 0.0
    required_pressure: float = 0.1
    pressure_exponent: float = 0.5
    duration_s: int = 0
    hydraulic_step_s: int = 3600
    pattern_step_s: int = 3600
    pattern_start_s: int = 0
    report_step_s: int = 3600
    report_start_s: int = 0
    clock_start_s: int = 0


@dataclass(frozen=True, eq=False)
class PipeNetwork:
    """A whole network: nodes, links, demands and what governs them. ``rules`` are EPANET rules in m, m3/h and kW.

    ``valves`` are where people can shut it off, ``customers`` whom that would cut off; no solver needs either.
    """

    nodes: Nodes
    links: Links
    tanks: Tanks
    demands: Demands
    patterns: tuple[Pattern, ...] = ()
    curves: tuple[Curve, ...] = ()
    controls: tuple[Control, ...] = ()
    rules: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)
    frame: Frame = Frame.GEOGRAPHIC
    title: str = ""
    valves: Valves = field(default_factory=no_valves)
    customers: Customers = field(default_factory=no_customers)

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Position of each node by its code."""
        return {str(code): i for i, code in enumerate(self.nodes.code)}

    @cached_property
    def link_index(self) -> dict[str, int]:
        """Position of each link by its code."""
        return {str(code): i for i, code in enumerate(self.links.code)}

    @cached_property
    def has_source(self) -> bool:
        """True when a reservoir or tank feeds it: without one it can be drawn but not solved."""
        return bool(np.any(self.nodes.kind != NodeKind.JUNCTION))

    @cached_property
    def pipe_length_m(self) -> float:
        """Length of all pipes [m]."""
        return float(self.links.length[self.links.kind == LinkKind.PIPE].sum())

    def line(self, link: int) -> Floats:
        """The vertices of one link from its start to its end, shape (n, 2) of (x, y)."""
        start, end = self.links.start[link], self.links.end[link]
        first, last = self.links.path_offset[link], self.links.path_offset[link + 1]
        ends = np.array([[self.nodes.x[start], self.nodes.y[start]], [self.nodes.x[end], self.nodes.y[end]]])
        return np.vstack([ends[:1], self.links.path[first:last], ends[1:]])

    def midpoint(self, link: int) -> tuple[float, float]:
        """The point half-way along a link's drawn line, (x, y)."""
        line = self.line(link)
        steps = np.hypot(*np.diff(line, axis=0).T)
        run = np.concatenate([[0.0], np.cumsum(steps)])
        half = run[-1] / 2
        return float(np.interp(half, run, line[:, 0])), float(np.interp(half, run, line[:, 1]))
