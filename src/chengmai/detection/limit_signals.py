"""Limit events as signals: which stream, beyond which limit, since when."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from chengmai.core.errors import InvalidInput
from chengmai.detection.limits import LimitEvent, LimitKind, Limits
from chengmai.detection.night_signals import utc
from chengmai.detection.signals import Condition, Reason, Signal, Span

DEFAULT_SEVERITY = "yellow"
STUCK_SEVERITY = "blue"
"""A sensor that no longer moves is a matter of maintenance."""


_REASONS = {
    LimitKind.LOW: ("limit.low", "limit.low_over"),
    LimitKind.HIGH: ("limit.high", "limit.high_over"),
    LimitKind.STUCK: ("limit.stuck", "limit.stuck_over"),
}
"""Catalogue code of each kind's beginning and end."""


def limits_of(parameters: Mapping[str, Any]) -> Limits:
    """The limits a rule's parameters describe; raises InvalidInput when one is no number."""
    names = [field.name for field in fields(Limits)]
    try:
        return Limits(**{name: float(parameters[name]) for name in names if parameters.get(name) is not None})
    except (TypeError, ValueError) as error:
        raise InvalidInput("rule.limit_parameters", reason=repr(error)) from error


def limit_signal(
    event: LimitEvent, code: str, unit: str, limits: Limits, severity: str, place: tuple[float | None, float | None]
) -> Signal:
    """One event at a stream of this code as a signal; ``place`` is its longitude and latitude."""
    bound = {LimitKind.LOW: limits.low, LimitKind.HIGH: limits.high, LimitKind.STUCK: None}[event.kind]
    told: dict[str, str | int | float] = {"stream": code, "value": round(event.value, 2), "unit": unit}
    if bound is not None:
        told["limit"] = bound
    began, over = _REASONS[event.kind]
    since, at = utc(event.since_ms), utc(event.time_ms)
    return Signal(
        subject=f"{code}#{event.kind}",
        condition=Condition.BEGIN if event.begins else Condition.END,
        severity=STUCK_SEVERITY if event.kind is LimitKind.STUCK else severity,
        began_at=since,
        raised_at=at,
        reasons=(Reason(began if event.begins else over, told),),
        evidence=(Span(event.stream, since, at),),
        longitude=place[0],
        latitude=place[1],
    )
