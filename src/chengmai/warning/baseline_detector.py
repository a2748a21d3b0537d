"""The band of past days at the same time of day, as a kind of rule."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.units import UNITS
from chengmai.detection.baseline import DayBand, band_of, deviations
from chengmai.detection.limit_signals import BASELINE_WORDS, limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.night_signals import local_date, utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.past_days import PastDays, milliseconds, start_of
from chengmai.warning.rule_facts import Read, RuleFacts

LATE_PAUSE_MS = 3_600_000
"""How long a past day of which readings came late keeps its old figures [ms]."""


class BaselineDetector:
    """Limits on how far each stream lies beyond the band of past days; silent until enough days are stored."""

    def __init__(self) -> None:
        self._days = PastDays()

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when the rule's limits are no numbers."""
        limits = limits_of(rule.parameters, BASELINE_WORDS)
        watched = rule.watched()
        streams = np.array(sorted(watched), dtype=np.uint32)
        mine = rows.take(np.isin(rows.stream, streams))
        if not len(mine):
            return []
        self._days.came(rule.code, rule.version, streams, mine)
        zone = current().zone
        times = mine.time.astype("datetime64[ms]").astype(np.int64)
        first, last = (local_date(utc(int(edge)), zone) for edge in (times.min(), times.max()))
        parts = []
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            start = milliseconds(start_of(day))
            of_day = mine.take((times >= start) & (times < start + 86_400_000))
            band = self._band(rule, streams, day, read, int(times.max())) if len(of_day) else None
            if band is not None:
                spreads = float(rule.parameters.get("band_spreads", 3.0))
                parts.append(deviations(of_day, streams, band, start, spreads))
        return [
            limit_signal(event, code, UNITS[facts.quantity], limits, facts.place, BASELINE_WORDS)
            for event in judge_limits(Observations.concatenate(parts), dict.fromkeys(watched, limits), memory)
            for code, facts in [watched[event.stream]]
        ]

    def _band(
        self, rule: RuleFacts, streams: npt.NDArray[np.uint32], day: date, read: Read, at_ms: int
    ) -> DayBand | None:
        """The band for one day, from the days before it; of working days or of weekends where the rule says so."""
        before = [day - timedelta(days=back) for back in range(int(rule.parameters.get("days", 14)), 0, -1)]
        if rule.parameters.get("weekends_apart", False):
            before = [one for one in before if (one.weekday() >= 5) == (day.weekday() >= 5)]
        profiles = [self._days.of(rule.code, rule.version, streams, one, read, at_ms, LATE_PAUSE_MS) for one in before]
        return band_of(profiles, int(rule.parameters.get("least_days", 3)))
