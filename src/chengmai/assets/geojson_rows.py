"""Features of a GeoJSON file with their places, for imports that tell what is wrong feature by feature."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chengmai.core.findings import Finding
from chengmai.network.records import Place

MOST_FEATURES = 200_000


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its place in the file (counted from 1), properties as text by lower-case name, geometry as told."""

    place: Place
    properties: Mapping[str, str]
    kind: str
    coordinates: Any

    def text(self, *names: str) -> str:
        """The first property under one of these names, in any case of letters; empty for none."""
        return next((text for name in names if (text := self.properties.get(name.lower()))), "")


def read_features(file_name: str, data: bytes) -> tuple[list[Feature], list[Finding]]:
    """The features of a FeatureCollection, and why it cannot be read."""
    place = Place(file_name)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        return [], [place.finding("file.unreadable", reason=str(error)[:120])]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        return [], [place.finding("geojson.no_features")]
    if len(features) > MOST_FEATURES:
        return [], [place.finding("geojson.too_many", value=len(features), most=MOST_FEATURES)]
    return list(_features(file_name, features)), []


def _features(file_name: str, features: list[Any]) -> Iterator[Feature]:
    for number, told in enumerate(features, start=1):
        parts = told if isinstance(told, dict) else {}
        geometry = parts.get("geometry")
        geometry = geometry if isinstance(geometry, dict) else {}
        properties = parts.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        texts = {str(name).lower(): "" if value is None else str(value).strip() for name, value in properties.items()}
        yield Feature(Place(file_name, number), texts, str(geometry.get("type", "")), geometry.get("coordinates"))


def degrees(pair: Any) -> tuple[float, float] | None:
    """A longitude and a latitude; None for what is none."""
    if not isinstance(pair, list) or len(pair) < 2 or not all(type(part) in (int, float) for part in pair[:2]):
        return None
    longitude, latitude = float(pair[0]), float(pair[1])
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None
