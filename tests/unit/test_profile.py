"""Profiles along routes against cases computed by hand."""

import numpy as np
import pytest

from chengmai.network.profile import clearances, crossings, passed, route_length, runs
from chengmai.network.protection import least_clearance_m, pressure_class, protection_of
from chengmai.network.tubes import DEPTH_ASSUMED, Chambers, Tubes
from chengmai.network.utilities import Utility


def tubes(*rows: tuple[tuple[float, float, float], tuple[float, float, float], float]) -> Tubes:
    """Tubes of links 0, 1, 2 ... from start and end of the axis and a radius [m]."""
    n = len(rows)
    return Tubes(
        np.array([row[0] for row in rows], dtype=float).reshape(n, 3),
        np.array([row[1] for row in rows], dtype=float).reshape(n, 3),
        np.array([row[2] for row in rows], dtype=float),
        np.arange(n, dtype=np.int32),
        np.zeros(n, dtype=np.uint8),
    )


STRAIGHT = np.array([[0.0, 0.0], [100.0, 0.0]])


def test_a_pipe_that_crosses_square_is_met_at_its_place_and_depth() -> None:
    # Falls from an axis at 1.0 m to one at 2.0 m over 20 m; the route meets it half-way: axis 1.5 m, top 1.4 m.
    (met,) = crossings(tubes(((30, -10, -1.0), (30, 10, -2.0), 0.1)), STRAIGHT)
    assert (met.station_m, met.cover_m, met.diameter_m) == pytest.approx((30.0, 1.4, 0.2))
    assert (met.half_width_m, met.angle_deg) == pytest.approx((0.1, 90.0))


def test_a_pipe_met_at_thirty_degrees_is_twice_as_wide() -> None:
    (met,) = crossings(tubes(((40 - np.sqrt(3), -1, -1.2), (40 + np.sqrt(3), 1, -1.2), 0.15)), STRAIGHT)
    assert (met.station_m, met.angle_deg, met.half_width_m) == pytest.approx((40.0, 30.0, 0.3))


def test_a_pipe_that_weaves_about_the_route_runs_along_it_and_does_not_cross() -> None:
    weaving = tubes(((10, -0.5, -1), (30, 0.5, -1), 0.1))
    assert crossings(weaving, STRAIGHT) == []
    assert len(runs(weaving, STRAIGHT, reach_m=1.0)) == 1


def test_a_joint_on_the_route_and_a_corner_of_the_route_are_met_once() -> None:
    jointed = tubes(((50, -5, -1), (50, 0, -1), 0.1), ((50, 0, -1), (50, 5, -1), 0.1))
    assert len(crossings(jointed, STRAIGHT)) == 1
    corner = np.array([[0.0, 0.0], [50.0, 0.0], [50.0, 50.0]])
    aslant = tubes(((40, -10, -1), (60, 10, -1), 0.1))
    (met,) = crossings(aslant, corner)
    assert met.station_m == pytest.approx(50.0)
    assert route_length(corner) == 100.0
    (later,) = crossings(tubes(((45, 20, -1), (55, 20, -1), 0.1)), corner)
    assert later.station_m == pytest.approx(70.0)


def test_a_pipe_beyond_the_route_s_ends_is_not_met() -> None:
    assert crossings(tubes(((-1, -5, -1), (-1, 5, -1), 0.1), ((101, -5, -1), (101, 5, -1), 0.1)), STRAIGHT) == []


def test_pipes_along_the_route_are_cut_to_it_and_have_their_side() -> None:
    # 4 m to the left, from 20 m before the start to 30 m on: at the start its top lies at 1.0 + 0.4 * 20/50 = 1.16 m.
    along = tubes(
        ((-20, 4, -1.1), (30, 4, -1.5), 0.1), ((10, 12, -1), (90, 12, -1), 0.1), ((10, 0, -1), (20, 9, -1), 0.1)
    )
    (run,) = runs(along, STRAIGHT, reach_m=8.0)
    assert (run.link, run.from_m, run.to_m, run.offset_m) == pytest.approx((0, 0.0, 30.0, -4.0))
    assert (run.from_cover_m, run.to_cover_m) == pytest.approx((1.16, 1.4))
    against = runs(tubes(((30, -4, -1.5), (-20, -4, -1.1), 0.1)), STRAIGHT, reach_m=8.0)[0]
    assert (against.from_cover_m, against.to_cover_m, against.offset_m) == pytest.approx((1.16, 1.4, 4.0))


def test_free_space_between_neighbours_is_told_from_wall_to_wall() -> None:
    water, sewer, gas = (
        ((10, -5, -1.4), (10, 5, -1.4), 0.2),
        ((10.3, -5, -2.5), (10.3, 5, -2.5), 0.4),
        (
            (13, -5, -1.0),
            (13, 5, -1.0),
            0.1,
        ),
    )
    met = crossings(tubes(water, sewer, gas), STRAIGHT)
    one_over_other, beside = clearances(met)
    assert (one_over_other.horizontal_m, one_over_other.vertical_m) == pytest.approx((-0.3, 0.5))
    assert beside.horizontal_m == pytest.approx(13 - 10.3 - 0.5)


def test_a_default_depth_stays_known_as_one() -> None:
    made = tubes(((30, -10, -1.0), (30, 10, -1.0), 0.1))
    made.flags[0] = DEPTH_ASSUMED
    assert crossings(made, STRAIGHT)[0].depth_assumed


def test_a_chamber_is_passed_where_it_is_nearest() -> None:
    ones = np.ones(3)
    places = np.array([[25.0, -3.0], [50.0, 30.0], [110.0, 0.0]])
    chambers = Chambers(places, ones, ones, np.arange(3, dtype=np.int32), np.zeros(3, dtype=np.uint8))
    near, end = passed(chambers, STRAIGHT, reach_m=10.0)
    assert (near.chamber, near.station_m, near.offset_m) == pytest.approx((0, 25.0, 3.0))
    assert (end.chamber, end.station_m, end.offset_m) == pytest.approx((2, 100.0, 10.0))


def test_the_tables_know_every_pair_of_utilities_and_every_word_for_a_class() -> None:
    for first in Utility:
        for second in Utility:
            assert 0.1 < least_clearance_m(first, second) <= 0.5
    assert least_clearance_m(Utility.WATER, Utility.STORM) == 0.4
    assert [pressure_class(word) for word in ("中压A", "次高压B", "medium_b", "", None)] == [
        "medium", "sub_high", "medium", None, None,
    ]  # fmt: skip
    assert protection_of(Utility.GAS, "高压").protection_m == 5.0
    assert protection_of(Utility.GAS, "unknown").protection_m == 1.5
    assert protection_of(Utility.WATER, "高压") == protection_of(Utility.WATER)
