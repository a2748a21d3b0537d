"""A table of risk factors as people edit it, read from plain data and checked: what a pipe's risk is made of.

Each factor gives a pipe 1 to 5 points on one of two sides, probability or consequence, from one fact of the pipe: by
bands of a figure or by classes of a word. A side's score is the mean of its factors' points by their weights; the risk
is the product of the two scores, each rounded half up to 1 to 5 (a 5 x 5 matrix), and has one of four colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import Any

from chengmai.core.errors import InvalidInput

MOST_POINTS = 5
MOST_WEIGHT = 100


class RiskLevel(StrEnum):
    """Four colours: major, larger, general and low risk."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class RiskSide(StrEnum):
    """What a factor speaks of: how likely a failure is, or how bad it would be."""

    PROBABILITY = "probability"
    CONSEQUENCE = "consequence"


class PipeFact(StrEnum):
    """What is known of a pipe for its risk; figures in the unit of the name."""

    AGE_YEARS = "age_years"
    MATERIAL = "material"
    PRESSURE_CLASS = "pressure_class"
    COVER_M = "cover_m"
    PAST_LEAKS = "past_leaks"
    DIAMETER_MM = "diameter_mm"
    USERS = "users"
    KEY_PLACE_M = "key_place_m"
    CHAMBER_M = "chamber_m"

    @property
    def is_word(self) -> bool:
        """True for facts told in words, which a table gives points by classes."""
        return self in (PipeFact.MATERIAL, PipeFact.PRESSURE_CLASS)


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One row of the table.

    ``bands`` are (up to and including, points) in growing order, the last without an end; ``classes`` points by word,
    ``other`` for a word that has none; ``unknown`` for a pipe of which the fact is not known.
    """

    fact: PipeFact
    side: RiskSide
    weight: float
    unknown: int
    bands: tuple[tuple[float, int], ...] = ()
    classes: tuple[tuple[str, int], ...] = ()
    other: int = 3


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Factors, and from which product of the two sides each colour begins, the worst first."""

    factors: tuple[RiskFactor, ...]
    levels: tuple[tuple[int, RiskLevel], ...]


def read_risk_table(told: Mapping[str, Any]) -> RiskTable:
    """A table out of plain data; raises InvalidInput that names the factor, the field, the value and the rule."""
    rows = told.get("factors")
    if not isinstance(rows, list) or not rows:
        raise _broken("", "factors", rows, "needed")
    factors = tuple(_factor(row) for row in rows)
    facts = [factor.fact for factor in factors]
    for fact in facts:
        if facts.count(fact) > 1:
            raise _broken(fact, "fact", fact, "once")
    for side in RiskSide:
        if not any(factor.side is side for factor in factors):
            raise _broken("", "side", side, "each_side")
    return RiskTable(factors, _levels(told.get("levels")))


def _broken(factor: str, field: str, value: object, rule: str) -> InvalidInput:
    return InvalidInput(f"risk.{rule}", factor=str(factor), field=field, value=str(value))


def _factor(row: object) -> RiskFactor:
    if not isinstance(row, Mapping):
        raise _broken("", "factors", row, "row")
    name = str(row.get("fact", ""))
    if name not in set(PipeFact):
        raise _broken(name, "fact", name, "fact_known")
    if row.get("side") not in set(RiskSide):
        raise _broken(name, "side", row.get("side"), "side_known")
    fact = PipeFact(name)
    weight = _number(row.get("weight"))
    if weight is None or not 0 < weight <= MOST_WEIGHT:
        raise _broken(name, "weight", row.get("weight"), "weight")
    extra = set(row) - {"fact", "side", "weight", "unknown", *(("classes", "other") if fact.is_word else ("bands",))}
    if extra:
        raise _broken(name, sorted(extra)[0], row[sorted(extra)[0]], "field_known")
    return RiskFactor(
        fact,
        RiskSide(row["side"]),
        weight,
        _points(name, "unknown", row.get("unknown")),
        bands=() if fact.is_word else _bands(name, row.get("bands")),
        classes=_classes(name, row.get("classes")) if fact.is_word else (),
        other=_points(name, "other", row.get("other", 3)),
    )


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _points(factor: str, field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_POINTS:
        raise _broken(factor, field, value, "points")
    return value


def _bands(factor: str, told: object) -> tuple[tuple[float, int], ...]:
    if not isinstance(told, list) or not told:
        raise _broken(factor, "bands", told, "needed")
    bands: list[tuple[float, int]] = []
    for place, band in enumerate(told):
        if not isinstance(band, list | tuple) or len(band) != 2:
            raise _broken(factor, "bands", band, "band")
        last = place == len(told) - 1
        if (band[0] is None) != last or not (last or _number(band[0]) is not None):
            raise _broken(factor, "bands", band, "band_end")
        upto = inf if band[0] is None else float(band[0])
        if bands and upto <= bands[-1][0]:
            raise _broken(factor, "bands", band, "growing")
        bands.append((upto, _points(factor, "bands", band[1])))
    return tuple(bands)


def _classes(factor: str, told: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(told, Mapping) or not told:
        raise _broken(factor, "classes", told, "needed")
    return tuple((str(word), _points(factor, "classes", points)) for word, points in told.items())


def _levels(told: object) -> tuple[tuple[int, RiskLevel], ...]:
    """Four colours from the worst down, the last from 1 on, so that every product has one."""
    if not isinstance(told, list) or [row[1] for row in told if isinstance(row, list | tuple)] != list(RiskLevel):
        raise _broken("", "levels", told, "levels")
    starts = [row[0] for row in told]
    whole = all(isinstance(start, int) and not isinstance(start, bool) for start in starts)
    if not whole or starts[-1] != 1 or starts != sorted(set(starts), reverse=True) or starts[0] > MOST_POINTS**2:
        raise _broken("", "levels", starts, "levels")
    return tuple((start, level) for start, level in zip(starts, RiskLevel, strict=True))
