"""Night flow over a whole recorded table: the very steps of the running platform, one night after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chengmai.core.errors import InvalidInput
from chengmai.detection.leak_matching import FoundLeak
from chengmai.detection.night_balance import BalanceArea, Series, nights, window_utc
from chengmai.detection.night_flow import NightFinding, NightFlowSettings, advance
from chengmai.detection.night_signals import local_date, onset_utc, utc
from chengmai.detection.signals import Condition


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """First and last moment of a record, aware UTC."""

    first: datetime
    last: datetime


def span_of(series: Mapping[str, Series]) -> RecordSpan:
    """From the first to the last reading of any stream."""
    times = [one.time for one in series.values()]
    first = min(int(time[0].astype("int64")) for time in times)
    last = max(int(time[-1].astype("int64")) for time in times)
    return RecordSpan(utc(first), utc(last))


def findings_in(
    area: BalanceArea, series: Mapping[str, Series], zone: ZoneInfo, settings: NightFlowSettings
) -> list[NightFinding]:
    """Everything night flow says of an area through a record; raises InvalidInput when a stream is missing."""
    missing = [code for code in area.streams if code not in series]
    if missing:
        raise InvalidInput("table.streams_missing", missing=", ".join(missing), area=area.code)
    span = span_of({code: series[code] for code in area.streams})
    day, last = local_date(span.first, zone), local_date(span.last, zone)
    days = [day + timedelta(days=step) for step in range((last - day).days + 1)]
    memory: dict[str, Any] = {}
    return [finding for one in nights(area, days, zone, series) for finding in advance(memory, one, settings)]


def leaks_in(area: BalanceArea, findings: list[NightFinding], zone: ZoneInfo) -> list[FoundLeak]:
    """The leaks begun among findings, as they were told on the night they were found, with their ends."""
    ends = {one.leak.number: _moment(area, one, zone) for one in findings if one.condition is Condition.END}
    return [
        FoundLeak(
            one.leak.number,
            area.code,
            onset_utc(area, one.leak.onset, zone),
            _moment(area, one, zone),
            ends.get(one.leak.number),
            round(one.size_m3h, 1),
        )
        for one in findings
        if one.condition is Condition.BEGIN
    ]


def _moment(area: BalanceArea, finding: NightFinding, zone: ZoneInfo) -> datetime:
    return window_utc(area, date.fromordinal(finding.day), zone)[1].astimezone(UTC)
