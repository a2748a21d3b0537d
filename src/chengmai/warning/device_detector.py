"""What devices do wrong on their line, as a kind of rule: floods of readings, clocks that jump back."""

from dataclasses import fields
from typing import Any

from chengmai.detection.device_line import LineEvent, LineFault, LineSettings, judge_lines
from chengmai.detection.night_signals import utc
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.warning.rule_facts import Read, RuleFacts, StreamFacts

SEVERITY = "blue"
"""A device at fault is a matter of maintenance (default of the rule's ``severity``)."""
_REASONS = {
    (LineFault.FLOOD, True): "device.flood",
    (LineFault.FLOOD, False): "device.flood_over",
    (LineFault.CLOCK, True): "device.clock",
    (LineFault.CLOCK, False): "device.clock_over",
}


class DeviceDetector:
    """Watches how the streams of the rule's gateways report; what they tell is not looked at."""

    def evaluate(self, rule: RuleFacts, rows: Observations, memory: dict[str, Any], read: Read) -> list[Signal]:
        """Signals of the new rows."""
        settings = LineSettings(
            **{
                each.name: float(rule.parameters[each.name])
                for each in fields(LineSettings)
                if rule.parameters.get(each.name) is not None
            }
        )
        gateways = set(rule.parameters["gateways"])
        watched = {facts.id: (code, facts) for code, facts in rule.streams.items() if facts.gateway in gateways}
        intervals = {stream: float(facts.interval_s) for stream, (_, facts) in watched.items()}
        events = judge_lines(rows, intervals, settings, memory)
        severity = str(rule.parameters.get("severity", SEVERITY))
        return [_signal(event, *watched[event.stream], severity, settings) for event in events]


def _signal(event: LineEvent, code: str, facts: StreamFacts, severity: str, settings: LineSettings) -> Signal:
    told: dict[str, str | int | float] = {"stream": code}
    if event.fault is LineFault.FLOOD:
        usual = max(1, round(settings.window_s / facts.interval_s))
        told |= {"count": round(event.size), "minutes": round(settings.window_s / 60, 1), "usual": usual}
    else:
        told["days"] = round(event.size / 86_400, 1)
    since, at = utc(event.since_ms), utc(event.time_ms)
    return Signal(
        subject=f"{code}#{event.fault}",
        condition=Condition.BEGIN if event.begins else Condition.END,
        severity=severity,
        began_at=since,
        raised_at=at,
        reasons=(Reason(_REASONS[event.fault, event.begins], told),),
        # A flood is not cited whole: its last minute tells as much.
        evidence=(Span(event.stream, max(since, utc(event.time_ms - 60_000)), at),),
        longitude=facts.longitude,
        latitude=facts.latitude,
    )
