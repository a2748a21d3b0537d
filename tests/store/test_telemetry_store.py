"""What the telemetry store promises: identity, revisions, order of batches, and clear words when the engine refuses."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chengmai.core.clock import now
from chengmai.core.errors import InvalidInput, Unavailable
from chengmai.detection.observations import Observations
from chengmai.sensing.quarantine import Door, Reason, Refused
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
HEARD = now().replace(microsecond=0)


def rows(*readings: tuple[int, int, float]) -> Observations:
    """Readings as (stream, minutes after the start, value)."""
    times = [np.datetime64("2026-01-01T00:00", "ms") + np.timedelta64(minute, "m") for _, minute, _ in readings]
    return Observations.fresh([r[0] for r in readings], times, [r[2] for r in readings])


def numbers(*message: int) -> np.ndarray:
    return np.array(message, dtype=np.uint64)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), data_dir=tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[TelemetryStore]:
    opened = open_store(settings)
    yield opened
    opened.close()


def reopen(store: TelemetryStore, settings: Settings) -> TelemetryStore:
    store.close()
    return open_store(settings)


def values(found: Observations) -> list[tuple[int, float, int]]:
    return list(zip(found.stream.tolist(), found.value.tolist(), found.revision.tolist(), strict=True))


def test_a_repeated_reading_changes_nothing(store: TelemetryStore) -> None:
    first = store.insert(rows((1, 0, 5.0), (2, 0, 6.0)))
    again = store.insert(rows((1, 0, 5.0), (2, 5, 7.0)))
    assert (first.accepted, first.duplicate, first.revised) == (2, 0, 0)
    assert (again.accepted, again.duplicate, again.revised) == (1, 1, 0)
    assert store.count() == 3


def test_another_value_is_a_revision_and_the_old_one_stays(store: TelemetryStore) -> None:
    store.insert(rows((1, 0, 5.0), (1, 5, 5.5)))
    revised = store.insert(rows((1, 0, 4.0)))
    assert revised.revised == 1
    assert values(store.read([1], START, START + timedelta(minutes=5))) == [(1, 4.0, 1), (1, 5.5, 0)]
    assert values(store.revisions(1, START)) == [(1, 5.0, 0), (1, 4.0, 1)]


def test_a_value_corrected_back_is_a_revision_of_its_own(store: TelemetryStore) -> None:
    for value in (5.0, 4.0, 5.0):
        store.insert(rows((1, 0, value)))
    assert [value for _, value, _ in values(store.revisions(1, START))] == [5.0, 4.0, 5.0]


def test_a_redelivered_message_makes_no_revision(store: TelemetryStore, settings: Settings) -> None:
    store.insert(rows((1, 0, 5.0), (1, 0, 4.0), (1, 5, 1.0)), numbers(10, 11, 12))
    store = reopen(store, settings)
    again = store.insert(rows((1, 0, 5.0), (1, 0, 4.0), (1, 5, 1.0)), numbers(10, 11, 12))
    assert again.duplicate == 3
    later = store.insert(rows((1, 0, 5.0)), numbers(13))
    assert later.revised == 1


def test_repeats_inside_one_insert_count_once(store: TelemetryStore) -> None:
    told = store.insert(rows((1, 0, 5.0), (1, 0, 5.0), (1, 0, 6.0)))
    assert told.verdicts.tolist() == [0, -1, 1]


def test_many_old_rows_are_recognised(store: TelemetryStore) -> None:
    old = rows(*[(stream, minute, float(minute)) for minute in range(800) for stream in (1, 2, 3)])
    store.insert(old)
    assert store.insert(old).duplicate == 2400
    sparse = rows(*[(1, minute, float(minute)) for minute in range(0, 800, 2)], (2, -100_000, 1.0))
    told = store.insert(sparse)
    assert (told.duplicate, told.accepted) == (400, 1)


def test_what_is_newest_survives_a_restart(store: TelemetryStore, settings: Settings) -> None:
    store.insert(rows((1, 0, 5.0), (7, 10, 2.0)), numbers(3, 4))
    store.insert(rows((7, 10, 3.0)))
    before = values(store.latest())
    heard = store.heard()
    store = reopen(store, settings)
    assert values(store.latest()) == before == [(1, 5.0, 0), (7, 3.0, 1)]
    assert (store.batch, store.heard()) == (2, heard)


def test_batches_are_read_whole_and_alike_from_memory_and_disk(store: TelemetryStore, settings: Settings) -> None:
    for batch in range(4):
        store.insert(rows((2, batch, 1.0), (1, batch, 2.0), (1, batch - 50, 3.0)))
    told = store.read_after(1, limit_rows=4)
    assert told.batch.tolist() == [2, 2, 2]
    assert len(store.read_after(1, limit_rows=6)) == 6
    assert len(store.read_after(4)) == 0
    everything = store.read_after(0)
    store = reopen(store, settings)
    again = store.read_after(0)
    for name in ("stream", "time", "value", "revision", "batch"):
        assert getattr(everything, name).tolist() == getattr(again, name).tolist()
    assert store.read_after(1, limit_rows=4).batch.tolist() == [2, 2, 2]


def test_refused_messages_are_kept_once_and_counted(store: TelemetryStore) -> None:
    refused = [
        Refused(HEARD, "SIM", Door.MQTT, Reason.MALFORMED, "no JSON", b"{\xff" + b"x" * 10_000, 10_002, 5),
        Refused(HEARD + timedelta(seconds=1), "SIM", Door.HTTP, Reason.UNKNOWN_STREAM, "X", b"{}", 2),
    ]
    store.quarantine([*refused, refused[0]])
    store.quarantine(refused[:1])
    assert store.quarantine_counts() == {"malformed": 1, "unknown_stream": 1}
    newest, oldest = store.quarantined()
    assert (newest["reason"], oldest["reason"], oldest["size"]) == ("unknown_stream", "malformed", 10_002)
    assert len(oldest["payload"]) <= 4096
    assert [row["detail"] for row in store.quarantined(reason="malformed")] == ["no JSON"]
    assert store.quarantined(before=newest["place"]) == [oldest]
    assert store.quarantined(before=oldest["place"]) == []
    assert (oldest["received"], newest["received"]) == (HEARD, HEARD + timedelta(seconds=1))


def test_a_value_that_is_no_number_is_refused(store: TelemetryStore) -> None:
    with pytest.raises(InvalidInput):
        store.insert(rows((1, 0, float("nan"))))


def test_a_second_process_is_told_who_is_in_the_way(store: TelemetryStore, settings: Settings) -> None:
    code = (
        "import sys; from dataclasses import replace; from pathlib import Path\n"
        "from chengmai.sensing.store import open_store; from chengmai.settings import Settings\n"
        "from chengmai.core.errors import Unavailable\n"
        "try: open_store(replace(Settings(), data_dir=Path(sys.argv[1])))\n"
        "except Unavailable as error: print(error.code)\n"
    )
    told = subprocess.run([sys.executable, "-c", code, str(settings.data_dir)], capture_output=True, text=True)
    assert told.stdout.strip() == "store.locked", told.stderr


def test_after_a_doubtful_insert_nothing_is_stored_twice(
    store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.insert(rows((1, 0, 5.0)))
    client = store._local.client
    insert = client.insert_arrow

    def stored_but_told_otherwise(*arguments: object, **named: object) -> None:
        insert(*arguments, **named)
        raise OSError("No space left on device")

    monkeypatch.setattr(client, "insert_arrow", stored_but_told_otherwise)
    with pytest.raises(Unavailable) as caught:
        store.insert(rows((1, 5, 6.0)))
    assert caught.value.code == "store.disk_full"
    monkeypatch.undo()
    asked = watched(store, monkeypatch)
    assert store.insert(rows((1, 5, 6.0), (1, 10, 7.0))).verdicts.tolist() == [-1, 0]
    assert asked
    assert all("batch > 1" in query for query in asked), "the whole history was gone through"
    assert store.read_after(0).batch.tolist() == [1, 2, 3]


def test_a_long_span_is_thinned_by_the_engine_to_the_extremes_of_each_slice(store: TelemetryStore) -> None:
    wave = [float(minute % 97) for minute in range(1000)]
    store.insert(rows(*((1, minute, value) for minute, value in enumerate(wave)), (2, 0, 500.0)))
    store.insert(rows((1, 500, 1000.0), (1, 501, -7.0)))
    end = START + timedelta(minutes=999)
    thinned = store.read_thinned(1, START, end, 40)
    assert len(thinned) <= 40
    assert (np.diff(thinned.time) > np.timedelta64(0)).all()
    assert set(thinned.stream.tolist()) == {1}
    assert (thinned.value.min(), thinned.value.max()) == (-7.0, 1000.0)
    assert dict(zip(thinned.value.tolist(), thinned.revision.tolist(), strict=True))[1000.0] == 1
    newest = store.read([1], START, end)
    whole = dict(zip(newest.time.tolist(), newest.value.tolist(), strict=True))
    assert all(whole[time] == value for time, value in zip(thinned.time.tolist(), thinned.value.tolist(), strict=True))
    assert len(store.read_thinned(1, START, end, 2000)) == 1000
    assert len(store.read_thinned(3, START, end, 2000)) == 0


def watched(store: TelemetryStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions this thread puts to the store from now on."""
    client, asked = store._local.client, list[str]()
    for name in ("query", "query_arrow"):
        put = getattr(client, name)

        def noted(query: str, *arguments: Any, put: Any = put, **named: Any) -> Any:
            asked.append(query)
            return put(query, *arguments, **named)

        monkeypatch.setattr(client, name, noted)
    return asked


