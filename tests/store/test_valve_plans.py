"""Valves to close as part of a case: who may do what, each step once, a failure searched anew, nothing forgotten."""

import os
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.access.audit import verify
from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.assets.models import Network
from chengmai.casework.cases.joint_steps import JointStep
from chengmai.casework.cases.states import CaseState
from chengmai.casework.models import Case, CaseEvent
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.disposal import valve_queries
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveStep
from chengmai.disposal.valve_plans import (
    PlanAct,
    StepAct,
    act_on_valve_plan,
    act_on_valve_step,
    make_valve_plan,
    photograph_valve_step,
)
from chengmai.disposal.valve_plans import mend_valve as mend
from chengmai.disposal.valve_search import Element, find_in_published
from chengmai.disposal.valve_states import (
    VALVE_PLAN_TRANSITIONS,
    VALVE_STEP_TRANSITIONS,
    ValvePlanAction,
    ValvePlanState,
    ValveStepAction,
    ValveStepKind,
    ValveStepState,
)
from chengmai.events.models import OutboxEvent
from tests.disposal import City, bring, build_city, file
from tests.networks import publish
from tests.people import add_organisation, add_person
from tests.pictures import picture
from tests.store.forked import ForkedProcess
from tests.valve_networks import Customer, Pipe, Valve, small_network

pytestmark = pytest.mark.django_db

STREET = small_network(
    4,
    [Pipe(0, 1, 100.0), Pipe(1, 2, 200.0), Pipe(2, 3, 300.0)],
    [Valve(0, False), Valve(1, False), Valve(1, True)],
    sources=(0, 3),
    customers=[Customer(1, 10, "hospital"), Customer(2, 20)],
)
"""n0 (source) -v0-p0- n1 -v1-p1-v2- n2 -p2- n3 (source)."""
MIDDLE = Element("link", "p1")


@dataclass
class Desk:
    """A case, its network with valves, and who works on it."""

    city: City
    case: Case
    network: Network
    operator: User
    company: User
    stranger: User


@pytest.fixture
def desk() -> Desk:
    city = build_city()
    publish(city.network, STREET)
    company = add_person("water_dispatcher", Role.UTILITY_DISPATCHER, organisation=city.company)
    other = add_person("gas_dispatcher", Role.UTILITY_DISPATCHER, organisation=add_organisation("JC-GAS-CO", "utility"))
    return Desk(city, file(city), city.network, city.people["operator"], company, other)


def make(desk: Desk, element: Element = MIDDLE, case: Case | None = None, step_id: UUID | None = None) -> ValvePlan:
    return make_valve_plan(
        desk.operator, (case or desk.case).pk, desk.network.code, element, JointStep(step_id or new_id())
    )


def steps(plan: ValvePlan, state: ValveStepState | None = None) -> dict[str, ValveStep]:
    rows = plan.steps.order_by("position")
    return {f"{row.kind} {row.element}": row for row in (rows.filter(state=state) if state else rows)}


def say(desk: Desk, step: ValveStep, action: ValveStepAction, who: User | None = None, **sent: object) -> ValvePlan:
    given = {"id": new_id(), "note": "seen on site", **sent}
    return act_on_valve_step(
        who or desk.company,
        step.pk,
        StepAct(action, step.version),
        JointStep(**given),  # type: ignore[arg-type]
    )


def confirm(desk: Desk, plan: ValvePlan, name: str) -> ValvePlan:
    return say(desk, steps(plan)[name], ValveStepAction.CONFIRM)


def history(case: Case) -> list[str]:
    return [step.action for step in case.history.order_by("at", "pk")]


def test_a_plan_is_steps_in_the_case(desk: Desk) -> None:
    plan = make(desk)
    assert list(steps(plan)) == ["close_valve v1", "close_valve v2"]
    assert plan.state == ValvePlanState.CLOSING
    assert history(desk.case) == ["file", "valve_plan"]
    assert desk.case.history.get(action="valve_plan").facts["valves"] == "v1, v2"
    assert plan.searches.get().result["users"] == 0
    event = OutboxEvent.objects.get(name="valve_plan.moved")
    assert event.payload["owner"] == "JC-WATER-CO"
    assert AuditEntry.objects.filter(action="valve_plan.made", object_id=str(plan.pk)).count() == 1
    plan = confirm(desk, plan, "close_valve v2")
    assert plan.state == ValvePlanState.CLOSING
    plan = confirm(desk, plan, "close_valve v1")
    assert plan.state == ValvePlanState.ISOLATED
    assert plan.isolated_at is not None
    assert history(desk.case)[-2:] == ["valve_closed", "valve_closed"]
    desk.case.refresh_from_db()
    assert desk.case.version == 1
    assert verify().intact


