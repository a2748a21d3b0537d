"""The readings behind an alarm: cited from the real store, opened as they were cited, whatever came later."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chengmai.detection.observations import Observations
from chengmai.detection.signals import Span
from chengmai.sensing.store import TelemetryStore, open_store
from chengmai.settings import current
from chengmai.warning.evidence import Opened, Recorder, cite, reopen
from chengmai.warning.models import Alarm
from chengmai.warning.sealing import alarm_seal
from chengmai.warning.services import apply_signal
from tests.disposal import City, build_city, signal

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryStore]:
    folder: Path = tmp_path_factory.mktemp("telemetry")
    opened = open_store(replace(current(), data_dir=folder, telemetry_url=""))
    yield opened
    opened.close()


def told(stream: int, *readings: tuple[int, float]) -> Observations:
    """Readings of a stream as (minutes after the start, value)."""
    first = np.datetime64("2026-03-01T03:00", "ms")
    times = [first + np.timedelta64(minute, "m") for minute, _ in readings]
    return Observations.fresh([stream] * len(readings), times, [value for _, value in readings])


def span(stream: int, minutes: int = 60) -> Span:
    return Span(stream, START, START + timedelta(minutes=minutes))


def opened_values(opened: Opened) -> list[tuple[float, int]]:
    return list(zip(opened.rows.value.tolist(), opened.rows.revision.tolist(), strict=True))


def test_cited_readings_are_opened_unchanged(store: TelemetryStore) -> None:
    store.insert(told(11, (0, 5.0), (5, 5.5), (10, 6.0)))
    (citation,) = cite([span(11, 5)], store.read)
    assert (citation["rows"], citation["start"], citation["end"]) == (
        2,
        "2026-03-01T03:00:00+00:00",
        "2026-03-01T03:05:00+00:00",
    )
    opened = reopen([citation], store)[0]
    assert (opened.intact, opened.revised, opened.added) == (True, 0, 0)
    assert opened_values(opened) == [(5.0, 0), (5.5, 0)]


def test_a_later_revision_and_a_late_reading_are_told_but_do_not_break_the_evidence(store: TelemetryStore) -> None:
    store.insert(told(12, (0, 5.0), (10, 6.0), (15, 1.0)))
    store.insert(told(12, (10, 6.5)))
    (citation,) = cite([span(12)], store.read)
    store.insert(told(12, (0, 99.0), (5, 5.5), (6, 1.0)))
    store.insert(told(12, (10, 7.0), (6, 2.0)))
    opened = reopen([citation], store)[0]
    assert (opened.intact, opened.revised, opened.added) == (True, 2, 2)
    assert opened_values(opened) == [(5.0, 0), (6.5, 1), (1.0, 0)]


def test_sensors_that_share_a_span_are_read_together_and_cited_apart(store: TelemetryStore) -> None:
    for stream in (21, 22, 23):
        store.insert(told(stream, (0, float(stream)), (90, 1.0)))
    asked: list[list[int]] = []

    def read(streams: Sequence[int], start: datetime, end: datetime) -> Observations:
        asked.append(list(streams))
        return store.read(streams, start, end)

    cited = cite([span(23), span(21), span(22, 120), span(22)], read)
    assert asked == [[21, 22, 23], [22]]
    assert [(citation["stream"], citation["rows"]) for citation in cited] == [(21, 1), (22, 2), (22, 1), (23, 1)]
    assert cited[3] == cite([span(23)], store.read)[0]
    assert [(one.intact, len(one.rows)) for one in reopen(cited, store)] == [(True, 1), (True, 2), (True, 1), (True, 1)]


def test_what_was_read_is_cited_even_if_more_was_told_meanwhile(store: TelemetryStore) -> None:
    for stream in (31, 32, 33):
        store.insert(told(stream, (0, 1.0), (30, 2.0)))
    readings = Recorder(store.read)
    readings.read([31, 32], START, START + timedelta(minutes=60))
    readings.read([33], START, START + timedelta(minutes=60))
    readings.read([31], START, START + timedelta(minutes=10))
    store.insert(told(31, (45, 3.0), (30, 2.5)))
    cited = cite(readings.spans, readings.again)
    assert [(one["stream"], one["rows"]) for one in cited] == [(31, 2), (31, 1), (32, 2), (33, 2)]
    opened = reopen(cited, store)
    assert (opened[0].revised, opened[0].added) == (1, 1)
    assert all(one.intact for one in opened)


def test_a_stream_without_readings_is_cited_as_such(store: TelemetryStore) -> None:
    readings = Recorder(store.read)
    readings.read([41], START, START + timedelta(minutes=60))
    (citation,) = cite(readings.spans, readings.again)
    assert citation["rows"] == 0
    assert reopen([citation], store)[0].intact


def test_evidence_that_is_not_what_was_cited_is_found_out(store: TelemetryStore) -> None:
    store.insert(told(13, (0, 5.0), (5, 5.5)))
    (citation,) = cite([span(13)], store.read)
    for changed in (
        {**citation, "hash": "0" * 64},
        {**citation, "end": (START + timedelta(minutes=4)).isoformat()},
        {**citation, "stream": 14},
    ):
        assert not reopen([changed], store)[0].intact


def test_an_alarm_cites_what_its_detector_used(store: TelemetryStore) -> None:
    city: City = build_city()
    stream = city.stream.pk
    store.insert(told(stream, (0, 5.0), (30, 5.5), (60, 6.0)))
    alarm = apply_signal(city.rule, signal(city, evidence=(span(stream, 30),)), store.read)
    assert alarm is not None
    (citation,) = Alarm.objects.get(pk=alarm.pk).evidence
    assert (citation["stream"], citation["code"], citation["rows"]) == (stream, city.stream.code, 2)
    assert opened_values(reopen([citation], store)[0]) == [(5.0, 0), (5.5, 0)]
    raised = alarm.history.get()
    assert raised.facts["evidence"] == [citation]
    assert alarm.lineage_hash == alarm_seal(Alarm.objects.get(pk=alarm.pk))


def test_many_revised_readings_are_opened_by_one_more_question(store: TelemetryStore) -> None:
    store.insert(told(51, *((minute, 1.0) for minute in range(50))))
    (citation,) = cite([span(51)], store.read)
    store.insert(told(51, *((minute, 2.0) for minute in range(50))))
    asked: list[int] = []

    class Counting:
        def read(self, *arguments: Any) -> Observations:
            asked.append(1)
            return store.read(*arguments)

    (opened,) = reopen([citation], Counting())
    assert (opened.intact, opened.revised, opened.added) == (True, 50, 0)
    assert opened_values(opened) == [(1.0, 0)] * 50
    assert len(asked) == 2


def test_long_evidence_is_read_in_portions_checked_whole_and_shown_thinned(
    store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = np.datetime64("2026-03-01T03:00", "ms")
    times = first + np.arange(3000) * np.timedelta64(1000, "ms")
    for stream in (61, 62, 63):
        wave = np.where(np.arange(3000) == 1234, 99.0, 1.0)
        store.insert(Observations.fresh([stream] * 3000, times, wave))
    cited = cite([span(stream) for stream in (61, 62, 63)], store.read)
    asked: list[int] = []

    class Counting:
        def read(self, streams: Sequence[int], *arguments: Any) -> Observations:
            asked.append(len(streams))
            return store.read(streams, *arguments)

    monkeypatch.setattr("chengmai.warning.evidence._MOST_AT_ONCE", 6000)
    opened = reopen(cited, Counting())
    assert asked == [2, 1]
    assert [one.intact for one in opened] == [True] * 3
    assert all(len(one.rows) <= 2000 and one.rows.value.max() == 99.0 for one in opened)
