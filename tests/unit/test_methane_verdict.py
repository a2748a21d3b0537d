"""Levels of methane, time to the explosive limit, and the verdict sign by sign."""

from dataclasses import replace
from math import exp, inf

import numpy as np
import pytest

from chengmai.detection.methane_levels import DEFAULT_LEVELS, keeps_rising, level_of, percent_lel, seconds_to_lel
from chengmai.detection.methane_verdict import Course, MethaneSigns, Neighbour, Verdict, judge
from chengmai.detection.methane_watch import WatchEvent, WatchSettings, watch
from chengmai.detection.sensor_faults import sensor_fault
from chengmai.network.utilities import Utility
from chengmai.physics.chamber_gas import seconds_to_share

HOUR_MS = 3_600_000
NOW = 500_000 * HOUR_MS


def course(values: list[float] | np.ndarray, minutes: float = 5) -> Course:
    """Readings that end now, one every few minutes."""
    told = np.asarray(values, dtype=float)
    return Course(NOW - (np.arange(len(told))[::-1] * minutes * 60_000).astype(np.int64), told)


def step(top: float, low: float = 0.05) -> Course:
    noise = np.random.default_rng(1).normal(0, 0.01, 300)
    return course(np.concatenate([np.full(285, low), np.linspace(low, top, 5), np.full(10, top)]) + abs(noise))


def signs(**told: object) -> MethaneSigns:
    given = {"kind": Utility.STORM, "methane": step(2.0), "hour": 10, "gas_pipe_m": 4.0, **told}
    return MethaneSigns(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("percent", "severity"), [
    (0.99, None), (1.0, "yellow"), (2.49, "yellow"), (2.5, "orange"), (4.99, "orange"), (5.0, "red"), (20.0, "red"),
])  # fmt: skip
def test_levels_by_the_share_of_the_lower_explosive_limit(percent: float, severity: str | None) -> None:
    told = level_of(percent, DEFAULT_LEVELS)
    assert (told.severity if told else None) == severity
    assert percent_lel(5.0) == 100


def test_gathering_a_large_space_and_a_steady_rise_lift_by_one_level_together() -> None:
    for circumstance in ("gathering", "large", "rising"):
        told = level_of(1.2, DEFAULT_LEVELS, **{circumstance: True})
        assert told is not None
        assert (told.severity, told.lifted_by) == ("orange", (circumstance,))
    both = level_of(1.2, DEFAULT_LEVELS, gathering=True, large=True, rising=True)
    assert both is not None
    assert both.severity == "orange"
    above = level_of(8.0, DEFAULT_LEVELS, gathering=True)
    assert above is not None
    assert (above.severity, above.lifted_by) == ("red", ())
    assert level_of(0.5, DEFAULT_LEVELS, gathering=True, rising=True) is None


def test_time_to_the_limit_is_that_of_the_closed_form() -> None:
    volume, inflow, airing = 4.0, 3e-4, 2e-3
    time = np.arange(0, 1201, 60.0)
    value = np.array([100 * inflow / airing * (1 - exp(-airing / volume * t)) for t in time])
    true = seconds_to_share(volume, inflow, airing, present=value[-1] / 100)
    assert seconds_to_lel(time, value) == pytest.approx(true, rel=0.1)
    line = np.linspace(1, 2, 13)
    assert seconds_to_lel(np.arange(13) * 300.0, line) == pytest.approx(3 * 3600, rel=0.02)
    assert seconds_to_lel(time, np.linspace(3, 2, len(time))) == inf
    assert seconds_to_lel(time, np.full(len(time), 6.0)) == 0
    settling = np.array([2 * (1 - exp(-t / 600)) for t in np.arange(0, 3601, 120.0)])
    assert seconds_to_lel(np.arange(0, 3601, 120.0), settling) == inf
    assert keeps_rising(np.arange(13) * 300.0, line)
    assert not keeps_rising(np.arange(13) * 300.0, np.full(13, 2.0))


def test_ethane_decides_nearly_alone() -> None:
    for kind in (Utility.SEWER, Utility.POWER):
        with_gas = judge(signs(kind=kind, ethane=course(np.full(60, 500.0))))
        without = judge(signs(kind=kind, ethane=course(np.full(60, 4.0))))
        assert with_gas.verdict is Verdict.LEAK
        assert without.verdict in (Verdict.BIOGAS, Verdict.UNCLEAR)
        assert with_gas.reasons[0].code == "methane.ethane_found"
    assert judge(signs(kind=Utility.SEWER, ethane=course(np.full(60, 4.0)))).verdict is Verdict.BIOGAS