def test_only_the_owner_of_the_network_confirms(desk: Desk) -> None:
    step = steps(make(desk))["close_valve v1"]
    dispatcher_of_the_bureau = desk.city.people["utility_dispatcher"]
    with pytest.raises(NotAllowed, match=r"valve_step\.other_owner"):
        say(desk, step, ValveStepAction.CONFIRM, dispatcher_of_the_bureau)
    with pytest.raises(NotAllowed, match=r"door\.not_allowed"):
        say(desk, step, ValveStepAction.CONFIRM, desk.operator)
    with pytest.raises(NotFound):
        say(desk, step, ValveStepAction.CONFIRM, desk.stranger)
    assert valve_queries.allowed_step_actions(dispatcher_of_the_bureau, step) == []
    assert valve_queries.allowed_step_actions(desk.company, step) == [ValveStepAction.CONFIRM, ValveStepAction.FAIL]
    assert not valve_queries.visible_plans(desk.stranger).exists()


def test_the_company_may_plan_on_its_own_network_only(desk: Desk) -> None:
    with pytest.raises(NotFound):
        make_valve_plan(desk.stranger, desk.case.pk, desk.network.code, MIDDLE, JointStep(new_id()))
    with pytest.raises(NotAllowed):
        make_valve_plan(desk.city.people["handler"], desk.case.pk, desk.network.code, MIDDLE, JointStep(new_id()))


def test_sent_again_it_is_one_plan_and_one_step(desk: Desk) -> None:
    plan_id, step_id = new_id(), new_id()
    plan = make(desk, step_id=plan_id)
    assert make(desk, step_id=plan_id).pk == plan.pk
    step = steps(plan)["close_valve v1"]
    say(desk, step, ValveStepAction.CONFIRM, id=step_id)
    again = say(desk, step, ValveStepAction.CONFIRM, id=step_id)
    assert steps(again)["close_valve v1"].version == step.version + 1
    assert history(desk.case).count("valve_closed") == 1
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        say(desk, step, ValveStepAction.CONFIRM, id=step_id, note="something else")
    with pytest.raises(Conflict, match=r"version\.stale"):
        say(desk, step, ValveStepAction.CONFIRM)
    with pytest.raises(Conflict, match=r"valve_plan\.runs_already"):
        make(desk)


def test_a_valve_that_fails_is_known_for_good_and_searched_around(desk: Desk) -> None:
    plan = confirm(desk, make(desk), "close_valve v2")
    with pytest.raises(InvalidInput, match=r"valve_step\.note_missing"):
        say(desk, steps(plan)["close_valve v1"], ValveStepAction.FAIL, note=" ")
    plan = say(desk, steps(plan)["close_valve v1"], ValveStepAction.FAIL)
    assert {name: step.state for name, step in steps(plan).items()} == {
        "close_valve v1": "failed",
        "close_valve v2": "done",
        "close_valve v0": "waiting",
        "tell_key_user c0": "waiting",
    }
    search = plan.searches.get(number=2)
    assert (search.failed, search.closed, search.result["valves"]) == (["v1"], ["v2"], ["v0"])
    assert search.result["users"] == 10
    fault = BrokenValve.objects.get()
    assert (fault.valve, fault.note, fault.found_by) == ("v1", "seen on site", desk.company)
    assert AuditEntry.objects.filter(action="valve.found_broken").count() == 1
    assert confirm(desk, plan, "close_valve v0").state == ValvePlanState.ISOLATED
    # Another case, and the what-if, know it too; until it is mended.
    assert find_in_published(desk.network, MIDDLE)["valves"] == []
    with pytest.raises(NotFound):
        mend(desk.stranger, fault.pk)
    mend(desk.company, fault.pk)
    mend(desk.company, fault.pk)
    assert AuditEntry.objects.filter(action="valve.mended").count() == 1
    assert not valve_queries.visible_broken_valves(desk.company).exists()


def test_a_closed_valve_that_does_not_hold_opens_the_search_again(desk: Desk) -> None:
    plan = make(desk)
    for name in ("close_valve v1", "close_valve v2"):
        plan = confirm(desk, plan, name)
    plan = say(desk, steps(plan)["close_valve v1"], ValveStepAction.FAIL)
    assert plan.state == ValvePlanState.CLOSING
    assert plan.isolated_at is None
    assert "close_valve v0" in steps(plan, ValveStepState.WAITING)


