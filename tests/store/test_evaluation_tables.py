"""The evaluation from stored cases: the published check, every count by hand, rows of each kind, cases behind them."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from pytest_django import DjangoAssertNumQueries

from chengmai.access.models import AuditEntry, Organisation
from chengmai.assets.models import GridCell
from chengmai.casework.cases import filing
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.evaluation import queries, weighting
from chengmai.casework.evaluation.facts import Seen, due_by
from chengmai.casework.evaluation.queries import GroupedBy, RegionLevel, Wanted
from chengmai.casework.evaluation.rules import CASE_INDICATORS, CaseCount, Subject, Weighting, percent_of, share
from chengmai.casework.models import Case, CaseClass, EvaluationWeights, StageClock
from chengmai.casework.rules import ClosingFacts, due_to_close
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.identity import new_id
from tests.disposal import City, act, bring, build_city, file

pytestmark = pytest.mark.django_db

C = CaseCount
CUSTOMARY = Weighting()
BEGUN = datetime(2026, 5, 1, tzinfo=UTC)
MAY = Seen(BEGUN, datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
DAY = timedelta(days=1)


@pytest.fixture
def city() -> City:
    return build_city()


def cell(city: City, code: str) -> GridCell:
    facts = {"name": code[-3:], "organisation": city.bureau, "ring": []}
    return GridCell.objects.create(code=code, west=0, south=0, east=1, north=1, **facts)


def cases(city: City, how_many: int, **values: object) -> list[Case]:
    """Cases that came about on the tenth, handled and closed in time unless told otherwise."""
    told = {
        "case_class": CaseClass.objects.order_by("pk").first(),
        "source": "person",
        "title": "x",
        "state": CaseState.CLOSED,
        "department": city.water,
        "filed_by": city.people["intake_clerk"],
        "filed_at": BEGUN + 9 * DAY,
        "due_at": BEGUN + 12 * DAY,
        "handled_at": BEGUN + 10 * DAY,
        "closed_at": BEGUN + 11 * DAY,
    } | values
    made = [Case(id=(fresh := new_id()), code=f"T{fresh.hex[-20:]}", **told) for _ in range(how_many)]
    return Case.objects.bulk_create(made)


def total(seen: Seen = MAY, by: GroupedBy = GroupedBy.REGION, **more: object) -> dict[CaseCount, int]:
    wanted = Wanted(by, **more)  # type: ignore[arg-type]
    return dict(queries.counted(None, seen, wanted, CUSTOMARY).total.counts)


def present() -> Seen:
    return Seen(now() - DAY, now() + DAY, now() + timedelta(minutes=1))


def test_the_published_check_comes_out_of_stored_cases(city: City) -> None:
    cases(city, 737)
    cases(city, 911 - 737, closed_at=BEGUN + 13 * DAY)
    cases(city, 41, state=CaseState.VERIFIED, closed_at=None)
    cases(city, 20, state=CaseState.SIGNED, handled_at=None, closed_at=None)
    # Not due: handled before and after the month, not yet over its limit, void, merged.
    cases(city, 5, handled_at=BEGUN - DAY, closed_at=BEGUN)
    cases(city, 5, handled_at=MAY.end, closed_at=MAY.end, due_at=MAY.end + DAY)
    cases(city, 5, state=CaseState.SIGNED, handled_at=None, closed_at=None, due_at=MAY.end)
    cases(city, 5, state=CaseState.VOID)
    cases(city, 5, state=CaseState.MERGED)
    counts = total()
    assert (counts[C.DUE], counts[C.CLOSED], counts[C.CLOSED_ON_TIME]) == (972, 911, 737)
    shown = [str(percent_of(share(CASE_INDICATORS[code], counts))) for code in ("closing_rate", "on_time_closing_rate")]
    assert shown == ["93.72", "75.82"]


def test_the_database_and_the_rule_agree_on_what_is_due(city: City) -> None:
    moments = [None, BEGUN - DAY, BEGUN, BEGUN + DAY, MAY.end - DAY, MAY.end, MAY.end + DAY]
    for due, handled in product(moments, moments):
        cases(city, 1, due_at=due, handled_at=handled, closed_at=handled)
    for seen in (MAY, Seen(MAY.start, MAY.end, BEGUN + 5 * DAY)):
        found = set(Case.objects.filter(due_by("handled_at", seen)).values_list("pk", flat=True))
        facts = {one.pk: ClosingFacts(one.due_at, one.handled_at, one.closed_at) for one in Case.objects.all()}
        expected = {pk for pk, told in facts.items() if due_to_close(told, seen.start, seen.end, seen.at)}
        assert 0 < len(expected) < len(facts)
        assert found == expected


def test_each_step_of_a_case_counts_where_it_belongs(city: City) -> None:
    case = act(city, file(city), CaseAction.ASK_CONFIRMATION)
    case = act(city, case, CaseAction.CONFIRM)
    for action in (CaseAction.DISPATCH, CaseAction.RETURN, CaseAction.DISPATCH, CaseAction.SIGN, CaseAction.ARRIVE):
        case = act(city, case, action)
    for action in (CaseAction.FINISH, CaseAction.SEND_BACK, CaseAction.ARRIVE, CaseAction.FINISH):
        case = act(city, case, action)
    act(city, act(city, case, CaseAction.VERIFY), CaseAction.CLOSE)
    bring(city, file(city), CaseState.VOID)
    told = {count.value: amount for count, amount in total(present()).items() if amount}
    assert told == {
        "citizen": 1,
        "filed": 1,
        "filed_on_time": 1,
        "filed_rightly": 1,
        "verify_due": 1,
        "verify_on_time": 1,
        # Left for confirmation, dispatched, dispatched again; and the one that was made void in time.
        "dispatch_due": 4,
        "dispatch_on_time": 4,
        "dispatch_right": 3,
        "check_due": 2,
        "check_on_time": 2,
        "end_due": 1,
        "end_on_time": 1,
        "due": 1,
        "closed": 1,
        "closed_on_time": 1,
        "reworked": 1,
    }
    ended = StageClock.objects.filter(stage="confirm").values_list("ended_by__username", flat=True)
    assert list(ended) == ["collector"]


def test_a_collector_s_reports_are_valid_unless_they_never_became_work(city: City) -> None:
    collector = city.people["collector"]
    for ending in (CaseState.CLOSED, CaseState.VOID):
        told = filing.Filing(id=new_id(), case_class="0481", title="a pipe")
        bring(city, filing.file_case(collector, told), ending)
    voided = filing.file_case(collector, filing.Filing(id=new_id(), case_class="0481", title="a pipe"))
    act(city, act(city, voided, CaseAction.DISPATCH), CaseAction.VOID)
    counts = total(present(), GroupedBy.PERSON, post=Subject.COLLECTOR)
    assert (counts[C.REPORTED], counts[C.VALID]) == (3, 2)
    assert (counts[C.FILED], counts[C.FILED_RIGHTLY]) == (2, 1)


def test_filing_is_measured_from_the_report_on(city: City) -> None:
    for minutes in (None, 29, 31):
        reported = None if minutes is None else now() - timedelta(minutes=minutes)
        told = filing.Filing(id=new_id(), case_class="0481", title="a pipe", reported_at=reported)
        filing.file_case(city.people["intake_clerk"], told)
    counts = total(present())
    assert (counts[C.FILED], counts[C.FILED_ON_TIME]) == (3, 2)


def test_another_department_after_dispatch_was_a_wrong_dispatch(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    assert total(present())[C.DISPATCH_RIGHT] == 1
    act(city, case, CaseAction.DISPATCH, department="CG-APPEARANCE")
    assert total(present())[C.DISPATCH_RIGHT] == 0


def test_rows_by_region_read_so_many_digits(city: City) -> None:
    near, far = cell(city, "140502001001001"), cell(city, "140502002001001")
    cases(city, 2, cell=near)
    cases(city, 1, cell=far, closed_at=None)
    cases(city, 1)
    by_street = queries.counted(None, MAY, Wanted(GroupedBy.REGION), CUSTOMARY)
    assert [(row.key, row.counts[C.DUE]) for row in by_street.rows] == [("140502001", 2), ("140502002", 1), ("", 1)]
    assert by_street.total.counts[C.DUE] == 4
    by_cell = queries.counted(None, MAY, Wanted(GroupedBy.REGION, RegionLevel.CELL, within="140502001"), CUSTOMARY)
    assert [(row.key, row.name_zh, row.counts[C.DUE]) for row in by_cell.rows] == [("140502001001001", "001", 2)]


def test_rows_by_department_person_and_post(city: City) -> None:
    cases(city, 3, handler=city.people["handler"])
    cases(city, 2, department=city.appearance, handler=city.people["stranger"], reworked=1)
    rows = queries.counted(None, MAY, Wanted(GroupedBy.DEPARTMENT), CUSTOMARY).rows
    assert [(row.key, row.counts[C.DUE], row.counts[C.REWORKED]) for row in rows] == [
        ("CG-APPEARANCE", 2, 2),
        ("CG-WATER", 3, 0),
    ]
    people = queries.counted(None, MAY, Wanted(GroupedBy.PERSON, post=Subject.DEPARTMENT), CUSTOMARY)
    assert {row.name_zh: row.counts[C.DUE] for row in people.rows} == {"handler": 3, "stranger": 2}
    assert people.largest == {Subject.DEPARTMENT: 3}
    posts = queries.counted(None, MAY, Wanted(GroupedBy.POST), CUSTOMARY).rows
    assert [row.key for row in posts] == ["collector", "intake_clerk", "shift_leader", "dispatcher", "department"]


def test_every_count_opens_to_as_many_cases(city: City) -> None:
    near = cell(city, "140502001001001")
    cases(city, 3, cell=near, handler=city.people["handler"])
    cases(city, 2, cell=near, closed_at=None, reworked=1)
    cases(city, 1, filed_by=city.people["collector"])
    viewer = city.people["operator"]
    for wanted in (Wanted(GroupedBy.REGION), Wanted(GroupedBy.DEPARTMENT), Wanted(GroupedBy.PERSON)):
        table = queries.counted(viewer, MAY, wanted, CUSTOMARY)
        for row, count in product(table.rows, CaseCount):
            opened = queries.cases_of(viewer, MAY, wanted, CUSTOMARY, count, row.key)
            assert opened.count() == row.counts.get(count, 0)


def test_a_department_s_people_see_the_figures_of_their_own_cases(city: City) -> None:
    cases(city, 3)
    cases(city, 2, department=city.appearance)
    table = queries.counted(city.people["handler"], MAY, Wanted(GroupedBy.DEPARTMENT), CUSTOMARY)
    assert [(row.key, row.counts[C.DUE]) for row in table.rows] == [("CG-WATER", 3)]


def test_a_table_takes_as_many_reads_whatever_its_length(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        cases(city, 3, cell=cell(city, f"14050200{number}001001"))
    with django_assert_num_queries(6):
        queries.counted(None, MAY, Wanted(GroupedBy.REGION), CUSTOMARY)


def test_weights_change_as_a_version_with_a_line_in_the_audit_trail(city: City) -> None:
    leader = city.people["shift_leader"]
    told = weighting.as_parameters(CUSTOMARY)
    told["weights"]["department"] = {"volume": 0, "closing_rate": 50, "on_time_closing_rate": 50}
    assert weighting.change_weighting(leader, 0, told, "as the bureau decided") == 1
    version, present_weights = weighting.present_weighting()
    assert (version, present_weights.weights[Subject.DEPARTMENT]) == (
        1,
        {"closing_rate": 50, "on_time_closing_rate": 50},
    )
    entry = AuditEntry.objects.get(action="evaluation.weights")
    assert entry.before
    assert entry.after
    assert entry.before["weights"]["department"]["closing_rate"] == 30
    assert entry.after["weights"]["department"]["closing_rate"] == 50
    with pytest.raises(Conflict):
        weighting.change_weighting(leader, 0, told, "again")
    with pytest.raises(NotAllowed):
        weighting.change_weighting(city.people["operator"], 1, told, "not mine")
    assert EvaluationWeights.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weights": {"department": {"closing_rate": 99}}}, "evaluation.weights_sum"),
        ({"weights": {"department": {"closing_rate": 130, "rework_rate": -30}}}, "evaluation.weights_sum"),
        ({"weights": {"department": {"luck": 100}}}, "evaluation.weights_field"),
        ({"weights": {"nobody": {"closing_rate": 100}}}, "evaluation.weights_field"),
        ({"grade_a": "70"}, "evaluation.grades_unordered"),
        ({"grade_a": "NaN"}, "evaluation.grades_unordered"),
        ({"grade_d": "much"}, "evaluation.weights_field"),
        ({"filing_minutes": 0}, "evaluation.filing_minutes"),
    ],
)
def test_weights_that_make_no_sense_are_refused(city: City, change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        weighting.change_weighting(city.people["shift_leader"], 0, change, "")
    assert caught.value.code == code
    assert Organisation.objects.exists()
    assert weighting.present_weighting()[0] == 0
