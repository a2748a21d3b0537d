"""A burst from pressures: quick, sized, quiet on noise, drift and pumps; ended by its reverse."""

import json
from typing import Any

import numpy as np
import pytest

from chengmai.detection.drop_signals import FALL_SEVERITIES, Columns, day_profile, drop_signal, usual_of, window_of
from chengmai.detection.observations import Observations
from chengmai.detection.pressure_drop import Burst, DropFinding, look
from chengmai.detection.pressure_steps import DropSettings, Window
from chengmai.detection.signals import Condition

FALLS = np.array([0.6, 0.4, 0.3, 0.2, 0.1, 0.05, 0.0, 0.0])
PACE = 5_000


def record(
    count: int = 200,
    burst: int | None = None,
    mended: int | None = None,
    drift: float = 0.0,
    pump: int | None = None,
    seed: int = 1,
    pace: int = PACE,
    usual: bool = True,
) -> Window:
    """Readings of 8 sensors: noise of 2 cm, a burst of 20 m3/h, demand that drifts, a pump that starts."""
    rng = np.random.default_rng(seed)
    step = np.arange(count)
    leaking = np.zeros(count) if burst is None else ((step >= burst) & (step < (mended or count))).astype(float)
    swing = np.cumsum(rng.normal(0, drift, count))
    pressure = 40 + rng.normal(0, 0.02, (count, 8)) - leaking[:, None] * FALLS - 0.02 * swing[:, None]
    inflow = 150 + rng.normal(0, 0.4, count) + 20 * leaking + swing
    pumping = np.zeros(count) if pump is None else np.where(step >= pump, 44.0, 0.0)
    pressure -= (pumping / 44)[:, None] * np.linspace(1.5, 0.2, 8)
    return Window(step * pace + 1_000_000_000, pressure, inflow, pumping[:, None], usual)


def told(window: Window) -> list[tuple[str, int]]:
    return [(one.condition.value, _place(window, one)) for one in look(window, {}, DropSettings())]


def _place(window: Window, finding: DropFinding) -> int:
    return int(np.searchsorted(window.time, finding.raised))


