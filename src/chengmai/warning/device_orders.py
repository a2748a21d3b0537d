"""An alarm about a device itself (silent, stuck, flooding, drifting, battery low) opens a maintenance order for it."""

from chengmai.core.units import Quantity
from chengmai.devices.maintenance import open_for_alarm
from chengmai.devices.states import MaintenanceKind
from chengmai.events.models import OutboxEvent
from chengmai.sensing.models import Datastream
from chengmai.warning.models import Alarm

OF_DEVICES = {
    "silent": "silent",
    "stuck": "stuck",
    "flood": "flood",
    "clock": "clock",
    "drift-up": "drift",
    "drift-down": "drift",
}
"""What comes behind the stream in the subject of an alarm that tells of its device, and the order's cause."""
LOW = "low"
"""Behind a stream of a battery's charge: the battery is to be changed."""


def order_care(event: OutboxEvent) -> None:
    """The reaction to a raised alarm; told again, or by another stream of the device, it opens no second order."""
    alarm = Alarm.objects.get(pk=event.payload["id"])
    stream, _, fault = alarm.subject.partition("#")
    if fault in OF_DEVICES:
        open_for_alarm(stream, alarm.code, OF_DEVICES[fault])
    elif fault == LOW and Datastream.objects.filter(code=stream, quantity=Quantity.BATTERY.value).exists():
        open_for_alarm(stream, alarm.code, "battery", MaintenanceKind.BATTERY)
