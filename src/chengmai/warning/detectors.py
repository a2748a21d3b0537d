"""Detectors by kind of rule: each turns stored rows and its memory into signals, and knows no clock."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengmai.core.errors import InvalidInput
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
from chengmai.detection.night_balance import Series, night, window_utc
from chengmai.detection.night_flow import advance
from chengmai.detection.night_signals import area_of, local_date, nights_due, settings_of, signal_of, utc
from chengmai.detection.observations import Observations
from chengmai.detection.pressure_drop import SLOW_MS, DropSettings, look
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.limit_detector import LimitDetector
from chengmai.warning.models import RuleKind
from chengmai.warning.rule_facts import Detector, Read, RuleFacts, StreamFacts

SILENT = timedelta(hours=6)
"""A stream this far behind the others is not waited for."""


class NightFlowDetector:
    """Night flow of one balance area; a night is told once every stream has passed its end."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the nights that ended with these rows; raises InvalidInput when the rule names unknown streams."""
        area = area_of(rule.parameters)
        ids = {code: _stream(rule, code).id for code in area.streams}
        until = _passed(rows, list(ids.values()), memory)
        if until is None:
            return []
        zone, settings = current().zone, settings_of(rule.parameters)
        signals: list[Signal] = []
        for day in nights_due(area, memory["day"], until, zone):
            _, end = window_utc(area, day, zone)
            series = _series(read(list(ids.values()), end - timedelta(hours=25), end), ids)
            one = night(area, day, zone, series)
            memory["day"] = day.toordinal()
            if one is None:
                continue
            findings = advance(memory["flow"], one, settings)
            signals += [signal_of(area, each, zone, ids, rule.parameters.get("severities")) for each in findings]
        return signals


class PressureDropDetector:
    """A burst from the pressures and the inflow of a network; knows usual values once a week of them is stored."""

    days = 14
    first_pace_ms = 300_000.0

    def __init__(self) -> None:
        self._profiles: dict[tuple[str, int, int], tuple[bool, Floats]] = {}
        """Profiles of whole past days by rule, version and day, kept because past days do not change."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new moments; raises InvalidInput when the rule names unknown streams."""
        columns = Columns(
            tuple(_stream(rule, code).id for code in rule.parameters["streams"]),
            {_stream(rule, code).id: 1 if sign > 0 else -1 for code, sign in rule.parameters["flows"].items()},
        )
        mine = rows.take(np.isin(rows.stream, columns.all))
        if not len(mine):
            return []
        if memory.get("columns") != columns.all:
            memory.clear()
            memory.update(columns=columns.all, pace_ms=self.first_pace_ms, drop={})
        settings, zone = DropSettings(), current().zone
        first, last = (utc(int(edge.astype("datetime64[ms]").astype(np.int64))) for edge in _edges(mine.time))
        lead = round(first.astimezone(zone).utcoffset().total_seconds() * 1000)  # type: ignore[union-attr]
        start = first - lookback(settings, memory["pace_ms"])
        slow = memory["pace_ms"] > SLOW_MS
        usual = self._usual(rule, columns, local_date(first, zone), lead, read) if slow else None
        window = window_of(read(columns.all, start, last), columns, usual, lead)
        if len(window.time) > 1:
            memory["pace_ms"] = float(np.median(np.diff(window.time)[-settings.window :]))
        places_of = {stream: place for place, stream in enumerate(columns.pressures)}
        zones = [[places_of[_stream(rule, code).id] for code in zone] for zone in rule.parameters.get("zones", [])]
        findings = look(window, memory["drop"], settings, zones)
        codes = {facts.id: code for code, facts in rule.streams.items()}
        places = {
            facts.id: (facts.longitude, facts.latitude)
            for facts in rule.streams.values()
            if facts.longitude is not None and facts.latitude is not None
        }
        severities = rule.parameters.get("severities", FALL_SEVERITIES)
        return [drop_signal(rule.code, one, columns, codes, places, settings, severities) for one in findings]

    def _usual(self, rule: RuleFacts, columns: Columns, today: date, lead: int, read: Read) -> Usual | None:
        profiles = []
        for back in range(self.days, 0, -1):
            day = today - timedelta(days=back)
            key = (rule.code, rule.version, day.toordinal())
            if key not in self._profiles:
                start = datetime.combine(day, time(), tzinfo=current().zone)
                window = window_of(read(columns.all, start, start + timedelta(days=1)), columns, None, lead)
                if not len(window.time) or window.time[-1] - window.time[0] < 0.8 * 86_400_000:
                    continue
                self._profiles[key] = (day.weekday() >= 5, day_profile(window, lead))
            profiles.append(self._profiles[key])
        return usual_of(profiles)


def _edges(times: npt.NDArray[np.datetime64]) -> tuple[np.datetime64, np.datetime64]:
    return times.min(), times.max()


def _stream(rule: RuleFacts, code: str) -> StreamFacts:
    if code not in rule.streams:
        raise InvalidInput("rule.unknown_stream", rule=rule.code, stream=code)
    return rule.streams[code]


def _passed(rows: Observations, ids: list[int], memory: dict[str, Any]) -> datetime | None:
    """Up to when the area's streams have told all they will; None while these rows bring nothing new."""
    mine = np.isin(rows.stream, ids)
    if not mine.any():
        return None
    newest: dict[str, int] = memory.setdefault("newest", {})
    stream, times = rows.stream[mine], rows.time[mine].astype("datetime64[ms]").astype(np.int64)
    for one in np.unique(stream):
        key = str(int(one))
        newest[key] = max(newest.get(key, 0), int(times[stream == one].max()))
    memory.setdefault("flow", {})
    if "day" not in memory:
        memory["day"] = local_date(utc(int(times.min())), current().zone).toordinal() - 1
    latest = max(newest.values())
    slowest = min(newest.get(str(one), 0) for one in ids)
    return utc(max(slowest, latest - round(SILENT.total_seconds() * 1000)))


def _series(rows: Observations, ids: Mapping[str, int]) -> dict[str, Series]:
    return {code: Series(rows.time[rows.stream == one], rows.value[rows.stream == one]) for code, one in ids.items()}


DETECTORS: dict[str, Detector] = {
    RuleKind.NIGHT_FLOW.value: NightFlowDetector(),
    RuleKind.PRESSURE_DROP.value: PressureDropDetector(),
    RuleKind.LIMIT.value: LimitDetector(),
}


def detector_for(kind: str) -> Detector:
    """The detector of a kind of rule; raises InvalidInput when there is none."""
    if kind not in DETECTORS:
        raise InvalidInput("rule.unknown_kind", kind=kind)
    return DETECTORS[kind]
