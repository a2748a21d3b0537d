"""Sensors that drift away from their neighbours, as a kind of rule."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.units import UNITS
from chengmai.detection.drift import day_differences, drifted
from chengmai.detection.limit_signals import DRIFT_WORDS, limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.night_signals import local_date, utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.past_days import PastDays, milliseconds, start_of
from chengmai.warning.rule_facts import Read, RuleFacts


class DriftDetector:
    """Judges each local day once it is over; a new version of the rule takes new first days as its reference."""

    def __init__(self) -> None:
        self._days = PastDays()

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the days that ended with these rows; raises InvalidInput when the limits are no numbers."""
        limits = limits_of(rule.parameters, DRIFT_WORDS)
        watched = rule.watched()
        streams = np.array(sorted(watched), dtype=np.uint32)
        mine = rows.take(np.isin(rows.stream, streams))
        if not len(mine):
            return []
        if memory.get("version") != rule.version:
            memory["version"], memory["figures"] = rule.version, {}
        newest = local_date(utc(int(mine.time.max().astype("datetime64[ms]").astype(np.int64))), current().zone)
        memory.setdefault("day", newest.toordinal() - 1)
        signals: list[Signal] = []
        for ordinal in range(memory["day"] + 1, newest.toordinal()):
            memory["day"] = ordinal
            for event in judge_limits(
                self._figures(rule, streams, date.fromordinal(ordinal), memory, read),
                dict.fromkeys(watched, limits),
                memory.setdefault("limits", {}),
            ):
                code, facts = watched[event.stream]
                signals.append(limit_signal(event, code, UNITS[facts.quantity], limits, facts.place, DRIFT_WORDS))
        return signals

    def _figures(
        self, rule: RuleFacts, streams: npt.NDArray[np.uint32], day: date, memory: dict[str, Any], read: Read
    ) -> Observations:
        """How far each stream has drifted by the end of a day, as readings of that moment."""
        figures = day_differences(self._days.of(rule.code, rule.version, streams, day, read))
        reference, recent = (int(rule.parameters[name]) for name in ("reference_days", "recent_days"))
        found = drifted(streams, figures, reference, recent, memory["figures"])
        end = milliseconds(start_of(day + timedelta(days=1)))
        times = np.full(len(found), end, dtype=np.int64).astype("datetime64[ms]")
        return Observations.fresh(list(found), times, list(found.values()))
