"""Names of the events this package emits; every payload holds ``id``, ``code``, ``action`` and ``owner``."""

from collections.abc import Mapping
from typing import Literal, get_args

from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit
from chengmai.warning.models import Alarm, Warning

AlarmEventName = Literal["alarm.raised", "alarm.updated", "alarm.returned", "alarm.changed"]
WarningEventName = Literal[
    "warning.opened",
    "warning.dismissed",
    "warning.issued",
    "warning.revised",
    "warning.lifted",
    "warning.archived",
    "warning.checked",
]
ALARM_EVENTS: tuple[AlarmEventName, ...] = get_args(AlarmEventName)
WARNING_EVENTS: tuple[WarningEventName, ...] = get_args(WarningEventName)


def alarm_event(name: AlarmEventName, alarm: Alarm, action: str) -> OutboxEvent:
    """Emit one of ALARM_EVENTS for an alarm."""
    return emit(name, f"alarm:{alarm.pk}", _payload(alarm, action))


def warning_event(name: WarningEventName, warning: Warning, action: str) -> OutboxEvent:
    """Emit one of WARNING_EVENTS for a warning."""
    return emit(name, f"warning:{warning.pk}", {**_payload(warning, action), "alarm": str(warning.alarm_id)})


def _payload(subject: Alarm | Warning, action: str) -> Mapping[str, object]:
    return {"id": str(subject.pk), "code": subject.code, "action": action, "owner": subject.owner.code}
