"""Limits on single streams as a kind of rule."""

from typing import Any

from chengmai.core.units import UNITS
from chengmai.detection.limit_signals import limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.warning.rule_facts import Read, RuleFacts


class LimitDetector:
    """One rule's limits, held against every stream it names; a stream the network no longer has is passed over."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when the rule's limits are no numbers."""
        limits = limits_of(rule.parameters)
        watched = rule.watched()
        return [
            limit_signal(event, code, UNITS[facts.quantity], limits, facts.place)
            for event in judge_limits(rows, dict.fromkeys(watched, limits), memory)
            for code, facts in [watched[event.stream]]
        ]
