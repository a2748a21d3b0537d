"""Whom an alarm concerns: the part of the network downstream of its place, who is supplied there, how fast rooms cool.

Water flows as EPANET finds it at the present hour of the week, heat as pandapipes finds it on a cool day; both are
solved in the pool and remembered by edition, for an edition never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from chengmai.assets.models import NetworkEdition
from chengmai.assets.queries import load_edition, published
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.units import Quantity
from chengmai.network.downstream import Downstream, downstream
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.physics.directions import supply_directions, water_directions
from chengmai.physics.heat import stations_of
from chengmai.physics.heat_outage import (
    USUAL_ROOM_C,
    OutageCurve,
    class_of,
    outage_curve,
)
from chengmai.sensing.models import Datastream
from chengmai.sensing.store import TelemetryStore
from chengmai.settings import current
from chengmai.warning.models import Alarm, RuleKind

Floats = npt.NDArray[np.float64]
_LONGEST_WAIT_S = 120.0
_FLOWING = (Utility.WATER, Utility.HEAT)
STILL = 1e-6
"""Water in a pipe that carries no more than this passes nothing on [m3/s or kg/s]."""


@dataclass(frozen=True, slots=True)
class ColdStation:
    """A heat exchange station in the affected part, with the users behind it."""

    code: str
    name: str
    building_class: str
    heat_kw: float
    users: int


@dataclass(frozen=True, slots=True)
class Outage:
    """How the rooms of some users cool from ``room_c`` at ``outdoor_c`` outdoors [degC]."""

    curve: OutageCurve
    users: int
    stations: int


@dataclass(frozen=True, slots=True, eq=False)
class Affected:
    """What an alarm concerns: the ``place`` it starts from, a ``part`` of the network, and its customers' positions."""

    network: PipeNetwork
    utility: Utility
    place: str
    part: Downstream
    customers: npt.NDArray[np.intp]
    stations: tuple[ColdStation, ...] = ()
    outages: tuple[Outage, ...] = ()
    outdoor_c: float | None = None
    room_c: float | None = None


def affected_by(alarm: Alarm, store: TelemetryStore) -> Affected | None:
    """What an alarm concerns; None where its network is not one that carries water or heat, or its place is unknown.

    Raises HydraulicsFailed or HeatNotSolved when the network cannot be solved.
    """
    if alarm.network is None or alarm.network.edition is None or alarm.rule.kind == RuleKind.MAKE_UP:
        return None
    utility = Utility(alarm.network.utility)
    place = _place(alarm)
    if utility not in _FLOWING or not place:
        return None
    edition = published(alarm.network)
    network = load_edition(edition)
    nodes = [network.node_index[place]] if place in network.node_index else []
    links = [network.link_index[place]] if place in network.link_index else []
    if not nodes and not links:
        return None
    part = downstream(network, _flows(edition, utility), nodes, links, STILL)
    customers = np.flatnonzero(np.isin(network.customers.node, part.nodes))
    if utility is not Utility.HEAT:
        return Affected(network, utility, place, part, customers)
    stations = _stations(network, part)
    outdoor, room = _weather(alarm, store, [station.code for station in stations])
    outages = _outages(stations, room, outdoor) if outdoor is not None else ()
    return Affected(network, utility, place, part, customers, stations, outages, outdoor, room)


def _place(alarm: Alarm) -> str:
    """Where to begin: the likeliest element; where the stream its reasons name was read; else any cited stream."""
    if alarm.elements:
        return str(alarm.elements[0]["code"])
    named = [reason["params"]["stream"] for reason in alarm.reasons if "stream" in reason["params"]]
    found = Datastream.objects.filter(code__in=named, network=alarm.network).values_list("element", flat=True).first()
    if found is None:
        cited = [one["stream"] for one in alarm.evidence]
        found = Datastream.objects.filter(pk__in=cited).order_by("pk").values_list("element", flat=True).first()
    return str(found or "")


def _flows(edition: NetworkEdition, utility: Utility) -> Floats:
    """Flows of an edition at the present hour of the week (water), or on a cool day (heat)."""
    if utility is Utility.HEAT:
        return _solved(edition.pk, edition.source_hash, utility, 0)
    local = now().astimezone(current().zone)
    return _solved(edition.pk, edition.source_hash, utility, local.weekday() * 24 + local.hour)


@lru_cache(maxsize=32)
def _solved(edition: int, source_hash: str, utility: Utility, hour: int) -> Floats:
    network = load_edition(NetworkEdition.objects.get(pk=edition, source_hash=source_hash))
    work = supply_directions if utility is Utility.HEAT else water_directions
    return heavy.run(work, network, hour).result(_LONGEST_WAIT_S)


def _stations(network: PipeNetwork, part: Downstream) -> tuple[ColdStation, ...]:
    stations = []
    for node in stations_of(network):
        if node in part.nodes:
            told = network.nodes.attributes[node]
            users = int(network.customers.users[network.customers.node == node].sum())
            code = str(network.nodes.code[node])
            building = class_of(str(told.get("building_class", ""))).value
            stations.append(
                ColdStation(code, str(told.get("station") or code), building, float(told["heat_kw"]), users)
            )
    return tuple(stations)


def _weather(alarm: Alarm, store: TelemetryStore, stations: Sequence[str]) -> tuple[float | None, float]:
    """The last outdoor temperature of the network, and the mean of the last room temperatures behind some stations."""
    streams = {
        one.pk: one
        for one in Datastream.objects.filter(
            network=alarm.network, quantity__in=[Quantity.AIR_TEMPERATURE, Quantity.ROOM_TEMPERATURE]
        )
    }
    latest = store.latest()
    outdoor: list[float] = []
    rooms: list[float] = []
    for stream, value in zip(latest.stream.tolist(), latest.value.tolist(), strict=True):
        one = streams.get(stream)
        if one is not None and one.quantity == Quantity.AIR_TEMPERATURE:
            outdoor.append(value)
        elif one is not None and one.element in stations:
            rooms.append(value)
    return (float(np.mean(outdoor)) if outdoor else None), (float(np.mean(rooms)) if rooms else USUAL_ROOM_C)


def _outages(stations: Sequence[ColdStation], room_c: float, outdoor_c: float) -> tuple[Outage, ...]:
    """One curve for each class of buildings there is, the quickest to cool first."""
    outages = []
    for building in sorted({station.building_class for station in stations}):
        own = [station for station in stations if station.building_class == building]
        curve = outage_curve(class_of(building), room_c, outdoor_c)
        outages.append(Outage(curve, sum(station.users for station in own), len(own)))
    return tuple(sorted(outages, key=lambda one: float(one.curve.room_c[-1])))
