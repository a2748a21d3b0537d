"""What an alarm's hash covers, in a form both databases give back unchanged."""

from datetime import UTC
from typing import Any

from chengmai.core.lineage import seal
from chengmai.warning.models import Alarm


def storable(value: Any) -> Any:
    """JSON values as PostgreSQL and SQLite both return them: floats to six places, never as 1e-07 or -0.0."""
    match value:
        case bool():
            return value
        case float():
            rounded = round(value, 6) + 0.0
            return rounded if abs(rounded) < 1e15 and "e" not in repr(rounded) else repr(value)
        case dict():
            return {str(name): storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [storable(inner) for inner in value]
    return value


def alarm_seal(alarm: Alarm) -> str:
    """The hash an alarm must carry, over what it says, the rule version behind it and the readings it cites."""
    return seal(
        {
            "rule": alarm.rule_code,
            "rule_version": alarm.rule.version,
            "parameters": alarm.rule.parameters,
            "subject": alarm.subject,
            "severity": alarm.severity,
            "began_at": alarm.began_at.astimezone(UTC),
            "raised_at": alarm.raised_at.astimezone(UTC),
            "size_lph": alarm.size_lph,
            "reasons": alarm.reasons,
            "facts": alarm.facts,
            "elements": alarm.elements,
            "location": alarm.location,
            "evidence": alarm.evidence,
        }
    )
