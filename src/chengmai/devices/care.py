"""Calibrations with their certificates, batteries, and which devices need care soon."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path
from uuid import UUID

import numpy as np
from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.durability import sync_folder
from chengmai.core.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from chengmai.core.identity import new_id
from chengmai.core.units import Quantity
from chengmai.devices.battery import BatteryForecast, forecast
from chengmai.devices.models import BatteryNote, Calibration, Device
from chengmai.devices.queries import device_for, visible_devices
from chengmai.devices.states import DeviceState
from chengmai.devices.type_table import read_quantities
from chengmai.sensing import runtime
from chengmai.settings import current

CERTIFICATES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}
"""How a certificate's file begins, and what it is."""
BATTERY_DAYS = 180
"""Readings of a battery's stream over so many days are looked at."""


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """What is told of a calibration; errors are reading less reference, in the quantity's unit."""

    on: date
    by: str
    quantity: Quantity
    reference: float
    before_error: float
    after_error: float
    next_due: date | None = None


def calibrate(
    user: User, code: str, told: CalibrationFacts, certificate: bytes = b"", certificate_name: str = ""
) -> Calibration:
    """Note a calibration; its next is due by the type's days unless told otherwise.

    Raises NotFound, Conflict (scrapped), InvalidInput (day, quantity, figures, certificate), TooLarge or Unavailable.
    """
    digest = _keep(certificate) if certificate else ""
    with transaction.atomic():
        take_turn()
        device = device_for(user, code)
        if device.state == DeviceState.SCRAPPED:
            raise Conflict("device.scrapped", code=code)
        measured = {row.quantity: row for row in read_quantities(device.type.quantities)}
        _check(told, measured)
        allowed = measured[told.quantity].allowed_error(told.reference)
        days = device.type.calibration_days
        made = Calibration.objects.create(
            device=device,
            on=told.on,
            by=told.by.strip(),
            quantity=told.quantity.value,
            reference=told.reference,
            before_error=told.before_error,
            after_error=told.after_error,
            passed=None if allowed is None else abs(told.after_error) <= allowed,
            next_due=told.next_due or (told.on + timedelta(days=days) if days else None),
            certificate=digest,
            certificate_name=Path(certificate_name).name[:128] if digest else "",
            noted_at=now(),
            noted_by=user,
        )
        after = {"device": code, "on": told.on.isoformat(), "quantity": told.quantity.value, "passed": made.passed}
        record(user, "device.calibrated", "device", code, after=after)
    return made


def _check(told: CalibrationFacts, measured: Mapping[Quantity, object]) -> None:
    if not told.by.strip():
        raise InvalidInput("calibration.by_missing")
    if told.on > now().astimezone(current().zone).date():
        raise InvalidInput("finding.device.day_ahead", field="on", value=told.on.isoformat())
    if told.next_due is not None and told.next_due <= told.on:
        raise InvalidInput("calibration.due_before", value=told.next_due.isoformat())
    if told.quantity not in measured:
        raise InvalidInput("calibration.quantity", value=told.quantity.value)
    if not all(isfinite(figure) for figure in (told.reference, told.before_error, told.after_error)):
        raise InvalidInput("calibration.figures")


def _path(digest: str) -> Path:
    return current().data_dir / "certificates" / digest[:2] / digest


