"""The evaluation's arithmetic: the published check, scores by the customary weights, grades at their bounds."""

from decimal import Decimal
from fractions import Fraction

import pytest

from chengmai.casework.evaluation.rules import (
    CASE_INDICATORS,
    INDICATORS_OF,
    VOLUME,
    VOLUMES,
    CaseCount,
    ScoreGrade,
    Subject,
    Weighting,
    goodness,
    grade,
    percent_of,
    score,
    share,
)

C = CaseCount
CUSTOMARY = Weighting()


def rate(code: str, **counts: int) -> Decimal | None:
    return percent_of(share(CASE_INDICATORS[code], {C(name): amount for name, amount in counts.items()}))


def test_the_published_check_comes_out_exactly() -> None:
    counts = {"due": 972, "closed": 911, "closed_on_time": 737}
    assert rate("closing_rate", **counts) == Decimal("93.72")
    assert rate("on_time_closing_rate", **counts) == Decimal("75.82")


def test_nothing_due_is_no_rate_and_no_score() -> None:
    assert rate("closing_rate") is None
    assert score(Subject.DEPARTMENT, {}, 0, CUSTOMARY) is None
    assert score(Subject.DISPATCHER, {C.DISPATCH_DUE: 0}, 0, CUSTOMARY) is None


def test_a_half_is_rounded_up_and_only_when_shown() -> None:
    assert percent_of(Fraction(1, 800)) == Decimal("0.13")  # 0.125 %
    assert percent_of(Fraction(2, 3)) == Decimal("66.67")


def test_a_rate_of_which_less_is_better_is_inverted_and_never_below_nothing() -> None:
    rework, missed = CASE_INDICATORS["rework_rate"], CASE_INDICATORS["missed_rate"]
    assert goodness(rework, {C.REWORKED: 1, C.DUE: 4}) == Fraction(3, 4)
    assert goodness(missed, {C.CITIZEN: 30, C.VALID: 20}) == 0


@pytest.mark.parametrize(
    ("subject", "counts", "largest", "points"),
    [
        # 10 * 972/972 + 30 * 911/972 + 30 * 737/972 + 30 * (1 - 20/972)
        (Subject.DEPARTMENT, {C.DUE: 972, C.CLOSED: 911, C.CLOSED_ON_TIME: 737, C.REWORKED: 20}, 972, "90.25"),
        # 40 * 90/100 + 20 * (1 - 9/90) + 20 * 8/10 + 20 * 5/10
        (
            Subject.COLLECTOR,
            {
                C.REPORTED: 100,
                C.VALID: 90,
                C.CITIZEN: 9,
                C.VERIFY_DUE: 10,
                C.VERIFY_ON_TIME: 8,
                C.CHECK_DUE: 10,
                C.CHECK_ON_TIME: 5,
            },
            90,
            "80.00",
        ),
        # Nobody asked to verify or to check: 40 and 20 carry all, (36 + 18) / 60
        (Subject.COLLECTOR, {C.REPORTED: 100, C.VALID: 90, C.CITIZEN: 9}, 90, "90.00"),
        # 20 * 50/100 + 40 * 40/50 + 40 * 30/40
        (Subject.DISPATCHER, {C.DISPATCH_DUE: 50, C.DISPATCH_ON_TIME: 40, C.DISPATCH_RIGHT: 30}, 100, "72.00"),
        # 25 * 9/10 + 40 * 8/10 + 35 * 3/4
        (
            Subject.SHIFT_LEADER,
            {C.FILED: 10, C.FILED_ON_TIME: 9, C.FILED_RIGHTLY: 8, C.END_DUE: 4, C.END_ON_TIME: 3},
            10,
            "80.75",
        ),
        # 25 * 5/10 + 40 * 1/2 + 35 * 1/1
        (
            Subject.INTAKE_CLERK,
            {C.FILED: 5, C.VERIFY_DUE: 2, C.VERIFY_ON_TIME: 1, C.CHECK_DUE: 1, C.CHECK_ON_TIME: 1},
            10,
            "67.50",
        ),
    ],
)
def test_scores_follow_the_customary_weights(
    subject: Subject, counts: dict[CaseCount, int], largest: int, points: str
) -> None:
    assert score(subject, counts, largest, CUSTOMARY) == Decimal(points)


@pytest.mark.parametrize(
    ("points", "called"),
    [
        ("90", "A"),
        ("89.99", "B"),
        ("75", "B"),
        ("74.99", "C"),
        ("60", "C"),
        ("59.99", "D"),
        ("40", "D"),
        ("39.99", "E"),
    ],
)
def test_grades_at_their_bounds(points: str, called: str) -> None:
    assert grade(Decimal(points), CUSTOMARY) is ScoreGrade(called)


def test_every_subject_s_weights_come_to_a_hundred_and_are_of_known_parts() -> None:
    for subject in Subject:
        weights = CUSTOMARY.weights[subject]
        assert sum(weights.values()) == 100
        assert set(weights) - {VOLUME} <= set(INDICATORS_OF[subject])
        assert subject in VOLUMES
