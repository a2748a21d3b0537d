"""How fast single streams rise or fall, as a kind of rule."""

from datetime import timedelta
from typing import Any

import numpy as np

from chengmai.core.units import UNITS
from chengmai.detection.limit_signals import RATE_WORDS, limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.rate import slopes
from chengmai.detection.signals import Signal
from chengmai.warning.rule_facts import Read, RuleFacts


class RateDetector:
    """Limits on the slope [unit/min] of each stream over the rule's window."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when the rule's limits are no numbers."""
        limits = limits_of(rule.parameters, RATE_WORDS)
        watched = rule.watched()
        mine = rows.take(np.isin(rows.stream, list(watched)))
        if not len(mine):
            return []
        window = timedelta(seconds=float(rule.parameters["window_s"]))
        times = mine.time.astype("datetime64[ms]").astype(np.int64)
        history = read(sorted(watched), utc(int(times.min())) - window, utc(int(times.max())))
        changes = slopes(mine, history, round(window.total_seconds() * 1000))
        return [
            limit_signal(event, code, UNITS[facts.quantity], limits, facts.place, RATE_WORDS)
            for event in judge_limits(changes, dict.fromkeys(watched, limits), memory)
            for code, facts in [watched[event.stream]]
        ]