def _keep(data: bytes) -> str:
    """Put a certificate on disk under its hash, whole or not at all."""
    if len(data) > current().max_upload_bytes:
        raise TooLarge("import.too_large", limit_bytes=current().max_upload_bytes)
    if not any(data.startswith(start) for start in CERTIFICATES):
        raise InvalidInput("calibration.certificate_kind", known=", ".join(CERTIFICATES.values()))
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    part = path.with_name(f"{digest}.{new_id().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable("calibration.not_stored", reason=error.strerror or str(error)) from error
    return digest


def certificate_of(user: User, calibration_id: UUID) -> tuple[Calibration, bytes, str]:
    """A calibration's certificate within reach and what it is; raises NotFound, or Unavailable when it is damaged."""
    found = Calibration.objects.filter(pk=calibration_id, device__in=visible_devices(user)).first()
    if found is None or not found.certificate:
        raise NotFound("calibration.no_certificate", id=calibration_id)
    path = _path(found.certificate)
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != found.certificate:
        raise Unavailable("calibration.certificate_damaged", sha256=found.certificate)
    kind = next(kind for start, kind in CERTIFICATES.items() if data.startswith(start))
    return found, data, kind


def note_battery(user: User, code: str, percent: float, *, replaced: bool = False) -> BatteryNote:
    """Note a battery's charge as read off now; raises NotFound or InvalidInput."""
    if not 0 <= percent <= 100:
        raise InvalidInput("battery.percent", value=percent)
    with transaction.atomic():
        take_turn()
        device = device_for(user, code)
        made = BatteryNote.objects.create(device=device, at=now(), percent=percent, replaced=replaced, noted_by=user)
        record(user, "device.battery_noted", "device", code, after={"percent": percent, "replaced": replaced})
    return made


def battery_of(device: Device) -> BatteryForecast | None:
    """A device's battery by its stream where it has one, and by what people read off; None where nothing is known."""
    readings: list[tuple[datetime, float]] = []
    notes = device.battery_notes.order_by("at").values_list("at", "percent", "replaced")
    for at, percent, replaced in notes:
        readings = [(at, percent)] if replaced else [*readings, (at, percent)]
    replaced_at = next((at for at, _, replaced in reversed(notes) if replaced), None)
    feed = device.feeds.filter(until=None, stream__quantity=Quantity.BATTERY.value).first()
    parts = runtime.running()
    if feed is not None and parts is not None:
        start = max(feed.since, now() - timedelta(days=BATTERY_DAYS), replaced_at or feed.since)
        rows = parts.store.read_thinned(feed.stream_id, start, now(), 400)
        moments = rows.time.astype("datetime64[ms]").astype(np.int64).tolist()
        zone = current().zone
        readings += [
            (datetime.fromtimestamp(ms / 1000, zone), value)
            for ms, value in zip(moments, rows.value.tolist(), strict=True)
        ]
    return forecast(sorted(readings), device.type.battery_days)


@dataclass(frozen=True, slots=True)
class Care:
    """A device that needs care, and by when: its calibration, its battery; None for what is not due."""

    device: Device
    calibration_due: date | None
    battery_empty: date | None


def needing_care(user: User, days: int) -> list[Care]:
    """Devices at their place whose calibration or battery runs out within so many days, the soonest first."""
    until = now().astimezone(current().zone).date() + timedelta(days=days)
    placed = visible_devices(user).filter(state__in=[DeviceState.IN_SERVICE, DeviceState.INSTALLED])
    found = []
    for device in placed.prefetch_related("calibrations", "battery_notes"):
        due = calibration_due(device)
        empty = _battery_date(device)
        due, empty = (one if one is not None and one <= until else None for one in (due, empty))
        if due is not None or empty is not None:
            found.append(Care(device, due, empty))
    return sorted(found, key=lambda care: min(day for day in (care.calibration_due, care.battery_empty) if day))


def calibration_due(device: Device) -> date | None:
    """When a device is to be calibrated next: by its last calibration, else by the day it was installed."""
    last = max(device.calibrations.all(), key=lambda one: (one.on, one.noted_at), default=None)
    if last is not None:
        return last.next_due
    days = device.type.calibration_days
    return device.installed_on + timedelta(days=days) if days and device.installed_on else None


def _battery_date(device: Device) -> date | None:
    """When a battery that anything is known of will be empty."""
    if device.type.battery_days is None:
        return None
    known = battery_of(device)
    if known is None or known.empty_at is None:
        return None
    return known.empty_at.astimezone(current().zone).date()
