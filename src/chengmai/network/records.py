"""What a reader hands over: rows as told by a file, each with its place, before they are checked against each other.

Quantities are SI already; names still are names, not indices.
"""

from dataclasses import dataclass, field
from typing import Any

from chengmai.core.findings import Finding, Severity
from chengmai.network.pipe_network import Control, Frame, LinkKind, LinkStatus, NodeKind, Options
from chengmai.network.utilities import Utility


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, sheet of a workbook, row counted from 1; ``headers`` are what the file calls fields."""

    file: str
    row: int | None = None
    sheet: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def finding(
        self,
        rule: str,
        field: str | None = None,
        value: object = None,
        severity: Severity = Severity.ERROR,
        **detail: object,
    ) -> Finding:
        """A finding at this place."""
        text = None if value is None else str(value)[:80]
        told = tuple((name, str(part)) for name, part in detail.items())
        shown = next((header for name, header in self.headers if name == field), field)
        return Finding(self.file, self.row, shown, text, rule, severity, self.sheet, told)


@dataclass(slots=True)
class TankRecord:
    """The vessel of a tank node; levels and diameter [m], volume [m3]."""

    initial_level: float
    min_level: float
    max_level: float
    diameter: float
    min_volume: float = 0.0
    volume_curve: str = ""
    overflow: bool = False


@dataclass(slots=True)
class NodeRecord:
    """A node as told; x and y in the source's frame, None when the source tells none."""

    place: Place
    code: str
    kind: NodeKind
    elevation: float
    x: float | None = None
    y: float | None = None
    head_pattern: str = ""
    emitter: float = 0.0
    tank: TankRecord | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class LinkRecord:
    """A link as told; units as in ``pipe_network.Links``."""

    place: Place
    code: str
    kind: LinkKind
    start: str
    end: str
    length: float = 0.0
    diameter: float = 0.0
    roughness: float = 0.0
    minor_loss: float = 0.0
    status: LinkStatus = LinkStatus.OPEN
    setting: float = 0.0
    curve: str = ""
    pattern: str = ""
    power: float = 0.0
    material: str = ""
    path: list[tuple[float, float]] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DemandRecord:
    """A demand as told; ``base`` [m3/s]."""

    place: Place
    node: str
    base: float
    pattern: str = ""
    category: str = ""


@dataclass(slots=True)
class ValveRecord:
    """An isolation valve as told: on ``link``, next to its end ``node``."""

    place: Place
    code: str
    link: str
    node: str
    open: bool = True
    works: bool = True


@dataclass(slots=True)
class CustomerRecord:
    """Who is supplied at a node, as told; ``users`` counts households or meters, ``phone`` is an institution's."""

    place: Place
    code: str
    node: str
    users: int
    category: str
    name: str = ""
    phone: str = ""


@dataclass(slots=True)
class PatternRecord:
    """A pattern, gathered over one or more rows."""

    place: Place
    code: str
    multipliers: list[float] = field(default_factory=list)


@dataclass(slots=True)
class CurveRecord:
    """A curve's points, with the factors (``flow``, ``level``, ``volume``) that bring x and y to SI by its use."""

    place: Place
    code: str
    points: list[tuple[float, float]] = field(default_factory=list)
    flow: float = 1.0
    level: float = 1.0
    volume: float = 1.0


@dataclass(slots=True)
class Records:
    """All a file tells, in its order."""

    place: Place
    nodes: list[NodeRecord] = field(default_factory=list)
    links: list[LinkRecord] = field(default_factory=list)
    demands: list[DemandRecord] = field(default_factory=list)
    valves: list[ValveRecord] = field(default_factory=list)
    customers: list[CustomerRecord] = field(default_factory=list)
    patterns: dict[str, PatternRecord] = field(default_factory=dict)
    curves: dict[str, CurveRecord] = field(default_factory=dict)
    controls: list[tuple[Place, Control]] = field(default_factory=list)
    rules: list[tuple[Place, str]] = field(default_factory=list)
    default_pattern: str = ""
    options: Options = field(default_factory=Options)
    frame: Frame = Frame.LOCAL
    title: str = ""
    utility: Utility = Utility.WATER
    keep_isolated: bool = False
    """Points are places in their own right, as chambers are: loaded without lines, and in need of no source."""
