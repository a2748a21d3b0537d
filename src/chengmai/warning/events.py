"""Names of the events this package emits; every payload holds ``id``, ``code``, ``action`` and ``owner``."""

from collections.abc import Mapping
from typing import Literal, get_args

from chengmai.events.models import OutboxEvent
from chengmai.events.outbox import emit
from chengmai.warning.models import Alarm, PlannedWork, Warning

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
PLANNED_WORK_CHANGED = "planned_work.changed"
ALARM_EVENTS: tuple[AlarmEventName, ...] = get_args(AlarmEventName)
WARNING_EVENTS: tuple[WarningEventName, ...] = get_args(WarningEventName)


def alarm_event(name: AlarmEventName, alarm: Alarm, action: str) -> OutboxEvent:
    """Emit one of ALARM_EVENTS for an alarm."""
    return emit(name, f"alarm:{alarm.pk}", _payload(alarm, action))


def warning_event(name: WarningEventName, warning: Warning, action: str) -> OutboxEvent:
    """Emit one of WARNING_EVENTS for a warning."""
    return emit(name, f"warning:{warning.pk}", {**_payload(warning, action), "alarm": str(warning.alarm_id)})


def planned_work_event(work: PlannedWork, action: str) -> OutboxEvent:
    """Emit the event of planned works that began, changed or ended."""
    return emit(PLANNED_WORK_CHANGED, f"planned_work:{work.pk}", _payload(work, action))


def _payload(subject: Alarm | PlannedWork | Warning, action: str) -> Mapping[str, object]:
    return {"id": str(subject.pk), "code": subject.code, "action": action, "owner": subject.owner.code}
