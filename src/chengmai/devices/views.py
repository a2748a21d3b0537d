"""From rows of the register to the shapes of its doors."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.core.units import UNITS, Quantity
from chengmai.devices import queries
from chengmai.devices.care import battery_of, calibration_due
from chengmai.devices.credentials import topic_of
from chengmai.devices.models import Device, DeviceType
from chengmai.devices.schemas import (
    BatteryOut,
    CredentialFacts,
    DeviceDetail,
    DeviceFilter,
    DeviceOut,
    DeviceStep,
    DeviceTypeOut,
    FedStream,
    NamedCode,
    TypeQuantityOut,
)
from chengmai.devices.states import DeviceState
from chengmai.sensing import runtime


def named(row: Organisation | DeviceType) -> NamedCode:
    """An organisation or a type by its code and names."""
    return NamedCode(code=row.code, name_zh=row.name_zh, name_en=row.name_en)


def type_out(kind: DeviceType) -> DeviceTypeOut:
    """A type of device."""
    return DeviceTypeOut(
        code=kind.code,
        name_zh=kind.name_zh,
        name_en=kind.name_en,
        quantities=[TypeQuantityOut(**row, unit=UNITS[Quantity(row["quantity"])]) for row in kind.quantities],
        calibration_days=kind.calibration_days,
        battery_days=kind.battery_days,
        interval_s=kind.interval_s,
        version=kind.version,
    )


def device_fields(device: Device) -> dict[str, Any]:
    """What lists and pages tell of a device."""
    return {
        "code": device.code,
        "type": named(device.type),
        "owner": named(device.owner),
        "serial": device.serial,
        "maker": device.maker,
        "model": device.model,
        "project": device.project,
        "lot": device.lot,
        "installed_on": device.installed_on,
        "longitude": device.longitude,
        "latitude": device.latitude,
        "network": device.network.code if device.network else "",
        "element": device.element,
        "state": device.state,
        "note": device.note,
        "version": device.version,
    }


def device_out(device: Device) -> DeviceOut:
    """A device in a list."""
    return DeviceOut(**device_fields(device))


def device_detail(user: User, device: Device) -> DeviceDetail:
    """All of one device."""
    steps = device.history.select_related("actor").order_by("-at", "-pk")[:200]
    return DeviceDetail(
        **device_fields(device),
        streams=fed_streams(device),
        credential=_credential(device),
        calibration_due=calibration_due(device),
        battery=_battery(device),
        may_maintain=Permission.DEVICE_MAINTAIN in user.permissions and device.state != DeviceState.SCRAPPED,
        history=[
            DeviceStep(
                at=step.at,
                actor=step.actor.name if step.actor else None,
                action=step.action,
                from_state=step.from_state,
                to_state=step.to_state,
                note=step.note,
                facts=step.facts,
            )
            for step in steps
        ],
        allowed_actions=queries.allowed_actions(user, device),
        may_change=Permission.DEVICE_MANAGE in user.permissions and device.state != DeviceState.SCRAPPED,
    )


def _battery(device: Device) -> BatteryOut | None:
    known = battery_of(device)
    if known is None:
        return None
    return BatteryOut(percent=known.percent, at=known.at, empty_at=known.empty_at, basis=known.basis, state=known.state)


def _credential(device: Device) -> CredentialFacts | None:
    own = device.gateway
    if own is None:
        return None
    mapping = own.mapping.code if own.mapping else None
    return CredentialFacts(user=own.code, topic=topic_of(own.code), active=own.active, mapping=mapping)


def fed_streams(device: Device) -> list[FedStream]:
    """What a device feeds now, with last readings where telemetry runs in this process."""
    feeds = list(device.feeds.filter(until=None).select_related("stream").order_by("stream__code"))
    last, heard = _latest([feed.stream_id for feed in feeds])
    return [
        FedStream(
            code=feed.stream.code,
            name=feed.stream.name,
            quantity=Quantity(feed.stream.quantity),
            unit=UNITS[Quantity(feed.stream.quantity)],
            interval_s=feed.stream.interval_s,
            since=feed.since,
            value=last[feed.stream_id][1] if feed.stream_id in last else None,
            last_at=_moment(last[feed.stream_id][0]) if feed.stream_id in last else None,
            heard_at=_moment(heard[feed.stream_id]) if feed.stream_id in heard else None,
        )
        for feed in feeds
    ]


def _latest(streams: list[int]) -> tuple[dict[int, tuple[int, float]], dict[int, int]]:
    """Of each stream (time, value) of its newest reading, and when it reached us; times in ms since 1970."""
    parts = runtime.running()
    if parts is None or not streams:
        return {}, {}
    rows = parts.store.latest()
    mine = rows.take(np.isin(rows.stream, np.array(streams, dtype=np.uint32)))
    times = mine.time.astype("datetime64[ms]").astype(np.int64).tolist()
    newest = {
        stream: (time, value)
        for stream, time, value in zip(mine.stream.tolist(), times, mine.value.tolist(), strict=True)
    }
    heard = parts.store.heard()
    return newest, {stream: heard[stream] for stream in streams if stream in heard}


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def wanted_of(wanted: DeviceFilter) -> queries.Wanted:
    """What a query of a door asks for."""
    return queries.Wanted(
        q=wanted.q,
        type=wanted.type,
        state=str(wanted.state),
        owner=wanted.owner,
        project=wanted.project,
        lot=wanted.lot,
        network=wanted.network,
        element=wanted.element,
    )
