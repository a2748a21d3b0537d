"""Open alarms below their roots: what is known of each is gathered, the pure table decides, changes are written."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import transaction

from chengmai.access.audit import take_turn
from chengmai.assets.models import NetworkEdition
from chengmai.assets.queries import load_edition
from chengmai.detection.roots import Consequence, Standing, consequences
from chengmai.events.models import OutboxEvent
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.utilities import Utility
from chengmai.network.zones import Zones, fed_from, pressure_zones, within_steps, zones_of
from chengmai.sensing.models import Datastream
from chengmai.warning.alarm_steps import facts_of, finish
from chengmai.warning.models import Alarm
from chengmai.warning.states import AlarmState

GROUPED_ON = ("alarm.raised", "alarm.updated", "alarm.returned")
"""Events after which the open alarms are grouped anew."""
CHAMBER_STEPS = 4
"""Gas is taken to travel through so many conduits from chamber to chamber (default)."""


def regroup(event: OutboxEvent) -> None:
    """Group the open alarms anew; left to the next event where one waits already."""
    if OutboxEvent.objects.filter(sequence__gt=event.sequence, name__in=GROUPED_ON).exists():
        return
    regroup_open()


@transaction.atomic
def regroup_open() -> int:
    """Give every open alarm its present root, or none; returns how many changed. Doing it again changes nothing."""
    take_turn()
    # An edition's own document is long, and is not asked here: its arrays are in memory.
    known = Alarm.objects.select_related("rule", "owner", "network__edition").defer("network__edition__model")
    alarms = list(known.exclude(state=AlarmState.NORMAL).order_by("pk"))
    found = consequences(_standings(alarms))
    by_id = {str(alarm.pk): alarm for alarm in alarms}
    return sum(_take_over(alarm, found.get(str(alarm.pk)), by_id) for alarm in alarms)


def _take_over(alarm: Alarm, wanted: Consequence | None, by_id: dict[str, Alarm]) -> bool:
    root = by_id[wanted.root] if wanted else None
    if alarm.root_id == (root.pk if root else None):
        return False
    before = facts_of(alarm)
    alarm.root = root
    alarm.root_reason = {}
    if wanted is not None:
        params = {"cause": by_id[wanted.cause].code, "minutes": round(abs(wanted.later_s) / 60, 1)}
        alarm.root_reason = {"code": wanted.code, "params": params}
    # No new version: whoever is about to act on the alarm still sees what it was.
    Alarm.objects.filter(pk=alarm.pk).update(root=alarm.root, root_reason=alarm.root_reason)
    finish(alarm, None, "group" if root else "ungroup", before, root=root.code if root else None)
    return True


def _standings(alarms: Iterable[Alarm]) -> list[Standing]:
    known = list(alarms)
    codes = {alarm.subject.partition("#")[0] for alarm in known}
    codes |= {cited["code"] for alarm in known for cited in alarm.evidence}
    streams = {one.code: one for one in Datastream.objects.select_related("gateway").filter(code__in=codes)}
    return [_standing(alarm, streams) for alarm in known]


def _standing(alarm: Alarm, streams: dict[str, Datastream]) -> Standing:
    name, _, condition = alarm.subject.partition("#")
    own = streams.get(name)
    cited = {cited["code"] for cited in alarm.evidence}
    elements = [own.element] if own else [streams[code].element for code in sorted(cited) if code in streams]
    # A located burst lies where its likeliest pipe is, not where its sensors are.
    elements = [alarm.elements[0]["code"]] if alarm.elements and own is None else elements
    network = alarm.network.code if alarm.network else ""
    place = _Place.of(alarm)
    return Standing(
        id=str(alarm.pk),
        kind=alarm.rule.kind,
        condition=condition,
        began_ms=round(alarm.began_at.timestamp() * 1000),
        quantity=own.quantity if own else "",
        network=network,
        gateway=own.gateway.code if own else (name if condition == "gateway" else ""),
        zones=place.zones(network, elements),
        feeds=place.feeds(network, elements[0]) if own else frozenset(),
        chamber=f"{network}:{elements[0]}" if place.has_chambers and elements else "",
        joined=place.joined(network, elements),
    )


class _Place:
    """An alarm's network as causes see it; nothing is near anything in a network that is not there."""

    def __init__(self, arrays: PipeNetwork | None, zones: Zones | None) -> None:
        self._arrays = arrays
        self._zones = zones

    @classmethod
    def of(cls, alarm: Alarm) -> "_Place":
        if alarm.network is None or alarm.network.edition is None:
            return cls(None, None)
        arrays = load_edition(alarm.network.edition)
        under_pressure = Utility(alarm.network.utility).under_pressure
        return cls(arrays, _zones(alarm.network.edition) if under_pressure else None)

    @property
    def has_chambers(self) -> bool:
        return self._arrays is not None and self._zones is None

    def zones(self, network: str, elements: list[str]) -> frozenset[str]:
        if self._arrays is None or self._zones is None:
            return frozenset()
        return frozenset(f"{network}:{zone}" for zone in zones_of(self._arrays, self._zones, elements))

    def feeds(self, network: str, element: str) -> frozenset[str]:
        if self._arrays is None or self._zones is None:
            return frozenset()
        return frozenset(f"{network}:{zone}" for zone in fed_from(self._arrays, self._zones, element))

    def joined(self, network: str, elements: list[str]) -> frozenset[str]:
        if self._arrays is None or not self.has_chambers or not elements:
            return frozenset()
        reached = within_steps(self._arrays, elements[0], CHAMBER_STEPS)
        return frozenset(f"{network}:{code}" for code in reached)


def _zones(edition: NetworkEdition) -> Zones:
    return _zones_of(edition.pk, edition.source_hash)


@lru_cache(maxsize=16)
def _zones_of(edition_id: int, source_hash: str) -> Zones:
    return pressure_zones(load_edition(NetworkEdition.objects.get(pk=edition_id, source_hash=source_hash)))
