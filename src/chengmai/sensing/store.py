"""The telemetry store: observations and refused messages, on chDB in this process or on a ClickHouse server.

One writer inserts; any thread reads, each through a client of its own. What ``insert`` returned is on disk.
SQL is put together only from our own names, numbers and moments; what comes from outside goes as a parameter.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, Unavailable
from chengmai.detection.observations import Observations
from chengmai.sensing.columns import arrays_of, table_of
from chengmai.sensing.engine import TelemetryEngine
from chengmai.sensing.quarantine import QuarantinePlace, Refused, columns_of, once
from chengmai.sensing.revisions import NEVER, REPEATED, Identity, Newest, Revision, judge
from chengmai.sensing.schema import TABLES
from chengmai.sensing.sql import moment_of, number_list, refused_by, to_numpy, written
from chengmai.sensing.thinning import extremes_query
from chengmai.settings import Settings

RECENT_ROWS = 200_000
"""How many of the newest stored rows stay in memory for whoever follows the batches."""

_FEW = 1000
"""Identities up to this many are looked up one by one; more, when they lie dense, by the span they cover."""
_DENSE = 20
"""Rows read at most for each identity sought, when a whole span is read."""
_FIRST_BATCHES = 16
"""Batches whose sizes are asked for at first, when somebody far behind catches up."""
_OF_LATE = timedelta(days=30)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = "stream, time, value, revision, batch"


@dataclass(frozen=True, slots=True)
class Inserted:
    """What became of the rows of one insert; ``verdicts`` has each row's revision, or -1 for a repeated one."""

    batch: int
    verdicts: npt.NDArray[np.int64]
    stored: Observations

    @property
    def accepted(self) -> int:
        """Rows that were the first of their identity."""
        return int((self.verdicts == 0).sum())

    @property
    def duplicate(self) -> int:
        """Rows that were stored before."""
        return int((self.verdicts == REPEATED).sum())

    @property
    def revised(self) -> int:
        """Rows that gave another value for a stored identity."""
        return int((self.verdicts > 0).sum())


