"""Use-cases on the register: register devices, change what is told of them, take the steps of their lives."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.devices.checking import DeviceFacts, Fault, Known, faults_of, place_of, rounded
from chengmai.devices.models import Device, DeviceEvent, DeviceStream
from chengmai.devices.queries import device_for
from chengmai.devices.senders import settle_senders
from chengmai.devices.states import (
    DEVICE_PERMISSIONS,
    DEVICE_TRANSITIONS,
    FREEING,
    PLACED,
    DeviceAction,
    DeviceState,
)
from chengmai.sensing.models import Gateway
from chengmai.settings import current

TOLD = (
    *("type", "owner", "serial", "maker", "model", "project", "lot", "installed_on"),
    *("longitude", "latitude", "network", "element", "note"),
)
"""Fields that people tell and change; a device keeps its code."""


def register(user: User, told: DeviceFacts) -> Device:
    """Put a device into the register, in stock; raises InvalidInput for a rule it breaks, Conflict for a taken code."""
    with transaction.atomic():
        take_turn()
        known = Known.read(user, [told])
        if told.code in known.devices:
            raise Conflict("device.taken", code=told.code)
        demand_sound(faults_of(told, known))
        (device,) = write_new(user, [told], known, {})
        record(user, "device.registered", "device", told.code, after=facts_of(device, told.streams))
    return device_for(user, told.code)


def change(user: User, code: str, version: int, told: DeviceFacts) -> Device:
    """Change what is told of a device; raises NotFound, InvalidInput, Conflict (stale, scrapped)."""
    with transaction.atomic():
        take_turn()
        device = _fresh(user, code, version)
        if device.state == DeviceState.SCRAPPED:
            raise Conflict("device.scrapped", code=code)
        known = Known.read(user, [told])
        demand_sound(faults_of(told, known))
        if device.state == DeviceState.IN_SERVICE:
            _demand_streams(device, len(told.streams), known.quantities(known.types[told.type]))
        write_change(user, device, told, known)
    return device_for(user, code)


def act(user: User, code: str, version: int, action: DeviceAction, note: str = "", day: date | None = None) -> Device:
    """Take a step of a device's life; ``day`` is when it was installed (default: today).

    Raises NotFound, NotAllowed, Conflict (stale, not in this state) or InvalidInput (no place, no stream, no reason).
    """
    with transaction.atomic():
        take_turn()
        device = _fresh(user, code, version)
        permission = DEVICE_PERMISSIONS[action]
        if permission not in user.permissions:
            raise NotAllowed("door.not_allowed", permission=permission.value)
        state = DEVICE_TRANSITIONS.get((DeviceState(device.state), action))
        if state is None:
            raise Conflict("device.action_forbidden", action=action.value, state=device.state)
        if action in FREEING and not note.strip():
            raise InvalidInput("device.note_missing")
        before, was = facts_of(device), device.state
        _prepare(device, action, day)
        device.state = state
        _save(device, ("state", "installed_on", "longitude", "latitude", "network", "element"))
        note_step(device, user, action.value, was, note)
        record(user, f"device.{action.value}", "device", code, before=before, after=facts_of(device))
    return device_for(user, code)


def _prepare(device: Device, action: DeviceAction, day: date | None) -> None:
    today = now().astimezone(current().zone).date()
    if action is DeviceAction.INSTALL:
        if device.longitude is None:
            raise InvalidInput("device.no_place", code=device.code)
        if day is not None and day > today:
            raise InvalidInput("finding.device.day_ahead", field="installed_on", value=day.isoformat())
        device.installed_on = day or device.installed_on or today
    if action in (DeviceAction.COMMISSION, DeviceAction.RESUME):
        fed = device.feeds.filter(until=None).count()
        _demand_streams(device, fed, frozenset(row["quantity"] for row in device.type.quantities))
    if action in FREEING:
        device.feeds.filter(until=None).update(until=now())
        if device.gateway is not None:
            device.gateway.active = False
            device.gateway.save(update_fields=["active"])
            settle_senders(device)
        device.installed_on = device.longitude = device.latitude = device.network = None
        device.element = ""


def _demand_streams(device: Device, streams: int, measured: frozenset[str]) -> None:
    if measured and not streams:
        raise InvalidInput("device.no_streams", code=device.code)


def demand_sound(faults: Sequence[Fault]) -> None:
    """Raise InvalidInput for the first rule broken, in the words of its finding."""
    if faults:
        fault = faults[0]
        raise InvalidInput(f"finding.{fault.rule}", field=fault.field, value=fault.value, **dict(fault.detail))


def add_whole(
    user: User | None, told: Sequence[DeviceFacts], known: Known, states: Mapping[str, DeviceState]
) -> list[Device]:
    """Register devices that were checked, all or none, each in its state (by code), with one audit entry for all."""
    with transaction.atomic():
        take_turn()
        made = write_new(user, told, known, states)
        codes = [device.code for device in made]
        record(user, "device.registered_many", "device", "*", after={"count": len(codes), "codes": codes})
    return made


def write_new(
    user: User | None, told: Iterable[DeviceFacts], known: Known, states: Mapping[str, DeviceState]
) -> list[Device]:
    """Write devices that were checked; call it inside the transaction that also writes the audit entry."""
    moment, made, feeds = now(), list[Device](), list[DeviceStream]()
    streams = list[tuple[str, ...]]()
    for one in told:
        device = Device(code=one.code, state=states.get(one.code, DeviceState.IN_STOCK), **_columns(one, known))
        made.append(device)
        streams.append(one.streams)
        feeds += [
            DeviceStream(device=device, stream=known.streams[code], since=_since(device, moment))
            for code in dict.fromkeys(one.streams)
        ]
    try:
        with transaction.atomic():
            Device.objects.bulk_create(made)
            DeviceStream.objects.bulk_create(feeds)
    except IntegrityError as error:
        raise Conflict("device.taken", code=", ".join(device.code for device in made[:5])) from error
    DeviceEvent.objects.bulk_create(
        DeviceEvent(
            device=device, at=moment, actor=user, action="register", to_state=device.state, facts=facts_of(device, of)
        )
        for device, of in zip(made, streams, strict=True)
    )
    return made


def _since(device: Device, moment: datetime) -> datetime:
    """From when a new device feeds its streams: one registered at its place, since the day it was installed."""
    if device.state not in PLACED or device.installed_on is None:
        return moment
    return min(moment, datetime.combine(device.installed_on, time(), current().zone))


def write_change(user: User | None, device: Device, told: DeviceFacts, known: Known) -> bool:
    """Write what a checked change alters, with history and audit; False when it alters nothing."""
    before = facts_of(device)
    for name, value in _columns(told, known).items():
        setattr(device, name, value)
    if facts_of(device, told.streams) == before:
        return False
    if device.state in PLACED and device.longitude is None:
        raise InvalidInput("device.no_place", code=device.code)
    _save(device, TOLD)
    _feed(device, {code: known.streams[code].pk for code in told.streams})
    note_step(device, user, "change", device.state)
    record(user, "device.changed", "device", device.code, before=before, after=facts_of(device))
    return True


def _feed(device: Device, wanted: Mapping[str, int]) -> None:
    """Let a device feed exactly these streams from now on."""
    moment = now()
    present = device.feeds.filter(until=None)
    present.exclude(stream__in=wanted.values()).update(until=moment)
    there = set(present.values_list("stream_id", flat=True))
    try:
        with transaction.atomic():
            DeviceStream.objects.bulk_create(
                DeviceStream(device=device, stream_id=stream, since=moment)
                for stream in wanted.values()
                if stream not in there
            )
    except IntegrityError as error:
        raise Conflict("device.stream_raced", streams=", ".join(wanted)) from error
    if device.gateway is not None:
        Gateway.objects.filter(pk=device.gateway.pk).update(owner=device.owner)
        settle_senders(device)


def _columns(told: DeviceFacts, known: Known) -> dict[str, Any]:
    network = known.networks.get(told.network)
    place = (told.longitude, told.latitude)
    if told.longitude is None and network is not None and told.element:
        place = place_of(network, told.element) or place
    return {
        "type": known.types[told.type],
        "owner": known.owners[told.owner],
        "serial": told.serial,
        "maker": told.maker,
        "model": told.model,
        "project": told.project,
        "lot": told.lot,
        "installed_on": told.installed_on,
        "longitude": rounded(place[0]),
        "latitude": rounded(place[1]),
        "network": network,
        "element": told.element,
        "note": told.note,
    }


def _fresh(user: User, code: str, version: int) -> Device:
    device = device_for(user, code)
    if device.version != version:
        raise Conflict("version.stale", sent=version, present=device.version)
    return device


def _save(device: Device, names: Iterable[str]) -> None:
    seen = device.version
    values = {name: getattr(device, name) for name in names}
    if not Device.objects.filter(pk=device.pk, version=seen).update(**values, version=seen + 1):
        raise Conflict("version.stale", sent=seen, present="?")
    device.version = seen + 1


def note_step(device: Device, actor: User | None, action: str, from_state: str, note: str = "") -> None:
    """Write a step into a device's history."""
    DeviceEvent.objects.create(
        device=device,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=device.state,
        note=note.strip(),
        facts=facts_of(device),
    )


def facts_of(device: Device, streams: Iterable[str] | None = None) -> dict[str, Any]:
    """What is told of a device, as its history and the audit trail keep it."""
    if streams is None:
        streams = device.feeds.filter(until=None).values_list("stream__code", flat=True)
    return {
        "state": str(device.state),
        "type": device.type.code,
        "owner": device.owner.code,
        "serial": device.serial,
        "maker": device.maker,
        "model": device.model,
        "project": device.project,
        "lot": device.lot,
        "installed_on": device.installed_on.isoformat() if device.installed_on else None,
        "longitude": device.longitude,
        "latitude": device.latitude,
        "network": device.network.code if device.network else "",
        "element": device.element,
        "streams": sorted(set(streams)),
        "note": device.note,
    }
