"""The very readings behind an alarm: cited with a hash when it is raised, opened and checked again later."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from chengmai.detection.observations import Observations
from chengmai.detection.signals import Span
from chengmai.sensing.models import Datastream
from chengmai.sensing.thinning import thin
from chengmai.warning.rule_facts import Read

MOST_POINTS = 2000
"""Readings of one citation that are shown; more are thinned, every extreme kept."""
_MOST_AT_ONCE = 500_000
"""Readings read at once while citations are checked, about."""


class Readings(Protocol):
    """The part of the telemetry store that evidence needs."""

    def read(
        self, streams: Sequence[int], start: datetime, end: datetime, last_batch: int | None = None
    ) -> Observations:
        """The newest revisions between two moments, both included, ordered by stream and time.

        With ``last_batch`` as they stood when that batch had been stored.
        """
        ...


class Recorder:
    """Passes reads on and keeps what they gave, so that exactly what a computation read can be cited after it."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._given: dict[tuple[datetime, datetime], list[Observations]] = {}
        self.spans: list[Span] = []

    def read(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        """What the store gives now."""
        rows = self._read(streams, start, end)
        self._given.setdefault((start, end), []).append(rows)
        self.spans += [Span(stream, start, end) for stream in streams if Span(stream, start, end) not in self.spans]
        return rows

    def again(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        """What the store gave then; each stream from the last read that asked for it."""
        last: dict[int, Observations] = {}
        for rows in self._given[start, end]:
            last |= {stream: rows.take(rows.stream == stream) for stream in streams if (rows.stream == stream).any()}
        return Observations.concatenate([last[stream] for stream in sorted(last)])


@dataclass(frozen=True, slots=True)
class Opened:
    """Cited readings as they were cited, with what happened to them since.

    ``intact`` says that the hash of what is stored is the hash that was cited; ``revised`` counts readings that have a
    newer value since, ``added`` those that arrived late inside the span. ``rows`` are thinned.
    """

    rows: Observations
    intact: bool
    revised: int
    added: int


def cite(spans: Sequence[Span], read: Read) -> list[dict[str, Any]]:
    """Read each span once and note what was read: stream, span, row count, newest batch and hash."""
    codes = dict(
        Datastream.objects.filter(pk__in={span.stream for span in spans}).values_list("pk", "code"),
    )
    ordered = sorted(spans, key=lambda span: (span.stream, span.start))
    return [
        {
            "stream": span.stream,
            "code": codes.get(span.stream, ""),
            "start": _instant(span.start),
            "end": _instant(span.end),
            "rows": len(rows),
            "batch": int(rows.batch.max()) if len(rows) else 0,
            "hash": rows_hash(rows),
        }
        for span, rows in zip(ordered, _read_all(ordered, read), strict=True)
    ]


def _read_all(spans: Sequence[Span], read: Read) -> list[Observations]:
    """The rows of each span; streams that share start and end are asked for together, or many sensors take long."""
    together: dict[tuple[datetime, datetime], set[int]] = {}
    for span in spans:
        together.setdefault((span.start, span.end), set()).add(span.stream)
    found = {moments: read(sorted(streams), *moments) for moments, streams in together.items()}
    rows = [found[span.start, span.end] for span in spans]
    return [asked.take(asked.stream == span.stream) for span, asked in zip(spans, rows, strict=True)]


def rows_hash(rows: Observations) -> str:
    """SHA-256 over the columns in order: stream, time [ms], value, revision, little-endian; 64 hex digits."""
    digest = hashlib.sha256()
    digest.update(rows.stream.astype("<u4").tobytes())
    digest.update(rows.time.astype("datetime64[ms]").astype("<i8").tobytes())
    digest.update(rows.value.astype("<f8").tobytes())
    digest.update(rows.revision.astype("<u4").tobytes())
    return digest.hexdigest()


def reopen(citations: Sequence[Mapping[str, Any]], store: Readings) -> list[Opened]:
    """The readings of each citation as they stood when it was made, checked against its hash, then thinned."""
    opened: dict[int, Opened] = {}
    for places in _portions(citations):
        rows = _read_all([_span_of(citations[place]) for place in places], store.read)
        opened |= {place: _as_cited(citations[place], found, store) for place, found in zip(places, rows, strict=True)}
    return [opened[place] for place in range(len(citations))]


def _portions(citations: Sequence[Mapping[str, Any]]) -> Iterator[list[int]]:
    """Places of citations to be read together: of one span, as many as are not too many readings."""
    together: dict[tuple[str, str], list[int]] = {}
    for place, cited in enumerate(citations):
        together.setdefault((cited["start"], cited["end"]), []).append(place)
    for places in together.values():
        portion, rows = list[int](), 0
        for place in places:
            if portion and rows + int(citations[place]["rows"]) > _MOST_AT_ONCE:
                yield portion
                portion, rows = [], 0
            portion.append(place)
            rows += int(citations[place]["rows"])
        yield portion


def _span_of(cited: Mapping[str, Any]) -> Span:
    return Span(int(cited["stream"]), datetime.fromisoformat(cited["start"]), datetime.fromisoformat(cited["end"]))


def _as_cited(citation: Mapping[str, Any], rows: Observations, store: Readings) -> Opened:
    newer = int((rows.batch > citation["batch"]).sum())
    then, span = rows, _span_of(citation)
    if newer:
        then = store.read([span.stream], span.start, span.end, int(citation["batch"]))
    added = len(rows) - len(then)
    return Opened(thin(then, MOST_POINTS), rows_hash(then) == citation["hash"], newer - added, added)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
