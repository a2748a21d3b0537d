"""The arithmetic of the evaluation of casework (综合评价), pure: indicators, shares, scores and grades.

An indicator is two counts; which cases a count holds is told once, in ``facts``. A rate is rounded half up to two
places when it is shown, never before; a score is worked out from the unrounded shares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

RULE_VERSION = 1
"""Version of what the counts hold and of how scores are made of them; a change here makes the next."""


class CaseCount(StrEnum):
    """What is counted of cases in a span."""

    REPORTED = "reported"
    VALID = "valid"
    CITIZEN = "citizen"
    VERIFY_DUE = "verify_due"
    VERIFY_ON_TIME = "verify_on_time"
    CHECK_DUE = "check_due"
    CHECK_ON_TIME = "check_on_time"
    FILED = "filed"
    FILED_ON_TIME = "filed_on_time"
    FILED_RIGHTLY = "filed_rightly"
    DISPATCH_DUE = "dispatch_due"
    DISPATCH_ON_TIME = "dispatch_on_time"
    DISPATCH_RIGHT = "dispatch_right"
    END_DUE = "end_due"
    END_ON_TIME = "end_on_time"
    DUE = "due"
    CLOSED = "closed"
    CLOSED_ON_TIME = "closed_on_time"
    REWORKED = "reworked"


_C = CaseCount


@dataclass(frozen=True, slots=True)
class CaseIndicator:
    """A rate of casework: one count over another; ``inverse`` where smaller is better."""

    code: str
    counted: CaseCount
    of: CaseCount
    inverse: bool = False


CASE_INDICATORS: Mapping[str, CaseIndicator] = MappingProxyType(
    {
        one.code: one
        for one in (
            CaseIndicator("valid_report_rate", _C.VALID, _C.REPORTED),
            CaseIndicator("missed_rate", _C.CITIZEN, _C.VALID, inverse=True),
            CaseIndicator("verify_on_time_rate", _C.VERIFY_ON_TIME, _C.VERIFY_DUE),
            CaseIndicator("check_on_time_rate", _C.CHECK_ON_TIME, _C.CHECK_DUE),
            CaseIndicator("filing_on_time_rate", _C.FILED_ON_TIME, _C.FILED),
            CaseIndicator("filing_accuracy", _C.FILED_RIGHTLY, _C.FILED),
            CaseIndicator("dispatch_on_time_rate", _C.DISPATCH_ON_TIME, _C.DISPATCH_DUE),
            CaseIndicator("dispatch_accuracy", _C.DISPATCH_RIGHT, _C.DISPATCH_ON_TIME),
            CaseIndicator("end_on_time_rate", _C.END_ON_TIME, _C.END_DUE),
            CaseIndicator("closing_rate", _C.CLOSED, _C.DUE),
            CaseIndicator("on_time_closing_rate", _C.CLOSED_ON_TIME, _C.DUE),
            CaseIndicator("rework_rate", _C.REWORKED, _C.DUE, inverse=True),
        )
    }
)
"""Every indicator of casework by its code."""

VOLUME = "volume"
"""The part of a score that is given for how much was done, against the others of the same table."""


class Subject(StrEnum):
    """Whom or what a score is given to; posts are scored for what their people did."""

    COLLECTOR = "collector"
    INTAKE_CLERK = "intake_clerk"
    SHIFT_LEADER = "shift_leader"
    DISPATCHER = "dispatcher"
    DEPARTMENT = "department"
    REGION = "region"


VOLUMES: Mapping[Subject, CaseCount] = MappingProxyType(
    {
        Subject.COLLECTOR: _C.VALID,
        Subject.INTAKE_CLERK: _C.FILED,
        Subject.SHIFT_LEADER: _C.FILED,
        Subject.DISPATCHER: _C.DISPATCH_DUE,
        Subject.DEPARTMENT: _C.DUE,
        Subject.REGION: _C.DUE,
    }
)
"""What counts as how much a subject did."""

INDICATORS_OF: Mapping[Subject, tuple[str, ...]] = MappingProxyType(
    {
        Subject.COLLECTOR: ("valid_report_rate", "missed_rate", "verify_on_time_rate", "check_on_time_rate"),
        Subject.INTAKE_CLERK: ("verify_on_time_rate", "check_on_time_rate"),
        Subject.SHIFT_LEADER: ("filing_on_time_rate", "filing_accuracy", "end_on_time_rate"),
        Subject.DISPATCHER: ("dispatch_on_time_rate", "dispatch_accuracy"),
        Subject.DEPARTMENT: ("closing_rate", "on_time_closing_rate", "rework_rate"),
        Subject.REGION: tuple(CASE_INDICATORS),
    }
)
"""Which indicators tell of a subject."""

_DEPARTMENT = {VOLUME: 10, "closing_rate": 30, "on_time_closing_rate": 30, "rework_rate": 30}


def _customary_weights() -> Mapping[Subject, Mapping[str, int]]:
    """Customary weights; for regions no list gives any, so a department's serve until the bureau sets others."""
    return {
        Subject.COLLECTOR: {
            "valid_report_rate": 40,
            "missed_rate": 20,
            "verify_on_time_rate": 20,
            "check_on_time_rate": 20,
        },
        Subject.INTAKE_CLERK: {VOLUME: 25, "verify_on_time_rate": 40, "check_on_time_rate": 35},
        Subject.SHIFT_LEADER: {"filing_on_time_rate": 25, "filing_accuracy": 40, "end_on_time_rate": 35},
        Subject.DISPATCHER: {VOLUME: 20, "dispatch_on_time_rate": 40, "dispatch_accuracy": 40},
        Subject.DEPARTMENT: dict(_DEPARTMENT),
        Subject.REGION: dict(_DEPARTMENT),
    }


