"""Limit events as signals: which stream, beyond which limit, since when; of values, changes, deviations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chengmai.core.errors import InvalidInput
from chengmai.detection.limit_bands import COLOURS, Bands, LimitEvent, LimitKind, Limits, bands
from chengmai.detection.night_signals import utc
from chengmai.detection.signals import Condition, Reason, Signal, Span

DEFAULT_SEVERITY = "yellow"
STUCK_SEVERITY = "blue"
"""A sensor that no longer moves is a matter of maintenance."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a rule calls a side: its parameter, the ending of the alarm's subject, and what is said of it."""

    parameter: str
    subject: str
    holds: str
    over: str


LIMIT_WORDS = {
    LimitKind.LOW: Words("low", "low", "limit.low", "limit.low_over"),
    LimitKind.HIGH: Words("high", "high", "limit.high", "limit.high_over"),
    LimitKind.STUCK: Words("stuck_s", "stuck", "limit.stuck", "limit.stuck_over"),
}
RATE_WORDS = {
    LimitKind.LOW: Words("fall", "fall", "rate.fall", "rate.fall_over"),
    LimitKind.HIGH: Words("rise", "rise", "rate.rise", "rate.rise_over"),
}
BASELINE_WORDS = {
    LimitKind.LOW: Words("below", "below", "baseline.below", "baseline.over"),
    LimitKind.HIGH: Words("above", "above", "baseline.above", "baseline.over"),
}
DRIFT_WORDS = {
    LimitKind.LOW: Words("drift", "drift-down", "drift.down", "drift.over"),
    LimitKind.HIGH: Words("drift", "drift-up", "drift.up", "drift.over"),
}
CHANGED = "limit.rule_changed"
"""Said when a band ends because the rule no longer has it."""


def limits_of(parameters: Mapping[str, Any], words: Mapping[LimitKind, Words] = LIMIT_WORDS) -> Limits:
    """The limits a rule's parameters describe; raises InvalidInput when one is no number.

    A side is one number, whose alarm has the rule's ``severity``, or a table of a limit for each colour. A fall, a
    drift down and a deviation below are told as positive numbers.
    """
    negated = words is not LIMIT_WORDS
    try:
        low = _side(parameters, words[LimitKind.LOW].parameter)
        if negated:
            low = tuple((level, -limit) for level, limit in low)
        delays = {name: float(parameters.get(name) or 0.0) for name in ("dead_band", "on_delay_s", "off_delay_s")}
        stuck = parameters.get("stuck_s") if LimitKind.STUCK in words else None
        return Limits(
            low=low,
            high=_side(parameters, words[LimitKind.HIGH].parameter),
            stuck_s=None if stuck is None else float(stuck),
            **delays,
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInput("rule.limit_parameters", reason=repr(error)) from error


def _side(parameters: Mapping[str, Any], name: str) -> Bands:
    told = parameters.get(name)
    if told is None:
        return ()
    if isinstance(told, Mapping):
        return bands(told)
    return bands({str(parameters.get("severity", DEFAULT_SEVERITY)): float(told)})


def limit_signal(
    event: LimitEvent,
    code: str,
    unit: str,
    limits: Limits,
    place: tuple[float | None, float | None],
    words: Mapping[LimitKind, Words] = LIMIT_WORDS,
) -> Signal:
    """One event at a stream of this code as a signal; ``place`` is its longitude and latitude."""
    said = words[event.kind]
    side = dict(limits.side(event.kind))
    bound = next(iter(side.values()), None) if event.ends else side.get(event.after)
    told: dict[str, str | int | float] = {"stream": code, "value": _shown(event.value, words), "unit": unit}
    reason = said.over if event.ends else said.holds
    if bound is None:
        reason = CHANGED
    elif event.kind is not LimitKind.STUCK:
        told["limit"] = _shown(bound, words)
    since, at = utc(event.since_ms), utc(event.time_ms)
    level = event.before if event.ends else event.after
    return Signal(
        subject=f"{code}#{said.subject}",
        condition=_condition(event),
        severity=STUCK_SEVERITY if event.kind is LimitKind.STUCK else COLOURS[level - 1],
        began_at=utc(event.began_ms),
        raised_at=at,
        reasons=(Reason(reason, told),),
        evidence=(Span(event.stream, since, at),),
        longitude=place[0],
        latitude=place[1],
    )


def _shown(value: float, words: Mapping[LimitKind, Words]) -> float:
    """Changes and deviations are told without sign: the sentence says which way."""
    return round(value if words is LIMIT_WORDS else abs(value), 2 if words is LIMIT_WORDS else 4)


def _condition(event: LimitEvent) -> Condition:
    if event.begins:
        return Condition.BEGIN
    return Condition.END if event.ends else Condition.UPDATE