def test_catching_up_looks_only_at_the_next_batches(store: TelemetryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(40):
        store.insert(rows((1, minute, 1.0), (2, minute, 1.0)))
    store._recent.clear()
    asked = watched(store, monkeypatch)
    assert store.read_after(3, limit_rows=10).batch.tolist() == [number for number in range(4, 9) for _ in range(2)]
    assert all("batch <= 40" not in query for query in asked)
    assert store.read_after(0, limit_rows=70).batch.max() == 35
    assert store.read_after(39, limit_rows=1).batch.tolist() == [40, 40]


def test_streams_that_are_silent_for_long_are_known_again_at_the_next_start(
    store: TelemetryStore, settings: Settings
) -> None:
    late = now().replace(tzinfo=None, microsecond=0)
    moments = [np.datetime64("2019-01-01T00:00", "ms"), np.datetime64(late, "ms"), np.datetime64("2019-01-01", "ms")]
    store.insert(Observations.fresh([1, 2, 2], moments, [1.0, 2.0, 3.0]))
    store.insert(Observations.fresh([1], moments[:1], [4.0]))
    before, heard = values(store.latest()), store.heard()
    store = reopen(store, settings)
    assert values(store.latest()) == before == [(1, 4.0, 1), (2, 2.0, 0)]
    assert (store.heard(), store.batch) == (heard, 2)
    store.close()