def test_a_burst_is_found_within_a_few_readings_and_sized() -> None:
    window = record(burst=120)
    (finding,) = look(window, {}, DropSettings())
    assert finding.condition is Condition.BEGIN
    assert 122 <= _place(window, finding) <= 125
    assert finding.burst.size_m3h == pytest.approx(20, abs=2)
    assert finding.fallen[:2] == (0, 1)
    assert finding.burst.fall_m[0] == pytest.approx(0.6, abs=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_drifting_demand_are_quiet(seed: int) -> None:
    assert told(record(count=600, seed=seed)) == []
    assert told(record(count=600, drift=0.3, seed=seed)) == []


def test_a_pump_that_starts_is_no_burst_and_one_after_it_is_found() -> None:
    assert told(record(pump=120)) == []
    assert [kind for kind, _ in told(record(pump=60, burst=140))] == ["begin"]


def test_pressures_that_fall_without_more_inflow_are_no_burst() -> None:
    window = record(burst=120)
    flat = Window(window.time, window.pressure, np.full(200, 150.0), window.pump)
    assert look(flat, {}, DropSettings()) == []


def test_behind_a_tank_a_fall_without_inflow_counts_when_the_zone_falls_alone() -> None:
    window = record(count=300)
    low = ((np.arange(300) >= 120) & (np.arange(300) < 220)).astype(float)
    fall = np.array([0.4, 0.3, 0.3, 0, 0, 0, 0, 0])
    zone = Window(window.time, window.pressure - low[:, None] * fall, window.inflow, window.pump)
    assert look(zone, {}, DropSettings()) == []
    found = look(zone, {}, DropSettings(), [[0, 1, 2]])
    assert [(one.condition, one.burst.size_m3h) for one in found] == [(Condition.BEGIN, 0.0), (Condition.END, 0.0)]
    assert set(found[0].fallen) == {0, 1, 2}
    everywhere = Window(window.time, window.pressure - low[:, None] * 0.3, window.inflow, window.pump)
    assert look(everywhere, {}, DropSettings(), [[0, 1, 2]]) == []


@pytest.mark.parametrize("after", [6, 12, 60])
def test_a_mended_burst_ends(after: int) -> None:
    kinds = [kind for kind, _ in told(record(count=300, burst=120, mended=120 + after))]
    assert kinds == ["begin", "end"]


def test_a_burst_soon_after_another_was_mended_is_not_passed_over() -> None:
    window = record(count=300, burst=120, mended=130)
    again = (np.arange(300) >= 142).astype(float)
    more = Window(window.time, window.pressure - again[:, None] * FALLS[::-1], window.inflow + 20 * again, window.pump)
    conditions = [one.condition for one in look(more, {}, DropSettings())]
    assert conditions == [Condition.BEGIN, Condition.END, Condition.BEGIN]


def test_a_second_burst_is_its_own() -> None:
    window = record(count=400, burst=120)
    second = (np.arange(400) >= 260).astype(float)
    more = Window(
        window.time, window.pressure - second[:, None] * FALLS[::-1] * 0.8, window.inflow + 12 * second, window.pump
    )
    begun = look(more, {}, DropSettings())
    assert [(one.condition, one.burst.number) for one in begun] == [(Condition.BEGIN, 1), (Condition.BEGIN, 2)]
    assert begun[1].burst.size_m3h == pytest.approx(12, abs=2)


def test_reading_by_reading_is_the_same_as_all_at_once() -> None:
    window = record(count=300, burst=120, mended=220)
    memory: dict[str, Any] = {}
    piecewise = []
    for place in range(1, 301):
        part = Window(window.time[:place], window.pressure[:place], window.inflow[:place], window.pump[:place])
        memory = json.loads(json.dumps(memory))
        piecewise += look(part, memory, DropSettings())
    whole = look(window, {}, DropSettings())
    assert [(one.condition, one.raised, one.fallen) for one in piecewise] == [
        (one.condition, one.raised, one.fallen) for one in whole
    ]
    assert len(whole) == 2


def test_slow_readings_are_judged_only_against_usual_values() -> None:
    assert told(record(burst=120, pace=300_000, usual=False)) == []
    assert [kind for kind, _ in told(record(burst=120, pace=300_000))] == ["begin"]


def _rows(times: np.ndarray, values: dict[int, np.ndarray]) -> Observations:
    stream = np.concatenate([np.full(len(times), one) for one in values])
    zeros = np.zeros(len(stream))
    return Observations(
        stream.astype(np.uint32),
        np.tile(times, len(values)).astype("datetime64[ms]"),
        np.concatenate(list(values.values())),
        zeros.astype(np.uint32),
        zeros.astype(np.uint64),
    )


def test_a_moment_that_is_still_arriving_waits() -> None:
    times = np.arange(20) * 5000 + 1_000_000
    rows = _rows(times, {one: np.full(20, 30.0 + one) for one in range(1, 6)})
    columns = Columns((1, 2, 3, 4), {5: 1})
    assert len(window_of(rows, columns, None, 0).time) == 20
    arriving = rows.take(~((rows.stream <= 2) & (rows.time == rows.time.max())))
    assert len(window_of(arriving, columns, None, 0).time) == 19


def test_usual_values_take_the_course_of_the_day_away() -> None:
    hour = 3_600_000
    days = []
    for day in range(8):
        times = np.arange(288) * 300_000 + day * 24 * hour
        course = 10 * np.sin(times / (24 * hour) * 2 * np.pi)
        rows = _rows(times, {1: 40 - course, 2: 35 - course, 3: 30 - course, 9: 100 + 5 * course})
        window = window_of(rows, Columns((1, 2, 3), {9: 1}), None, 0)
        days.append((False, day_profile(window, 0)))
    usual = usual_of(days)
    assert usual_of(days[:6]) is None
    less = window_of(rows, Columns((1, 2, 3), {9: 1}), usual, 0)
    assert np.abs(less.pressure).max() < 0.2
    assert np.abs(less.inflow).max() < 1.0


@pytest.mark.parametrize(
    ("fall_mpa", "rise_m3h", "severity"),
    [
        (0.049, 4.0, "blue"),
        (0.051, 4.0, "yellow"),
        (0.101, 4.0, "orange"),
        (0.151, 4.0, "red"),
        (0.01, 30.0, "orange"),
        (0.051, 0.0, "yellow"),
        (0.101, 0.0, "yellow"),
        (0.151, 0.0, "orange"),
    ],
)
def test_levels_follow_the_fall_and_ask_for_a_rise_of_the_flow(fall_mpa: float, rise_m3h: float, severity: str) -> None:
    """0.05, 0.10 and 0.15 MPa; a fall that no flow confirms counts a level less, though not as the least."""
    burst = Burst(1, 2_000, 1_000, [fall_mpa * 101.97, 0.1], rise_m3h)
    finding = DropFinding(Condition.BEGIN, burst, 3_000, (0, 1), (0.1, 0.1), 9.0)
    columns = Columns((11, 12), {13: 1})
    signal = drop_signal("R", finding, columns, {11: "P-1", 12: "P-2"}, {}, DropSettings(), FALL_SEVERITIES)
    assert signal.severity == severity
    assert signal.reasons[0].params["largest_mpa"] == fall_mpa
    assert signal.size_m3h == (rise_m3h or None)


def test_a_pipe_that_tears_open_over_minutes_is_told_anew_with_its_full_fall() -> None:
    window = record(count=260, burst=120)
    deeper = np.clip(np.arange(260) - 125, 0, 40) / 40
    torn = Window(
        window.time, window.pressure - deeper[:, None] * FALLS * 15, window.inflow + deeper * 60, window.pump, True
    )
    begun, *later = look(torn, {}, DropSettings())
    assert begun.condition is Condition.BEGIN
    assert {one.condition for one in later} == {Condition.UPDATE}
    assert len({one.burst.number for one in (begun, *later)}) == 1
    assert later[-1].burst.fall_m[0] == pytest.approx(9.6, abs=2.0)
    assert later[-1].burst.size_m3h == pytest.approx(80, abs=15)
    assert later[-1].fallen[0] == 0
