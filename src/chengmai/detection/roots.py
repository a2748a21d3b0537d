"""One root for each cause: which open alarms are only consequences of another, by where they lie and when they began.

What explains what is one table. An alarm has at most one direct cause: of the first row that fits, the one nearest in
time. Its root is where the chain of causes ends. The answer depends on the alarms alone, not on their order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

PRESSURES = frozenset({"pressure_head", "gas_pressure", "heat_pressure"})
FALLING = frozenset({"low", "fall", "below"})
"""Endings of subjects that say that a value is too low or falls."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An open alarm, as far as causes go; ``began_ms`` since 1970.

    ``condition`` is the ending of its subject; ``zones`` are the pressure zones in which it lies, ``feeds`` those that
    depend on the regulator, pump or source it is at; ``chamber`` is an underground space, ``joined`` those connected
    with it (itself too). Names of zones and chambers are unique across networks.
    """

    id: str
    kind: str
    condition: str
    began_ms: int
    quantity: str = ""
    network: str = ""
    gateway: str = ""
    zones: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()
    chamber: str = ""
    joined: frozenset[str] = frozenset()

    @property
    def is_low_pressure(self) -> bool:
        """A single pressure that is too low or falls."""
        return self.quantity in PRESSURES and self.condition in FALLING

    @property
    def is_gas(self) -> bool:
        """Methane in an underground space."""
        return self.kind == "methane" or self.quantity == "methane"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What explains an alarm: its root, the code of the row that fits its direct cause, and how much later it began."""

    root: str
    cause: str
    code: str
    later_s: float


Keys = Callable[[Standing], Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Row:
    """One way an alarm explains another: both give a common key, and the second begins within the window [s]."""

    code: str
    cause: Keys
    effect: Keys
    earliest_s: float
    latest_s: float
    in_order: bool = False
    """The cause must have begun first: between alarms of one kind either could explain the other."""


def _when(fits: Callable[[Standing], bool], keys: Keys) -> Keys:
    return lambda alarm: keys(alarm) if fits(alarm) else ()


_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
BURSTS = frozenset({"pressure_drop", "heat_burst"})
_TABLE: tuple[_Row, ...] = (
    _Row(
        "root.gateway",
        _when(lambda a: a.kind == "silent" and a.condition == "gateway", lambda a: (a.gateway,)),
        _when(lambda a: a.kind == "silent" and a.condition != "gateway", lambda a: (a.gateway,)),
        -7 * _DAY,
        7 * _DAY,
    ),
    _Row(
        "root.burst",
        _when(lambda a: a.kind in BURSTS, lambda a: a.zones),
        _when(lambda a: a.is_low_pressure, lambda a: a.zones),
        -5 * _MINUTE,
        30 * _MINUTE,
    ),
    _Row(
        "root.regulator",
        _when(lambda a: a.is_low_pressure, lambda a: a.feeds),
        _when(lambda a: a.is_low_pressure, lambda a: a.zones),
        -5 * _MINUTE,
        30 * _MINUTE,
    ),
    _Row(
        "root.chamber",
        _when(lambda a: a.is_gas, lambda a: a.joined),
        _when(lambda a: a.is_gas, lambda a: (a.chamber,)),
        0.0,
        12 * _HOUR,
        in_order=True,
    ),
    _Row(
        "root.night",
        _when(lambda a: a.kind in BURSTS, lambda a: (a.network,)),
        _when(lambda a: a.kind == "night_flow", lambda a: (a.network,)),
        -1 * _DAY,
        2 * _DAY,
    ),
)
ROOT_CODES = tuple(row.code for row in _TABLE)


def consequences(alarms: Sequence[Standing]) -> dict[str, Consequence]:
    """The alarms that another explains, by id; what is not in it stands for itself."""
    direct: dict[str, tuple[Standing, str]] = {}
    for row in _TABLE:
        causes: dict[str, list[Standing]] = {}
        for alarm in alarms:
            for key in row.cause(alarm):
                if key:
                    causes.setdefault(key, []).append(alarm)
        for alarm in alarms:
            if alarm.id in direct:
                continue
            fitting = {
                cause.id: cause
                for key in row.effect(alarm)
                for cause in causes.get(key, ())
                if _explains(row, cause, alarm)
            }
            if fitting:
                direct[alarm.id] = min(fitting.values(), key=lambda cause: _nearness(cause, alarm)), row.code
    return {
        alarm.id: Consequence(root, cause.id, code, (alarm.began_ms - cause.began_ms) / 1000)
        for alarm in alarms
        if alarm.id in direct
        for cause, code in [direct[alarm.id]]
        if (root := _root(alarm.id, direct)) != alarm.id
    }


def _explains(row: _Row, cause: Standing, alarm: Standing) -> bool:
    if cause.id == alarm.id:
        return False
    if row.in_order and (cause.began_ms, cause.id) >= (alarm.began_ms, alarm.id):
        return False
    return row.earliest_s * 1000 <= alarm.began_ms - cause.began_ms <= row.latest_s * 1000


def _nearness(cause: Standing, alarm: Standing) -> tuple[int, int, str]:
    return abs(alarm.began_ms - cause.began_ms), cause.began_ms, cause.id


def _root(alarm: str, direct: dict[str, tuple[Standing, str]]) -> str:
    """Where the chain of causes ends; of alarms that explain each other in a ring, the one that began first."""
    way = [alarm]
    while way[-1] in direct:
        cause = direct[way[-1]][0].id
        if cause in way:
            ring = way[way.index(cause) :]
            began = {direct[one][0].id: direct[one][0].began_ms for one in ring}
            return min(ring, key=lambda one: (began[one], one))
        way.append(cause)
    return way[-1]
