"""Night flow of a balance area as a kind of rule."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from chengmai.detection.night_balance import Series, night, window_utc
from chengmai.detection.night_flow import advance
from chengmai.detection.night_signals import area_of, local_date, nights_due, settings_of, signal_of, utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.settings import current
from chengmai.warning.rule_facts import Read, RuleFacts, basis_of

SILENT = timedelta(hours=6)
"""A stream this far behind the others is not waited for."""


class NightFlowDetector:
    """Night flow of one balance area; a night is told once every stream has passed its end."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the nights that ended with these rows; raises InvalidInput when the rule names unknown streams."""
        area = area_of(rule.parameters)
        _demand_basis(memory, basis_of("night_flow", rule.parameters))
        ids = {code: rule.stream(code).id for code in area.streams}
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


def _demand_basis(memory: dict[str, Any], basis: list[str]) -> None:
    """Nights of another balance say nothing of this one; only the numbers of leaks go on, for they name alarms."""
    if memory.setdefault("basis", basis) != basis:
        count = memory.get("flow", {}).get("count", 0)
        memory.clear()
        memory.update(basis=basis, flow={"count": count})


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
