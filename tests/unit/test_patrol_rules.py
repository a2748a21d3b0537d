"""Patrol's arithmetic: the way walked, what covers a cell, areas, and the company's score by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chengmai.casework.patrol.rules import (
    CompanyFacts,
    Fix,
    PatrolTerms,
    area_m2,
    company_score,
    distance_m,
    is_covered,
    share_percent,
)

TERMS = PatrolTerms()
NINE = datetime(2026, 5, 1, 1, tzinfo=UTC)


def fix(seconds: int, north_m: float, accuracy_m: float = 5.0) -> Fix:
    return Fix(NINE + timedelta(seconds=seconds), 112.85, 35.5 + north_m / 111_195.0, accuracy_m)


def test_a_way_is_summed_in_the_order_of_time_without_impossible_or_inaccurate_positions() -> None:
    walked = [fix(0, 0), fix(100, 120), fix(200, 240)]
    assert distance_m(walked, TERMS) == 240
    assert distance_m(reversed(walked), TERMS) == 240
    assert distance_m([*walked, fix(201, 5000), fix(300, 360)], TERMS) == 240  # there and back in a second
    assert distance_m([*walked, fix(250, 900, accuracy_m=51)], TERMS) == 240
    assert distance_m([], TERMS) == 0


@pytest.mark.parametrize(("positions", "seconds", "covered"), [(2, 60, True), (1, 0, False), (9, 59, False)])
def test_passing_by_does_not_cover_a_cell(positions: int, seconds: int, covered: bool) -> None:
    assert is_covered(positions, NINE, NINE + timedelta(seconds=seconds), TERMS) is covered


def test_an_area_is_that_of_the_ring_on_the_ground() -> None:
    east = 300 / 111_195.0 / 0.81411551835  # cos 35.5 degrees
    north = 200 / 111_195.0
    ring = [
        [112.85, 35.5],
        [112.85 + east, 35.5],
        [112.85 + east, 35.5 + north],
        [112.85, 35.5 + north],
        [112.85, 35.5],
    ]
    assert area_m2(ring) == pytest.approx(60_000, rel=1e-3)
    assert area_m2([]) == 0


def facts(**more: int) -> CompanyFacts:
    usual = {
        "area_covered": 90,
        "area_due": 100,
        "valid_reports": 30,
        "reports_due": 40,
        "seconds": 50,
        "seconds_due": 100,
    }
    return CompanyFacts(**(usual | more))


def test_a_company_s_score_by_hand() -> None:
    assert company_score(facts(), TERMS) == Decimal("77.50")  # 45 + 22.5 + 10
    assert company_score(facts(valid_reports=400), TERMS) == Decimal("85.00")  # no part above whole
    assert company_score(facts(seconds_due=0), TERMS) == Decimal("84.38")  # (45 + 22.5) / 80
    assert company_score(facts(area_due=0, reports_due=0, seconds_due=0), TERMS) is None
    only_area = replace(TERMS, coverage=100, valid_reports=0, hours=0)
    assert company_score(facts(), only_area) == Decimal("90.00")


def test_a_share_is_rounded_half_up() -> None:
    assert share_percent(1, 800) == Decimal("0.13")
    assert share_percent(0, 0) is None
