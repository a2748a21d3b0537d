"""A day of 500 trips told part by part through the platform itself: every mistake is on the desk, none is invented."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import DjangoDbBlocker

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.custody.desk import desk_of
from chengmai.custody.loading import DaySpan
from chengmai.custody.manifests import Arrival, Departure, ManifestDraft, Receipt, arrive, confirm, depart, issue
from chengmai.custody.models import Manifest, PlantIntake, RefusedTicket, Scale, Ticket
from chengmai.custody.queries import weighed
from chengmai.custody.tickets import TakenIn, take_in
from chengmai.demo import waste
from chengmai.demo.people import BUREAU, SANITATION
from chengmai.sensing.inbox import Delivered
from chengmai.sensing.models import Gateway
from chengmai.settings import current
from chengmai.simulator.waste_town import LINES, Mistake, PlayedTrip, WasteDay
from chengmai.simulator.waste_trips import expected, play
from tests.kept import kept
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db
TRIPS = 120
KINDS = dict.fromkeys([kind for kind in Mistake if kind is not Mistake.LATE], 2)
"""A receiver confirms now, or not at all: nobody confirms late who is played at once."""


def build() -> WasteDay:
    """The town with its registers and one day of trips, two days ago."""
    bureau = add_organisation(BUREAU)
    above = Organisation.objects.create(
        code=SANITATION, name_zh="科", name_en="Section", kind="department", parent=bureau
    )
    homes = {
        row.code: Organisation.objects.create(
            code=row.code, name_zh=row.name_zh, name_en=row.name_en, kind=row.kind, parent=above
        )
        for row in waste.ORGANISATIONS
    }
    on = now().astimezone(current().zone).date() - timedelta(days=2)
    waste.fill_registers(homes, on - timedelta(days=1))
    day = play(11, on, current().zone, TRIPS, KINDS)
    waste.note_test(day, homes)
    for scale in Scale.objects.select_related("owner"):
        scale.gateway = Gateway.objects.create(code=scale.code, name=scale.code, owner=scale.owner, token_hash="-")
        scale.save()
    PlantIntake.objects.bulk_create(
        PlantIntake(receiver=homes[code], material=material, day=on, revision=1, kg=kg, told_at=now())
        for (code, material), kg in day.intakes.items()
    )
    return day


def tell(trip: PlayedTrip) -> str:
    """Every party tells its part of a trip; the number that the manifest was given."""
    chief = CHIEF[0]
    made = issue(
        chief,
        ManifestDraft(
            id=new_id(),
            sender=trip.line.sender,
            sender_contact="",
            carrier=trip.carrier,
            receiver=trip.line.receiver,
            material=trip.line.material,
            waste_name=trip.line.waste_name,
            plate=trip.plate,
            sent_kg=trip.sent_kg,
            handed_over_at=trip.handed_over_at,
            batch=trip.batch,
        ),
    )
    version = 1
    if trip.started_at is not None:
        version = depart(chief, made.pk, version, Departure(trip.started_at)).version
    if trip.arrived_at is not None and trip.carried_kg is not None:
        version = arrive(chief, made.pk, version, Arrival(trip.arrived_at, trip.carried_kg)).version
    if trip.received_kg is not None:
        told = Receipt(trip.received_kg, False, "", "", moisture_permille=trip.moisture_permille)
        confirm(chief, made.pk, version, told)
    return made.number


CHIEF: list[User] = []


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[WasteDay, dict[int, str]]]:
    """A day told to the platform, with the numbers its manifests were given."""
    with kept(django_db_blocker):
        day = build()
        CHIEF[:] = [add_person("chief", Role.CUSTODY_SUPERVISOR, organisation=add_organisation(BUREAU))]
        numbers = {trip.index: tell(trip) for trip in day.trips if trip.manifest}
        messages = [
            Delivered(one.scale, waste.message_of(waste.words_of(trip, one, numbers.get(trip.index, ""))), now())
            for trip in day.trips
            for one in trip.tickets
        ]
        assert set(take_in(messages)) == {TakenIn.ACCEPTED}
        assert set(take_in(messages)) == {TakenIn.DUPLICATE}
        yield day, numbers


def test_every_mistake_of_a_day_told_through_the_platform_is_on_the_desk_and_none_is_invented(
    told: tuple[WasteDay, dict[int, str]],
) -> None:
    day, numbers = told
    found = {(one.rule, one.subject) for one in desk_of(DaySpan(day.day, day.day)).open()}
    assert found == set(expected(day, numbers))
    assert len(set(numbers.values())) == Manifest.objects.count() == TRIPS - 2


def test_nothing_of_the_day_is_dropped_what_does_not_count_is_held(told: tuple[WasteDay, dict[int, str]]) -> None:
    day, _ = told
    counted, held, kg = 0, 0, 0
    for line in LINES:
        plant = Organisation.objects.get(code=line.receiver)
        found = weighed(plant.pk, line.material.value, day.day, day.day)
        counted, held = counted + len(found.counted), held + len(found.held)
        kg += int((found.tonnes + found.held_tonnes) * 1000)
        for carrier in ("JC-HAUL-1", "JC-HAUL-2", "JC-HAUL-3"):
            part = weighed(plant.pk, line.material.value, day.day, day.day, Organisation.objects.get(code=carrier).pk)
            assert {one.id for one in part.counted} <= {one.id for one in found.counted}
    lapsed = weighed(Organisation.objects.get(code="JC-LANDFILL-CO").pk, "household_waste", day.day, day.day)
    assert [one.reasons for one in lapsed.held] == [("expired_licence",)] * 2
    assert counted > 0
    assert counted + held + len(lapsed.held) == Ticket.objects.count()
    assert kg + int(lapsed.held_tonnes * 1000) == sum(Ticket.objects.values_list("net_kg", flat=True))
    assert RefusedTicket.objects.count() == 0


def test_only_sound_trips_count(told: tuple[WasteDay, dict[int, str]]) -> None:
    day, numbers = told
    wrong = {numbers[trip.index] for trip in day.trips if trip.mistake and trip.manifest}
    paid = set()
    for line in LINES:
        plant = Organisation.objects.get(code=line.receiver)
        paid |= {one.manifest for one in weighed(plant.pk, line.material.value, day.day, day.day).counted}
    assert paid
    assert paid & wrong == set()
