"""Scores of target sheets against examples worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from chengmai.budget.performance.rules import (
    Actual,
    Scheme,
    Target,
    Weighted,
    achieved,
    evaluate,
    execution_rate,
    forecast_light,
    grade_of,
    light_of_share,
    points_of,
    spread,
    worst,
)
from chengmai.budget.performance.terms import Chance, Comparison, Grade, Group, PerformanceLight

C, D, G, L = Comparison, Decimal, Group, PerformanceLight
SCHEME = Scheme()


def number(value: str) -> Actual:
    return Actual(value=D(value))


@pytest.mark.parametrize(
    ("comparison", "target", "actual", "share"),
    [
        (C.AT_LEAST, "29", "29", "1"),
        (C.AT_LEAST, "29", "27", "0.9310"),  # 27 / 29 = 0.93103
        (C.EQUAL, "100", "98.5", "0.985"),
        (C.EQUAL, "29", "30", "1"),
        (C.ABOVE, "90", "90", "0.9999"),  # just missed is never all
        (C.ABOVE, "90", "90.1", "1"),
        (C.AT_MOST, "263.78", "263.78", "1"),
        (C.AT_MOST, "263.78", "300", "0.8793"),  # 263.78 / 300 = 0.87927
        (C.BELOW, "5", "5", "0.9999"),
        (C.AT_MOST, "0", "0", "1"),
        (C.AT_MOST, "0", "3", "0"),
        (C.AT_LEAST, "10", "0", "0"),
        (C.AT_LEAST, "10", "-4", "0"),
    ],
)
def test_met_is_all_else_in_proportion(comparison: C, target: str, actual: str, share: str) -> None:
    assert achieved(Target(comparison, D(target)), number(actual), SCHEME) == D(share)


def test_far_over_costs_points_only_where_the_target_was_low() -> None:
    target = Target(C.AT_LEAST, D(10))
    assert achieved(target, Actual(D(30)), SCHEME) == 1
    assert achieved(target, Actual(D(30), target_was_low=True), SCHEME) == D("0.5")  # 1.5 / 3
    assert achieved(target, Actual(D(14), target_was_low=True), SCHEME) == 1  # not yet 1.5 times
    assert achieved(Target(C.AT_MOST, D(10)), Actual(D(1), target_was_low=True), SCHEME) == 1  # a cap is no target


def test_a_word_is_judged_and_a_day_counts_in_proportion() -> None:
    assert achieved(Target(C.WORD), Actual(share=D("0.75")), SCHEME) == D("0.75")
    by = Target(C.BY_DATE, by=date(2025, 10, 31))
    assert achieved(by, Actual(on=date(2025, 10, 31)), SCHEME) == 1
    assert achieved(by, Actual(on=date(2025, 11, 18)), SCHEME) == D("0.9")  # 18 days of 180
    assert achieved(by, Actual(on=date(2026, 10, 31)), SCHEME) == 0


@pytest.mark.parametrize("target", [Target(C.AT_LEAST, D(1)), Target(C.WORD), Target(C.BY_DATE, by=date(2025, 1, 1))])
def test_what_was_not_told_is_open(target: Target) -> None:
    assert achieved(target, Actual(), SCHEME) is None


def test_points_are_divided_to_the_hundredth() -> None:
    rows = [Weighted(G.OUTPUT)] * 3 + [Weighted(G.BENEFIT)] * 2 + [Weighted(G.SATISFACTION)]
    found = points_of(rows, SCHEME)
    assert found == [D("16.67"), D("16.67"), D("16.66"), D(15), D(15), D(10)]
    assert sum(found) == 90


def test_costs_apart_change_the_weights() -> None:
    rows = [Weighted(G.OUTPUT), Weighted(G.COST), Weighted(G.BENEFIT), Weighted(G.SATISFACTION)]
    assert points_of(rows, SCHEME) == [40, 20, 20, 10]


def test_points_that_a_sheet_gives_are_kept_and_the_rest_divided() -> None:
    rows = [Weighted(G.OUTPUT, D(20)), Weighted(G.OUTPUT), Weighted(G.OUTPUT), Weighted(G.BENEFIT)]
    rows.append(Weighted(G.SATISFACTION))
    assert points_of(rows, SCHEME) == [20, 15, 15, 30, 10]
    beyond = [Weighted(G.OUTPUT, D(80)), Weighted(G.OUTPUT, D(20)), Weighted(G.BENEFIT), Weighted(G.SATISFACTION)]
    assert points_of(beyond, SCHEME) == [40, 10, 30, 10]


def test_a_group_without_indicators_gives_its_points_to_the_others() -> None:
    # 90 over output 50 and benefit 30: 56.25 and 33.75.
    assert points_of([Weighted(G.OUTPUT), Weighted(G.BENEFIT)], SCHEME) == [D("56.25"), D("33.75")]
    assert points_of([], SCHEME) == []


def test_a_sheet_worked_out_by_hand() -> None:
    lines = [
        (Weighted(G.OUTPUT), Target(C.EQUAL, D(29)), number("27")),  # 25 x 0.9310 = 23.275 -> 23.28, half up
        (Weighted(G.OUTPUT), Target(C.AT_MOST, D("263.78")), number("250")),  # 25
        (Weighted(G.BENEFIT), Target(C.WORD), Actual(share=D("0.9"))),  # 27
        (Weighted(G.SATISFACTION), Target(C.ABOVE, D(90)), number("81")),  # 10 x 0.9 = 9
    ]
    found = evaluate(lines, D(2600), D(2080), SCHEME)  # 0.8 x 10 = 8
    assert [line.points for line in found.lines] == [D("23.28"), D(25), D(27), D(9)]
    assert (found.execution_rate, found.execution_points, found.total) == (D("0.8"), D(8), D("92.28"))
    assert found.grade is Grade.EXCELLENT
    assert [line.light for line in found.lines] == [L.YELLOW, L.GREEN, L.YELLOW, L.YELLOW]


def test_a_sheet_with_something_open_has_no_grade() -> None:
    lines = [
        (Weighted(G.OUTPUT), Target(C.EQUAL, D(29)), number("29")),
        (Weighted(G.BENEFIT), Target(C.WORD), Actual()),
    ]
    found = evaluate(lines, D(10), D(10), SCHEME)
    assert (found.grade, found.complete, found.lines[1].light) == (None, False, L.NONE)
    assert evaluate(lines[:1], D(0), D(10), SCHEME).execution_rate is None


def test_more_than_all_money_is_no_more_than_all_points() -> None:
    found = evaluate([], D(100), D(140), SCHEME)
    assert (found.execution_rate, found.execution_points) == (D("1.4"), D(10))
    assert execution_rate(D(3), D(1)) == D("0.3333")


@pytest.mark.parametrize(
    ("total", "grade"),
    [("90", "excellent"), ("89.99", "good"), ("80", "good"), ("60", "fair"), ("59.99", "poor"), ("0", "poor")],
)
def test_a_bound_belongs_to_the_better_grade(total: str, grade: str) -> None:
    assert grade_of(D(total), SCHEME) == grade


def test_lights() -> None:
    assert [light_of_share(D(part), SCHEME) for part in ("1", "0.9999", "0.8", "0.7999")] == [
        L.GREEN,
        L.YELLOW,
        L.YELLOW,
        L.RED,
    ]
    assert forecast_light(Chance.IMPOSSIBLE, D(1), SCHEME) is L.RED
    assert forecast_light(None, D(1), SCHEME) is L.GREEN
    assert worst([L.NONE, L.GREEN, L.YELLOW]) is L.YELLOW
    assert worst([L.NONE]) is L.NONE


def test_parts_add_up() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10, [0, 3, 7]) == [0, 3, 7]
    assert spread(5, [0, 0]) == [0, 0]
