"""What a clerk is offered while a caller speaks, pure: the class by the words, cases that may be the same matter.

A case is offered as a duplicate from ``LEAST_POINTS`` on; each reason tells how many points it brought. Words are
compared by pairs of characters, which needs no word list and takes Chinese and English alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians
from typing import Final

LEAST_POINTS: Final = 50
MOST_SHOWN: Final = 5
NEAR_M: Final[Sequence[tuple[float, int]]] = ((50.0, 40), (150.0, 30), (300.0, 15))
"""A case within so many metres gets so many points."""
RECENT_H: Final[Sequence[tuple[float, int]]] = ((24.0, 15), (72.0, 10), (168.0, 5))
SAME_CLASS, SAME_BIG_CLASS, SAME_CALLER, MOST_FOR_WORDS = 25, 10, 10, 25
LEAST_SHARE: Final = 0.1
"""Less of the words in common is chance."""
NAME_WEIGHT, CONDITION_WEIGHT, LEAST_CLASS_POINTS = 3, 1, 3
_M_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class ToldMatter:
    """What is known of a matter so far; class as kind and code, place in degrees."""

    words: str = ""
    class_key: tuple[str, str] | None = None
    longitude: float | None = None
    latitude: float | None = None
    caller: str = ""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case it may be the same as; ``callers`` are the keys of those who told of it."""

    code: str
    matter: ToldMatter
    filed_at: datetime
    callers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A case with its points and the reasons: catalogue codes with parameters."""

    code: str
    points: int
    distance_m: int | None
    reasons: tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True, slots=True)
class ClassWords:
    """A class as words may tell it: its names and its filing condition."""

    key: tuple[str, str]
    names: tuple[str, ...]
    condition: str


def duplicates(told: ToldMatter, cases: Iterable[KnownCase], at: datetime) -> list[PossibleDuplicate]:
    """Cases that may be the same matter, the likeliest first."""
    scored = (_scored(told, case, at) for case in cases)
    likely = [one for one in scored if one.points >= LEAST_POINTS]
    return sorted(likely, key=lambda one: (-one.points, one.code))[:MOST_SHOWN]


def _scored(told: ToldMatter, case: KnownCase, at: datetime) -> PossibleDuplicate:
    reasons: list[tuple[str, Mapping[str, object], int]] = []
    distance = distance_m(told, case.matter)
    if distance is not None and (points := _within(NEAR_M, distance)):
        reasons.append(("duplicate.near", {"metres": round(distance)}, points))
    hours = (at - case.filed_at).total_seconds() / 3600
    if points := _within(RECENT_H, hours):
        reasons.append(("duplicate.recent", {"hours": round(hours)}, points))
    if told.class_key is not None and case.matter.class_key is not None:
        if told.class_key == case.matter.class_key:
            reasons.append(("duplicate.same_class", {}, SAME_CLASS))
        elif (told.class_key[0], told.class_key[1][:2]) == (case.matter.class_key[0], case.matter.class_key[1][:2]):
            reasons.append(("duplicate.same_big_class", {}, SAME_BIG_CLASS))
    share = likeness(told.words, case.matter.words)
    if share >= LEAST_SHARE:
        reasons.append(("duplicate.words", {"percent": round(100 * share)}, min(MOST_FOR_WORDS, round(60 * share))))
    if told.caller and told.caller in case.callers:
        reasons.append(("duplicate.same_caller", {}, SAME_CALLER))
    told_reasons = tuple((code, {**params, "points": points}) for code, params, points in reasons)
    rounded = None if distance is None else round(distance)
    return PossibleDuplicate(case.code, sum(points for *_, points in reasons), rounded, told_reasons)


def _within(steps: Sequence[tuple[float, int]], value: float) -> int:
    return next((points for most, points in steps if value <= most), 0)


def distance_m(one: ToldMatter, other: ToldMatter) -> float | None:
    """Metres between two matters; None where either has no place."""
    places = (one.longitude, one.latitude, other.longitude, other.latitude)
    if any(value is None for value in places):
        return None
    x1, y1, x2, y2 = (float(value or 0.0) for value in places)
    return hypot((x2 - x1) * cos(radians(y1)), y2 - y1) * _M_PER_DEGREE


def pairs(text: str) -> frozenset[str]:
    """Neighbouring characters of a text, letters and figures only."""
    plain = "".join(character.lower() if character.isalnum() else " " for character in text)
    return frozenset(word[i : i + 2] for word in plain.split() for i in range(len(word) - 1))


def likeness(one: str, other: str) -> float:
    """Share of pairs of characters that two texts have in common, 0 to 1."""
    first, second = pairs(one), pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def classes_for(words: str, classes: Iterable[ClassWords]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Classes that words speak of, the likeliest first, each with the pairs of characters that say so."""
    told = pairs(words)
    found: list[tuple[int, tuple[str, str], tuple[str, ...]]] = []
    for one in classes:
        named = told & frozenset[str]().union(*(pairs(name) for name in one.names))
        meant = told & pairs(one.condition) - named
        points = NAME_WEIGHT * len(named) + CONDITION_WEIGHT * len(meant)
        if points >= LEAST_CLASS_POINTS:
            found.append((points, one.key, tuple(sorted(named) + sorted(meant))))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(key, said) for _, key, said in found[:MOST_SHOWN]]
