"""Kinds of rules of a heat network: cold stations, make-up water, bursts."""

from datetime import timedelta
from typing import Any

import numpy as np

from chengmai.core.errors import InvalidInput
from chengmai.detection.heat_burst import BACK_MS, BurstSettings, BurstStreams, look_for_burst
from chengmai.detection.heat_supply import cold_stations, make_up_rate
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Signal
from chengmai.warning.rule_facts import Read, RuleFacts


class ColdStationDetector:
    """Stations whose supply runs below the heating curve for the outdoor temperature."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput for an unknown outdoor stream or a broken curve."""
        outdoor = rule.stream(str(rule.parameters.get("outdoor", ""))).id
        streams = {one: (code, facts.place) for one, (code, facts) in rule.watched().items()}
        return cold_stations(rows, streams, outdoor, rule.parameters, memory)


class MakeUpDetector:
    """Make-up water above its share of the circulation."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when the rule names unknown streams."""
        code = str(rule.parameters.get("make_up", ""))
        facts = rule.stream(code)
        circulation = rule.stream(str(rule.parameters.get("circulation", ""))).id
        return make_up_rate(rows, (facts.id, code, facts.place), circulation, rule.parameters, memory)


class HeatBurstDetector:
    """Make-up water that rises while pressures fall."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new readings of the make-up; raises InvalidInput for unknown streams or broken figures."""
        streams = BurstStreams(
            rule.stream(str(rule.parameters.get("make_up", ""))).id,
            rule.stream(str(rule.parameters.get("circulation", ""))).id,
            {one: (code, facts.place) for one, (code, facts) in rule.watched().items()},
        )
        mine = rows.take(rows.stream == streams.make_up)
        if not len(mine):
            return []
        first, last = (
            int(edge.astype("datetime64[ms]").astype(np.int64)) for edge in (mine.time.min(), mine.time.max())
        )
        window = read(streams.all, utc(first) - timedelta(milliseconds=BACK_MS), utc(last))
        if "until" not in memory:
            memory["until"] = first - 1
        return look_for_burst(window, streams, _settings(rule), memory, rule.code)


def _settings(rule: RuleFacts) -> BurstSettings:
    told, usual = rule.parameters, BurstSettings()
    try:
        return BurstSettings(
            float(told.get("rise_share", usual.rise_share)),
            float(told.get("fall_kpa", usual.fall_kpa)),
            int(told.get("least_sensors", usual.least_sensors)),
            {str(name): float(least) for name, least in told.get("severities", {}).items()},
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInput("rule.limit_parameters", reason=repr(error)) from error
