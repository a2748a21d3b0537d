"""How the demonstration's devices are looked after: calibrated in time, batteries read off, a few things due."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.units import Quantity
from chengmai.devices.models import BatteryNote, Calibration, Device
from chengmai.devices.type_table import MeasuredQuantity, read_quantities
from chengmai.settings import current

LABORATORY = "晋城计量检定测试所（演示）"
DUE_IN = {3: -6, 17: -1, 29: 4, 41: 12, 53: 21, 67: 26}
"""Devices whose calibration is overdue or due soon, by their place in the register's order [d]."""
_YEAR = 365
_SOONEST = 35
_STEP = 37
"""Shares no divisor with any usual number of days: due days spread over the whole time a calibration holds."""
LOW_BATTERIES = {5: 12.0, 31: 18.0}
"""Charges of the batteries that are to be changed, by place in the register's order [%]."""


def ensure_care() -> None:
    """Note calibrations and charges for the demonstration's devices when none are noted."""
    if Calibration.objects.exists() or BatteryNote.objects.exists():
        return
    by = User.objects.filter(role_assignments__role=Role.NETWORK_ENGINEER).order_by("pk").first()
    if by is None:
        return
    devices = list(Device.objects.select_related("type").exclude(installed_on=None).order_by("code"))
    telling = Device.objects.filter(feeds__until=None, feeds__stream__quantity=Quantity.BATTERY.value)
    themselves = set(telling.values_list("pk", flat=True))
    with transaction.atomic():
        take_turn()
        calibrated = Calibration.objects.bulk_create(_calibrations(devices, by, now()))
        others = [device for device in devices if device.type.battery_days and device.pk not in themselves]
        noted = BatteryNote.objects.bulk_create(_charges(others, by, now()))
        told = {"calibrations": len(calibrated), "batteries": len(noted)}
        record(None, "device.care_noted", "device", "*", after=told)


def _calibrations(devices: Sequence[Device], by: User, moment: datetime) -> Iterator[Calibration]:
    """The last calibration of every device that is installed long enough to have had one."""
    today = moment.astimezone(current().zone).date()
    # What holds for two years was not yet due again since the first devices were installed.
    needing = [device for device in devices if 0 < (device.type.calibration_days or 0) <= _YEAR]
    for number, device in enumerate(needing):
        lasts = device.type.calibration_days or 0
        on = today + timedelta(days=_due_in(number, lasts) - lasts)
        measured = next((row for row in read_quantities(device.type.quantities) if row.accuracy), None)
        if measured is not None and device.installed_on is not None and device.installed_on < on < today:
            yield _calibration(device, measured, on, by, moment)


def _due_in(number: int, lasts: int) -> int:
    return DUE_IN.get(number, _SOONEST + number * _STEP % max(1, lasts - _SOONEST - 1))


def _calibration(device: Device, measured: MeasuredQuantity, on: date, by: User, moment: datetime) -> Calibration:
    reference = round(((measured.low or 0.0) + (measured.high or 0.0)) / 2 or (measured.high or 0.0) / 4, 3)
    allowed = measured.allowed_error(reference) or 0.0
    return Calibration(
        device=device,
        on=on,
        by=LABORATORY,
        quantity=measured.quantity.value,
        reference=reference,
        before_error=round(0.7 * allowed, 4),
        after_error=round(0.2 * allowed, 4),
        passed=True,
        next_due=on + timedelta(days=device.type.calibration_days or 0),
        noted_at=moment,
        noted_by=by,
    )


def _charges(devices: Sequence[Device], by: User, moment: datetime) -> Iterator[BatteryNote]:
    """A charge of every battery, as read off on a round some weeks ago."""
    for number, device in enumerate(devices):
        percent = LOW_BATTERIES.get(number, 96.0 - number * 13 % 52)
        yield BatteryNote(device=device, at=moment - timedelta(days=1 + number % 40), percent=percent, noted_by=by)
