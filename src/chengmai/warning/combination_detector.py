"""Several conditions within one window, as a kind of rule."""

from typing import Any

from chengmai.detection.combination import Clause, CombinationEvent, judge_combination
from chengmai.detection.limit_signals import limits_of
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.warning.rule_facts import Read, RuleFacts

SUBJECT = "all"


class CombinationDetector:
    """One alarm for the rule, while each of its conditions was met within the window of the others."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows; raises InvalidInput when a limit is no number."""
        shared = {name: rule.parameters.get(name) for name in ("dead_band", "on_delay_s", "off_delay_s")}
        clauses = []
        for told in rule.parameters["conditions"]:
            limits = limits_of({**shared, **told})
            ids = [rule.streams[code].id for code in told["streams"] if code in rule.streams]
            clauses.append(Clause(dict.fromkeys(ids, limits), int(told.get("count", 1))))
        window_s = float(rule.parameters["window_s"])
        events = judge_combination(rows, clauses, round(1000 * window_s), memory)
        return [_signal(rule, event, window_s) for event in events]


def _signal(rule: RuleFacts, event: CombinationEvent, window_s: float) -> Signal:
    codes = {facts.id: code for code, facts in rule.streams.items()}
    named = [codes[stream] for stream in event.streams if stream in codes]
    told: dict[str, str | int | float] = {
        "streams": ", ".join(named),
        "count": len(rule.parameters["conditions"]),
        "minutes": round(window_s / 60, 1),
    }
    since, at = utc(event.since_ms), utc(event.time_ms)
    first = rule.streams[named[0]] if named else None
    return Signal(
        subject=SUBJECT,
        condition=Condition.BEGIN if event.begins else Condition.END,
        severity=str(rule.parameters.get("severity", "yellow")),
        began_at=since,
        raised_at=at,
        reasons=(Reason("combination.holds" if event.begins else "combination.over", told),),
        evidence=tuple(Span(stream, since, at) for stream in dict.fromkeys(event.streams) if stream in codes),
        longitude=first.longitude if first else None,
        latitude=first.latitude if first else None,
    )
