"""Calibrations with their certificates, batteries, and which devices need care soon."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from pathlib import Path
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.durability import write_whole
from chengmai.core.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from chengmai.core.units import Quantity
from chengmai.devices.battery import BatteryForecast, BatteryState, forecast
from chengmai.devices.models import BatteryNote, Calibration, Device, DeviceStream, DeviceType
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
    digest = keep_document(certificate) if certificate else ""
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


def kept_path(digest: str) -> Path:
    """Where a kept document lies."""
    return current().data_dir / "certificates" / digest[:2] / digest


def keep_document(data: bytes) -> str:
    """Put a certificate or another document on disk under its hash, whole or not at all; returns the hash.

    Raises TooLarge, InvalidInput (no PDF, JPEG or PNG) or Unavailable (disk).
    """
    if len(data) > current().max_upload_bytes:
        raise TooLarge("import.too_large", limit_bytes=current().max_upload_bytes)
    if not any(data.startswith(start) for start in CERTIFICATES):
        raise InvalidInput("calibration.certificate_kind", known=", ".join(CERTIFICATES.values()))
    digest = hashlib.sha256(data).hexdigest()
    path = kept_path(digest)
    if path.exists():
        return digest
    try:
        write_whole(path, data)
    except OSError as error:
        raise Unavailable("calibration.not_stored", reason=error.strerror or str(error)) from error
    return digest


def certificate_of(user: User, calibration_id: UUID) -> tuple[Calibration, bytes, str]:
    """A calibration's certificate within reach and what it is; raises NotFound, or Unavailable when it is damaged."""
    found = Calibration.objects.filter(pk=calibration_id, device__in=visible_devices(user)).first()
    if found is None or not found.certificate:
        raise NotFound("calibration.no_certificate", id=calibration_id)
    path = kept_path(found.certificate)
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
    """A device's battery; None where nothing is known of it."""
    return batteries_of(Device.objects.filter(pk=device.pk)).get(device.pk)


def batteries_of(devices: QuerySet[Device]) -> dict[UUID, BatteryForecast]:
    """The batteries of devices by their streams where they have one, and by what people read off.

    Of a stream the last reading of each day counts. Devices of whose batteries nothing is known are left out.
    """
    readings: dict[UUID, list[tuple[datetime, float]]] = {}
    replaced: dict[UUID, datetime] = {}
    notes = BatteryNote.objects.filter(device__in=devices.order_by().values("pk")).order_by("at", "pk")
    for device, at, percent, new in notes.values_list("device_id", "at", "percent", "replaced"):
        if new:
            readings[device], replaced[device] = [], at
        readings.setdefault(device, []).append((at, percent))
    for device, at, percent in _told_by_streams(devices):
        if device not in replaced or at >= replaced[device]:
            readings.setdefault(device, []).append((at, percent))
    lasting = dict(devices.order_by().values_list("pk", "type__battery_days"))
    found = {device: forecast(sorted(told), lasting[device]) for device, told in readings.items()}
    return {device: battery for device, battery in found.items() if battery is not None}


def _told_by_streams(devices: QuerySet[Device]) -> Iterator[tuple[UUID, datetime, float]]:
    """The last charge of each day that devices told themselves, while each fed its stream."""
    parts = runtime.running()
    feeds = DeviceStream.objects.filter(
        device__in=devices.order_by().values("pk"), until=None, stream__quantity=Quantity.BATTERY.value
    )
    fed = {stream: (device, since) for stream, device, since in feeds.values_list("stream_id", "device_id", "since")}
    if parts is None or not fed:
        return
    rows = parts.store.last_of_days(sorted(fed), now() - timedelta(days=BATTERY_DAYS), now())
    moments = rows.time.astype("datetime64[ms]").astype(np.int64).tolist()
    for stream, moment, percent in zip(rows.stream.tolist(), moments, rows.value.tolist(), strict=True):
        device, since = fed[stream]
        at = datetime.fromtimestamp(moment / 1000, UTC)
        if at >= since:
            yield device, at, percent


@dataclass(frozen=True, slots=True)
class Care:
    """A device that needs care, and by when: its calibration, its battery; None for what is not due."""

    device: Device
    calibration_due: date | None
    battery: BatteryForecast | None

    @property
    def battery_empty(self) -> date | None:
        """The local day on which the battery will be empty."""
        empty = self.battery.empty_at if self.battery else None
        return empty.astimezone(current().zone).date() if empty else None


def needing_care(user: User, days: int) -> list[Care]:
    """Devices at their place whose calibration or battery runs out within so many days, or whose battery is low.

    The soonest first.
    """
    today = now().astimezone(current().zone).date()
    until = today + timedelta(days=days)
    placed = visible_devices(user).filter(state__in=[DeviceState.IN_SERVICE, DeviceState.INSTALLED])
    due = _calibrations_due(placed, until)
    empty = _batteries_due(placed.filter(type__battery_days__isnull=False), until)
    devices = placed.in_bulk([*due.keys() | empty.keys()])
    found = [Care(device, due.get(pk), empty.get(pk)) for pk, device in devices.items()]
    return sorted(found, key=lambda care: (min(care.calibration_due or until, _day(care, today)), care.device.code))


def _day(care: Care, today: date) -> date:
    """When a battery is to be seen to: one that is low, today."""
    if care.battery is None:
        return date.max
    return today if care.battery.state is BatteryState.LOW else care.battery_empty or date.max


def _calibrations_due(devices: QuerySet[Device], until: date) -> dict[UUID, date]:
    """Devices whose calibration is due up to a day: by the last one, else by the day they were installed."""
    last = Calibration.objects.filter(device=OuterRef("pk")).order_by("-on", "-noted_at")
    never = Q(pk__in=[])
    for kind, lasts in DeviceType.objects.exclude(calibration_days=None).values_list("pk", "calibration_days"):
        never |= Q(type=kind, installed_on__lte=until - timedelta(days=lasts or 0))
    told = devices.order_by().annotate(calibrated=Exists(last), told_due=Subquery(last.values("next_due")[:1]))
    rows = told.filter(Q(calibrated=True, told_due__lte=until) | Q(calibrated=False) & never)
    names = ("pk", "calibrated", "told_due", "installed_on", "type__calibration_days")
    found: dict[UUID, date] = {}
    for pk, calibrated, told_due, installed_on, lasts in rows.values_list(*names):
        if calibrated:
            found[pk] = told_due
        elif installed_on is not None:
            found[pk] = installed_on + timedelta(days=lasts or 0)
    return found


def _batteries_due(devices: QuerySet[Device], until: date) -> dict[UUID, BatteryForecast]:
    zone = current().zone
    return {
        pk: battery
        for pk, battery in batteries_of(devices).items()
        if battery.state is BatteryState.LOW
        or (battery.empty_at is not None and battery.empty_at.astimezone(zone).date() <= until)
    }


def calibration_due(device: Device) -> date | None:
    """When a device is to be calibrated next: by its last calibration, else by the day it was installed."""
    last = max(device.calibrations.all(), key=lambda one: (one.on, one.noted_at), default=None)
    if last is not None:
        return last.next_due
    days = device.type.calibration_days
    return device.installed_on + timedelta(days=days) if days and device.installed_on else None