def test_a_failure_that_valves_cannot_mend_asks_for_the_source(desk: Desk) -> None:
    plan = make(desk)
    plan = say(desk, steps(plan)["close_valve v2"], ValveStepAction.FAIL)
    assert plan.searches.get(number=2).outcome == "source_inside"
    assert list(steps(plan, ValveStepState.WAITING)) == ["close_valve v1", "stop_source n3"]
    plan = confirm(desk, confirm(desk, plan, "stop_source n3"), "close_valve v1")
    assert plan.state == ValvePlanState.ISOLATED


def test_valves_are_opened_again_in_reverse_and_then_stand_open(desk: Desk) -> None:
    plan = make(desk)
    with pytest.raises(Conflict, match=r"valve_plan\.action_forbidden"):
        act_on_valve_plan(
            desk.operator, plan.pk, PlanAct(ValvePlanAction.OPEN_AGAIN, plan.version), JointStep(new_id())
        )
    for name in ("close_valve v1", "close_valve v2"):
        plan = confirm(desk, plan, name)
    assert find_in_published(desk.network, Element("link", "p0"))["valves"] == ["v0"]
    with pytest.raises(Conflict, match=r"valve_plan\.action_forbidden"):
        act_on_valve_plan(desk.operator, plan.pk, PlanAct(ValvePlanAction.WITHDRAW, plan.version), JointStep(new_id()))
    sent = JointStep(new_id())
    act = PlanAct(ValvePlanAction.OPEN_AGAIN, plan.version)
    plan = act_on_valve_plan(desk.operator, plan.pk, act, sent)
    assert act_on_valve_plan(desk.operator, plan.pk, act, sent).version == plan.version
    assert list(steps(plan, ValveStepState.WAITING)) == ["open_valve v2", "open_valve v1"]
    plan = confirm(desk, plan, "open_valve v2")
    plan = confirm(desk, plan, "open_valve v1")
    assert plan.state == ValvePlanState.RESTORED
    assert find_in_published(desk.network, Element("link", "p0"))["valves"] == ["v0", "v1"]
    assert history(desk.case)[-3:] == ["valve_opening", "valve_opened", "valve_opened"]


def test_what_another_plan_holds_closed_is_the_state_before(desk: Desk) -> None:
    plan = confirm(desk, make(desk), "close_valve v1")
    other = make(desk, Element("link", "p0"), file(desk.city))
    assert list(steps(other, ValveStepState.WAITING)) == ["close_valve v0", "tell_key_user c0"]
    assert plan.state == ValvePlanState.CLOSING


def test_valves_another_plan_counts_on_are_not_opened_without_a_word(desk: Desk) -> None:
    first = make(desk)
    for name in list(steps(first, ValveStepState.WAITING)):
        first = confirm(desk, first, name)
    second = make(desk, Element("node", "n1"), case=file(desk.city))
    act = PlanAct(ValvePlanAction.OPEN_AGAIN, first.version)
    with pytest.raises(Conflict, match="others_rely") as refused:
        act_on_valve_plan(desk.operator, first.pk, act, JointStep(new_id()))
    assert refused.value.params == {"plans": second.code, "valves": "v1"}
    opened = act_on_valve_plan(desk.operator, first.pk, act, JointStep(new_id(), note="第二处已先修复"))
    assert opened.state == ValvePlanState.OPENING
    assert first.case.history.get(action="valve_opening").facts["relied_on_by"] == second.code


def test_valves_far_from_another_plan_are_opened_freely(desk: Desk) -> None:
    first = make(desk)
    for name in list(steps(first, ValveStepState.WAITING)):
        first = confirm(desk, first, name)
    second = make(desk, Element("node", "n1"), case=file(desk.city))
    withdrawn = PlanAct(ValvePlanAction.WITHDRAW, second.version)
    act_on_valve_plan(desk.operator, second.pk, withdrawn, JointStep(new_id()))
    act = PlanAct(ValvePlanAction.OPEN_AGAIN, first.version)
    assert act_on_valve_plan(desk.operator, first.pk, act, JointStep(new_id())).state == ValvePlanState.OPENING


def test_a_plan_of_which_nothing_was_closed_is_withdrawn(desk: Desk) -> None:
    plan = make(desk)
    act = PlanAct(ValvePlanAction.WITHDRAW, plan.version)
    plan = act_on_valve_plan(desk.operator, plan.pk, act, JointStep(new_id()))
    assert plan.state == ValvePlanState.WITHDRAWN
    assert {step.state for step in plan.steps.all()} == {"dropped"}
    make(desk)


