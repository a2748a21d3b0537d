"""What a rule would have raised: its detector run over stored readings, with nothing written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from chengmai.assets.models import Network
from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Signal
from chengmai.detection.silence import silences
from chengmai.settings import current
from chengmai.warning.detectors import BY_THE_CLOCK, new_detector
from chengmai.warning.evaluation import further_networks, stream_facts
from chengmai.warning.rule_facts import Detector, Read, RuleFacts
from chengmai.warning.rule_parameters import preview_days
from chengmai.warning.rule_streams import judged_streams
from chengmai.warning.silence_watch import expected_of, silence_subject

MOST_ROWS = 6_000_000
"""Readings gone through at most: about ten seconds of work."""
_CHUNK, _CHUNK_OF_MANY_DAYS = timedelta(hours=6), timedelta(days=1)
_MANY_DAYS = timedelta(days=15)
_CLOCK_STEP_MS = 60_000


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm a rule would have raised; ``ended`` is None when its condition still holds."""

    subject: str
    severity: str
    raised: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done over some days: its alarms, how many on each local day, readings gone through."""

    start: datetime
    end: datetime
    rows: int
    alarms: list[Raised]

    def by_day(self) -> dict[str, int]:
        """How many alarms were raised on each local day of the span, days without any too."""
        zone = current().zone
        counts = Counter(one.raised.astimezone(zone).date() for one in self.alarms)
        first, last = self.start.astimezone(zone).date(), self.end.astimezone(zone).date()
        days = (first + timedelta(days=one) for one in range((last - first).days + 1))
        return {day.isoformat(): counts.get(day, 0) for day in days}


def preview(kind: str, network: Network, parameters: Mapping[str, Any], days: float, read: Read) -> Preview:
    """Run a rule's detector over the last ``days`` of stored readings; raises InvalidInput when they are too many."""
    longest = preview_days(kind)[-1]
    if not 0 < days <= longest:
        raise InvalidInput("rule.preview_days", days=longest)
    end = now()
    start = end - timedelta(days=days)
    rule = RuleFacts(
        "preview", 0, parameters, network.code, stream_facts(network.code, network.owner, further_networks(parameters))
    )
    if kind in BY_THE_CLOCK:
        return _by_the_clock(rule, start, end, read)
    return replay(new_detector(kind), rule, _chunks(judged_streams(kind, rule), start, end, read), read, start, end)


def replay(
    detector: Detector, rule: RuleFacts, parts: Iterable[Observations], read: Read, start: datetime, end: datetime
) -> Preview:
    """What a detector that remembers nothing makes of stored readings; raises InvalidInput when they are too many."""
    memory, alarms, rows = dict[str, Any](), _Alarms(), 0
    for part in parts:
        rows += len(part)
        if rows > MOST_ROWS:
            raise InvalidInput("rule.preview_too_large", rows=MOST_ROWS)
        for signal in detector.evaluate(rule, part, memory, read):
            alarms.take(signal)
    return Preview(start, end, rows, alarms.told)


class _Alarms:
    """Signals put together to alarms as the alarms' service does: one open alarm for each subject."""

    def __init__(self) -> None:
        self.told: list[Raised] = []
        self._open: dict[str, int] = {}

    def take(self, signal: Signal) -> None:
        place = self._open.get(signal.subject)
        if signal.condition is Condition.END:
            if place is not None:
                held = self.told[self._open.pop(signal.subject)]
                self.told[place] = Raised(held.subject, held.severity, held.raised, signal.raised_at)
        elif place is None:
            self._open[signal.subject] = len(self.told)
            self.told.append(Raised(signal.subject, signal.severity, signal.raised_at, None))
        else:
            held = self.told[place]
            self.told[place] = Raised(held.subject, signal.severity, held.raised, None)


def _chunks(streams: Sequence[int], start: datetime, end: datetime, read: Read) -> Iterator[Observations]:
    """The readings of some streams in the order of time, some hours at once."""
    step = _CHUNK if end - start <= _MANY_DAYS else _CHUNK_OF_MANY_DAYS
    moment = start
    while moment < end and streams:
        following = min(moment + step, end)
        rows = read(streams, moment, following - timedelta(milliseconds=1))
        if len(rows):
            yield rows.take(np.argsort(rows.time, kind="stable"))
        moment = following


def _by_the_clock(rule: RuleFacts, start: datetime, end: datetime, read: Read) -> Preview:
    """Silences, had the clock been looked at every minute; readings count as heard of when they were taken."""
    expected = [replace(one, since_ms=0) for one in expected_of(rule, end)]
    parts = list(_chunks([one.stream for one in expected], start, end, read))
    rows = Observations.concatenate(parts)
    times = rows.time.astype("datetime64[ms]").astype(np.int64)
    told = {one.stream: times[rows.stream == one.stream] for one in expected}
    first, last = (round(edge.timestamp() * 1000) for edge in (start, end))
    codes = {facts.id: code for code, facts in rule.streams.items()}
    alarms: list[Raised] = []
    standing: dict[str, int] = {}
    severity = str(rule.parameters.get("severity", "yellow"))
    for moment in range(first, last + 1, _CLOCK_STEP_MS):
        heard = {
            stream: int(own[place - 1])
            for stream, own in told.items()
            if (place := int(np.searchsorted(own, moment, side="right")))
        }
        at = start + timedelta(milliseconds=moment - first)
        found = silences(moment, heard, first, expected, float(rule.parameters["intervals"]))
        subjects = {silence_subject(one, codes) for one in found}
        for subject in sorted(standing.keys() - subjects):
            held = alarms[standing.pop(subject)]
            alarms[alarms.index(held)] = Raised(held.subject, held.severity, held.raised, at)
        for subject in sorted(subjects - standing.keys()):
            standing[subject] = len(alarms)
            alarms.append(Raised(subject, severity, at, None))
    return Preview(start, end, len(rows), alarms)
