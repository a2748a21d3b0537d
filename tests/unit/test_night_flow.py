"""Night flow on made-up nights: weekdays, season, steps, growth, overlap, repair; step by step as all at once."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.detection.ltown import BALANCES, TANK_ZONE
from chengmai.detection.night_balance import BalanceArea, Night, Series, Tank, night, window_utc
from chengmai.detection.night_flow import NightFinding, NightFlowSettings, Shape, advance
from chengmai.detection.night_signals import area_of, nights_due, parameters_of, severity_of, signal_of
from chengmai.detection.signals import Condition

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2025, 3, 3).toordinal()
WEEK = np.array([3.0, 0.0, 0.0, 0.0, 1.0, 15.0, 22.0])


def _nights(count: int, extra: np.ndarray | None = None, seed: int = 1, season: float = 0.1) -> list[Night]:
    rng = np.random.default_rng(seed)
    days = np.arange(count)
    use = (50 + WEEK[days % 7]) * (1 + season * np.sin(2 * np.pi * days / 365))
    flow = use + 15 + rng.normal(0, 1.0, count) + (0 if extra is None else extra)
    span = 100 * (1 + season * np.sin(2 * np.pi * days / 365)) + rng.normal(0, 2, count)
    return [Night(FIRST + int(d), float(f), float(r)) for d, f, r in zip(days, flow, span, strict=True)]


def _told(nights: list[Night]) -> list[NightFinding]:
    memory: dict[str, Any] = {}
    return [one for each in nights for one in advance(memory, each, NightFlowSettings())]


def _begun(findings: list[NightFinding]) -> list[NightFinding]:
    return [one for one in findings if one.condition is Condition.BEGIN]


def test_a_weekend_or_a_season_is_no_leak() -> None:
    assert _begun(_told(_nights(200))) == []


def test_a_large_step_is_found_on_its_first_night_and_sized() -> None:
    days = np.arange(60)
    (found,) = _begun(_told(_nights(60, np.where(days >= 40, 25.0, 0.0))))
    assert (found.day, found.leak.onset) == (FIRST + 40, FIRST + 40)
    assert found.size_m3h == pytest.approx(25, abs=4)


def test_a_growing_leak_is_found_as_growing_and_dated() -> None:
    days = np.arange(90)
    findings = _told(_nights(90, np.clip((days - 40) / 25, 0, 1) ** 2 * 14))
    (found,) = _begun(findings)
    assert FIRST + 40 < found.day < FIRST + 62
    assert abs(found.leak.onset - (FIRST + 40)) <= 8
    assert findings[-1].leak.shape is Shape.GROWTH
    assert findings[-1].size_m3h == pytest.approx(14, abs=3)


def test_overlapping_leaks_end_each_by_its_own_repair() -> None:
    days = np.arange(110)
    extra = np.where((days >= 30) & (days < 70), 26.0, 0) + np.where((days >= 45) & (days < 90), 11.0, 0)
    findings = _told(_nights(110, extra))
    begun = _begun(findings)
    ended = [one for one in findings if one.condition is Condition.END]
    assert [one.leak.onset - FIRST for one in begun] == [30, 45]
    assert [(one.leak.number, one.leak.end) for one in ended] == [(1, FIRST + 70), (2, FIRST + 90)]


def test_a_memory_that_was_stored_in_between_changes_nothing() -> None:
    days = np.arange(100)
    nights = _nights(100, np.where(days >= 40, 8.0, 0.0) + np.clip((days - 60) / 20, 0, 1) * 9)
    memory: dict[str, Any] = {}
    piecewise: list[NightFinding] = []
    for one in nights:
        memory = json.loads(json.dumps(memory))
        piecewise += advance(memory, one, NightFlowSettings())
        assert advance(memory, one, NightFlowSettings()) == []
    assert piecewise == _told(nights)
    assert _begun(piecewise)


def test_one_odd_night_among_many_is_not_a_leak_when_such_nights_occur() -> None:
    extra = np.zeros(80)
    extra[[12, 24, 37, 51, 66]] = 9.0
    assert _begun(_told(_nights(80, extra))) == []


def _record(day: date, flow: np.ndarray, level: np.ndarray | None = None) -> dict[str, Series]:
    _, end = window_utc(BALANCES[0], day, ZONE)
    stop = np.datetime64(end.replace(tzinfo=None), "ms")
    times = stop + np.timedelta64(300_000, "ms") * np.arange(-288, 13)
    return {"q": Series(times, flow)} | ({} if level is None else {"level": Series(times, level)})


def test_the_figure_of_a_night_is_inflow_less_what_the_tank_takes() -> None:
    """Pump 40 m3/h on and off while the zone draws 12: the tank's volume makes up the difference, exactly."""
    hours = np.arange(301) * (5 / 60)
    pump = np.where((hours // 3).astype(int) % 2 == 0, 40.0, 0.0)
    filled = np.concatenate(([0], np.cumsum((pump[1:] + pump[:-1]) / 2 * 5 / 60)))
    area = BalanceArea("zone", {"q": 1}, Tank("level", 200.0))
    one = night(area, date(2025, 5, 6), ZONE, _record(date(2025, 5, 6), pump, (filled - 12 * hours) / 200.0))
    assert one is not None
    assert one.flow_m3h == pytest.approx(12.0, abs=1e-9)
    assert one.range_m3h == pytest.approx(0.0, abs=1e-9)


def test_a_night_with_a_hole_is_left_out() -> None:
    flow = np.full(301, 30.0)
    flow[270:282] = np.nan
    assert night(BalanceArea("zone", {"q": 1}), date(2025, 5, 6), ZONE, _record(date(2025, 5, 6), flow)) is None


def test_a_large_user_for_part_of_the_night_does_not_move_the_lowest_hour() -> None:
    flow = np.full(301, 30.0)
    flow[262:274] += 25
    area = BalanceArea("zone", {"q": 1}, statistic="lowest_hour")
    one = night(area, date(2025, 5, 6), ZONE, _record(date(2025, 5, 6), flow))
    assert one is not None
    assert one.flow_m3h == pytest.approx(30.0)


def test_a_signal_names_its_subject_size_reasons_and_evidence() -> None:
    days = np.arange(60)
    (found,) = _begun(_told(_nights(60, np.where(days >= 40, 25.0, 0.0))))
    streams = {"p227": 1, "p235": 2, "PUMP_1": 3}
    signal = signal_of(BALANCES[0], found, ZONE, streams)
    assert signal.subject == "main-zone#1"
    assert signal.severity == "orange"
    assert signal.reasons[0].code == "night_flow.sudden"
    assert {span.stream for span in signal.evidence} == {1, 2, 3}
    assert signal.began_at < signal.raised_at
    assert signal.raised_at == window_utc(BALANCES[0], date.fromordinal(FIRST + 40), ZONE)[1]


def test_parameters_of_a_rule_and_its_area_are_the_same_thing() -> None:
    assert area_of(parameters_of(TANK_ZONE)) == TANK_ZONE
    with pytest.raises(InvalidInput):
        area_of({"area": "zone"})


def test_severities_follow_the_rules_table() -> None:
    assert [severity_of(size) for size in (2, 5, 15, 30)] == ["blue", "yellow", "orange", "red"]
    assert severity_of(4, {"red": 3.0, "blue": 0.0}) == "red"


def test_nights_are_due_once_their_window_is_over() -> None:
    day = date(2025, 5, 6)
    over = datetime(2025, 5, 6, 4, 0, tzinfo=ZONE)
    assert nights_due(BALANCES[0], None, over, ZONE) == [day]
    assert nights_due(BALANCES[0], day.toordinal(), over, ZONE) == []
    assert nights_due(BALANCES[0], day.toordinal() - 3, over - timedelta(minutes=1), ZONE)[-1] == day - timedelta(
        days=1
    )
