"""The writer's thread: whoever waits for it gets word, and an end of its own is told."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from django.db import InterfaceError

from chengmai.core.errors import Unavailable
from chengmai.detection.observations import Observations
from chengmai.sensing import ingest as ingest_module
from chengmai.sensing import runtime
from chengmai.sensing.ingest import Ingest
from chengmai.sensing.registry import Registry
from chengmai.sensing.runtime import Sensing
from chengmai.sensing.screening import Screened
from chengmai.sensing.store import Inserted, TelemetryStore
from chengmai.settings import Settings

SETTINGS = replace(Settings(), ingest_flush_ms=1)


class Store:
    """Keeps the sizes of its inserts; ``refuses`` makes it answer like one that is full."""

    def __init__(self) -> None:
        self.inserts: list[int] = []
        self.refuses = threading.Event()

    def insert(self, rows: Observations, message: Any) -> Inserted:
        if self.refuses.is_set():
            raise Unavailable("store.disk_full", place="")
        self.inserts.append(len(rows))
        return Inserted(len(self.inserts), np.zeros(len(rows), dtype=np.int64), rows)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def ingest(store: Store) -> Iterator[Ingest]:
    made = Ingest(cast(TelemetryStore, store), Registry(lambda: ([], {})), SETTINGS)
    made.start()
    yield made
    made.stop()


def rows(count: int = 1) -> Screened:
    times = np.arange(count).astype("datetime64[ms]")
    return Screened(Observations.fresh([1] * count, times, [1.0] * count), np.zeros(count, dtype=np.uint64), [])


def test_a_sender_that_goes_away_takes_nothing_back_and_ends_no_writer(ingest: Ingest) -> None:
    first = ingest.submit(rows())
    assert not first.cancel()
    assert first.result(10).accepted == 1
    assert ingest.submit(rows(2)).result(10).accepted == 2


def test_what_waited_for_the_store_is_written_in_batches_and_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "_RETRY_S", 0.01)
    writer = Ingest(cast(TelemetryStore, store), Registry(lambda: ([], {})), replace(SETTINGS, ingest_batch_rows=10))
    store.refuses.set()
    writer.start()
    waiting = [writer.submit(rows(number), patient=True) for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    with pytest.raises(Unavailable, match=r"store\.disk_full"):
        writer.submit(rows(9)).result(10)
    store.refuses.clear()
    assert [told.result(10).accepted for told in waiting] == [1, 2, 3, 4, 5, 6, 7, 8]
    writer.stop()
    assert store.inserts == [1 + 2 + 3 + 4, 5 + 6, 7 + 8]


def test_a_writer_that_ends_by_itself_is_a_failure_of_sensing(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    sensing = Sensing(SETTINGS)
    sensing._ingest = ingest
    assert sensing.failure is None

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ingest, "_flush", broken)
    ingest.submit(rows())
    ingest._thread.join(10)
    assert isinstance(sensing.failure, ZeroDivisionError)


def test_names_that_cannot_be_read_stay_in_force_and_another_end_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_LOOK_S", 0.001)
    sensing = Sensing(SETTINGS)
    looks: list[Exception | None] = [InterfaceError("connection already closed"), None, ZeroDivisionError()]

    def refresh() -> None:
        error = looks.pop(0)
        if error is not None:
            raise error

    monkeypatch.setattr(sensing, "refresh", refresh)
    sensing._look()
    assert not looks
    assert isinstance(sensing.failure, ZeroDivisionError)