def test_what_cannot_be_planned_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"isolation\.link_unknown"):
        make(desk, Element("link", "p9"))
    with pytest.raises(Conflict, match=r"case\.action_forbidden"):
        make(desk, case=bring(desk.city, file(desk.city), CaseState.VOID))
    desk.network.utility = "sewer"
    desk.network.save()
    with pytest.raises(InvalidInput, match=r"isolation\.not_under_pressure"):
        make(desk)
    assert not ValvePlan.objects.exists()
    assert CaseEvent.objects.filter(action="valve_plan").count() == 0


def test_a_photograph_of_a_valve_is_kept_with_the_case_once(desk: Desk) -> None:
    plan = make(desk)
    step, sent = steps(plan)["close_valve v1"], JointStep(new_id())
    with pytest.raises(Conflict, match=r"valve_step\.action_forbidden"):
        photograph_valve_step(desk.company, step.pk, picture(), sent)
    confirm(desk, plan, "close_valve v1")
    for _ in range(2):
        photograph_valve_step(desk.company, step.pk, picture(), sent)
    photo = desk.case.photos.get()
    assert (photo.taken_by, photo.event_id, photo.event.facts["element"]) == (desk.company, sent.id, "v1")
    with pytest.raises(NotAllowed, match=r"valve_step\.other_owner"):
        photograph_valve_step(desk.city.people["utility_dispatcher"], step.pk, picture(), JointStep(new_id()))
    with pytest.raises(NotFound):
        photograph_valve_step(desk.stranger, step.pk, picture(), JointStep(new_id()))


def test_a_search_can_be_neither_edited_nor_removed(desk: Desk) -> None:
    make(desk)
    for sql in ("UPDATE disposal_valvesearch SET outcome = 'unfed'", "DELETE FROM disposal_valvesearch"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_every_pair_of_state_and_action_is_allowed_or_refused_by_the_tables(desk: Desk) -> None:
    plan = make(desk)
    step = steps(plan)["close_valve v1"]
    for state in ValveStepState:
        for kind in ValveStepKind:
            for action in ValveStepAction:
                ValveStep.objects.filter(pk=step.pk).update(state=state, kind=kind)
                ValvePlan.objects.filter(pk=plan.pk).update(
                    state=ValvePlanState.OPENING if kind in ("open_valve", "start_source") else ValvePlanState.CLOSING
                )
                fresh = valve_queries.visible_step(desk.company, step.pk)
                expected = VALVE_STEP_TRANSITIONS.get((kind, state, action))
                assert valve_queries.following(fresh, action) == expected
    for plan_state in ValvePlanState:
        for plan_action in ValvePlanAction:
            ValvePlan.objects.filter(pk=plan.pk).update(state=plan_state)
            done = ValveStepState.DONE if plan_action == ValvePlanAction.OPEN_AGAIN else ValveStepState.WAITING
            ValveStep.objects.filter(pk=step.pk).update(state=done, kind=ValveStepKind.CLOSE_VALVE)
            fresh_plan = valve_queries.visible_plan(desk.operator, plan.pk)
            allowed = plan_action in valve_queries.allowed_plan_actions(desk.operator, fresh_plan)
            assert allowed == ((plan_state, plan_action) in VALVE_PLAN_TRANSITIONS)


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("action", "point"),
    [
        (ValveStepAction.CONFIRM, "valve_step.after_commit"),
        (ValveStepAction.FAIL, "valve_step.before_commit"),
        (ValveStepAction.FAIL, "valve_step.after_commit"),
    ],
)
def test_no_kill_loses_or_doubles_what_was_said(desk: Desk, action: ValveStepAction, point: str) -> None:
    step, said = steps(make(desk))["close_valve v1"], str(new_id())
    arguments = [str(connection.settings_dict["NAME"]), str(step.pk), str(step.version), said, action.value]
    for crash, ends_with in ((point, -9), ("", 0)):
        environment = os.environ | {"CHENGMAI_CRASH_AT": crash}
        with ForkedProcess("tests.store.valve_process", environment, *arguments) as run:
            assert run.wait(60.0) == ends_with
        kept = CaseEvent.objects.filter(pk=said).count()
        assert kept == (0 if crash == "valve_step.before_commit" else 1)
        step.refresh_from_db()
        assert step.version == 1 + kept
        told = OutboxEvent.objects.filter(name="valve_plan.moved").count()
        faults = kept if action == ValveStepAction.FAIL else 0
        assert (told, BrokenValve.objects.count(), step.plan.searches.count()) == (1 + kept, faults, 1 + faults)
    assert verify().intact
