"""The surveyor's plane against closed forms of the Gauss-Kruger projection, and there and back again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengmai.network.projection import JINCHENG_ZONE, to_degrees, to_plane, zone_of

A, F = 6378137.0, 1 / 298.257222101
"""CGCS2000 ellipsoid: semi-major axis [m] and flattening."""


def meridian_arc(latitude: float) -> float:
    """Length of the meridian from the equator [m], integrated numerically from its definition."""
    e2 = F * (2 - F)
    phi = np.linspace(0, np.radians(latitude), 200_001)
    radius = A * (1 - e2) / (1 - e2 * np.sin(phi) ** 2) ** 1.5
    return float(np.trapezoid(radius, phi))


@pytest.mark.parametrize("latitude", [20.0, 35.5, 50.0])
def test_on_the_central_meridian_the_northing_is_the_meridian_arc(latitude: float) -> None:
    north, east = to_plane(np.array([114.0]), np.array([latitude]), JINCHENG_ZONE)
    assert east[0] == pytest.approx(38_500_000, abs=1e-6)
    assert north[0] == pytest.approx(meridian_arc(latitude), abs=1e-3)


def test_the_axes_are_the_surveyors() -> None:
    north, east = to_plane(np.array([112.85, 112.86]), np.array([35.50, 35.51]), JINCHENG_ZONE)
    assert 3_929_000 < north[0] < 3_932_000
    assert 38_395_000 < east[0] < 38_397_000
    assert north[1] > north[0]
    assert east[1] > east[0]


@given(st.floats(112.5, 115.5), st.floats(18.0, 53.0))
def test_there_and_back_again(longitude: float, latitude: float) -> None:
    north, east = to_plane(np.array([longitude]), np.array([latitude]), JINCHENG_ZONE)
    back = to_degrees(north, east, JINCHENG_ZONE)
    assert back[0][0] == pytest.approx(longitude, abs=1e-9)
    assert back[1][0] == pytest.approx(latitude, abs=1e-9)


def test_the_zone_stands_in_front_of_the_easting() -> None:
    assert zone_of(np.array([38_394_000.0, 39_500_000.0, 394_000.0, 99_000_000.0])).tolist() == [38, 39, 0, 0]
