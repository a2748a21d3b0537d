"""How fast rooms grow cold."""

import numpy as np
import pytest

from chengmai.core.errors import InvalidInput
from chengmai.physics.heat import load_at, transmittance
from chengmai.physics.heat_outage import (
    TIME_CONSTANT_H,
    BuildingClass,
    class_of,
    hours_until,
    outage_curve,
    room_temperature,
)


def test_after_one_time_constant_a_room_has_lost_all_but_a_part_in_e() -> None:
    assert room_temperature(np.array([0.0, 60.0]), 20.0, -10.0, 60.0) == pytest.approx([20.0, -10 + 30 / np.e])


@pytest.mark.parametrize("building", list(BuildingClass))
def test_the_curve_passes_the_limit_when_the_inverse_says(building: BuildingClass) -> None:
    curve = outage_curve(building, 20.0, -9.0)
    assert curve.cold_after_h is not None
    tau = TIME_CONSTANT_H[building]
    assert room_temperature(np.array([curve.cold_after_h]), 20.0, -9.0, tau)[0] == pytest.approx(18.0)
    assert np.all(np.diff(curve.room_c) < 0)
    assert curve.room_c[0] == 20.0


def test_heavier_buildings_hold_longer() -> None:
    times = [outage_curve(each, 20.0, 0.0).cold_after_h or 0.0 for each in BuildingClass]
    assert times == sorted(times, reverse=True)
    assert times[0] > 2 * times[2]


def test_rooms_that_are_cold_already_and_rooms_that_never_will_be() -> None:
    assert hours_until(18.0, 17.5, 0.0, 60.0) == 0.0
    assert hours_until(18.0, 20.0, 18.0, 60.0) is None
    assert outage_curve(BuildingClass.HALL, 20.0, 25.0).cold_after_h is None


@pytest.mark.parametrize("tau", [0.0, -1.0, float("nan")])
def test_a_time_constant_must_be_one(tau: float) -> None:
    with pytest.raises(InvalidInput):
        hours_until(18.0, 20.0, 0.0, tau)
    with pytest.raises(InvalidInput):
        room_temperature(np.array([1.0]), 20.0, 0.0, tau)


def test_an_unknown_class_is_a_standard_building() -> None:
    assert class_of("heavy") is BuildingClass.HEAVY
    assert class_of("") is BuildingClass.STANDARD
    assert class_of("unheard of") is BuildingClass.STANDARD


def test_load_follows_the_outdoor_temperature() -> None:
    assert load_at(-9.0) == 1.0
    assert load_at(4.5) == pytest.approx(0.5)
    assert load_at(25.0) == 0.0


def test_larger_pipes_lose_more() -> None:
    assert 0.1 < transmittance(0.025) < transmittance(0.2) < transmittance(0.6) < 2
