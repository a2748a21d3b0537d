"""An alarm about a device itself (silent, stuck, flooding, drifting) opens a maintenance order for it."""

from chengmai.devices.maintenance import open_for_alarm
from chengmai.events.models import OutboxEvent
from chengmai.warning.models import Alarm

OF_DEVICES = frozenset({"silent", "stuck", "flood", "clock", "drift"})
"""What comes behind the stream in the subject of an alarm that tells of its device."""


def order_care(event: OutboxEvent) -> None:
    """The reaction to a raised alarm; told again, or by another stream of the device, it opens no second order."""
    alarm = Alarm.objects.get(pk=event.payload["id"])
    stream, _, fault = alarm.subject.partition("#")
    if fault in OF_DEVICES:
        open_for_alarm(stream, alarm.code, fault)