class TelemetryStore(TelemetryEngine):
    """Open with ``open_store``; ``insert`` and ``quarantine`` belong to one writer, the rest to anybody."""

    def __init__(self, client_arguments: dict[str, Any], database: str, place: str) -> None:
        super().__init__(client_arguments, database, place)
        self._writing = threading.Lock()
        self._newest = Newest.empty()
        self._batch = 0
        self._recent: deque[Observations] = deque()
        self._recent_rows = 0
        self._doubtful = False
        self._ordinal = 0
        with self._engine() as client:
            client.command(f"CREATE DATABASE IF NOT EXISTS {database}")
            for table in TABLES:
                client.command(table.format(database=database))
        self._reload()

    # -- writing --

    def insert(self, rows: Observations, message: npt.NDArray[np.uint64] | None = None) -> Inserted:
        """Store the rows that are not stored yet, durably, as one batch; ``message`` has their messages' numbers.

        Rows keep their order of arrival; their own revision and batch are ignored. Raises Unavailable when the engine
        refuses (disk full, gone); then nothing may be acknowledged, and repeating the insert does no harm.
        """
        if not np.isfinite(rows.value).all():
            raise InvalidInput("store.not_finite")
        messages = np.zeros(len(rows), dtype=np.uint64) if message is None else message
        with self._writing:
            if self._doubtful:
                self._learn_doubtful()
            verdicts = judge(rows, messages, self._newest, self._lookup)
            fresh = verdicts != REPEATED
            kept, kept_messages = rows.take(fresh), messages[fresh]
            stored = Observations(
                kept.stream,
                kept.time,
                kept.value,
                verdicts[fresh].astype(np.uint32),
                np.full(len(kept), self._batch + 1, dtype=np.uint64),
            )
            if len(stored):
                self._write(stored, kept_messages)
            return Inserted(self._batch, verdicts, stored)

    def _write(self, stored: Observations, messages: npt.NDArray[np.uint64]) -> None:
        received = now()
        table = table_of(
            {
                "stream": stored.stream,
                "time": stored.time,
                "value": stored.value,
                "revision": stored.revision,
                "batch": stored.batch,
                "message": messages,
                "received": np.full(len(stored), to_numpy(received), dtype="datetime64[ms]"),
            }
        )
        self._doubtful = True
        with self._engine() as client:
            client.insert_arrow("observations", table, database=self._database)
        self._doubtful = False
        received_ms = int(to_numpy(received).astype(np.int64))
        self._newest.advance(stored, messages, np.full(len(stored), received_ms))
        order = np.lexsort((stored.revision, stored.stream, stored.time))
        self._recent.append(stored.take(order))
        self._recent_rows += len(stored)
        while self._recent_rows > RECENT_ROWS and len(self._recent) > 1:
            self._recent_rows -= len(self._recent.popleft())
        self._batch += 1

    def quarantine(self, refused: Sequence[Refused]) -> None:
        """Keep refused messages, durably; those of a redelivered message that are kept already are left out."""
        numbers = sorted({entry.message for entry in refused if entry.message})
        with self._writing, self._engine() as client:
            kept: set[int] = set()
            if numbers:
                listed = ",".join(str(number) for number in numbers)
                query = f"SELECT DISTINCT message FROM {self._database}.quarantine WHERE message IN ({listed})"
                kept = {row[0] for row in client.query(query).result_rows}
            new = once(entry for entry in refused if entry.message not in kept)
            if new:
                # By the clock, so that numbers grow from run to run; never twice, whatever the clock does in a run.
                self._ordinal = max(self._ordinal, time.time_ns()) + len(new)
                table = table_of(columns_of(new, self._ordinal - len(new)))
                client.insert_arrow("quarantine", table, database=self._database)

    # -- reading --

    @property
    def batch(self) -> int:
        """Number of the last stored batch; 0 when nothing is stored."""
        return self._batch

    def latest(self) -> Observations:
        """The newest row of every stream that has one, from memory; its ``batch`` is not filled."""
        with self._writing:
            newest = self._newest
            streams = np.flatnonzero(newest.time != NEVER)
            return Observations(
                streams.astype(np.uint32),
                newest.time[streams].astype("datetime64[ms]"),
                newest.value[streams],
                newest.revision[streams],
                np.zeros(len(streams), dtype=np.uint64),
            )

    def heard(self) -> dict[int, int]:
        """When the newest row of each stream reached us, in ms since 1970 by our clock."""
        with self._writing:
            newest = self._newest
            streams = np.flatnonzero(newest.time != NEVER)
            return dict(zip(streams.tolist(), newest.received[streams].tolist(), strict=True))

    def read(
        self, streams: Sequence[int], start: datetime, end: datetime, last_batch: int | None = None
    ) -> Observations:
        """Newest revisions of streams from ``start`` to ``end``, both included, ordered by stream and time.

        With ``last_batch`` as they stood when that batch had been stored.
        """
        if not streams:
            return Observations.fresh([], [], [])
        then = "" if last_batch is None else f"AND batch <= {int(last_batch)} "
        rows = self._select(
            f"WHERE stream IN ({number_list(streams)}) AND time >= {moment_of(start)} AND time <= {moment_of(end)} "
            f"{then}ORDER BY stream, time, revision"
        )
        if not len(rows):
            return rows
        same = (rows.stream[1:] == rows.stream[:-1]) & (rows.time[1:] == rows.time[:-1])
        return rows.take(np.append(~same, True)) if same.any() else rows

    def read_thinned(self, stream: int, start: datetime, end: datetime, most: int) -> Observations:
        """Newest revisions of one stream in order, thinned by the engine to about ``most``, whatever the span holds."""
        span = f"stream = {int(stream)} AND time >= {moment_of(start)} AND time <= {moment_of(end)}"
        if self._count(span) <= most:
            return self.read([stream], start, end)
        first, last = (int(to_numpy(moment).astype(np.int64)) for moment in (start, end))
        query = extremes_query(f"{self._database}.observations", span, first, (last - first) // max(1, most // 2) + 1)
        with self._engine() as client:
            return _observations(client.query_arrow(query))

    def last_of_days(self, streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        """The last reading of every stream and day (of UTC) between two moments, by stream and time."""
        if not streams:
            return Observations.fresh([], [], [])
        query = (
            "SELECT stream, max(o.time) AS told, argMax(value, tuple(o.time, revision)) AS newest, "
            "argMax(revision, tuple(o.time, revision)) AS last, argMax(batch, tuple(o.time, revision)) AS stored "
            f"FROM {self._database}.observations AS o WHERE stream IN ({number_list(streams)}) "
            f"AND o.time >= {moment_of(start)} AND o.time <= {moment_of(end)} "
            "GROUP BY stream, toDate(o.time, 'UTC') ORDER BY stream, told"
        )
        with self._engine() as client:
            return _observations(client.query_arrow(query))

    def first_times(self, streams: Sequence[int]) -> dict[int, int]:
        """When the first kept reading of each stream was taken [ms since 1970]; streams without any are left out."""
        if not streams:
            return {}
        query = (
            f"SELECT stream, toUnixTimestamp64Milli(min(time)) AS first FROM {self._database}.observations "
            f"WHERE stream IN ({number_list(streams)}) GROUP BY stream"
        )
        with self._engine() as client:
            stream, first = arrays_of(client.query_arrow(query))
        return dict(zip(stream.tolist(), first.astype(np.int64).tolist(), strict=True))

    def slots(
        self, streams: Sequence[int], start_ms: int, end_ms: int, width_ms: int
    ) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        """Which intervals of ``width_ms``, numbered from 1970, hold a reading: stream and number, each pair once."""
        if not streams:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.int64)
        query = (
            f"SELECT DISTINCT stream, intDiv(toUnixTimestamp64Milli(time), {int(width_ms)}) AS slot "
            f"FROM {self._database}.observations WHERE stream IN ({number_list(streams)}) "
            f"AND time >= '{written(start_ms)}' AND time < '{written(end_ms)}'"
        )
        with self._engine() as client:
            stream, slot = arrays_of(client.query_arrow(query))
        return stream, slot.astype(np.int64)

    def read_after(self, batch: int, limit_rows: int = 50_000) -> Observations:
        """Whole batches stored after the given one, about ``limit_rows`` rows but at least one batch.

        Ordered by batch, then time, stream and revision: the same rows in the same order whenever it is asked.
        """
        if batch >= self._batch:
            return Observations.fresh([], [], [])
        recent = list(self._recent)
        if recent and int(recent[0].batch[0]) <= batch + 1:
            parts: list[Observations] = []
            count = 0
            for part in recent:
                if int(part.batch[0]) <= batch:
                    continue
                if parts and count + len(part) > limit_rows:
                    break
                parts.append(part)
                count += len(part)
            return Observations.concatenate(parts)
        last = self._last_whole_batch(batch, limit_rows)
        if last is None:
            return Observations.fresh([], [], [])
        return self._select(f"WHERE batch > {batch} AND batch <= {last} ORDER BY batch, time, stream, revision")

    def _last_whole_batch(self, batch: int, limit_rows: int) -> int | None:
        """Up to which batch about ``limit_rows`` rows go; looks at a few batches first, then at more."""
        last, total, until, width = None, 0, batch, _FIRST_BATCHES
        while until < self._batch:
            after, until, width = until, min(until + width, self._batch), 2 * width
            query = (
                f"SELECT batch, count() FROM {self._database}.observations "
                f"WHERE batch > {after} AND batch <= {until} GROUP BY batch ORDER BY batch"
            )
            with self._engine() as client:
                sizes = client.query(query).result_rows
            for number, size in sizes:
                if last is not None and total + size > limit_rows:
                    return last
                last, total = int(number), total + size
        return last

    def revisions(self, stream: int, time: datetime) -> Observations:
        """Every value told for one identity, oldest first."""
        return self._select(f"WHERE stream = {int(stream)} AND time = {moment_of(time)} ORDER BY revision")

    def count(self) -> int:
        """How many rows are stored, all revisions counted."""
        return self._count("1")

    def quarantine_counts(self, gateways: Sequence[str] | None = None) -> dict[str, int]:
        """How many refused messages are kept, by reason; of some gateways only, if any are named."""
        where, parameters = refused_by(None, None, gateways)
        query = f"SELECT reason, count() FROM {self._database}.quarantine {where} GROUP BY reason ORDER BY reason"
        with self._engine() as client:
            rows = client.query(query, parameters=parameters).result_rows
        return {str(reason): int(count) for reason, count in rows}

    def quarantined(
        self,
        reason: str | None = None,
        before: QuarantinePlace | None = None,
        limit: int = 100,
        gateways: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Refused messages, newest first; of some gateways only, if any are named. ``place`` is where to go on."""
        where, parameters = refused_by(reason, before, gateways)
        query = (
            "SELECT toUnixTimestamp64Milli(received) AS at, ordinal, gateway, door, reason, detail, payload, size, "
            f"message FROM {self._database}.quarantine {where} ORDER BY received DESC, ordinal DESC LIMIT {int(limit)}"
        )
        with self._engine() as client:
            result = client.query(query, parameters=parameters)
            rows = [dict(zip(result.column_names, row, strict=True)) for row in result.result_rows]
        for row in rows:
            row["place"] = QuarantinePlace(row.pop("at"), row.pop("ordinal"))
            row["received"] = _EPOCH + timedelta(milliseconds=row["place"].received)
        return rows

    # -- inside --

    def _select(self, clause: str) -> Observations:
        query = f"SELECT {_COLUMNS} FROM {self._database}.observations {clause}"
        with self._engine() as client:
            return _observations(client.query_arrow(query))

    def _reload(self) -> None:
        """Learn from the store what is newest, at start.

        Most streams have told something of late: only the others' newest rows are looked for in the whole history.
        """
        newest = Newest.empty()
        self._learn(newest, f"time >= {moment_of(now() - _OF_LATE)}")
        told = np.flatnonzero(newest.time != NEVER).tolist()
        self._learn(newest, f"stream NOT IN ({number_list(told)})" if told else "1")
        self._newest, self._batch = newest, self._last_batch("1")
        self._recent.clear()
        self._recent_rows = 0
        self._doubtful = False

    def _learn_doubtful(self) -> None:
        """Learn what an insert left whose outcome is not known: it can only be rows of a batch after the last."""
        after = f"batch > {self._batch}"
        self._learn(self._newest, after)
        self._batch = max(self._batch, self._last_batch(after))
        self._recent.clear()
        self._recent_rows = 0
        self._doubtful = False

    def _learn(self, newest: Newest, condition: str) -> None:
        query = (
            "SELECT stream, max(time) AS t, argMax(value, (time, revision)), argMax(revision, (time, revision)), "
            "argMax(batch, (time, revision)), argMax(message, (time, revision)), argMax(received, (time, revision)) "
            f"FROM {self._database}.observations WHERE {condition} GROUP BY stream"
        )
        with self._engine() as client:
            *columns, message, received = arrays_of(client.query_arrow(query))
        newest.advance(Observations(*columns), message, received.astype(np.int64))

    def _last_batch(self, condition: str) -> int:
        with self._engine() as client:
            query = f"SELECT max(batch) FROM {self._database}.observations WHERE {condition}"
            return int(client.query(query).result_rows[0][0])

    def _lookup(self, identities: list[Identity]) -> dict[Identity, list[Revision]]:
        streams = {stream for stream, _ in identities}
        first, last = min(time for _, time in identities), max(time for _, time in identities)
        span = (
            f"stream IN ({number_list(sorted(streams))}) AND time >= '{written(first)}' AND time <= '{written(last)}'"
        )
        if len(identities) > _FEW and self._count(span) <= _DENSE * len(identities):
            return self._stored(span, set(identities))
        found: dict[Identity, list[Revision]] = {}
        for start in range(0, len(identities), _FEW):
            part = identities[start : start + _FEW]
            listed = ",".join(f"({stream},'{written(time)}')" for stream, time in part)
            found |= self._stored(f"(stream, time) IN ({listed})", set(part))
        return found

    def _count(self, condition: str) -> int:
        with self._engine() as client:
            query = f"SELECT count() FROM {self._database}.observations WHERE {condition}"
            return int(client.query(query).result_rows[0][0])

    def _stored(self, condition: str, asked: set[Identity]) -> dict[Identity, list[Revision]]:
        query = (
            f"SELECT stream, time, value, message FROM {self._database}.observations "
            f"WHERE {condition} ORDER BY stream, time, revision"
        )
        with self._engine() as client:
            table = client.query_arrow(query)
        stream, time, value, message = arrays_of(table)
        keys = zip(stream.tolist(), time.astype(np.int64).tolist(), strict=True)
        found: dict[Identity, list[Revision]] = {}
        for key, old_value, old_message in zip(keys, value.tolist(), message.tolist(), strict=True):
            if key in asked:
                found.setdefault(key, []).append(Revision(old_value, old_message))
        return found


def open_store(settings: Settings) -> TelemetryStore:
    """The store the settings name; raises Unavailable when it is locked by another process or does not answer."""
    if settings.telemetry_url:
        url = urlsplit(settings.telemetry_url)
        database = url.path.strip("/") or "chengmai"
        secure = url.scheme.endswith("s")
        arguments: dict[str, Any] = {
            "host": url.hostname,
            "port": url.port or (8443 if secure else 8123),
            "username": unquote(url.username or "default"),
            "password": unquote(url.password or ""),
            "secure": secure,
        }
        return TelemetryStore(arguments, database, f"{url.hostname}:{arguments['port']}")
    path = Path(settings.data_dir).absolute() / "telemetry"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("store.failed", place=str(path), reason=str(error)) from error
    return TelemetryStore({"dsn": f"chdb:///{path}"}, "chengmai", str(path))


def _observations(table: pa.Table) -> Observations:
    stream, time, value, revision, batch = arrays_of(table)
    return Observations(stream, time, value, revision, batch)
