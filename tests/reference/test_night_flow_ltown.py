"""Night flow against the published leaks of L-Town's first half-year 2019.

The nights are those of the benchmark's own record (Vrachimis et al. 2020, Zenodo 4017659, CC-BY 4.0), one figure a
night and balance, reduced by ``detection.night_balance``.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chengmai.detection.leak_matching import KnownLeak, Outcome, compare
from chengmai.detection.ltown import BALANCES
from chengmai.detection.night_balance import Night
from chengmai.detection.night_flow import NightFlowSettings, advance
from chengmai.detection.record_search import leaks_in

DATA = Path(__file__).parent / "data"
ZONE = ZoneInfo("Asia/Shanghai")


def _nights(area: str) -> list[Night]:
    with (DATA / "ltown_2019_nights.csv").open() as file:
        return [
            Night(date.fromisoformat(row["night"]).toordinal(), float(row["flow_m3h"]), float(row["range_m3h"]))
            for row in csv.DictReader(file)
            if row["area"] == area
        ]


def _known() -> list[KnownLeak]:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)

    with (DATA / "ltown_2019_leaks.csv").open() as file:
        return [
            KnownLeak(
                row["pipe"],
                moment(row["start"]),
                moment(row["end"]),
                row["kind"],
                moment(row["peak"]),
                frozenset({row["area"]}),
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    found = []
    for area in BALANCES:
        memory: dict[str, Any] = {}
        findings = [one for night in _nights(area.code) for one in advance(memory, night, NightFlowSettings())]
        found += leaks_in(area, findings, ZONE)
    first = datetime(2019, 1, 1, tzinfo=ZONE)
    return compare(_known(), found, first, datetime(2019, 7, 1, tzinfo=ZONE))


def test_leaks_that_began_before_the_record_are_counted_apart(outcome: Outcome) -> None:
    assert {leak.pipe for leak in outcome.before} == {"p257", "p427", "p810", "p654"}


def test_every_sudden_leak_of_the_half_year_is_found_within_three_days(outcome: Outcome) -> None:
    sudden = {known.pipe: found.found - known.start for known, found in outcome.hits if known.kind == "abrupt"}
    assert set(sudden) == {"p523", "p827", "p280", "p710", "p514", "p331", "p142"}
    assert max(delay.total_seconds() for delay in sudden.values()) <= 3 * 86400


def test_growing_leaks_are_found_while_they_grow(outcome: Outcome) -> None:
    growing = {known.pipe: (known, found) for known, found in outcome.hits if known.kind == "incipient"}
    assert set(growing) == {"p653", "p193", "p277"}
    assert all(found.found < known.peak for known, found in growing.values())


def test_at_most_one_false_leak_in_half_a_year(outcome: Outcome) -> None:
    assert len(outcome.false) <= 1


def test_the_tank_zones_leaks_come_from_the_second_balance(outcome: Outcome) -> None:
    areas = {known.pipe: found.area for known, found in outcome.hits}
    assert areas["p280"] == areas["p277"] == "tank-zone"
    assert {area for pipe, area in areas.items() if pipe not in {"p280", "p277"}} == {"main-zone"}


def test_sizes_of_large_sudden_leaks_agree_with_their_holes(outcome: Outcome) -> None:
    """Q = 0.75 * pi/4 * d^2 * sqrt(2 g H) with about 45 m of head, 15 %: p523 and p142 have holes of about 20 mm."""
    sizes = {known.pipe: found.size_m3h for known, found in outcome.hits}
    expected = 0.75 * 3.14159 / 4 * 0.02**2 * (2 * 9.81 * 45) ** 0.5 * 3600
    assert sizes["p523"] == pytest.approx(expected, rel=0.25)
    assert sizes["p142"] == pytest.approx(expected, rel=0.25)
