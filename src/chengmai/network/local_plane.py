"""A small plane around a place: metres east and north of an origin, the same formula in the browser's 3D view.

Degrees become metres by the radii of curvature of the CGCS2000 ellipsoid at the origin (a = 6378137 m,
f = 1/298.257222101). Lengths are right at the origin and within 0.05 % at 5 km from it.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257222101


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """Metres east and north of an origin in degrees."""

    longitude: float
    latitude: float

    @property
    def metres_per_degree(self) -> tuple[float, float]:
        """Metres that one degree is worth at the origin, east and north."""
        squared = FLATTENING * (2 - FLATTENING)
        latitude = radians(self.latitude)
        w = sqrt(1 - squared * sin(latitude) ** 2)
        along_meridian = SEMI_MAJOR_M * (1 - squared) / w**3
        return radians(1) * SEMI_MAJOR_M / w * cos(latitude), radians(1) * along_meridian

    def metres(self, places: npt.ArrayLike) -> Floats:
        """Places (n, 2) of longitude and latitude [degrees] as east and north [m], shape (n, 2)."""
        there = np.asarray(places, dtype=float).reshape(-1, 2)
        return np.asarray((there - (self.longitude, self.latitude)) * self.metres_per_degree, dtype=float)

    def degrees(self, positions: npt.ArrayLike) -> Floats:
        """East and north (n, 2) [m] as longitude and latitude [degrees], shape (n, 2)."""
        there = np.asarray(positions, dtype=float).reshape(-1, 2)
        return np.asarray(there / self.metres_per_degree + (self.longitude, self.latitude), dtype=float)
