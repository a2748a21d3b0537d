"""Names of the events this package emits; every payload holds ``id``, ``code``, ``action`` and ``owner``."""

from collections.abc import Mapping

from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit
from chengmai.warning.models import Alarm, Warning

ALARM_EVENTS = ("alarm.raised", "alarm.updated", "alarm.returned", "alarm.changed")
WARNING_EVENTS = (
    "warning.opened",
    "warning.dismissed",
    "warning.issued",
    "warning.revised",
    "warning.lifted",
    "warning.archived",
)


def alarm_event(name: str, alarm: Alarm, action: str) -> OutboxEvent:
    """Emit one of ALARM_EVENTS for an alarm."""
    return emit(name, f"alarm:{alarm.pk}", _payload(alarm, action))


def warning_event(name: str, warning: Warning, action: str) -> OutboxEvent:
    """Emit one of WARNING_EVENTS for a warning."""
    return emit(name, f"warning:{warning.pk}", {**_payload(warning, action), "alarm": str(warning.alarm_id)})


def _payload(subject: Alarm | Warning, action: str) -> Mapping[str, object]:
    return {"id": str(subject.pk), "code": subject.code, "action": action, "owner": subject.owner.code}
