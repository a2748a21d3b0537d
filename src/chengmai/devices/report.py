"""The report on how devices tell: online rate and completeness by device, type, owner, lot and day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

import numpy as np

from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.devices.completeness import FedSpan, Slots, Span, Tally, nothing, overlap, tally_of
from chengmai.devices.models import Device, DeviceEvent, DeviceStream
from chengmai.devices.queries import Wanted, matching, visible_devices
from chengmai.devices.states import DeviceState
from chengmai.sensing import runtime
from chengmai.settings import current

MOST_DAYS = 92
_SLOTS_AT_ONCE = 2_000_000
"""Intervals asked of the telemetry store at once."""


class ReportGroup(StrEnum):
    """By what a report's rows are put together."""

    DEVICE = "device"
    TYPE = "type"
    OWNER = "owner"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """Days of a report, the tally of all its devices, and of each group by its code; ``devices`` counts a group's."""

    days: list[date]
    total: Tally
    groups: dict[str, Tally]
    devices: dict[str, int]


def report(user: User, wanted: Wanted, first: date, last: date, by: ReportGroup) -> DeviceReport:
    """How devices told from the local day ``first`` to ``last``, both included, as far as these days are over by now.

    Raises InvalidInput for days in the wrong order or too many, Unavailable where telemetry does not run.
    """
    if last < first:
        raise InvalidInput("span.reversed", start=first.isoformat(), end=last.isoformat())
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput("span.too_long", days=MOST_DAYS)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    starts = np.array([_ms(_midnight(day)) for day in (*days, last + timedelta(days=1))], dtype=np.int64)
    devices = list(matching(visible_devices(user), wanted))
    period = (int(starts[0]), min(int(starts[-1]), _ms(now())))
    fed = _fed(devices, period)
    found = DeviceReport(days, nothing(len(days)), {}, {})
    total = found.total
    for device in devices:
        if device.pk not in fed:
            continue
        tally = tally_of(fed[device.pk], starts)
        code = _group(device, by)
        total = total + tally
        found.groups[code] = found.groups[code] + tally if code in found.groups else tally
        found.devices[code] = found.devices.get(code, 0) + 1
    return DeviceReport(days, total, found.groups, found.devices)


def _group(device: Device, by: ReportGroup) -> str:
    match by:
        case ReportGroup.DEVICE:
            return device.code
        case ReportGroup.TYPE:
            return device.type.code
        case ReportGroup.OWNER:
            return device.owner.code
        case ReportGroup.LOT:
            return f"{device.project}/{device.lot}" if device.project else "-"


def _fed(devices: Iterable[Device], period: Span) -> dict[UUID, list[FedSpan]]:
    """What each device fed while it was in service within the period, with the intervals that have a reading."""
    served = _in_service(devices, period[0])
    feeds: dict[int, dict[UUID, list[Span]]] = {}
    widths: dict[int, int] = {}
    told = DeviceStream.objects.filter(device__in=list(served)).select_related("stream")
    for feed in told:
        until = _ms(feed.until) if feed.until else period[1]
        spans = overlap(overlap([(_ms(feed.since), until)], [period]), served[feed.device_id])
        if spans:
            feeds.setdefault(feed.stream_id, {}).setdefault(feed.device_id, []).extend(spans)
            widths[feed.stream_id] = 1000 * feed.stream.interval_s
    filled = _filled(widths, period)
    found: dict[UUID, list[FedSpan]] = {}
    for stream, by_device in feeds.items():
        for device, spans in by_device.items():
            found.setdefault(device, []).append(FedSpan(widths[stream], spans, filled[stream]))
    return found


def _filled(widths: Mapping[int, int], period: Span) -> dict[int, Slots]:
    """Of each stream, the numbers of its intervals with a reading."""
    found: dict[int, Slots] = {stream: np.zeros(0, dtype=np.int64) for stream in widths}
    store = runtime.current().store
    for width in sorted(set(widths.values())):
        streams = sorted(stream for stream, own in widths.items() if own == width)
        at_once = max(1, _SLOTS_AT_ONCE // max(1, (period[1] - period[0]) // width))
        for start in range(0, len(streams), at_once):
            stream, slot = store.slots(streams[start : start + at_once], *period, width)
            order = np.argsort(stream, kind="stable")
            known, firsts = np.unique(stream[order], return_index=True)
            for one, slots in zip(known.tolist(), np.split(slot[order], firsts[1:]), strict=True):
                found[one] = slots
    return found


def _in_service(devices: Iterable[Device], start_ms: int) -> dict[UUID, list[Span]]:
    """When each device was in service [ms], by its history; the last span is open at its end.

    Whoever was registered as in service has been so since the day it was installed, but no longer than readings of it
    are kept: what it told before the platform was there is not missing here.
    """
    spans: dict[UUID, list[Span]] = {}
    since: dict[UUID, int] = {}
    steps = list(
        DeviceEvent.objects.filter(device__in=list(devices))
        .order_by("at", "pk")
        .values_list("device_id", "at", "action", "to_state", "facts")
    )
    late = [device for device, at, action, _, _ in steps if action == "register" and _ms(at) > start_ms]
    firsts = _first_readings(late)
    for device, at, action, state, facts in steps:
        moment = _ms(at)
        if action == "register" and facts.get("installed_on") and _ms(at) > start_ms:
            installed = _ms(_midnight(date.fromisoformat(facts["installed_on"])))
            moment = min(moment, max(installed, firsts.get(device, moment)))
        if state == DeviceState.IN_SERVICE:
            since.setdefault(device, moment)
        elif device in since:
            spans.setdefault(device, []).append((since.pop(device), moment))
    for device, moment in since.items():
        spans.setdefault(device, []).append((moment, 2**62))
    return spans


def _first_readings(devices: Sequence[UUID]) -> dict[UUID, int]:
    """When the first kept reading of each device's streams was taken [ms]."""
    feeds = DeviceStream.objects.filter(device__in=devices).values_list("stream_id", "device_id")
    fed = dict(feeds)
    found: dict[UUID, int] = {}
    for stream, first in runtime.current().store.first_times(sorted(fed)).items():
        found[fed[stream]] = min(first, found.get(fed[stream], first))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), current().zone)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
