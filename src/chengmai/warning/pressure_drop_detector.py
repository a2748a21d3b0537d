"""A sudden fall of pressures as a kind of rule."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.detection.drop_signals import (
    FALL_SEVERITIES,
    Columns,
    Floats,
    Usual,
    day_profile,
    drop_signal,
    lookback,
    usual_of,
    window_of,
)
from chengmai.detection.night_signals import local_date, utc
from chengmai.detection.observations import Observations
from chengmai.detection.pressure_drop import look
from chengmai.detection.pressure_steps import SLOW_MS, DropSettings
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.rule_facts import Read, RuleFacts

HALF_TOLD = timedelta(hours=1)
"""A past day of which too little was told is looked at again after this long: its rest may still come."""
_DAY_MS = 86_400_000
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _PastDay:
    """What is usual by one day, None while too little of it was told; ``holds_until`` when it is to be read anew."""

    holds_until: datetime
    weekend: bool
    profile: Floats | None


class PressureDropDetector:
    """A burst from the pressures and the inflow of a network; knows usual values once a week of them is stored."""

    days = 14
    first_pace_ms = 300_000.0

    def __init__(self) -> None:
        self._profiles: dict[tuple[str, int, int], _PastDay] = {}
        """Past days by rule, version and day, as long as they hold."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new moments; raises InvalidInput when the rule names unknown streams."""
        columns = Columns(
            tuple(rule.stream(code).id for code in rule.parameters["streams"]),
            {rule.stream(code).id: 1 if sign > 0 else -1 for code, sign in rule.parameters["flows"].items()},
        )
        mine = rows.take(np.isin(rows.stream, columns.all))
        if not len(mine):
            return []
        if memory.get("columns") != columns.all:
            count = memory.get("drop", {}).get("count", 0)  # numbers of bursts go on, for they name alarms
            memory.clear()
            memory.update(columns=columns.all, pace_ms=self.first_pace_ms, drop={"count": count})
        settings, zone = DropSettings(), current().zone
        first, last = (utc(int(edge.astype("datetime64[ms]").astype(np.int64))) for edge in _edges(mine.time))
        lead = round(first.astimezone(zone).utcoffset().total_seconds() * 1000)  # type: ignore[union-attr]
        start = first - lookback(settings, memory["pace_ms"])
        slow = memory["pace_ms"] > SLOW_MS
        usual = self._usual(rule, columns, first, lead, read) if slow else None
        window = window_of(read(columns.all, start, last), columns, usual, lead)
        if len(window.time) > 1:
            memory["pace_ms"] = float(np.median(np.diff(window.time)[-settings.window :]))
        places_of = {stream: place for place, stream in enumerate(columns.pressures)}
        zones = [[places_of[rule.stream(code).id] for code in zone] for zone in rule.parameters.get("zones", [])]
        findings = look(window, memory["drop"], settings, zones)
        codes = {facts.id: code for code, facts in rule.streams.items()}
        places = {
            facts.id: (facts.longitude, facts.latitude)
            for facts in rule.streams.values()
            if facts.longitude is not None and facts.latitude is not None
        }
        severities = rule.parameters.get("severities", FALL_SEVERITIES)
        return [drop_signal(rule.code, one, columns, codes, places, settings, severities) for one in findings]

    def _usual(self, rule: RuleFacts, columns: Columns, moment: datetime, lead: int, read: Read) -> Usual | None:
        today, profiles = local_date(moment, current().zone), []
        for back in range(self.days, 0, -1):
            day = today - timedelta(days=back)
            key = (rule.code, rule.version, day.toordinal())
            known = self._profiles.get(key)
            if known is None or moment >= known.holds_until:
                known = self._profiles[key] = _past_day(columns, day, moment, lead, read)
            if known.profile is not None:
                profiles.append((known.weekend, known.profile))
        self._forget(rule, today.toordinal() - self.days)
        return usual_of(profiles)

    def _forget(self, rule: RuleFacts, first: int) -> None:
        """Keep of a rule only the days its present version still looks at."""
        for key in [key for key in self._profiles if key[0] == rule.code]:
            if key[1] != rule.version or key[2] < first:
                del self._profiles[key]


def _past_day(columns: Columns, day: date, moment: datetime, lead: int, read: Read) -> _PastDay:
    """One day as it is told at a moment: whole ones do not change, nearly whole ones are read anew the next day."""
    start = _midnight(day)
    window = window_of(read(columns.all, start, start + timedelta(days=1)), columns, None, lead)
    told_ms = int(window.time[-1] - window.time[0]) if len(window.time) else 0
    weekend = day.weekday() >= 5
    if told_ms < 0.8 * _DAY_MS:
        return _PastDay(moment + HALF_TOLD, weekend, None)
    if told_ms > 0.99 * _DAY_MS:
        return _PastDay(_NEVER, weekend, day_profile(window, lead))
    tomorrow = _midnight(local_date(moment, current().zone) + timedelta(days=1))
    return _PastDay(tomorrow, weekend, day_profile(window, lead))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=current().zone)


def _edges(times: npt.NDArray[np.datetime64]) -> tuple[np.datetime64, np.datetime64]:
    return times.min(), times.max()
