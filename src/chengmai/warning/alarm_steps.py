"""How every change of an alarm is written: compare and set, a step of its history, the audit trail, an event."""

from typing import Any

from chengmai.access.audit import record
from chengmai.access.models import User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict
from chengmai.warning.events import AlarmEventName, alarm_event
from chengmai.warning.models import Alarm, AlarmEvent

_MOVING = (
    "rule",
    "state",
    "severity",
    "began_at",
    "returned_at",
    "size_lph",
    "longitude",
    "latitude",
    "elements",
    "reasons",
    "facts",
    "evidence",
    "location",
    "lineage_hash",
    "shelved_until",
    "suppressed_until",
    "set_aside",
    "planned_work",
)


def moved(alarm: Alarm) -> bool:
    """Store an alarm's present values unless somebody changed it meanwhile; its version grows by one."""
    values = {name: getattr(alarm, name) for name in _MOVING}
    changed = Alarm.objects.filter(pk=alarm.pk, version=alarm.version).update(**values, version=alarm.version + 1)
    alarm.version += 1
    return changed == 1


def move(alarm: Alarm) -> None:
    """Store an alarm's present values; raises Conflict when somebody changed it meanwhile."""
    seen = alarm.version
    if not moved(alarm):
        raise Conflict("version.stale", sent=seen, present="?")


def write_step(
    alarm: Alarm, actor: User | None, action: str, from_state: str, note: str = "", **rested_on: object
) -> None:
    """Add a step to an alarm's history, with what it rested on."""
    AlarmEvent.objects.create(
        alarm=alarm,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=alarm.state,
        note=note.strip(),
        facts={**facts_of(alarm), **rested_on},
    )


def finish(
    alarm: Alarm,
    actor: User | None,
    action: str,
    before: dict[str, Any],
    note: str = "",
    event: AlarmEventName = "alarm.changed",
    **rested_on: object,
) -> None:
    """Write down a change that was moved: history, audit, event; ``before`` are the facts it started from."""
    write_step(alarm, actor, action, str(before["state"]), note, **rested_on)
    record(actor, f"alarm.{action}", "alarm", str(alarm.pk), before=before, after=facts_of(alarm))
    alarm_event(event, alarm, action)


def facts_of(alarm: Alarm) -> dict[str, Any]:
    """What a history and the audit trail keep of an alarm."""
    return {
        "state": str(alarm.state),
        "severity": str(alarm.severity),
        "size_lph": alarm.size_lph,
        "rule_version": alarm.rule.version,
        "lineage_hash": alarm.lineage_hash,
        "shelved_until": alarm.shelved_until.isoformat() if alarm.shelved_until else None,
        "suppressed_until": alarm.suppressed_until.isoformat() if alarm.suppressed_until else None,
    }
