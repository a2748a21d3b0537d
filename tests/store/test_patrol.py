"""Collectors' patrol: kept once however often sent, nothing off shift, coverage, and what a company is paid by."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from chengmai.access.models import AuditEntry, User
from chengmai.assets.models import GridCell
from chengmai.budget.performance.evidence import gather
from chengmai.budget.performance.sources import Question
from chengmai.casework.cases import filing
from chengmai.casework.models import CellVisit, DutyCell, PatrolPosition, PatrolShift
from chengmai.casework.patrol import queries, services, terms
from chengmai.casework.patrol.rules import Fix, PatrolTerms
from chengmai.casework.patrol.services import SentPosition, Taken
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.settings import current
from tests.disposal import City, build_city
from tests.people import client_of

pytestmark = pytest.mark.django_db

SIDE = 0.01


@pytest.fixture
def city() -> City:
    made = build_city()
    for number in range(3):
        west = 112.8 + SIDE * number
        ring = [[west, 35.5], [west + SIDE, 35.5], [west + SIDE, 35.51], [west, 35.51], [west, 35.5]]
        facts = {"name": f"c{number}", "organisation": made.bureau, "ring": ring}
        GridCell.objects.create(
            code=f"14050200100100{number}", west=west, south=35.5, east=west + SIDE, north=35.51, **facts
        )
    return made


def collector(city: City) -> User:
    return city.people["collector"]


def begin(city: City, hours_ago: float = 2.0) -> PatrolShift:
    return services.tell_shift(collector(city), new_id(), now() - timedelta(hours=hours_ago), None)


def position(shift: PatrolShift, seconds: int, cell: int = 0, **more: float) -> SentPosition:
    facts = {"longitude": 112.805 + SIDE * cell, "latitude": 35.505, "accuracy_m": 5.0} | more
    return SentPosition(new_id(), Fix(shift.started_at + timedelta(seconds=seconds), **facts))


def today() -> date:
    return now().astimezone(current().zone).date()


def test_a_batch_sent_again_is_kept_once(city: City) -> None:
    shift = begin(city)
    batch = [position(shift, 60), position(shift, 180), position(shift, 400, cell=1)]
    assert services.take_positions(collector(city), shift.pk, batch) == Taken(3, 0, 0)
    again = [*batch, position(shift, 240), batch[0]]
    assert services.take_positions(collector(city), shift.pk, again) == Taken(1, 4, 0)
    shift.refresh_from_db()
    assert (shift.positions, PatrolPosition.objects.count()) == (4, 4)
    visits = {visit.cell.name: visit.positions for visit in CellVisit.objects.select_related("cell")}
    assert visits == {"c0": 3, "c1": 1}
    assert 800 < shift.distance_m < 1000


def test_nothing_off_shift_is_kept(city: City) -> None:
    shift = begin(city)
    services.tell_shift(collector(city), shift.pk, shift.started_at, shift.started_at + timedelta(hours=1))
    batch = [position(shift, -1), position(shift, 60), position(shift, 3601)]
    assert services.take_positions(collector(city), shift.pk, batch) == Taken(1, 0, 2)
    with pytest.raises(NotFound):
        services.take_positions(city.people["intake_clerk"], shift.pk, [position(shift, 70)])


def test_an_inaccurate_position_covers_nothing(city: City) -> None:
    shift = begin(city)
    services.take_positions(collector(city), shift.pk, [position(shift, 60, accuracy_m=51), position(shift, 70)])
    assert CellVisit.objects.get().positions == 1
    assert PatrolPosition.objects.count() == 2


def test_a_shift_is_one_however_often_it_is_told(city: City) -> None:
    person, begun = collector(city), now() - timedelta(hours=3)
    key = new_id()
    first = services.tell_shift(person, key, begun, None)
    assert services.tell_shift(person, key, begun, None).pk == first.pk
    with pytest.raises(Conflict):
        services.tell_shift(person, new_id(), begun + timedelta(hours=1), None)
    with pytest.raises(Conflict):
        services.tell_shift(person, key, begun + timedelta(hours=1), None)
    over = begun + timedelta(hours=2)
    for _ in range(2):
        assert services.tell_shift(person, key, begun, over).ended_at == over
    services.tell_shift(person, new_id(), over, None)
    with pytest.raises(NotAllowed):
        services.tell_shift(city.people["intake_clerk"], new_id(), begun, None)
    for start, end in (
        (begun, begun - timedelta(1)),
        (begun, begun + timedelta(hours=17)),
        (now() + timedelta(1), None),
    ):
        with pytest.raises(InvalidInput):
            services.tell_shift(person, new_id(), start, end)


def test_old_positions_go_and_what_was_visited_stays(city: City) -> None:
    shift = begin(city)
    services.take_positions(collector(city), shift.pk, [position(shift, 60), position(shift, 180)])
    PatrolPosition.objects.update(at=now() - timedelta(days=current().patrol_days, hours=1))
    services.tell_shift(collector(city), shift.pk, shift.started_at, now())
    assert PatrolPosition.objects.count() == 0
    assert CellVisit.objects.get().positions == 2


def duty(city: City, *cells: int, days: int = 0) -> None:
    services.give_duty(city.people["shift_leader"], "collector", [f"14050200100100{cell}" for cell in cells])
    DutyCell.objects.update(since=today() - timedelta(days=days))


def test_coverage_is_what_was_walked_of_what_had_to_be(city: City) -> None:
    duty(city, 0, 1)
    shift = begin(city, 0.5)
    PatrolShift.objects.filter(pk=shift.pk).update(day=today())
    batch = [position(shift, 60), position(shift, 180), position(shift, 300, cell=1), position(shift, 400, cell=2)]
    services.take_positions(collector(city), shift.pk, [*batch, position(shift, 500, cell=2)])
    found = queries.coverage(city.people["shift_leader"], today(), today())
    assert [(one.cell.name, one.days_due, one.days_covered) for one in found] == [("c0", 1, 1), ("c1", 1, 0)]
    (row,) = queries.work(city.people["shift_leader"], today(), today())
    assert (row.collector.username, row.cells_due, row.cells_covered, row.shifts) == ("collector", 2, 1, 1)
    assert 1700 < row.seconds < 1900


def test_a_company_is_assessed_by_area_reports_and_hours_under_a_hash(city: City) -> None:
    duty(city, 0, 1)
    shift = begin(city, 4)
    PatrolShift.objects.filter(pk=shift.pk).update(day=today())
    services.take_positions(collector(city), shift.pk, [position(shift, 60), position(shift, 180)])
    PatrolShift.objects.update(ended_at=shift.started_at + timedelta(hours=4))
    for _ in range(2):
        told = filing.Filing(id=new_id(), case_class="0481", title="a pipe")
        filing.file_case(collector(city), told)
    found = queries.assessment("CG", today())
    assert (found.facts.area_due, found.facts.area_covered * 2) == (found.facts.area_covered * 2, found.facts.area_due)
    assert (found.valid_reports, found.facts.reports_due) == (2, 4)
    assert (found.facts.seconds, found.facts.seconds_due) == (4 * 3600, 8 * 3600)
    assert str(found.score) == "50.00"
    assert str(found.coverage) == "50.00"
    assert (len(found.shifts), len(found.cases)) == (1, 2)
    assert queries.assessment("CG", today()).hash == found.hash
    CellVisit.objects.update(positions=1)
    changed = queries.assessment("CG", today())
    assert changed.hash != found.hash
    assert str(changed.score) == "25.00"
    with pytest.raises(NotFound):
        queries.assessment("nobody", today())


def test_coverage_is_evidence_with_the_hash_of_each_month(city: City) -> None:
    duty(city, 0, 1)
    shift = begin(city, 4)
    PatrolShift.objects.filter(pk=shift.pk).update(day=today())
    services.take_positions(collector(city), shift.pk, [position(shift, 60), position(shift, 180)])
    start = datetime.combine(today().replace(day=1), datetime.min.time(), current().zone)
    asked = Question({"company": "CG"}, start - timedelta(days=1), start + timedelta(days=62))
    found = gather("patrol_coverage", asked)
    assert found.value_micro == 50_000_000
    assert [one["counted"] for one in found.inputs] == [False, True], "nothing was owed in the month before"
    assert found.inputs[1]["facts"]["hash"] == queries.assessment("CG", today()).hash


def test_days_on_which_nobody_came_count_against_the_company(city: City) -> None:
    duty(city, 0, days=400)
    first = datetime(2026, 5, 1, tzinfo=UTC).date()
    found = queries.assessment("CG", first)
    (cell,) = queries.coverage(city.people["shift_leader"], first, first)
    assert found.facts.area_due == 31 * cell.area_m2
    assert str(found.coverage) == "0.00"


def test_duty_changes_from_today_on_and_is_in_the_audit_trail(city: City) -> None:
    duty(city, 0, 1, days=10)
    services.give_duty(city.people["shift_leader"], "collector", ["140502001001001", "140502001001002"])
    present = DutyCell.objects.filter(until=None).values_list("cell__name", flat=True)
    assert sorted(present) == ["c1", "c2"]
    assert DutyCell.objects.get(cell__name="c0").until == today()
    assert AuditEntry.objects.filter(action="patrol.duty").count() == 2
    with pytest.raises(InvalidInput):
        services.give_duty(city.people["shift_leader"], "collector", ["140502001001999"])
    with pytest.raises(InvalidInput):
        services.give_duty(city.people["shift_leader"], "handler", [])
    with pytest.raises(NotAllowed):
        services.give_duty(city.people["operator"], "collector", [])


def test_terms_are_versions_and_senseless_ones_are_refused(city: City) -> None:
    leader = city.people["shift_leader"]
    told = asdict(PatrolTerms()) | {"least_seconds": 300}
    assert terms.change_terms(leader, 0, told, "longer") == 1
    assert terms.present_terms()[1].least_seconds == 300
    for wrong in ({"coverage": 60}, {"accuracy_m": 0}, {"luck": 1}, {"hours_a_day": 25}):
        with pytest.raises(InvalidInput):
            terms.change_terms(leader, 1, asdict(PatrolTerms()) | wrong, "")
    with pytest.raises(Conflict):
        terms.change_terms(leader, 0, told, "stale")


def test_whoever_reads_a_track_stands_in_the_audit_trail(city: City) -> None:
    shift = begin(city)
    services.take_positions(collector(city), shift.pk, [position(shift, 60)])
    answer = client_of(city.people["shift_leader"]).get(f"/api/v1/patrol/shifts/{shift.pk}/track")
    assert [point["longitude"] for point in answer.json()] == [112.805]
    entry = AuditEntry.objects.get(action="patrol.track_read")
    assert (entry.actor, entry.object_id) == ("shift_leader", str(shift.pk))
    assert client_of(city.people["outsider"]).get(f"/api/v1/patrol/shifts/{shift.pk}/track").status_code == 404
