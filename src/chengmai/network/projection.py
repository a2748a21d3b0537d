"""Between the surveyor's plane and degrees: CGCS2000 3-degree Gauss-Kruger zones (EPSG:4513 to 4533) and EPSG:4490.

In these planes X is north and Y is east; Y carries the zone's number in front of its false easting of 500 km.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

Floats = npt.NDArray[np.float64]

GEOGRAPHIC = "EPSG:4490"
FIRST_ZONE, LAST_ZONE = 25, 45
JINCHENG_ZONE = 38
"""3-degree zone of central meridian 114 E."""
NORTHING_LIMITS = (1_900_000.0, 6_000_000.0)
"""Northings of mainland China [m]."""
EASTING_LIMITS = (320_000.0, 680_000.0)
"""Eastings a 3-degree zone spans at our latitudes, with a margin, without the zone's number [m]."""


@cache
def _to_degrees(zone: int) -> Transformer:
    return Transformer.from_crs(f"EPSG:{4513 + zone - FIRST_ZONE}", GEOGRAPHIC, always_xy=True)


@cache
def _to_plane(zone: int) -> Transformer:
    return Transformer.from_crs(GEOGRAPHIC, f"EPSG:{4513 + zone - FIRST_ZONE}", always_xy=True)


def zone_of(easting: Floats) -> npt.NDArray[np.int32]:
    """Number of the zone in front of each 8-digit easting; 0 where there is none."""
    zone = np.floor_divide(easting, 1_000_000).astype(np.int32)
    return np.where((zone >= FIRST_ZONE) & (zone <= LAST_ZONE), zone, 0).astype(np.int32)


def to_degrees(northing: Floats, easting: Floats, zone: int) -> tuple[Floats, Floats]:
    """Longitude and latitude [degrees] of points in a zone's plane; eastings carry the zone's number."""
    longitude, latitude = _to_degrees(zone).transform(easting, northing)
    return np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)


def to_plane(longitude: Floats, latitude: Floats, zone: int) -> tuple[Floats, Floats]:
    """Northing and easting [m], the zone's number in front of the easting."""
    easting, northing = _to_plane(zone).transform(longitude, latitude)
    return np.asarray(northing, dtype=float), np.asarray(easting, dtype=float)