class ScoreGrade(StrEnum):
    """How a score is called."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


@dataclass(frozen=True, slots=True)
class Weighting:
    """How scores are made: points of each part by subject (100 together), least scores of grades, the filing limit."""

    weights: Mapping[Subject, Mapping[str, int]] = field(default_factory=_customary_weights)
    grade_a: Decimal = Decimal(90)
    grade_b: Decimal = Decimal(75)
    grade_c: Decimal = Decimal(60)
    grade_d: Decimal = Decimal(40)
    filing_minutes: int = 30
    """How long filing may take from the report on [min]."""


Counts = Mapping[CaseCount, int]


def share(indicator: CaseIndicator, counts: Counts) -> Fraction | None:
    """What an indicator comes to; None where nothing was due, or where a count cannot be told of whom it is asked."""
    counted, of = counts.get(indicator.counted), counts.get(indicator.of)
    return Fraction(counted, of) if of and counted is not None else None


def goodness(indicator: CaseIndicator, counts: Counts) -> Fraction | None:
    """A share as a score takes it: within 0 and 1, larger is better; None where nothing was due."""
    told = share(indicator, counts)
    if told is None:
        return None
    return max(Fraction(0), min(Fraction(1), 1 - told if indicator.inverse else told))


def score(subject: Subject, counts: Counts, largest: int, weighting: Weighting) -> Decimal | None:
    """Points of 100, rounded half up to two places; ``largest`` is the largest volume of the same table.

    A part of which nothing was due is left out and the others carry its points; None when nothing at all was due.
    """
    points, carried = Fraction(0), 0
    for part, weight in weighting.weights[subject].items():
        good = _volume(subject, counts, largest) if part == VOLUME else goodness(CASE_INDICATORS[part], counts)
        if good is not None:
            points += weight * good
            carried += weight
    only_volume = carried <= weighting.weights[subject].get(VOLUME, 0)
    return None if not carried or only_volume else two_places(100 * points / carried)


def _volume(subject: Subject, counts: Counts, largest: int) -> Fraction | None:
    return Fraction(counts.get(VOLUMES[subject], 0), largest) if largest else None


def grade(points: Decimal, weighting: Weighting) -> ScoreGrade:
    """What a score is called."""
    bounds = (
        (ScoreGrade.A, weighting.grade_a),
        (ScoreGrade.B, weighting.grade_b),
        (ScoreGrade.C, weighting.grade_c),
        (ScoreGrade.D, weighting.grade_d),
    )
    return next((name for name, least in bounds if points >= least), ScoreGrade.E)


def percent_of(told: Fraction | None) -> Decimal | None:
    """A share in per cent as it is shown, rounded half up to two places."""
    return None if told is None else two_places(100 * told)


def two_places(number: Fraction) -> Decimal:
    """A fraction with two places, half up."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
