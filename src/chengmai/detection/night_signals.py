"""Night-flow findings as signals: who is told what, where, how grave, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from chengmai.core.errors import InvalidInput
from chengmai.detection.night_balance import BalanceArea, Tank, window_utc
from chengmai.detection.night_flow import NightFinding, NightFlowSettings, Shape
from chengmai.detection.signals import Condition, Reason, Signal, Span

SEVERITIES = (("red", 30.0), ("orange", 15.0), ("yellow", 5.0), ("blue", 0.0))
"""Least size [m3/h] of each severity (default of the rule's ``severities``)."""
EVIDENCE_NIGHTS = 14
"""How many of the last nights at most a signal names as its evidence."""


def area_of(parameters: Mapping[str, Any]) -> BalanceArea:
    """The balance area a rule's parameters describe; raises InvalidInput when one is missing or wrong."""
    try:
        tank = parameters.get("tank")
        start, end = parameters.get("window", (2.0, 4.0))
        statistic = parameters.get("statistic", "mean")
        if statistic not in ("mean", "lowest_hour") or not 0 <= float(start) < float(end) <= 12:
            raise ValueError(statistic)
        return BalanceArea(
            str(parameters["area"]),
            {str(code): 1 if float(sign) > 0 else -1 for code, sign in parameters["flows"].items()},
            Tank(str(tank["level"]), float(tank["area_m2"])) if tank else None,
            (float(start), float(end)),
            cast(Literal["mean", "lowest_hour"], statistic),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput("rule.night_flow_parameters", reason=repr(error)) from error


def parameters_of(area: BalanceArea) -> dict[str, Any]:
    """A rule's parameters for an area; the reverse of ``area_of``."""
    told: dict[str, Any] = {
        "area": area.code,
        "flows": dict(area.flows),
        "window": list(area.window),
        "statistic": area.statistic,
    }
    if area.tank is not None:
        told["tank"] = {"level": area.tank.level, "area_m2": area.tank.area_m2}
    return told


def settings_of(parameters: Mapping[str, Any]) -> NightFlowSettings:
    """The method's settings out of a rule's parameters; what is not given keeps its default."""
    names = ("least_m3h", "threshold", "growth_threshold", "single_night_threshold", "night_use_share")
    given: dict[str, Any] = {name: float(parameters[name]) for name in names if name in parameters}
    return replace(NightFlowSettings(), **given)


def onset_utc(area: BalanceArea, onset: int, zone: ZoneInfo) -> datetime:
    """When a leak began as far as nights can tell: half-way between the last night without it and the first with."""
    first, _ = window_utc(area, date.fromordinal(onset), zone)
    _, last = window_utc(area, date.fromordinal(onset - 1), zone)
    return last + (first - last) / 2


def severity_of(size_m3h: float, severities: Mapping[str, float] | None = None) -> str:
    """The gravest severity whose least size is reached."""
    table = SEVERITIES if severities is None else sorted(severities.items(), key=lambda entry: -entry[1])
    return next((name for name, least in table if size_m3h >= least), "blue")


def signal_of(
    area: BalanceArea,
    finding: NightFinding,
    zone: ZoneInfo,
    streams: Mapping[str, int],
    severities: Mapping[str, float] | None = None,
) -> Signal:
    """A finding as a signal; ``streams`` gives the identity of each stream of the balance."""
    leak = finding.leak
    _, raised = window_utc(area, date.fromordinal(finding.day), zone)
    first_day = max(leak.onset - 1, finding.day - EVIDENCE_NIGHTS)
    start, _ = window_utc(area, date.fromordinal(first_day), zone)
    return Signal(
        subject=f"{area.code}#{leak.number}",
        condition=finding.condition,
        severity=severity_of(finding.size_m3h, severities),
        began_at=onset_utc(area, leak.onset, zone),
        raised_at=raised,
        reasons=_reasons(area, finding),
        evidence=tuple(Span(streams[code], start, raised) for code in area.streams),
        size_m3h=round(finding.size_m3h, 1),
    )


def _reasons(area: BalanceArea, finding: NightFinding) -> tuple[Reason, ...]:
    leak = finding.leak
    onset = date.fromordinal(leak.onset).isoformat()
    balance = Reason(
        "night_flow.balance",
        {
            "area": area.code,
            "night": date.fromordinal(finding.day).isoformat(),
            "flow_m3h": round(finding.flow_m3h, 1),
            "usual_m3h": round(finding.usual_m3h, 1),
        },
    )
    size: dict[str, str | int | float] = {"size_m3h": round(finding.size_m3h, 1), "onset": onset}
    if finding.condition is Condition.END:
        code = "night_flow.mended" if finding.size_m3h > 0 else "night_flow.vanished"
        return (Reason(code, size), balance)
    code = "night_flow.growing" if leak.shape is Shape.GROWTH else "night_flow.sudden"
    if finding.condition is Condition.UPDATE:
        return (Reason("night_flow.changed", size), balance)
    sure = Reason("night_flow.certainty", {"deviations": round(finding.certainty, 1)})
    return (Reason(code, size), balance, sure)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The local date of a moment."""
    return moment.astimezone(zone).date()


def nights_due(area: BalanceArea, after_day: int | None, until: datetime, zone: ZoneInfo) -> list[date]:
    """Local dates whose window has ended by ``until``, after a day already taken in; at most a year of them."""
    last = local_date(until, zone)
    if window_utc(area, last, zone)[1] > until:
        last -= timedelta(days=1)
    first = date.fromordinal(after_day + 1) if after_day is not None else last
    span = (last - first).days
    if span < 0:
        return []
    return [first + timedelta(days=step) for step in range(max(0, span - 366), span + 1)]


def utc(moment_ms: int) -> datetime:
    """Milliseconds since 1970 as an aware moment."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC)
