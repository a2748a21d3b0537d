"""The street a place lies on."""

from math import cos, radians

import shapely

from chengmai.assets.models import Street
from chengmai.core.units import METRES_PER_DEGREE

NEAR_M = 500.0
"""A street further away than this names no place."""


class Streets:
    """All streets, read once; ``nearest`` may then be asked for many places."""

    def __init__(self) -> None:
        self._streets = list(Street.objects.order_by("pk"))
        first = self._streets[0].path[0] if self._streets else (0.0, 0.0)
        self._shrink = cos(radians(first[1]))
        self._index = shapely.STRtree(
            [shapely.LineString([self._plane(x, y) for x, y in one.path]) for one in self._streets]
        )

    def nearest(self, longitude: float, latitude: float) -> Street | None:
        """The nearest street within 500 m of a place in degrees."""
        found = self._index.query_nearest(shapely.Point(self._plane(longitude, latitude)), max_distance=NEAR_M)
        return self._streets[int(min(found))] if len(found) else None

    def _plane(self, longitude: float, latitude: float) -> tuple[float, float]:
        return longitude * self._shrink * METRES_PER_DEGREE, latitude * METRES_PER_DEGREE
