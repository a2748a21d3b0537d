"""What is done once is not done again, and what is kept does not grow for ever."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely

from chengmai.assets import queries
from chengmai.assets.models import NetworkEdition, Street
from chengmai.core.units import Quantity
from chengmai.detection.drop_signals import Columns
from chengmai.detection.observations import Observations
from chengmai.sensing.live import MOST_CHANGES, Hub
from chengmai.sensing.registry import Registry
from chengmai.warning.places import Places
from chengmai.warning.pressure_drop_detector import PressureDropDetector
from chengmai.warning.rule_facts import RuleFacts, StreamFacts


def test_an_edition_asked_for_by_many_at_once_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[int] = []

    @lru_cache
    def slow(edition_id: int, source_hash: str) -> str:
        loads.append(edition_id)
        time.sleep(0.05)
        return source_hash

    monkeypatch.setattr(queries, "_arrays", slow)
    with ThreadPoolExecutor(8) as pool:
        editions = [NetworkEdition(pk=number % 2, source_hash=str(number % 2)) for number in range(16)]
        assert list(pool.map(queries.load_edition, editions)) == ["0", "1"] * 8
    assert sorted(loads) == [0, 1]


def test_changes_that_nobody_hears_are_not_kept_for_ever_and_who_comes_back_begins_anew() -> None:
    hub = Hub(Registry(lambda: ([], {})))
    before = hub.epoch
    for number in range(MOST_CHANGES + 1):
        hub.change("alarm", str(number), "raise", "CG")
    assert len(hub._changes) == 1
    _, first = hub.subscribe(None, f"{before}:0")
    assert [b'"snapshot"' in message.content for message in first] == [True]


def test_the_streets_of_many_alarms_are_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    places, drawn = Places([]), list[int]()
    line = shapely.LineString
    monkeypatch.setattr(shapely, "LineString", lambda path: drawn.append(1) or line(path))
    near = Street(name_zh="近", name_en="Near", path=[[112.85, 35.50], [112.86, 35.50]])
    far = Street(name_zh="远", name_en="Far", path=[[112.85, 35.60], [112.86, 35.60]])
    places.__dict__["_streets"] = [far, near]
    for latitude, expected in ((35.501, near), (35.599, far), (35.55, None)):
        alarm: Any = SimpleNamespace(longitude=112.855, latitude=latitude)
        assert places._nearest_street(alarm) is expected
    assert len(drawn) == 2


def test_days_half_told_are_read_again_the_next_day_and_days_gone_are_forgotten() -> None:
    detector = PressureDropDetector()
    rule = RuleFacts("D", 1, {}, "", {"P": StreamFacts(1, Quantity.PRESSURE_HEAD)})
    read_from: list[date] = []

    def read(streams: Any, start: datetime, end: datetime) -> Observations:
        day = start.astimezone(UTC).date() + timedelta(days=1)
        read_from.append(day)
        share = 0.9 if day.day == 10 else 1.0
        times = np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "ms") + np.arange(
            round(288 * share)
        ) * np.timedelta64(300_000, "ms")
        return Observations.fresh([1] * len(times), times, [5.0] * len(times))

    def usual(today: date) -> list[date]:
        read_from.clear()
        noon = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
        detector._usual(rule, Columns((1,), {}), noon, 8 * 3_600_000, read)
        return list(read_from)

    assert len(usual(date(2026, 3, 15))) == detector.days
    assert usual(date(2026, 3, 15)) == []
    assert usual(date(2026, 3, 16)) == [date(2026, 3, 10), date(2026, 3, 15)]
    assert len(detector._profiles) == detector.days
