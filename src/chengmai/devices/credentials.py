"""A device's own credential: a gateway of one, with a topic of its own, shown once, revoked at once."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.units import UNITS, Quantity
from chengmai.devices.models import Device
from chengmai.devices.queries import device_for
from chengmai.devices.senders import settle_senders
from chengmai.devices.services import note_step
from chengmai.devices.states import DeviceState
from chengmai.sensing import services as sensing
from chengmai.sensing.mapping import read_mapping
from chengmai.sensing.models import PayloadMapping
from chengmai.sensing.payloads import Decoded


def topic_of(user_name: str) -> str:
    """The MQTT topic below which a credential may publish, and nowhere else."""
    return f"chengmai/v1/{user_name}/observations"


def give_credential(user: User, code: str) -> tuple[Device, str]:
    """A device's own user and secret, new at every call; the secret is told here once and kept as a hash.

    From then on its streams are told by it alone. Raises NotFound, or Conflict (scrapped, a gateway of that name).
    """
    with transaction.atomic():
        take_turn()
        device = device_for(user, code)
        if device.state == DeviceState.SCRAPPED:
            raise Conflict("device.scrapped", code=code)
        if device.gateway is None:
            device.gateway, secret = sensing.add_gateway(user, code, code, device.owner.code)
            Device.objects.filter(pk=device.pk).update(gateway=device.gateway)
        else:
            secret = sensing.renew_token(user, code)
            device.gateway.refresh_from_db()
            device.gateway.active = True
            device.gateway.save(update_fields=["active"])
        settle_senders(device)
        note_step(device, user, "credential", device.state)
        record(user, "device.credential_given", "device", code, after={"user": code})
    return device_for(user, code), secret


def revoke_credential(user: User, code: str) -> Device:
    """End a device's own credential: the broker drops it, its streams are told by their gateway again.

    Raises NotFound, or Conflict when there is none in force.
    """
    with transaction.atomic():
        take_turn()
        device = device_for(user, code)
        if device.gateway is None or not device.gateway.active:
            raise Conflict("device.no_credential", code=code)
        device.gateway.active = False
        device.gateway.save(update_fields=["active"])
        settle_senders(device)
        note_step(device, user, "revoke", device.state)
        record(user, "device.credential_revoked", "device", code, before={"user": device.gateway.code})
    return device_for(user, code)


def use_mapping(user: User, code: str, mapping_code: str) -> Device:
    """Read a device's messages by a mapping (empty: in our own shape).

    Raises NotFound, Conflict (no credential), or InvalidInput when the device feeds no one stream for a reading.
    """
    with transaction.atomic():
        take_turn()
        device = device_for(user, code)
        if device.gateway is None:
            raise Conflict("device.no_credential", code=code)
        before = device.gateway.mapping.code if device.gateway.mapping else ""
        mapping = _mapping(mapping_code) if mapping_code else None
        if mapping is not None:
            _demand_streams(device, mapping)
        device.gateway.mapping = mapping
        device.gateway.save(update_fields=["mapping"])
        settle_senders(device)
        note_step(device, user, "mapping", device.state, mapping_code)
        record(user, "device.mapping_set", "device", code, before={"mapping": before}, after={"mapping": mapping_code})
    return device_for(user, code)


def _mapping(code: str) -> PayloadMapping:
    found = PayloadMapping.objects.filter(code=code).first()
    if found is None:
        raise NotFound("mapping.unknown", code=code)
    return found


def _demand_streams(device: Device, mapping: PayloadMapping) -> None:
    fed = list(device.feeds.filter(until=None).values_list("stream__code", "stream__quantity"))
    for row in read_mapping(mapping.document).table.readings:
        fitting = [code for code, quantity in fed if quantity == row.quantity and row.stream in ("", code)]
        if len(fitting) != 1 and not row.optional:
            raise InvalidInput("mapping.no_stream", path=row.path, quantity=row.quantity.value, streams=len(fitting))


def save_mapping(user: User, code: str, version: int, name: str, document: Mapping[str, Any]) -> PayloadMapping:
    """Make a mapping (version 0) or change one; raises NotAllowed, InvalidInput, or Conflict (stale, taken)."""
    if not user.sees_whole_city:
        raise NotAllowed("mapping.bureau_only")
    read_mapping(document)
    with transaction.atomic():
        take_turn()
        present = PayloadMapping.objects.filter(code=code).first()
        if (present.version if present else 0) != version:
            raise Conflict("version.stale", sent=version, present=present.version if present else 0)
        before = {"name": present.name, "document": present.document} if present else None
        made = present or PayloadMapping(code=code, version=0)
        made.name, made.document, made.version = name.strip(), dict(document), version + 1
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError as error:
            raise Conflict("version.stale", sent=version, present=version + 1) from error
        record(
            user, "mapping.saved", "mapping", code, before=before, after={"name": made.name, "document": made.document}
        )
        sensing.tell_running()
    return made


def try_mapping(document: Mapping[str, Any], payload: bytes) -> tuple[Decoded, dict[str, str]]:
    """What a mapping makes of a payload, by quantity where it names no stream; and the unit of each of these."""
    reader = read_mapping(document)
    by_quantity = {quantity.value: quantity.value for quantity in Quantity}
    units = {quantity.value: UNITS[quantity] for quantity in Quantity}
    units |= {row.stream: UNITS[row.quantity] for row in reader.table.readings if row.stream}
    return reader.decode(payload, by_quantity, now()), units
