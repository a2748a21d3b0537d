"""A case's life: every state with every action, permissions and departments, repeated sends, the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from chengmai.access.models import AuditEntry, RoleAssignment
from chengmai.access.roles import Role
from chengmai.assets.models import GridCell
from chengmai.casework.cases import filing, queries
from chengmai.casework.cases.services import act_on_case
from chengmai.casework.cases.states import CASE_PERMISSIONS, CASE_TRANSITIONS, CaseAction, CaseState
from chengmai.casework.models import Case, CaseEvent, CaseRequest, ClockStop
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.events.models import OutboxEvent
from tests.disposal import WHO, City, act, bring, build_city, file, main_case, step
from tests.kept import kept

pytestmark = pytest.mark.django_db

A = CaseAction


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    with kept(django_db_blocker):
        yield build_city()


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens here leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(city: City, case: Case) -> None:
    """Something is asked of the dispatcher, so that it can be refused."""
    CaseRequest.objects.create(
        case=case, kind="suspension", note="no parts", asked_at=now(), asked_by=city.people["handler"]
    )


def test_exactly_the_steps_of_the_table_can_be_taken(city: City) -> None:
    main_case(city)
    for state in CaseState:
        case = bring(city, file(city), state)
        # The handler of a case that was never dispatched is nobody; the state must forbid it, not the department.
        if case.department is None:
            Case.objects.filter(pk=case.pk).update(department=city.water)
        asked(city, case)
        for action in CaseAction:
            with taken_back():
                one_pair(city, case, state, action)


def one_pair(city: City, case: Case, state: CaseState, action: CaseAction) -> None:
    steps, following = case.history.count(), CASE_TRANSITIONS.get((state, action))
    if following is None:
        with pytest.raises(Conflict) as refused:
            act(city, case, action)
        assert refused.value.code == "case.action_forbidden", (state, action)
        stored = Case.objects.get(pk=case.pk)
        assert (stored.state, stored.version, stored.history.count()) == (state, case.version, steps)
        return
    act(city, case, action)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.version) == (following, case.version + 1), (state, action)
    last = stored.history.get(action=action, to_state=following, facts__version=case.version + 1)
    assert last.from_state == state
    audit = AuditEntry.objects.latest("sequence")
    assert (audit.action, audit.actor, audit.before["state"]) == (f"case.{action}", WHO[action], state)


def test_only_those_with_the_permission_may_act(city: City) -> None:
    main_case(city)
    for action in CaseAction:
        before = next(state for state, taken in CASE_TRANSITIONS if taken is action)
        case = bring(city, file(city), before)
        asked(city, case)
        for role in Role:
            who = "handler" if role is Role.DEPARTMENT_HANDLER else role.value
            with taken_back():
                if CASE_PERMISSIONS[action] in city.people[who].permissions:
                    assert act(city, case, action, who).state == CASE_TRANSITIONS[before, action], (action, who)
                    continue
                with pytest.raises((NotAllowed, NotFound)):
                    act(city, case, action, who)
                assert Case.objects.get(pk=case.pk).state == before


@pytest.mark.parametrize("action", [A.RETURN, A.SIGN, A.ARRIVE, A.REPORT, A.FINISH])
def test_a_handler_of_another_department_does_not_even_see_it(city: City, action: CaseAction) -> None:
    before = next(state for state, taken in CASE_TRANSITIONS if taken is action)
    case = bring(city, file(city), before)
    with pytest.raises(NotFound):
        act(city, case, action, "stranger")


def test_a_bureau_person_with_a_handler_s_role_is_still_of_another_department(city: City) -> None:
    RoleAssignment.objects.create(user=city.people["verifier"], role=Role.DEPARTMENT_HANDLER)
    case = bring(city, file(city), CaseState.DISPATCHED)
    with pytest.raises(NotAllowed, match=r"case\.other_department"):
        act(city, case, A.SIGN, "verifier")


def test_scope_of_lists(city: City) -> None:
    case = file(city)
    assert list(queries.visible_cases(city.people["handler"])) == []
    bring(city, case, CaseState.DISPATCHED)
    assert list(queries.visible_cases(city.people["handler"])) == [case]
    assert list(queries.visible_cases(city.people["stranger"])) == []
    assert list(queries.visible_cases(city.people["dispatcher"])) == [case]


def test_mine_is_what_waits_for_me(city: City) -> None:
    signed, open_to_all, named = (bring(city, file(city), CaseState.DISPATCHED) for _ in range(3))
    act(city, signed, A.SIGN, "colleague")
    act(city, named, A.DISPATCH, handler="colleague")

    def mine(who: str) -> set[Case]:
        person = city.people[who]
        return set(queries.mine(queries.visible_cases(person), person))

    assert mine("handler") == {open_to_all}
    assert mine("colleague") == {signed, open_to_all, named}
    assert mine("dispatcher") == set()


def test_a_named_handler_signs_and_nobody_else(city: City) -> None:
    case = act(city, file(city), A.DISPATCH, handler="colleague")
    with pytest.raises(NotAllowed, match=r"case\.for_another_handler"):
        act(city, case, A.SIGN, "handler")
    assert act(city, case, A.SIGN, "colleague").handler == city.people["colleague"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"department": "NOWHERE"}, "case.department_unknown"),
        ({"handler": "stranger"}, "case.handler_unfit"),
        ({"handler": "operator"}, "case.handler_unfit"),
        ({"longitude": 1.0}, "case.half_a_place"),
    ],
)
def test_a_wrong_dispatch_is_refused(city: City, content: dict[str, object], code: str) -> None:
    case = file(city)
    with pytest.raises(InvalidInput) as refused:
        act(city, case, A.DISPATCH, **content)
    assert refused.value.code == code
    assert Case.objects.get(pk=case.pk).state == CaseState.FILED


def test_a_phone_whose_clock_is_ahead_is_taken_at_our_time_and_its_error_told(city: City) -> None:
    case = file(city)
    act(city, case, A.DISPATCH, at=now() + timedelta(hours=2))
    step = case.history.get(action="dispatch")
    assert abs(step.facts["claimed_ahead_s"] - 7200) < 60
    assert step.at <= now()
    case.refresh_from_db()
    act(city, case, A.SIGN, at=now() - timedelta(hours=1))
    assert "claimed_ahead_s" not in case.history.get(action="sign").facts


def test_the_suggested_department_is_the_class_s_with_reasons(city: City) -> None:
    ring = [[112.8, 35.4], [112.9, 35.4], [112.9, 35.6], [112.8, 35.6], [112.8, 35.4]]
    box = {"west": 112.8, "south": 35.4, "east": 112.9, "north": 35.6}
    GridCell.objects.create(code="140502001001001", name="c", organisation=city.appearance, ring=ring, **box)
    case = file(city)
    assert case.cell is not None
    suggestion = queries.suggested_department(case)
    assert suggestion.department_code == "CG-WATER"
    assert [code for code, _ in suggestion.reasons] == ["suggestion.class", "suggestion.cell_other"]
    assert act(city, case, A.DISPATCH).department == city.water
    elsewhere = act(city, case, A.DISPATCH, version=case.version + 1, department="CG-APPEARANCE")
    assert elsewhere.department == city.appearance


def test_a_repeated_send_is_one_step(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    sent = step(case, A.SIGN)
    first = act_on_case(case.pk, city.people["handler"], sent)
    again = act_on_case(case.pk, city.people["handler"], sent)
    assert (first.version, again.version, again.state) == (case.version + 1, case.version + 1, CaseState.SIGNED)
    assert case.history.filter(action="sign").count() == 1
    assert OutboxEvent.objects.filter(aggregate=f"case:{case.pk}", payload__action="sign").count() == 1


def test_the_same_id_with_other_content_is_a_conflict(city: City) -> None:
    case = bring(city, file(city), CaseState.ON_SITE)
    sent = step(case, A.REPORT, note="two metres deep")
    reported = act_on_case(case.pk, city.people["handler"], sent)
    for other in (
        step(reported, A.REPORT, id=sent.id, note="three metres deep"),
        step(reported, A.FINISH, id=sent.id, note="two metres deep"),
    ):
        with pytest.raises(Conflict, match=r"case\.id_reused"):
            act_on_case(case.pk, city.people["handler"], other)
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        act_on_case(case.pk, city.people["colleague"], sent)
    assert Case.objects.get(pk=case.pk).version == reported.version


def test_filing_twice_under_one_id_is_one_case(city: City) -> None:
    sent = filing.Filing(id=new_id(), case_class="0481", title="water on the road")
    clerk = city.people["intake_clerk"]
    assert filing.file_case(clerk, sent).pk == filing.file_case(clerk, sent).pk == sent.id
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        filing.file_case(clerk, filing.Filing(id=sent.id, case_class="0481", title="something else"))
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"case_class": "9999"}, "case.class_unknown"),
        ({"title": "  "}, "case.title_missing"),
        ({"latitude": 35.5}, "case.half_a_place"),
    ],
)
def test_a_wrong_filing_is_refused(city: City, changes: dict[str, object], code: str) -> None:
    content: dict[str, object] = {"id": new_id(), "case_class": "0481", "title": "x", **changes}
    with pytest.raises(InvalidInput) as refused:
        filing.file_case(city.people["collector"], filing.Filing(**content))  # type: ignore[arg-type]
    assert refused.value.code == code
    with pytest.raises(NotAllowed):
        filing.file_case(city.people["operator"], filing.Filing(**content))  # type: ignore[arg-type]


def test_whoever_saw_an_older_version_gets_a_conflict(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    act(city, case, A.SIGN)
    with pytest.raises(Conflict, match=r"version\.stale"):
        act(city, case, A.SIGN, "colleague")


def test_nobody_verifies_their_own_work(city: City) -> None:
    RoleAssignment.objects.create(user=city.people["handler"], role=Role.VERIFIER)
    case = bring(city, file(city), CaseState.HANDLED)
    for action in (A.VERIFY, A.SEND_BACK):
        with pytest.raises(NotAllowed, match=r"case\.own_work"):
            act(city, case, action, "handler")
        assert action not in queries.allowed_actions(city.people["handler"], case)
    assert act(city, case, A.VERIFY).state == CaseState.VERIFIED


def test_whoever_helped_does_not_verify_it_either(city: City) -> None:
    RoleAssignment.objects.create(user=city.people["colleague"], role=Role.VERIFIER)
    case = bring(city, file(city), CaseState.ON_SITE)
    case = act(city, act(city, case, A.REPORT, "colleague"), A.FINISH, "handler")
    with pytest.raises(NotAllowed, match=r"case\.own_work"):
        act(city, case, A.VERIFY, "colleague")


def test_what_is_sent_back_is_not_handled_any_more(city: City) -> None:
    case = bring(city, file(city), CaseState.HANDLED)
    assert case.handled_at is not None
    back = act(city, case, A.SEND_BACK)
    assert (back.state, back.handled_at, back.handler) == (CaseState.SIGNED, None, city.people["handler"])


def test_a_return_stops_the_clock_until_it_is_dispatched_again(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    back = act(city, case, A.RETURN)
    assert (back.handler, back.due_at) == (None, case.due_at)
    stop = ClockStop.objects.get(case=case, ended_at=None)
    ClockStop.objects.filter(pk=stop.pk).update(started_at=now() - timedelta(hours=3))
    earlier = timedelta(hours=4)
    Case.objects.filter(pk=case.pk).update(filed_at=case.filed_at - earlier, due_at=case.due_at - earlier)
    case.refresh_from_db()
    again = act(city, back, A.DISPATCH)
    stop.refresh_from_db()
    assert stop.ended_at is not None
    assert again.due_at == case.due_at + (stop.ended_at - stop.started_at)
    assert again.due_at > case.due_at + timedelta(hours=3)


@pytest.mark.parametrize("action", [A.RETURN, A.REPORT, A.FINISH, A.SEND_BACK, A.VOID])
def test_steps_that_must_say_something_ask_for_a_note(city: City, action: CaseAction) -> None:
    before = next(state for state, taken in CASE_TRANSITIONS if taken is action)
    case = bring(city, file(city), before)
    with pytest.raises(InvalidInput, match=r"case\.note_missing"):
        act(city, case, action, note=" ")


def test_what_a_person_may_do_is_what_the_services_let_them_do(city: City) -> None:
    main_case(city)
    for state in CaseState:
        case = bring(city, file(city), state)
        for who in ("handler", "dispatcher", "verifier", "shift_leader", "operator"):
            person = city.people[who]
            allowed = set(queries.allowed_actions(person, case))
            for action in CaseAction:
                expected = (state, action) in CASE_TRANSITIONS and CASE_PERMISSIONS[action] in person.permissions
                assert (action in allowed) is expected, (state, who, action)


def test_the_client_s_clock_is_kept_beside_ours(city: City) -> None:
    case = bring(city, file(city), CaseState.DISPATCHED)
    claimed = now() - timedelta(hours=5)
    act(city, case, A.SIGN, at=claimed, longitude=112.9, latitude=35.6)
    signed = CaseEvent.objects.get(case=case, action="sign")
    assert signed.claimed_at == claimed
    assert signed.at > claimed
    assert (signed.longitude, signed.latitude) == (112.9, 35.6)
