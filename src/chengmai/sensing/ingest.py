"""The writer: stores screened messages of every door in groups, and tells each door when it may answer."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from chengmai.core.crashpoints import reach
from chengmai.core.errors import ChengmaiError, Unavailable
from chengmai.detection.observations import Observations
from chengmai.sensing.registry import Registry
from chengmai.sensing.revisions import REPEATED
from chengmai.sensing.screening import Arrival, Screened, screen
from chengmai.sensing.store import Inserted, TelemetryStore
from chengmai.settings import Settings

_LOG = logging.getLogger(__name__)
_RETRY_S = 0.5
_QUEUED_BATCHES = 100
"""Full batches that may wait for the writer; beyond them doors are told to come back."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the readings of one submission."""

    accepted: int = 0
    duplicate: int = 0
    revised: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    screened: Screened
    done: "Future[Counts]"
    patient: bool


class Ingest:
    """One writer thread. ``submit`` from any thread; its future completes after the durable commit."""

    def __init__(self, store: TelemetryStore, registry: Registry, settings: Settings) -> None:
        self.registry = registry
        self.listeners: list[Callable[[Observations], None]] = []
        """Told of every stored batch, in the writer's thread: they must be quick."""
        self._store = store
        self._settings = settings
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting_rows = 0
        self._waiting_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="ingest-writer", daemon=True)
        self._stopped = False
        self.stored_rows = 0
        self.failures = 0
        self.last_error: ChengmaiError | None = None
        self.failure: Exception | None = None
        """What ended the writer before its time, for whoever watches over the parts."""

    def start(self) -> None:
        """Start writing."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self._stopped = True
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def receive(self, arrivals: Sequence[Arrival]) -> "Future[Counts]":
        """Screen messages and hand them to the writer; raises Unavailable when too much is waiting."""
        return self.submit(self.screen(arrivals))

    def screen(self, arrivals: Sequence[Arrival]) -> Screened:
        """Judge messages by the registry and the settings; may ask the database for names it does not know."""
        settings = self._settings
        return screen(arrivals, self.registry, settings.max_message_bytes, settings.max_future_s)

    def submit(self, screened: Screened, *, patient: bool = False) -> "Future[Counts]":
        """Hand screened rows to the writer.

        A patient sender's rows stay with the writer, in their order, as long as the store refuses; another's fail.
        """
        if self._stopped:
            raise Unavailable("ingest.stopped")
        with self._waiting_lock:
            if not patient and self._waiting_rows > _QUEUED_BATCHES * self._settings.ingest_batch_rows:
                raise Unavailable("ingest.overloaded", waiting=self._waiting_rows)
            self._waiting_rows += len(screened.rows)
        job = _Job(screened, Future(), patient)
        job.done.set_running_or_notify_cancel()  # a sender that goes away does not take back what it has sent
        self._jobs.put(job)
        return job.done

    def _run(self) -> None:
        try:
            self._keep_writing()
        except Exception as error:  # noqa: BLE001 - told to whoever watches; a thread has nobody above it
            _LOG.exception("the writer has ended")
            self.failure = error

    def _keep_writing(self) -> None:
        flushed, held, ended = 0.0, list[_Job](), False
        while not ended:
            if held:
                time.sleep(_RETRY_S)
                jobs, ended = self._join_held(held)
            else:
                first = self._jobs.get()
                if first is None:
                    return
                jobs, ended = self._collect(first, flushed + self._settings.ingest_flush_ms / 1000)
            flushed = time.monotonic()
            held = self._flush_all(jobs)
        self._settle(held, Unavailable("ingest.stopped"))

    def _join_held(self, held: list[_Job]) -> tuple[list[_Job], bool]:
        """What the store refused before, and everything that came since, so that nobody overtakes and all get word."""
        jobs = list(held)
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _collect(self, first: _Job, due: float) -> tuple[list[_Job], bool]:
        """Jobs for one flush: what comes until it is due, at most a full batch."""
        jobs, rows = [first], len(first.screened.rows)
        while rows < self._settings.ingest_batch_rows:
            try:
                job = self._jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
            rows += len(job.screened.rows)
        return jobs, False

    def _flush_all(self, jobs: list[_Job]) -> list[_Job]:
        """Store jobs in batches, in their order; from the first batch that the store refuses on, nobody overtakes."""
        left = list(jobs)
        while left:
            batch, rows = list[_Job](), 0
            while left and rows < self._settings.ingest_batch_rows:
                batch.append(left.pop(0))
                rows += len(batch[-1].screened.rows)
            held = self._flush(batch)
            if held and self.last_error is not None:
                self._settle([job for job in left if not job.patient], self.last_error)
                return held + [job for job in left if job.patient]
        return []

    def _flush(self, jobs: list[_Job]) -> list[_Job]:
        """Store the jobs and tell their senders; returns those that the store refused and that can wait."""
        try:
            inserted = self._write(jobs)
        except Exception as error:  # noqa: BLE001 - every cause must reach the doors, and the writer must go on
            return self._fail(jobs, error)
        self.last_error = None
        self.stored_rows += len(inserted.stored)
        self._tell(inserted.stored)
        start = 0
        for job in jobs:
            end = start + len(job.screened.rows)
            verdicts = inserted.verdicts[start:end]
            start = end
            counts = Counts(
                accepted=int((verdicts == 0).sum()),
                duplicate=int((verdicts == REPEATED).sum()),
                revised=int((verdicts > 0).sum()),
                quarantined=len(job.screened.refused),
            )
            self._release(job)
            job.done.set_result(counts)
        return []

    def _tell(self, stored: Observations) -> None:
        """Hand stored rows to the listeners; one that raises is told of, for the rows are stored all the same."""
        if not len(stored):
            return
        for listener in self.listeners:
            try:
                listener(stored)
            except Exception as error:  # noqa: BLE001 - the writer and its senders are not to blame
                self.failures += 1
                self.last_error = Unavailable("ingest.listener_failed", reason=repr(error))
                _LOG.exception("a listener failed on %d stored rows", len(stored))

    def _write(self, jobs: list[_Job]) -> Inserted:
        rows = Observations.concatenate([job.screened.rows for job in jobs])
        message = np.concatenate([job.screened.message for job in jobs])
        refused = [entry for job in jobs for entry in job.screened.refused]
        reach("ingest.before_insert")
        if refused:
            self._store.quarantine(refused)
            reach("ingest.after_quarantine")
        inserted = self._store.insert(rows, message)
        reach("ingest.after_insert")
        return inserted

    def _fail(self, jobs: list[_Job], error: Exception) -> list[_Job]:
        self.failures += 1
        known = error if isinstance(error, ChengmaiError) else Unavailable("ingest.failed", reason=repr(error))
        self.last_error = known
        _LOG.error("storing %d messages failed: %s", len(jobs), error, exc_info=not isinstance(error, ChengmaiError))
        held = [job for job in jobs if job.patient and known is error]
        self._settle([job for job in jobs if job not in held], known)
        return held

    def _settle(self, jobs: list[_Job], error: ChengmaiError) -> None:
        for job in jobs:
            self._release(job)
            job.done.set_exception(error)

    def _release(self, job: _Job) -> None:
        with self._waiting_lock:
            self._waiting_rows -= len(job.screened.rows)
