"""Contingency plans: none without somebody responsible, started once, ticked by whoever is responsible, then lifted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from chengmai.access.models import Organisation
from chengmai.casework.cases.states import CaseState
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.disposal.checks import check_again
from chengmai.disposal.customary_plans import load_customary
from chengmai.disposal.models import Plan, PlanEvent, PlanStep, PlanTemplate, Timer
from chengmai.disposal.plans import Tick, act_on_step, start_plan, suggested
from chengmai.disposal.states import PlanState, PlanStepAction, PlanStepState
from chengmai.disposal.templates import StepDraft, versions, write_template
from chengmai.warning.assessment import Step, act_on_warning
from chengmai.warning.models import Warning
from chengmai.warning.states import WarningAction, WarningState
from tests.disposal import City, bring, build_city, issue, open_case
from tests.joint_disposal import STEPS, burst_plan, draft, react

pytestmark = pytest.mark.django_db
DO, SKIP, REOPEN = PlanStepAction.DO, PlanStepAction.SKIP, PlanStepAction.REOPEN


@pytest.fixture
def city() -> City:
    return build_city()


@pytest.fixture
def warning(city: City) -> Warning:
    burst_plan()
    return issue(city)


def tick(action: PlanStepAction, version: int = 1, **more: object) -> Tick:
    return Tick(new_id(), action, version, **more)  # type: ignore[arg-type]


def step_of(position: int) -> PlanStep:
    return PlanStep.objects.get(position=position)


def lift(city: City, warning: Warning, note: str = "") -> Warning:
    warning.refresh_from_db()
    return act_on_warning(warning.pk, city.people["shift_leader"], Step(WarningAction.LIFT, warning.version, note=note))


@pytest.mark.parametrize(
    "nobody",
    [
        StepDraft("疏散", "Evacuate", "", 10),
        StepDraft("疏散", "Evacuate", "organisation", 10, organisation="none"),
        StepDraft("疏散", "Evacuate", "external", 10),
    ],
)
def test_a_step_nobody_answers_for_is_refused_with_its_row(city: City, nobody: StepDraft) -> None:
    wanted = draft(steps=[STEPS[0], nobody, StepDraft("", "", "desk", 0)])
    with pytest.raises(InvalidInput) as refused:
        write_template(city.people["shift_leader"], wanted)
    assert (refused.value.code, refused.value.params["rows"]) == ("plan.step_without_responsible", "2")
    findings = refused.value.params["findings"]
    assert {(one["row"], one["rule"]) for one in findings} >= {  # type: ignore[attr-defined]
        (2, "plan_step_without_responsible"),
        (3, "plan_step_without_title"),
        (3, "plan_step_limit"),
    }
    assert not PlanTemplate.objects.exists()


def test_the_database_itself_refuses_a_step_nobody_answers_for(city: City) -> None:
    burst_plan()
    for broken in ("responsible = ''", "responsible = 'organisation'", "external_zh = ''"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE disposal_plantemplatestep SET {broken} WHERE position = 2")


def test_a_change_is_a_new_version_and_a_started_plan_keeps_its_own(city: City, warning: Warning) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    with pytest.raises(Conflict):
        write_template(city.people["shift_leader"], draft())
    write_template(city.people["shift_leader"], draft(version=1, steps=STEPS[:1]))
    assert (versions("water-burst")[0].version, PlanStep.objects.count()) == (2, 3)
    with pytest.raises(NotAllowed):
        write_template(city.people["operator"], draft(version=2))


def test_plans_are_suggested_by_utility_kind_and_level(city: City, warning: Warning) -> None:
    write_template(None, draft("a-quality", kind="quality"))
    write_template(None, draft("a-red", levels=["red"]))
    write_template(None, draft("a-gas", utility="gas"))
    assert [one.code for one in suggested(warning)] == ["water-burst", "a-quality"]


def test_steps_go_to_the_responsible_and_to_the_desk_where_there_is_nobody(city: City, warning: Warning) -> None:
    write_template(None, draft("section", steps=[replace(STEPS[0], responsible="section"), STEPS[0], STEPS[1]]))
    Organisation.objects.filter(pk=city.company.pk).update(parent=None)
    plan = start_plan(warning.pk, city.people["operator"], "section")
    told = [(step.organisation.code, step.fallen_back) for step in plan.steps.order_by("position")]
    # The company has no section above it here: the desk stands in, and the page says so.
    assert told == [("CG", True), ("JC-WATER-CO", False), ("CG", False)]
    assert PlanEvent.objects.get(action="start").facts["fallen_back"] == [1]
    assert Timer.objects.filter(kind="plan_step").count() == 3


def test_a_plan_runs_once_and_only_for_an_issued_warning(city: City, warning: Warning) -> None:
    operator = city.people["operator"]
    start_plan(warning.pk, operator, "water-burst")
    with pytest.raises(Conflict, match=r"plan\.running_already"):
        start_plan(warning.pk, operator, "water-burst")
    with pytest.raises(NotFound):
        start_plan(warning.pk, operator, "none")
    with pytest.raises(NotAllowed):
        start_plan(warning.pk, city.people["auditor"], "water-burst")
    with pytest.raises(NotFound):
        start_plan(warning.pk, city.people["outsider"], "water-burst")
    lift(city, warning, "repaired")
    react()
    assert Plan.objects.get().state == PlanState.CANCELLED
    assert not Timer.objects.filter(ended_at=None).exists()
    with pytest.raises(Conflict, match=r"plan\.warning_not_issued"):
        start_plan(warning.pk, operator, "water-burst")


def test_each_step_is_ticked_by_its_own_people(city: City, warning: Warning) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    with pytest.raises(NotAllowed, match=r"plan\.step_of_others"):
        act_on_step(step_of(1).pk, city.people["operator"], tick(DO))
    with pytest.raises(NotFound):
        act_on_step(step_of(1).pk, city.people["outsider"], tick(DO))
    act_on_step(step_of(1).pk, city.people["company"], tick(DO, note="V12, V14"))
    with pytest.raises(InvalidInput, match=r"plan\.reason_missing"):
        act_on_step(step_of(2).pk, city.people["operator"], tick(SKIP))
    act_on_step(step_of(2).pk, city.people["operator"], tick(SKIP, note="no traffic at night"))
    with pytest.raises(Conflict):
        act_on_step(step_of(2).pk, city.people["operator"], tick(DO, 2))
    act_on_step(step_of(2).pk, city.people["operator"], tick(REOPEN, 2, note="there is some"))
    assert Plan.objects.get().state == PlanState.RUNNING
    act_on_step(step_of(2).pk, city.people["operator"], tick(DO, 3))
    act_on_step(step_of(3).pk, city.people["operator"], tick(DO))
    assert Plan.objects.get().state == PlanState.FINISHED
    assert {step.state for step in PlanStep.objects.all()} == {PlanStepState.DONE}
    assert not Timer.objects.filter(kind="plan_step", ended_at=None).exists()


def test_a_tick_sent_again_is_one_tick(city: City, warning: Warning) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    sent = tick(DO, note="closed")
    for _ in range(2):
        act_on_step(step_of(1).pk, city.people["company"], sent)
    assert PlanEvent.objects.filter(action="do").count() == 1
    with pytest.raises(Conflict, match=r"case\.id_reused"):
        act_on_step(step_of(1).pk, city.people["company"], replace(sent, note="other"))


def test_a_phone_whose_clock_is_ahead_is_taken_at_our_time_and_flagged(city: City, warning: Warning) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    act_on_step(step_of(1).pk, city.people["company"], tick(DO, at=now() + timedelta(hours=1)))
    event = PlanEvent.objects.get(action="do")
    assert abs(event.facts["claimed_ahead_s"] - 3600) < 60
    ticked = step_of(1).ticked_at
    assert ticked is not None
    assert abs(now() - ticked) < timedelta(minutes=1)
    act_on_step(step_of(3).pk, city.people["operator"], tick(DO, at=now() - timedelta(hours=1)))
    assert "claimed_ahead_s" not in PlanEvent.objects.get(step=step_of(3)).facts


def test_a_warning_is_lifted_when_steps_are_done_and_another_one_checked_after_the_work(
    city: City, warning: Warning
) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    case = open_case(warning)
    check_again(warning.pk, city.people["operator"], True, "looks dry already")
    bring(city, case, CaseState.CLOSED)
    with pytest.raises(Conflict, match=r"warning\.steps_open"):
        lift(city, warning)
    for position, who in ((1, "company"), (2, "operator"), (3, "operator")):
        act_on_step(step_of(position).pk, city.people[who], tick(DO))
    with pytest.raises(Conflict, match=r"warning\.no_second_check"):
        lift(city, warning)
    check_again(warning.pk, city.people["shift_leader"], True, "dry")
    with pytest.raises(Conflict, match=r"warning\.own_check"):
        lift(city, warning)
    check_again(warning.pk, city.people["operator"], True, "dry")
    check_again(warning.pk, city.people["operator"], False, "wet again")
    with pytest.raises(Conflict, match=r"warning\.no_second_check"):
        lift(city, warning)
    check_again(warning.pk, city.people["operator"], True, "dry now")
    lifted = lift(city, warning)
    assert lifted.state == WarningState.LIFTED
    assert lifted.history.latest("pk").facts["hindrances"] == []


def test_a_reason_lifts_over_what_is_open_and_keeps_it_on_record(city: City, warning: Warning) -> None:
    start_plan(warning.pk, city.people["operator"], "water-burst")
    lifted = lift(city, warning, "the company closed it before")
    told = lifted.history.latest("pk").facts["hindrances"]
    assert [one.split(" ")[0] for one in told] == ["warning.steps_open", "warning.no_second_check"]


def test_a_check_needs_words_an_issued_warning_and_the_right(city: City, warning: Warning) -> None:
    with pytest.raises(InvalidInput):
        check_again(warning.pk, city.people["operator"], True, " ")
    with pytest.raises(NotAllowed):
        check_again(warning.pk, city.people["verifier"], True, "dry")
    lift(city, warning, "repaired")
    with pytest.raises(Conflict):
        check_again(warning.pk, city.people["operator"], True, "dry")


def test_the_customary_plans_are_sound_and_written_once(city: City) -> None:
    assert sorted(one.code for one in load_customary()) == ["gas-leak", "heat-burst", "water-burst", "water-quality"]
    assert load_customary() == []
    assert all(one.steps.count() >= 9 for one in PlanTemplate.objects.all())
