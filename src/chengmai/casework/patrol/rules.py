"""The arithmetic of the collectors' patrol (监督员巡查), pure: what is covered, distance, the company's score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType

RULE_VERSION = 1
_EARTH_M = 6_371_008.8
_M_PER_DEGREE = 111_195.0
PARTS: Mapping[str, int] = MappingProxyType({"coverage": 50, "valid_reports": 30, "hours": 20})
"""Customary points of a company's score, 100 together."""


@dataclass(frozen=True, slots=True)
class PatrolTerms:
    """What patrol is measured by; every figure of it may be set.

    A cell is covered on a day when one shift left at least ``least_positions`` usable positions in it that lie at
    least ``least_seconds`` apart; a position less accurate than ``accuracy_m`` [m] is kept but not used. A leg faster
    than ``fastest_mps`` [m/s] is a slip of the receiver and adds no distance.
    """

    least_positions: int = 2
    least_seconds: int = 60
    accuracy_m: int = 50
    fastest_mps: int = 15
    hours_a_day: int = 8
    """Hours on duty that a collector owes on a day."""
    reports_a_day: int = 4
    """Valid reports that a collector owes on a day."""
    coverage: int = PARTS["coverage"]
    valid_reports: int = PARTS["valid_reports"]
    hours: int = PARTS["hours"]


@dataclass(frozen=True, slots=True)
class Fix:
    """Where somebody was, in degrees, and how sure the receiver is [m]."""

    at: datetime
    longitude: float
    latitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What a company did in a month and what it owed: areas [m2 days], valid reports, seconds on duty."""

    area_covered: int
    area_due: int
    valid_reports: int
    reports_due: int
    seconds: int
    seconds_due: int


def is_covered(positions: int, first: datetime, last: datetime, terms: PatrolTerms) -> bool:
    """Whether what one shift left in a cell covers it."""
    return positions >= terms.least_positions and (last - first).total_seconds() >= terms.least_seconds


def metres(one: Fix, other: Fix) -> float:
    """The way between two positions on the sphere [m]."""
    low, high = radians(one.latitude), radians(other.latitude)
    half = sin((high - low) / 2) ** 2
    half += cos(low) * cos(high) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_M * asin(sqrt(half))


def distance_m(fixes: Iterable[Fix], terms: PatrolTerms) -> int:
    """The way walked through usable positions in the order of their times [m]; impossible legs are left out."""
    usable = sorted((fix for fix in fixes if fix.accuracy_m <= terms.accuracy_m), key=lambda fix: fix.at)
    way = 0.0
    for before, after in pairwise(usable):
        leg, seconds = metres(before, after), (after.at - before.at).total_seconds()
        if leg <= terms.fastest_mps * seconds:
            way += leg
    return round(way)


def area_m2(ring: Sequence[Sequence[float]]) -> int:
    """The area of a small ring given in degrees [m2]: a plane at its middle latitude is exact to a thousandth."""
    if len(ring) < 4:
        return 0
    shrink = cos(radians(sum(vertex[1] for vertex in ring) / len(ring)))
    x0, y0 = ring[0][0], ring[0][1]
    plane = [((x - x0) * _M_PER_DEGREE * shrink, (y - y0) * _M_PER_DEGREE) for x, y in ring]
    doubled = sum(x * after_y - after_x * y for (x, y), (after_x, after_y) in pairwise(plane))
    return round(abs(doubled) / 2)


def company_score(facts: CompanyFacts, terms: PatrolTerms) -> Decimal | None:
    """Points of 100, rounded half up to two places: each part by its share, no part above whole; None: nothing owed."""
    parts = (
        (terms.coverage, facts.area_covered, facts.area_due),
        (terms.valid_reports, facts.valid_reports, facts.reports_due),
        (terms.hours, facts.seconds, facts.seconds_due),
    )
    owed = [(weight, min(Fraction(1), Fraction(done, due))) for weight, done, due in parts if due and weight]
    if not owed:
        return None
    points = Fraction(100) * sum(weight * share for weight, share in owed) / sum(weight for weight, _ in owed)
    return (Decimal(points.numerator) / Decimal(points.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def share_percent(done: int, due: int) -> Decimal | None:
    """A share in per cent, rounded half up to two places; None where nothing was owed."""
    return (Decimal(100 * done) / Decimal(due)).quantize(Decimal("0.01"), ROUND_HALF_UP) if due else None
