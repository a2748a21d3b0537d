"""Where an alarm is, in words a person would use: an area's name, the nearest street and pipe, a datastream's name."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import cos, radians
from typing import Any

import shapely

from chengmai.assets.models import Street
from chengmai.core.messages import choose_language, message
from chengmai.core.units import METRES_PER_DEGREE
from chengmai.sensing.models import Datastream
from chengmai.warning.models import Alarm, RuleKind

NEAR_M = 500.0
"""A street further away than this names no place."""
_CHAMBERS = {
    "storm": "place.chamber_storm",
    "sewer": "place.chamber_sewer",
    "power": "place.chamber_power",
    "telecom": "place.chamber_telecom",
}


def area_name(parameters: Mapping[str, Any], language: str) -> str:
    """The name a rule's parameters give its balance area; the area's code where they give none."""
    named = parameters.get("area_name_zh" if choose_language(language) == "zh-CN" else "area_name_en")
    return str(named or parameters.get("area", ""))


class Places:
    """The places of some alarms; streets and datastreams are read once for all of them, and only when needed."""

    def __init__(self, alarms: Iterable[Alarm]) -> None:
        self._alarms = list(alarms)

    def of(self, alarm: Alarm, language: str) -> str:
        """The place of one of the alarms; its subject where nothing better is known."""
        told = {
            RuleKind.NIGHT_FLOW: self._area,
            RuleKind.PRESSURE_DROP: self._street_and_pipe,
            RuleKind.HEAT_BURST: self._street_and_pipe,
            RuleKind.METHANE: self._chamber,
        }
        return told.get(RuleKind(alarm.rule.kind), self._stream)(alarm, language) or alarm.subject

    def in_every_language(self, alarm: Alarm) -> str:
        """The place in Chinese and in English, where they differ: what a search may look through."""
        return " / ".join(dict.fromkeys(self.of(alarm, language) for language in ("zh-CN", "en")))

    def _area(self, alarm: Alarm, language: str) -> str:
        return area_name(alarm.rule.parameters, language)

    def _stream(self, alarm: Alarm, language: str) -> str:
        return next((self._names[cited["stream"]] for cited in alarm.evidence if cited["stream"] in self._names), "")

    def _chamber(self, alarm: Alarm, language: str) -> str:
        chamber = alarm.facts.get("chamber")
        if chamber is None:
            return self._stream(alarm, language)
        kind = message(_CHAMBERS[chamber["kind"]], language, {"code": chamber["code"]})
        street = self._nearest_street(alarm)
        if street is None:
            return kind
        name = street.name_zh if choose_language(language) == "zh-CN" else street.name_en
        return message("place.street_chamber", language, {"street": name, "chamber": kind})

    def _street_and_pipe(self, alarm: Alarm, language: str) -> str:
        street, pipe = self._nearest_street(alarm), alarm.elements[0]["code"] if alarm.elements else ""
        if street is None:
            return message("place.pipe", language, {"pipe": pipe}) if pipe else ""
        name = street.name_zh if choose_language(language) == "zh-CN" else street.name_en
        code = "place.street_pipe" if pipe else "place.street"
        return message(code, language, {"street": name, "pipe": pipe})

    def _nearest_street(self, alarm: Alarm) -> Street | None:
        if alarm.longitude is None or alarm.latitude is None or not self._streets:
            return None
        here = self._plane([(alarm.longitude, alarm.latitude)])[0]
        places, distances = self._lines.query_nearest(shapely.Point(here), return_distance=True, all_matches=False)
        place, distance = places[0], distances[0]
        return self._streets[int(place)] if distance <= NEAR_M else None

    @cached_property
    def _lines(self) -> shapely.STRtree:
        return shapely.STRtree([shapely.LineString(self._plane(one.path)) for one in self._streets])

    def _plane(self, path: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
        """Degrees to metres, true where the first street lies and nearly so in its city."""
        shrink = cos(radians(self._streets[0].path[0][1]))
        return [(x * shrink * METRES_PER_DEGREE, y * METRES_PER_DEGREE) for x, y in path]

    @cached_property
    def _streets(self) -> list[Street]:
        return list(Street.objects.order_by("pk"))

    @cached_property
    def _names(self) -> dict[int, str]:
        cited = {one["stream"] for alarm in self._alarms for one in alarm.evidence}
        return dict(Datastream.objects.filter(pk__in=cited).values_list("pk", "name"))
