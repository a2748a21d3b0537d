"""The very readings behind an alarm: cited with a hash when it is raised, opened and checked again later."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np

from chengmai.detection.observations import Observations
from chengmai.detection.signals import Span
from chengmai.sensing.models import Datastream

Read = Callable[[Sequence[int], datetime, datetime], Observations]


class Readings(Protocol):
    """The part of the telemetry store that evidence needs."""

    def read(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        """The newest revisions between two moments, both included, ordered by stream and time."""
        ...

    def revisions(self, stream: int, time: datetime) -> Observations:
        """Every value ever told for one moment of a stream, oldest first."""
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
    newer value since, ``added`` those that arrived late inside the span.
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
    """The readings of each citation as they stood when it was made, checked against its hash."""
    spans = [
        Span(int(cited["stream"]), datetime.fromisoformat(cited["start"]), datetime.fromisoformat(cited["end"]))
        for cited in citations
    ]
    rows = _read_all(spans, store.read)
    return [_as_cited(citation, found, store) for citation, found in zip(citations, rows, strict=True)]


def _as_cited(citation: Mapping[str, Any], rows: Observations, store: Readings) -> Opened:
    stream = int(citation["stream"])
    newer = np.flatnonzero(rows.batch > citation["batch"])
    keep = np.ones(len(rows), dtype=bool)
    value, revision, batch = rows.value.copy(), rows.revision.copy(), rows.batch.copy()
    # A first value (revision 0) of a later batch was not there to be cited; only revised rows had an earlier value.
    keep[newer[rows.revision[newer] == 0]] = False
    for place in newer[rows.revision[newer] > 0]:
        told = store.revisions(stream, _moment(rows.time[place]))
        before = np.flatnonzero(told.batch <= citation["batch"])
        if not len(before):
            keep[place] = False
            continue
        last = before[np.argmax(told.revision[before])]
        value[place], revision[place], batch[place] = told.value[last], told.revision[last], told.batch[last]
    then = Observations(rows.stream[keep], rows.time[keep], value[keep], revision[keep], batch[keep])
    added = int((~keep).sum())
    return Opened(then, rows_hash(then) == citation["hash"], len(newer) - added, added)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _moment(time: np.datetime64) -> datetime:
    return datetime.fromtimestamp(time.astype("datetime64[ms]").astype(np.int64) / 1000, UTC)
