"""Side moves of a case: asking for time, suspending, urging, merging, rework; what each does to the clock."""

from datetime import timedelta

import pytest

from chengmai.access.models import User
from chengmai.casework.cases import filing, queries, services
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.models import Case, CaseEvent, ClockStop, StageClock
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.identity import new_id
from tests.disposal import City, act, bring, build_city, file, issue, main_case, open_case
from tests.people import add_organisation

pytestmark = pytest.mark.django_db
A = CaseAction


@pytest.fixture
def city() -> City:
    return build_city()


def test_time_is_asked_for_and_given_in_the_unit_of_the_class(city: City) -> None:
    case = bring(city, file(city), CaseState.ON_SITE)
    due = case.due_at
    case = act(city, case, A.ASK_EXTENSION, amount=12, note="no pipe of this size")
    case = act(city, case, A.ASK_EXTENSION, amount=24, note="nor tomorrow")
    asked = case.requests.get()
    assert (asked.amount, asked.note, asked.granted) == (24, "nor tomorrow", None)
    assert case.due_at == due
    case = act(city, case, A.EXTEND, amount=20)
    asked.refresh_from_db()
    assert (asked.granted, asked.answered_by) == (True, city.people["dispatcher"])
    assert due is not None
    assert case.due_at == due + timedelta(hours=20)
    assert case.clocks.get(ended_at=None).due_at == case.due_at


@pytest.mark.parametrize("amount", [None, 0, 24 * 90 + 1])
def test_an_extension_without_a_sensible_amount_is_refused(city: City, amount: int | None) -> None:
    case = bring(city, file(city), CaseState.SIGNED)
    for action in (A.ASK_EXTENSION, A.EXTEND):
        with pytest.raises(InvalidInput, match=r"case\.extension_unfit"):
            act(city, case, action, amount=amount)


def test_what_is_asked_is_refused_once_and_is_void_when_the_work_is_done(city: City) -> None:
    case = bring(city, file(city), CaseState.ON_SITE)
    with pytest.raises(Conflict, match=r"case\.nothing_asked"):
        act(city, case, A.REFUSE)
    case = act(city, case, A.ASK_SUSPENSION)
    case = act(city, case, A.REFUSE)
    assert case.requests.get().granted is False
    case = act(city, case, A.ASK_EXTENSION)
    act(city, case, A.FINISH)
    assert not case.requests.filter(answered_at=None).exists()


def test_a_suspended_case_has_a_standing_clock_and_no_stage_that_could_be_late(city: City) -> None:
    case = bring(city, file(city), CaseState.SIGNED)
    case = act(city, case, A.ASK_SUSPENSION)
    case = act(city, case, A.SUSPEND)
    assert case.requests.get().granted is True
    assert not StageClock.objects.filter(case=case, ended_at=None).exists()
    ClockStop.objects.filter(case=case).update(started_at=now() - timedelta(hours=3))
    earlier = timedelta(hours=4)
    Case.objects.filter(pk=case.pk).update(filed_at=case.filed_at - earlier)
    due = Case.objects.get(pk=case.pk).filed_at + timedelta(hours=48)
    case = act(city, case, A.RESUME)
    assert (case.state, case.handler) == (CaseState.DISPATCHED, None)
    assert case.due_at is not None
    assert timedelta(hours=3) <= case.due_at - due < timedelta(hours=3, minutes=1)
    assert case.clocks.get(ended_at=None).stage == "handle"


def test_urging_counts_and_is_told(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    case = act(city, act(city, case, A.URGE), A.URGE, "dispatcher")
    assert (case.urged, case.state) == (2, CaseState.DISPATCHED)
    assert CaseEvent.objects.filter(case=case, action="urge").count() == 2


def test_a_collector_confirms_or_denies_before_it_is_dispatched(city: City) -> None:
    case = act(city, file(city), A.ASK_CONFIRMATION)
    assert case.clocks.get(ended_at=None).stage == "confirm"
    with pytest.raises(NotAllowed):
        act(city, case, A.CONFIRM, "verifier")
    with pytest.raises(InvalidInput, match=r"case\.note_missing"):
        act(city, case, A.DENY, note="")
    case = act(city, case, A.DENY, note="nothing there")
    assert case.state == CaseState.FILED
    assert act(city, case, A.VOID).state == CaseState.VOID


def test_a_contractors_collector_sees_what_is_to_be_confirmed_and_own_reports_only(city: City) -> None:
    collector = city.people["collector"]
    User.objects.filter(pk=collector.pk).update(organisation=add_organisation("JC-COLLECT-CO", "contractor"))
    collector = User.objects.get(pk=collector.pk)
    case = act(city, file(city), A.ASK_CONFIRMATION)
    own = filing.file_case(collector, filing.Filing(id=new_id(), case_class="0481", title="seen on the way"))
    assert set(queries.visible_cases(collector)) == {case, own}
    assert set(queries.mine(queries.visible_cases(collector), collector)) == {case, own}
    step = services.Step(id=new_id(), action=A.CONFIRM, version=case.version)
    assert services.act_on_case(case.pk, collector, step).state == CaseState.FILED
    assert services.act_on_case(case.pk, collector, step).pk == case.pk, "sent again it is told again"
    file(city)
    assert set(queries.visible_cases(collector)) == {case, own}


def test_a_merged_case_goes_on_in_another_and_closes_with_it(city: City) -> None:
    main = main_case(city)
    warning = issue(city)
    case = open_case(warning)
    merged = act(city, case, A.MERGE, into=main.code)
    assert (merged.state, merged.merged_into) == (CaseState.MERGED, main)
    assert CaseEvent.objects.get(case=main, action="took_over").facts["taken"] == case.code
    assert [work.closed for work in queries.field_work([warning.pk])] == [False]
    bring(city, Case.objects.get(pk=main.pk), CaseState.CLOSED)
    assert [work.closed for work in queries.field_work([warning.pk])] == [True]


def test_what_cannot_take_a_case_over_is_refused(city: City) -> None:
    main, case = main_case(city), file(city)
    gone = bring(city, file(city), CaseState.VOID)
    for into in (None, case.code, gone.code, "AJ-NOWHERE"):
        with pytest.raises(InvalidInput, match=r"case\.merge_target_unfit"):
            act(city, case, A.MERGE, into=into)
    act(city, case, A.MERGE, into=main.code)
    with pytest.raises(InvalidInput, match=r"case\.merge_target_unfit"):
        act(city, main, A.MERGE, into=case.code)


def test_a_closed_case_comes_back_for_rework_with_the_time_it_had_left(city: City) -> None:
    case = bring(city, file(city), CaseState.CLOSED)
    Case.objects.filter(pk=case.pk).update(closed_at=now() - timedelta(hours=5), filed_at=now() - timedelta(hours=6))
    case = Case.objects.get(pk=case.pk)
    case = act(city, case, A.REWORK, note="leaks again")
    assert (case.state, case.closed_at, case.handled_at, case.reworked) == (CaseState.DISPATCHED, None, None, 1)
    assert case.due_at is not None
    left = case.due_at - now()
    assert timedelta(hours=46, minutes=59) < left <= timedelta(hours=47)
    again = act(city, case, A.SIGN)
    assert again.clocks.get(ended_at=None).due_at == case.due_at
    done = act(city, act(city, again, A.ARRIVE), A.FINISH)
    assert act(city, done, A.SEND_BACK).reworked == 2