def test_gas_in_spaces_that_nothing_joins_came_through_the_soil() -> None:
    beside = (Neighbour(inf, 9.0, Utility.POWER, step(1.0)), Neighbour(inf, 40.0, Utility.STORM, step(0.06)))
    told = judge(signs(kind=Utility.SEWER, neighbours=beside))
    assert told.verdict is Verdict.LEAK
    assert told.reasons[0].code == "methane.other_spaces"
    quiet = (Neighbour(inf, 9.0, Utility.POWER, step(0.06)), Neighbour(inf, 40.0, Utility.STORM, step(0.06)))
    assert "methane.others_quiet" in [one.code for one in judge(signs(kind=Utility.SEWER, neighbours=quiet)).reasons]


def test_what_every_day_has_is_biogas() -> None:
    day = 1.2 + 0.8 * np.cos(2 * np.pi * (np.arange(24) - 10) / 24)
    values = np.interp(np.arange(0, 48, 1 / 12), np.arange(49), np.tile(day, 3)[11:60])
    warm = course(15 + values)
    told = judge(signs(kind=Utility.SEWER, methane=course(values), usual=np.tile(day, (5, 1)), temperature=warm))
    assert told.verdict is Verdict.BIOGAS
    codes = [one.code for one in told.reasons]
    assert codes[0] == "methane.usual"
    assert "methane.with_temperature" in codes


def test_no_gas_pipe_near_and_no_gas_network_at_all_are_said() -> None:
    far = judge(signs(gas_pipe_m=inf))
    assert far.verdict is not Verdict.LEAK
    assert "methane.gas_far" in [one.code for one in far.reasons]
    unknown = judge(signs(gas_pipe_m=None))
    assert "methane.no_gas_network" in [one.code for one in unknown.reasons]
    assert 0.5 <= unknown.confidence <= 1


def test_a_fall_of_gas_pressure_speaks_for_a_leak() -> None:
    before, after = judge(signs()), judge(signs(pressure_fall=0.2))
    assert after.verdict is Verdict.LEAK
    assert after.confidence >= before.confidence
    assert "methane.pressure_fall" in [one.code for one in after.reasons]


def test_faults_of_a_sensor_are_told_by_their_shape() -> None:
    rng = np.random.default_rng(3)
    calm = 0.1 + abs(rng.normal(0, 0.008, 200))
    cases = {
        "methane.stuck": np.concatenate([calm, np.full(20, 2.4)]),
        "methane.unit_jump": np.concatenate([calm, 20 * (0.1 + abs(rng.normal(0, 0.008, 12)))]),
        "methane.unit_lel": np.concatenate([calm, np.full(4, 35.0) + rng.normal(0, 0.1, 4)]),
        "methane.erratic": np.concatenate([calm, abs(rng.normal(2, 2, 24))]),
        "methane.drift": np.concatenate([calm, 0.1 + 0.005 * np.arange(300) + rng.normal(0, 0.008, 300)]),
    }
    for code, values in cases.items():
        told = course(values)
        found = sensor_fault(told.time, told.value, confirmed=False)
        assert found is not None, code
        assert found.reason.code == code
        assert judge(signs(methane=told)).verdict is Verdict.SENSOR


def test_real_gas_is_no_fault_of_the_sensor() -> None:
    rng = np.random.default_rng(4)
    filling = 8 * (1 - np.exp(-np.arange(40) / 12)) + rng.normal(0, 0.01, 40)
    leak = course(np.concatenate([0.1 + abs(rng.normal(0, 0.008, 200)), 0.1 + abs(filling)]))
    assert sensor_fault(leak.time, leak.value, confirmed=False) is None
    full = course(np.concatenate([0.1 + abs(rng.normal(0, 0.008, 200)), np.linspace(0.5, 20, 10), np.full(30, 20.0)]))
    assert sensor_fault(full.time, full.value, confirmed=False) is None
    jump = course(np.concatenate([calm_with(rng), np.full(12, 2.0) + rng.normal(0, 0.01, 12)]))
    assert sensor_fault(jump.time, jump.value, confirmed=True) is None, "another sensor sees the gas"


def calm_with(rng: np.random.Generator) -> np.ndarray:
    return 0.1 + abs(rng.normal(0, 0.008, 200))


def test_a_condition_begins_after_its_delay_and_ends_below_its_dead_band() -> None:
    settings, memory = WatchSettings(on_delay_s=60, off_delay_s=600), dict[str, object]()
    at = [
        (0, 0.2), (60, 1.1), (90, 0.2), (120, 1.1), (180, 1.2), (240, 1.3), (300, 2.7), (300, 9.0), (240, 0.1),
        (360, 0.9), (960, 0.6), (1500, 0.6), (1600, 0.6), (1700, 1.5),
    ]  # fmt: skip
    told = [(second, watch(memory, second * 1000, value, settings)) for second, value in at]
    assert [one for one in told if one[1] is not None] == [
        (180, WatchEvent.BEGIN), (300, WatchEvent.AGAIN), (960, WatchEvent.AGAIN),
        (1500, WatchEvent.AGAIN), (1600, WatchEvent.END),
    ]  # fmt: skip
    assert replace(settings, levels={"red": 100.0}).least == 100
