"""Custody in a real database: numbers without gaps, tickets taken once and kept, decisions, and who may do what."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.custody.desk import HIDDEN, Wish, desk_of, resolve, seen_by
from chengmai.custody.hand_tickets import judge_ticket, type_ticket
from chengmai.custody.loading import DaySpan
from chengmai.custody.manifests import Arrival, Departure, Receipt, arrive, confirm, depart, issue, void_manifest
from chengmai.custody.models import (
    Licence,
    Manifest,
    ManifestStep,
    RefusedTicket,
    Scale,
    ScaleCalibration,
    Ticket,
    TicketVoid,
    Vehicle,
)
from chengmai.custody.queries import AWAITING, weighed
from chengmai.custody.registers import set_thresholds
from chengmai.custody.terms import CustodyRule, Decision, ManifestState, TicketRefusal
from chengmai.custody.tickets import TakenIn, take_in, void_ticket
from chengmai.sensing.inbox import Delivered
from chengmai.sensing.models import Gateway
from chengmai.settings import current
from tests.custody import accepted, draft, words
from tests.people import add_person

pytestmark = pytest.mark.django_db


def organisation(code: str, parent: Organisation | None = None, kind: str = "contractor") -> Organisation:
    return Organisation.objects.create(code=code, name_zh=code, name_en=code, kind=kind, parent=parent)


class Place:
    """A section with a plant, a sewage works and two carriers below it, and a scale at the plant."""

    def __init__(self) -> None:
        bureau = organisation("CG", kind="bureau")
        self.section = organisation("SAN", bureau, "department")
        self.sewage, self.plant, self.carrier, self.rival = (
            organisation(code, self.section) for code in ("SEWAGE", "PLANT", "HAUL", "RIVAL")
        )
        self.chief = add_person("chief", Role.CUSTODY_SUPERVISOR, organisation=bureau)
        self.supervisor = add_person("supervisor", Role.CUSTODY_SUPERVISOR, organisation=self.section)
        self.sender, self.weigher, self.second, self.driver, self.other = (
            add_person(name, Role.CUSTODY_CLERK, organisation=home)
            for name, home in (
                ("sender", self.sewage),
                ("weigher", self.plant),
                ("second", self.plant),
                ("driver", self.carrier),
                ("other", self.rival),
            )
        )
        gateway = Gateway.objects.create(code="G-S1", name="scale", owner=self.plant, token_hash="-")
        self.scale = Scale.objects.create(code="S1", station="gate", owner=self.plant, gateway=gateway)
        first, last = date(2020, 1, 1), date(2099, 1, 1)
        ScaleCalibration.objects.create(scale=self.scale, on=first, valid_until=last, certificate="C", noted_at=now())
        Vehicle.objects.create(plate="A1", carrier=self.carrier, capacity_kg=10_000, tare_kg=8000)
        for kind, home in (("carrier_permit", self.carrier), ("receiver_licence", self.plant)):
            Licence.objects.create(kind=kind, number=kind, organisation=home, valid_from=first, valid_until=last)

    def trip(self, hours_ago: float = 3, confirmed: bool = True, moisture: int | None = 800) -> Manifest:
        """A trip in order, without its ticket."""
        begun = now() - timedelta(hours=hours_ago)
        told = issue(self.sender, draft("SEWAGE", "HAUL", "PLANT", at=begun))
        depart(self.driver, told.pk, 1, Departure(begun + timedelta(minutes=5)))
        arrive(self.driver, told.pk, 2, Arrival(begun + timedelta(minutes=35), 5000))
        if confirmed:
            confirm(self.weigher, told.pk, 3, Receipt(5000, False, "fits", "drying", moisture_permille=moisture))
        return Manifest.objects.get(pk=told.pk)

    def weigh(self, trip: Manifest, number: str, **told: Any) -> Ticket:
        at = trip.handed_over_at + timedelta(minutes=40)
        return accepted(self.scale, words(number, manifest=trip.number, at=at, **told))


@pytest.fixture
def place() -> Place:
    return Place()


def today(days: int = 2) -> DaySpan:
    day = now().astimezone(current().zone).date()
    return DaySpan(day - timedelta(days=days), day)


def message(place: Place, **changes: object) -> bytes:
    told = {
        "number": "0001", "plate": "a 1", "material": "sludge", "manifest_number": "", "gross_kg": 13_000,
        "tare_kg": 8000, "net_kg": 5000,
        "gross_at": "2026-03-01T08:00:00+08:00", "tare_at": "2026-03-01T08:10:00+08:00",
    }  # fmt: skip
    return json.dumps({**told, **changes}).encode()


def take(*payloads: bytes, gateway: str = "G-S1") -> list[TakenIn]:
    return take_in([Delivered(gateway, payload, now()) for payload in payloads])


def test_a_scale_s_ticket_is_taken_once_with_its_message_and_told_otherwise_it_is_quarantined(place: Place) -> None:
    assert take(message(place), message(place)) == [TakenIn.ACCEPTED, TakenIn.DUPLICATE]
    assert take(message(place)) == [TakenIn.DUPLICATE]
    ticket = Ticket.objects.get()
    assert (ticket.plate, ticket.net_kg, ticket.raw) == ("A1", 5000, message(place).decode())
    assert len(ticket.raw_sha256) == len(ticket.hash) == 64
    assert take(message(place, net_kg=5001), message(place, net_kg=5001)) == [TakenIn.QUARANTINED] * 2
    refused = RefusedTicket.objects.get()
    assert (refused.reason, refused.detail) == (TicketRefusal.TOLD_OTHERWISE, "S1/0001")
    assert Ticket.objects.get().net_kg == 5000


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", TicketRefusal.MALFORMED),
        (b"[" * 5000, TicketRefusal.MALFORMED),
        (b"\xff\xfe", TicketRefusal.MALFORMED),
        (b'{"number": 1}', TicketRefusal.UNMAPPED),
        (b'"\\u0000"', TicketRefusal.UNMAPPED),
        (b"9" * 2_000_000, TicketRefusal.OVERSIZED),
    ],
)
def test_what_is_no_ticket_is_kept_with_its_reason(place: Place, payload: bytes, reason: TicketRefusal) -> None:
    assert take(payload) == [TakenIn.QUARANTINED]
    kept = RefusedTicket.objects.get()
    assert (kept.reason, kept.size_bytes) == (reason, len(payload))
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"gross_kg": 12.5}, {"gross_kg": "many"}, {"net_kg": True}, {"tare_kg": 1e400}, {"gross_at": "yesterday"},
        {"gross_at": "2026-03-01T08:00:00"}, {"material": "gold"}, {"plate": ""}, {"number": "x" * 65},
        {"photos": [1]}, {"number": "a\0b"},
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_read_is_named(place: Place, changes: dict[str, object]) -> None:
    payload = message(place, **changes).replace(b"Infinity", b"1e9999")
    assert take(payload) == [TakenIn.QUARANTINED]
    assert RefusedTicket.objects.get().detail.partition(":")[0] in changes


def test_a_strange_scale_and_a_clock_a_day_ahead_are_quarantined(place: Place) -> None:
    ahead = (now() + timedelta(days=1)).isoformat()
    assert take(message(place), gateway="NOBODY") == take(message(place, gross_at=ahead)) == [TakenIn.QUARANTINED]
    assert set(RefusedTicket.objects.values_list("reason", flat=True)) == {
        TicketRefusal.UNKNOWN_SCALE, TicketRefusal.FAR_FUTURE,
    }  # fmt: skip


def test_a_maker_s_own_json_is_read_by_a_mapping(place: Place) -> None:
    fields = {"number": "d.no", "plate": "d.car", "material": "d.goods", "gross": "d.mz", "tare": "d.pz", "net": "d.jz"}
    place.scale.mapping = {
        "fields": {**fields, "gross_at": "d.t1", "tare_at": "d.t2", "manifest": "d.ld"},
        "unit": "t",
        "time": {"form": "pattern", "pattern": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"},
        "materials": {"污泥": "sludge"},
    }
    place.scale.save()
    told = {"no": 77, "car": "晋E00001", "goods": "污泥", "mz": "13.02", "pz": 8.0, "jz": 5.02}
    told |= {"t1": "2026-03-01 08:00:00", "t2": "2026-03-01 08:10:00", "ld": "20261405000001"}
    assert take(json.dumps({"d": told}).encode()) == [TakenIn.ACCEPTED]
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.gross_kg, ticket.net_kg) == ("77", 13_020, 5020)
    assert ticket.gross_at.isoformat() == "2026-03-01T00:00:00+00:00"


def test_an_accepted_ticket_is_changed_and_removed_by_nobody_not_even_by_raw_sql(place: Place) -> None:
    take(message(place))
    ticket = Ticket.objects.get()
    void_ticket(place.supervisor, ticket.pk, "twice")
    attacks = [
        "UPDATE custody_ticket SET net_kg = 1",
        "UPDATE custody_ticketvoid SET reason = 'x'",
        "DELETE FROM custody_ticketvoid",
        "DELETE FROM custody_ticket",
    ]
    if connection.vendor == "sqlite":
        columns = ", ".join(field.column for field in Ticket._meta.concrete_fields)
        other = columns.replace("net_kg", "1").replace(", number", ", number || ''")
        attacks.append(f"INSERT OR REPLACE INTO custody_ticket ({columns}) SELECT {other} FROM custody_ticket")
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    assert Ticket.objects.get().net_kg == 5000
    assert TicketVoid.objects.get().reason == "twice"
    with pytest.raises(Conflict, match="void_already"):
        void_ticket(place.supervisor, ticket.pk, "again")


def test_a_ticket_by_hand_counts_only_after_a_second_person(place: Place) -> None:
    told = words("H1", plate="a1")
    typed = type_ticket(place.weigher, new_id(), "S1", told, "line down")
    assert type_ticket(place.weigher, typed.pk, "S1", told, "line down").pk == typed.pk
    with pytest.raises(NotAllowed, match="second_person"):
        judge_ticket(place.weigher, typed.pk, True)
    with pytest.raises(NotFound):
        judge_ticket(place.driver, typed.pk, True)
    assert Ticket.objects.count() == 0
    ticket = judge_ticket(place.second, typed.pk, True).ticket
    assert ticket is not None
    assert (ticket.entered_by, ticket.confirmed_by, ticket.plate) == (place.weigher, place.second, "A1")
    with pytest.raises(Conflict, match="judged_already"):
        judge_ticket(place.second, typed.pk, False, "no")
    with pytest.raises(Conflict, match="number_taken"):
        type_ticket(place.weigher, new_id(), "S1", told, "again")


@pytest.mark.parametrize(("gross", "tare", "net"), [(3000, 8000, -5000), (13_000, 8000, 5300), (-1, -2, 1)])
def test_nobody_types_a_weight_that_cannot_be(place: Place, gross: int, tare: int, net: int) -> None:
    told = words("H1")
    wrong = replace(told, gross_kg=gross, tare_kg=tare, net_kg=net)
    with pytest.raises(InvalidInput):
        type_ticket(place.weigher, new_id(), "S1", wrong, "line down")


def test_each_party_tells_its_own_part_and_no_other(place: Place) -> None:
    told = issue(place.sender, draft("SEWAGE", "HAUL", "PLANT"))
    assert told.number == f"{told.handed_over_at.astimezone(current().zone).year}1405000001"
    with pytest.raises(NotAllowed, match="other_party"):
        depart(place.weigher, told.pk, 1, Departure(now()))
    with pytest.raises(NotFound):
        depart(place.other, told.pk, 1, Departure(now()))
    with pytest.raises(NotFound):
        issue(place.driver, draft("SEWAGE", "HAUL", "PLANT"))
    left = Departure(now())
    moved = depart(place.driver, told.pk, 1, left)
    assert depart(place.driver, told.pk, 1, left).version == moved.version == 2
    with pytest.raises(Conflict, match="action_forbidden"):
        depart(place.driver, told.pk, 2, Departure(now() - timedelta(minutes=1)))
    with pytest.raises(Conflict, match="stale"):
        arrive(place.driver, told.pk, 1, Arrival(now(), 5000))
    with pytest.raises(NotAllowed, match="other_party"):
        confirm(place.driver, told.pk, 2, Receipt(1, False, "", ""))
    assert Manifest.objects.get().state == ManifestState.UNDER_WAY
    assert ManifestStep.objects.count() == 2


def test_a_manifest_s_number_follows_the_last_and_a_failed_one_leaves_no_gap(place: Place) -> None:
    first = draft("SEWAGE", "HAUL", "PLANT")
    numbers = [issue(place.sender, first).number, issue(place.sender, first).number]
    assert len(set(numbers)) == 1
    with pytest.raises(NotFound):
        issue(place.sender, draft("SEWAGE", "NOBODY", "PLANT"))
    with transaction.atomic():
        issue(place.sender, draft("SEWAGE", "HAUL", "PLANT"))
        transaction.set_rollback(True)
    following = issue(place.sender, draft("SEWAGE", "HAUL", "PLANT")).number
    assert int(following) == int(numbers[0]) + 1
    assert len(following) == 14


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_gap_and_without_double() -> None:
    place = Place()
    drafts = [draft("SEWAGE", "HAUL", "PLANT") for _ in range(24)]

    def hand_over(one: Any) -> str:
        try:
            return issue(place.sender, one).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(hand_over, [*drafts, *drafts[:6]]))
    assert len(numbers) == 30
    assert [int(number[8:]) for number in sorted(set(numbers))] == list(range(1, 25))


def test_what_counts_is_confirmed_and_undoubted_and_all_else_is_held_with_its_reason(place: Place) -> None:
    good, awaiting, odd = place.trip(9), place.trip(6, confirmed=False), place.trip(3)
    counted = place.weigh(good, "1")
    place.weigh(awaiting, "2")
    place.weigh(odd, "3", net=7000)
    accepted(place.scale, words("4", at=now() - timedelta(hours=1)))
    span = today()
    found = weighed(place.plant.pk, "sludge", span.first, span.last)
    assert (found.tonnes, found.dry_tonnes, found.held_tonnes) == (Decimal(5), Decimal(1), Decimal(17))
    assert [(one.id, one.hash) for one in found.counted] == [(counted.pk, counted.hash)]
    assert [one.reasons for one in found.held] == [(AWAITING,), ("difference",), ("missing_leg",)]
    assert found.hash == weighed(place.plant.pk, "sludge", span.first, span.last).hash
    assert weighed(place.plant.pk, "sludge", span.first, span.last, place.rival.pk).counted == ()
    assert len(weighed(place.plant.pk, "sludge", span.first, span.last, place.carrier.pk).counted) == 1
    assert weighed(place.plant.pk, "night_soil", span.first, span.last).held == ()


def open_one(place: Place, rule: CustodyRule) -> Any:
    return next(one for one in desk_of(today()).open() if one.rule is rule)


def test_a_difference_is_accepted_with_a_reason_by_whoever_is_no_party_to_it(place: Place) -> None:
    trip = place.trip()
    place.weigh(trip, "1", net=7000)
    pairs = [one for one in desk_of(today()).open() if one.rule is CustodyRule.DIFFERENCE]
    assert {(one.first.value, one.second.value) for one in pairs} == {("5000", "7000"), ("7000", "5000")}
    wish = Wish(pairs[0].day, "PLANT", Decision.ACCEPT, "weighed again, it is so")
    for person, error in ((place.weigher, NotAllowed), (place.other, NotFound)):
        with pytest.raises(error):
            resolve(person, pairs[0].fingerprint, wish)
    with pytest.raises(InvalidInput, match="reason_missing"):
        resolve(place.supervisor, pairs[0].fingerprint, Wish(pairs[0].day, "PLANT", Decision.ACCEPT, " "))
    for one in pairs:
        resolve(place.supervisor, one.fingerprint, wish)
    with pytest.raises(Conflict, match="decided_already"):
        resolve(place.supervisor, pairs[0].fingerprint, wish)
    assert weighed(place.plant.pk, "sludge", today().first, today().last).tonnes == 7


def test_a_ticket_told_twice_is_voided_and_one_that_was_wrong_gives_way_to_a_further_one(place: Place) -> None:
    trip = place.trip()
    place.weigh(trip, "1")
    second = place.weigh(trip, "2")
    found = open_one(place, CustodyRule.DUPLICATE_TICKET)
    with pytest.raises(InvalidInput, match="ticket_unfit"):
        resolve(place.supervisor, found.fingerprint, Wish(found.day, "PLANT", Decision.VOID_TICKET, "twice"))
    resolve(place.supervisor, found.fingerprint, Wish(found.day, "PLANT", Decision.VOID_TICKET, "twice", second.pk))
    assert desk_of(today()).open() == []
    late = place.trip(1.5)
    wrong = place.weigh(late, "3", net=8000)
    found = open_one(place, CustodyRule.DIFFERENCE)
    wish = Wish(found.day, "PLANT", Decision.FURTHER_TICKET, "typed anew", wrong.pk)
    with pytest.raises(Conflict, match="no_further_ticket"):
        resolve(place.supervisor, found.fingerprint, wish)
    at = late.handed_over_at + timedelta(minutes=40)
    typed = type_ticket(place.weigher, new_id(), "S1", words("3a", manifest=late.number, at=at), "misread")
    judge_ticket(place.second, typed.pk, True)
    with pytest.raises(NotFound, match="no_discrepancy"):
        resolve(place.supervisor, "0" * 64, wish)
    resolve(place.supervisor, open_one(place, CustodyRule.DIFFERENCE).fingerprint, wish)
    assert desk_of(today()).open() == []
    assert weighed(place.plant.pk, "sludge", today().first, today().last).tonnes == 10


def test_a_company_sees_that_its_truck_was_elsewhere_and_not_with_whom(place: Place) -> None:
    begun = now() - timedelta(hours=3)
    own = place.trip()
    hidden = issue(place.chief, draft("SEWAGE", "RIVAL", "SAN", at=begun + timedelta(minutes=6)))
    depart(place.other, hidden.pk, 1, Departure(begun + timedelta(minutes=8)))
    arrive(place.other, hidden.pk, 2, Arrival(begun + timedelta(minutes=50), 5000))
    desk = desk_of(today())
    told = {shown.rule: shown for _, shown in seen_by(place.driver, desk)}[CustodyRule.TWO_PLACES]
    assert (told.subject, told.first.value, told.second.value) == (own.number, own.number, HIDDEN)
    assert hidden.number not in str(told.document())
    assert hidden.number in str([one.document() for one, _ in seen_by(place.supervisor, desk)])


def test_a_manifest_is_taken_back_only_while_nothing_was_weighed(place: Place) -> None:
    trip = issue(place.sender, draft("SEWAGE", "HAUL", "PLANT"))
    ticket = place.weigh(trip, "1")
    with pytest.raises(Conflict, match="weighed_already"):
        void_manifest(place.sender, trip.pk, 1, "told twice")
    void_ticket(place.supervisor, ticket.pk, "wrong truck")
    assert void_manifest(place.sender, trip.pk, 1, "told twice").state == ManifestState.VOID
    assert issue(place.sender, draft("SEWAGE", "HAUL", "PLANT")).number != trip.number


def test_thresholds_are_set_by_the_bureau_and_every_edition_stays(place: Place) -> None:
    trip = place.trip()
    place.weigh(trip, "1", net=5200)
    assert desk_of(today()).open() == []
    with pytest.raises(NotAllowed):
        set_thresholds(place.supervisor, 0, {"difference_permille": 10}, "stricter")
    set_thresholds(place.chief, 0, {"difference_permille": 10}, "stricter")
    assert {one.rule for one in desk_of(today()).open()} == {CustodyRule.DIFFERENCE}
    for values in ({"difference_permille": -1}, {"difference_permille": True}, {"nothing": 1}):
        with pytest.raises(InvalidInput):
            set_thresholds(place.chief, 1, values, "wrong")
    with pytest.raises(Conflict):
        set_thresholds(place.chief, 0, {}, "stale")


def test_a_person_s_errors_leave_nothing_behind(place: Place) -> None:
    def tell(user: User, **changes: Any) -> None:
        issue(user, replace(draft("SEWAGE", "HAUL", "PLANT"), **changes))

    for changes in ({"sent_kg": 0}, {"sent_kg": -5}, {"plate": " "}, {"receiver": "SEWAGE"}, {"waste_name": " "}):
        with pytest.raises(ChengmaiError):
            tell(place.sender, **changes)
    with pytest.raises(InvalidInput, match="moment_to_come"):
        tell(place.sender, handed_over_at=now() + timedelta(days=1))
    assert Manifest.objects.count() == 0
