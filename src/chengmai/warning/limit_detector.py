"""Limits on single streams as a kind of rule."""

from typing import Any

from chengmai.core.units import UNITS
from chengmai.detection.limit_signals import DEFAULT_SEVERITY, limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.warning.rule_facts import Read, RuleFacts


class LimitDetector:
    """One rule's limits, held against every stream it names; a stream the network no longer has is passed over."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when the rule's limits are no numbers."""
        limits = limits_of(rule.parameters)
        severity = str(rule.parameters.get("severity", DEFAULT_SEVERITY))
        watched = {rule.streams[code].id: code for code in rule.parameters["streams"] if code in rule.streams}
        signals = []
        for event in judge_limits(rows, dict.fromkeys(watched, limits), memory):
            code = watched[event.stream]
            facts = rule.streams[code]
            place = (facts.longitude, facts.latitude)
            signals.append(limit_signal(event, code, UNITS[facts.quantity], limits, severity, place))
        return signals
