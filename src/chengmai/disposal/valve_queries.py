"""Reads of valve plans, scoped by who owns the network: a company sees those on its own pipes only."""

from uuid import UUID

from django.db.models import QuerySet

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.casework.models import Case
from chengmai.core.errors import NotFound
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveStep
from chengmai.disposal.valve_states import (
    CUTTING,
    VALVE_PLAN_TRANSITIONS,
    VALVE_STEP_TRANSITIONS,
    ValvePlanAction,
    ValvePlanState,
    ValveStepAction,
    ValveStepKind,
    ValveStepState,
)


def visible_plans(user: User) -> QuerySet[ValvePlan]:
    """Plans on networks within a person's reach, newest first."""
    plans = ValvePlan.objects.select_related("case", "network__owner", "edition", "made_by").order_by("-made_at")
    return within_reach(plans, user, "network__owner")


def visible_plan(user: User, plan_id: UUID) -> ValvePlan:
    """One plan; raises NotFound outside the person's reach."""
    found = visible_plans(user).filter(pk=plan_id).first()
    if found is None:
        raise NotFound("valve_plan.not_found", id=plan_id)
    return found


def visible_step(user: User, step_id: UUID) -> ValveStep:
    """One step, with its plan; raises NotFound outside the person's reach."""
    steps = ValveStep.objects.select_related("plan__case", "plan__network__owner", "plan__edition", "plan__made_by")
    found = within_reach(steps, user, "plan__network__owner").filter(pk=step_id).first()
    if found is None:
        raise NotFound("valve_step.not_found", id=step_id)
    return found


def plans_of(user: User, case: Case) -> QuerySet[ValvePlan]:
    """The plans of a case that a person may see."""
    return visible_plans(user).filter(case=case)


def visible_broken_valves(user: User) -> QuerySet[BrokenValve]:
    """Valves known not to work, on networks within a person's reach."""
    rows = BrokenValve.objects.filter(mended_at=None).select_related("network", "found_by").order_by("-found_at")
    return within_reach(rows, user, "network__owner")


def visible_broken_valve(user: User, fault_id: UUID) -> BrokenValve:
    """One of them, mended or not; raises NotFound outside the person's reach."""
    rows = BrokenValve.objects.select_related("network__owner", "found_by")
    found = within_reach(rows, user, "network__owner").filter(pk=fault_id).first()
    if found is None:
        raise NotFound("broken_valve.not_found", id=fault_id)
    return found


def owns(user: User, plan: ValvePlan) -> bool:
    """Whether the plan's network belongs to the person's own organisation."""
    return plan.network.owner_id == user.organisation_id


def allowed_plan_actions(user: User, plan: ValvePlan) -> list[ValvePlanAction]:
    """What this person may do to this plan now."""
    if Permission.VALVE_PLAN not in user.permissions:
        return []
    anything = plan.steps.filter(kind__in=CUTTING, state=ValveStepState.DONE).exists()
    return [
        action
        for action in ValvePlanAction
        if (ValvePlanState(plan.state), action) in VALVE_PLAN_TRANSITIONS
        and anything == (action == ValvePlanAction.OPEN_AGAIN)
    ]


def allowed_step_actions(user: User, step: ValveStep) -> list[ValveStepAction]:
    """What this person may say of this step now."""
    if Permission.VALVE_CONFIRM not in user.permissions or not owns(user, step.plan):
        return []
    return [action for action in ValveStepAction if following(step, action) is not None]


def following(step: ValveStep, action: ValveStepAction) -> ValveStepState | None:
    """The state an action leads to, None where plan and step do not allow it."""
    fits = {
        ValvePlanState.CLOSING: (*CUTTING, ValveStepKind.TELL_KEY_USER),
        ValvePlanState.ISOLATED: (*CUTTING, ValveStepKind.TELL_KEY_USER),
        ValvePlanState.OPENING: (ValveStepKind.OPEN_VALVE, ValveStepKind.START_SOURCE),
    }
    kind, plan_state = ValveStepKind(step.kind), ValvePlanState(step.plan.state)
    if kind not in fits.get(plan_state, ()):
        return None
    return VALVE_STEP_TRANSITIONS.get((kind, ValveStepState(step.state), action))
