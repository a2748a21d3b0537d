"""Three-party reconciliation on days whose every mistake is known: all are found by their rule, none is invented."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chengmai.custody.book import Book, Setting, TripFacts
from chengmai.custody.rules import RULES, confirm_by, reconcile
from chengmai.custody.terms import CustodyRule, Party
from chengmai.custody.thresholds import DEFAULTS
from chengmai.simulator.waste_town import BROKEN_RULE, Mistake, WasteDay
from chengmai.simulator.waste_trips import expected, play
from tests.waste import any_day, book_of, numbers, setting_of

ZONE = ZoneInfo("Asia/Shanghai")
EVERY = dict.fromkeys(Mistake, 3)


def day_of(seed: int, trips: int = 500, mistakes: dict[Mistake, int] | None = None) -> WasteDay:
    return play(seed, any_day(), ZONE, trips, EVERY if mistakes is None else mistakes)


@pytest.mark.parametrize("seed", [1, 2, 20260311, 77])
def test_every_seeded_mistake_of_500_trips_is_found_and_none_is_invented(seed: int) -> None:
    day = day_of(seed)
    assert len(day.trips) == 500
    assert Counter(trip.mistake for trip in day.trips if trip.mistake) == {
        kind: 3 for kind in Mistake if kind is not Mistake.INTAKE
    }
    found = {(one.rule, one.subject) for one in reconcile(book_of(day), setting_of(day))}
    assert found == set(expected(day, numbers(day)))
    assert {rule for rule, _ in found} == set(CustodyRule)


def test_a_day_without_mistakes_reconciles() -> None:
    day = day_of(5, mistakes={})
    assert reconcile(book_of(day), setting_of(day)) == []


def test_every_rule_has_a_mistake_that_only_it_finds() -> None:
    assert set(RULES) == set(CustodyRule) == set(BROKEN_RULE.values())


def one_trip(**told: object) -> tuple[TripFacts, Book, Setting]:
    """A trip in order, changed as told."""
    day = day_of(9, 20, {})
    book = book_of(day)
    trip = replace(book.trips[0], **told)
    return trip, Book([trip], [], replace(book.registers, intakes={})), setting_of(day)


@pytest.mark.parametrize(
    ("sent", "weighed", "differs"),
    [
        (2000, 1900, False),  # exactly 0.1 t and exactly 5 %
        (2000, 1899, True),  # above both
        (10_000, 9_600, False),  # 0.4 t, but 4 %
        (1000, 910, False),  # 9 %, but 0.09 t
    ],
)
def test_weights_differ_only_above_both_a_tenth_of_a_tonne_and_five_per_cent(
    sent: int, weighed: int, differs: bool
) -> None:
    trip, _, setting = one_trip()
    ticket = replace(trip.tickets[0], net_kg=weighed, gross_kg=trip.tickets[0].tare_kg + weighed)
    changed = replace(trip, sent_kg=sent, carried_kg=sent, received_kg=weighed, tickets=(ticket,))
    found = list(RULES[CustodyRule.DIFFERENCE](Book([changed], [], one_trip()[1].registers), setting))
    assert bool(found) is differs
    if differs:
        assert {one.first.party for one in found} | {one.second.party for one in found} == {
            *(Party.SENDER, Party.CARRIER, Party.SCALE, Party.RECEIVER)
        }
        first = next(one for one in found if one.second.party is Party.SCALE)
        assert (first.first.value, first.second.value) == (str(sent), str(weighed))


@pytest.mark.parametrize(("tare", "drifts"), [(10_300, False), (10_301, True), (9_699, True), (9_700, False)])
def test_an_empty_truck_drifts_above_three_per_cent(tare: int, drifts: bool) -> None:
    trip, book, setting = one_trip()
    ticket = replace(trip.tickets[0], tare_kg=tare, gross_kg=tare + trip.tickets[0].net_kg)
    vehicle = replace(book.registers.vehicles[trip.plate], tare_kg=10_000)
    registers = replace(book.registers, vehicles={trip.plate: vehicle})
    found = reconcile(Book([replace(trip, tickets=(ticket,))], [], registers), setting)
    assert [one.rule for one in found] == [CustodyRule.TARE_DRIFT] * drifts


def test_five_working_days_jump_over_weekends_and_holidays() -> None:
    _, _, setting = one_trip()
    wednesday = setting.calendar.zone
    assert wednesday == ZONE
    arrived = day_of(9, 20, {}).moment(timedelta(hours=9))
    due = confirm_by(arrived, setting)
    assert due is not None
    assert due.astimezone(ZONE).isoformat() == "2026-03-19T00:00:00+08:00"
    over_new_year = arrived.replace(month=2, day=12)  # a Thursday; the Spring Festival of 2026 is 15 to 23 February
    due = confirm_by(over_new_year, setting)
    assert due is not None
    assert due.astimezone(ZONE).isoformat() == "2026-02-27T00:00:00+08:00"


def test_a_later_value_is_a_new_discrepancy_and_the_same_one_stays_the_same() -> None:
    trip, book, setting = one_trip()
    wrong = replace(trip, tickets=(replace(trip.tickets[0], net_kg=trip.tickets[0].net_kg + 40),))
    once, again = (reconcile(Book([wrong], [], book.registers), setting)[0].fingerprint for _ in range(2))
    other = replace(trip, tickets=(replace(trip.tickets[0], net_kg=trip.tickets[0].net_kg + 60),))
    assert once == again != reconcile(Book([other], [], book.registers), setting)[0].fingerprint


def test_thresholds_are_data() -> None:
    trip, book, setting = one_trip()
    strict = replace(setting, thresholds=replace(DEFAULTS, difference_kg=0, difference_permille=0))
    told = replace(trip, sent_kg=trip.tickets[0].net_kg + 10, carried_kg=trip.tickets[0].net_kg)
    assert reconcile(Book([told], [], book.registers), setting) == []
    assert {one.rule for one in reconcile(Book([told], [], book.registers), strict)} == {CustodyRule.DIFFERENCE}


def test_a_trip_under_way_is_no_missing_leg_until_its_time_is_over() -> None:
    trip, book, setting = one_trip(tickets=(), arrived_at=None, carried_kg=None, confirmed_at=None, received_kg=None)
    under_way = Book([trip], [], book.registers)
    assert reconcile(under_way, replace(setting, at=trip.handed_over_at + timedelta(hours=23))) == []
    late = reconcile(under_way, replace(setting, at=trip.handed_over_at + timedelta(hours=25)))
    assert [one.rule for one in late] == [CustodyRule.MISSING_LEG] * 2
