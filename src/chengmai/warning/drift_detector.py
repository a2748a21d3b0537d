"""Sensors that drift away from their neighbours, as a kind of rule."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.units import UNITS
from chengmai.detection.drift import day_differences, drifted, take_day
from chengmai.detection.limit_signals import DRIFT_WORDS, limit_signal, limits_of
from chengmai.detection.limits import judge_limits
from chengmai.detection.night_signals import local_date, utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.past_days import PastDays, milliseconds, start_of
from chengmai.warning.rule_facts import Read, RuleFacts

LATE_DAYS = 7
"""How many days back late readings still change a day's figures."""


class DriftDetector:
    """Judges each local day once it is over; a new version of the rule takes new first days as its reference.

    Readings that come late for a day of the last week are taken into its figures when the next day is judged.
    """

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
            memory["version"], memory["days"], memory["late"] = rule.version, {}, []
        at_ms = int(mine.time.max().astype("datetime64[ms]").astype(np.int64))
        newest = local_date(utc(at_ms), current().zone)
        memory.setdefault("day", newest.toordinal() - 1)
        self._note_late(rule, streams, mine, memory)
        signals: list[Signal] = []
        for ordinal in range(memory["day"] + 1, newest.toordinal()):
            memory["day"] = ordinal
            for event in judge_limits(
                self._figures(rule, streams, ordinal, at_ms, memory, read),
                dict.fromkeys(watched, limits),
                memory.setdefault("limits", {}),
            ):
                code, facts = watched[event.stream]
                signals.append(limit_signal(event, code, UNITS[facts.quantity], limits, facts.place, DRIFT_WORDS))
        return signals

    def _note_late(
        self, rule: RuleFacts, streams: npt.NDArray[np.uint32], rows: Observations, memory: dict[str, Any]
    ) -> None:
        """Remember the days of the last week that were judged and of which rows came now."""
        self._days.came(rule.code, rule.version, streams, rows)
        zone = current().zone
        moments = np.unique(rows.time.astype("datetime64[h]")).astype("datetime64[ms]").astype(np.int64).tolist()
        days = {local_date(utc(moment), zone).toordinal() for moment in moments}
        late = {day for day in days if memory["day"] - LATE_DAYS < day <= memory["day"]}
        memory["late"] = sorted({*memory["late"], *late})

    def _figures(
        self,
        rule: RuleFacts,
        streams: npt.NDArray[np.uint32],
        ordinal: int,
        at_ms: int,
        memory: dict[str, Any],
        read: Read,
    ) -> Observations:
        """How far each stream has drifted by the end of a day, as readings of that moment."""
        reference, recent = (int(rule.parameters[name]) for name in ("reference_days", "recent_days"))
        for one in sorted({*memory["late"], ordinal}):
            day = date.fromordinal(one)
            figures = day_differences(self._days.of(rule.code, rule.version, streams, day, read, at_ms, 0))
            take_day(streams, one, figures, reference, recent, memory["days"])
        memory["late"] = []
        found = drifted(streams, ordinal, recent, memory["days"])
        end = milliseconds(start_of(date.fromordinal(ordinal) + timedelta(days=1)))
        times = np.full(len(found), end, dtype=np.int64).astype("datetime64[ms]")
        return Observations.fresh(list(found), times, list(found.values()))
