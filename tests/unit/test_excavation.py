"""Pits against pipes, by cases computed by hand."""

import numpy as np
import pytest

from chengmai.network.excavation import Danger, chambers_near, endangered, places_near
from chengmai.network.tubes import Chambers
from tests.unit.test_profile import tubes

PIT = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 4.0], [0.0, 4.0]])


def told(*rows: tuple[tuple[float, float, float], tuple[float, float, float], float], depth: float = 2.0) -> list:
    n = len(rows)
    return endangered(tubes(*rows), PIT, depth, np.full(n, 1.5), np.full(n, 5.0))


def test_a_pipe_across_the_pit_is_struck_when_its_top_lies_above_the_bottom() -> None:
    # Axis falls from 1 m at x = -10 to 3 m at x = 30: over the pit from 1.5 to 2.0 m, its top from 1.4 m on.
    (met,) = told(((-10, 2, -1.0), (30, 2, -3.0), 0.1))
    assert (met.danger, met.distance_m) == (Danger.STRUCK, 0.0)
    # The wall reaches in from 0.1 m before the edge: 0.005 m of depth.
    assert met.cover_m == pytest.approx(1.4, abs=0.006)
    assert met.under_m == pytest.approx(-0.6, abs=0.006)


def test_a_deeper_pipe_lies_beneath_with_its_distance_to_the_bottom() -> None:
    (met,) = told(((-10, 2, -2.8), (30, 2, -2.8), 0.3))
    assert (met.danger, met.cover_m, met.under_m) == (Danger.BENEATH, pytest.approx(2.5), pytest.approx(0.5))


def test_beside_the_pit_the_wall_s_distance_decides() -> None:
    beside = [((-5, -offset, -1.0), (20, -offset, -1.0), 0.2) for offset in (1.6, 1.8, 5.1, 5.3)]
    met = told(*beside)
    assert [(one.link, one.danger) for one in met] == [
        (0, Danger.PROTECTED), (1, Danger.CONTROLLED), (2, Danger.CONTROLLED),
    ]  # fmt: skip
    assert [one.distance_m for one in met] == pytest.approx([1.4, 1.6, 4.9])


def test_a_thick_pipe_whose_axis_is_outside_is_struck_by_its_wall() -> None:
    (met,) = told(((-5, -0.3, -1.5), (20, -0.3, -1.5), 0.5))
    assert (met.danger, met.distance_m, met.cover_m) == (Danger.STRUCK, 0.0, pytest.approx(1.0))


def test_of_a_link_s_pieces_the_worst_is_told() -> None:
    made = tubes(((-20, -3, -1), (-5, -3, -1), 0.1), ((-5, -3, -1), (5, 2, -1), 0.1))
    made.link[:] = 0
    (met,) = endangered(made, PIT, 2.0, np.array([1.5]), np.array([10.0]))
    assert met.danger == Danger.STRUCK


def test_the_worst_comes_first_and_an_empty_ground_endangers_nothing() -> None:
    met = told(((-5, 2, -3.5), (20, 2, -3.5), 0.1), ((-5, -1, -1), (20, -1, -1), 0.1), ((5, -5, -1), (5, 9, -1), 0.1))
    assert [one.danger for one in met] == [Danger.STRUCK, Danger.BENEATH, Danger.PROTECTED]
    assert endangered(tubes(), PIT, 2.0, np.zeros(0), np.zeros(0)) == []


def test_chambers_and_places_at_hand_come_nearest_first() -> None:
    ones = np.ones(3)
    places = np.array([[15.0, 2.0], [5.0, 2.0], [30.0, 2.0]])
    chambers = Chambers(places, ones, ones, np.arange(3, dtype=np.int32), np.zeros(3, dtype=np.uint8))
    assert chambers_near(chambers, PIT, 10.0) == [(1, 0.0), (0, 5.0)]
    assert places_near(np.zeros((0, 2)), PIT, 10.0) == []
