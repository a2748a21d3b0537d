"""The plan of a day: drawn from its seed alone, on the streets, with every fate among many reports."""

import pytest

from chengmai.demo.day.plan import SHARES, Fate, plan_reports

STREETS = [[(112.85, 35.50), (112.86, 35.50), (112.86, 35.51)], [(112.80, 35.49), (112.81, 35.49)]]


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    first = plan_reports(1, 200, 60, ["0102", "0104"], STREETS)
    assert plan_reports(1, 200, 60, ["0102", "0104"], STREETS) == first
    assert plan_reports(2, 200, 60, ["0102", "0104"], STREETS) != first


def test_reports_lie_on_streets_and_have_collectors_classes_and_fates() -> None:
    planned = plan_reports(3, 1500, 60, ["0102", "0104", "0201"], STREETS)
    assert {report.fate for report in planned} == set(Fate)
    assert {report.collector for report in planned} == set(range(60))
    often = [sum(report.case_class == code for report in planned) for code in ("0102", "0104", "0201")]
    assert often == sorted(often, reverse=True)
    for report in planned:
        longitude, latitude = report.place
        on_first = (latitude == 35.5 and 112.85 <= longitude <= 112.86) or (
            longitude == 112.86 and 35.5 <= latitude <= 35.51
        )
        assert on_first or (latitude == 35.49 and 112.80 <= longitude <= 112.81)


def test_shares_of_fates_are_a_whole() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
