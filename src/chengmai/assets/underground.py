"""Stored networks in space, kept in memory by edition: editions never change."""

import gzip
from functools import lru_cache

from chengmai.assets.models import NetworkEdition
from chengmai.assets.queries import KEPT, load_edition
from chengmai.assets.services import city_centre
from chengmai.core.errors import InvalidInput
from chengmai.network.figures import parse_number
from chengmai.network.geometry_3d import Box, Underground, cut, encode, underground
from chengmai.network.local_plane import LocalPlane
from chengmai.network.utilities import Utility

_FAST = 1
"""Level of gzip: the buffer is packed while somebody waits."""


def city_plane() -> LocalPlane:
    """The plane all scenes of this city share: its origin is the city's middle."""
    return LocalPlane(*city_centre())


def scene_of(edition: NetworkEdition) -> Underground:
    """An edition in the city's plane."""
    return _scene(edition.pk, edition.source_hash, edition.network.utility, city_plane())


@lru_cache(maxsize=KEPT)
def _scene(edition_id: int, source_hash: str, utility: str, plane: LocalPlane) -> Underground:
    edition = NetworkEdition.objects.get(pk=edition_id, source_hash=source_hash)
    return underground(load_edition(edition), Utility(utility), plane)


def packed_buffer(edition: NetworkEdition, bounds: Box | None) -> bytes:
    """The gzipped buffer of an edition, whole or cut to bounds [degrees]."""
    if bounds is None:
        return _whole(edition.pk, edition.source_hash, edition.network.utility, city_plane())
    return gzip.compress(encode(cut(scene_of(edition), bounds)), _FAST, mtime=0)


@lru_cache(maxsize=KEPT)
def _whole(edition_id: int, source_hash: str, utility: str, plane: LocalPlane) -> bytes:
    return gzip.compress(encode(_scene(edition_id, source_hash, utility, plane)), _FAST, mtime=0)


def bounds_of(text: str) -> Box | None:
    """West, south, east, north [degrees] of ``w,s,e,n``; None for an empty text.

    Raises InvalidInput when it is no such box.
    """
    if not text:
        return None
    told = [parse_number(part.strip()) for part in text.split(",")]
    numbers = [number for number in told if number is not None]
    if len(told) != 4 or len(numbers) != 4 or numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise InvalidInput("underground.bounds_invalid", value=text[:80])
    west, south, east, north = numbers
    return west, south, east, north
