"""Valves to close as part of a case: made, confirmed step by step by the network's owner, searched anew on failure."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.assets.models import Network, NetworkEdition
from chengmai.assets.queries import network_for, published
from chengmai.casework.cases.joint_steps import JointStep, add_photo, note_step, once
from chengmai.casework.cases.queries import visible_case
from chengmai.casework.cases.states import OVER, CaseState
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.crashpoints import reach
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.disposal import valve_queries as queries
from chengmai.disposal.models import BrokenValve, ValvePlan, ValveStep
from chengmai.disposal.valve_search import Element, graph_of, relying_on
from chengmai.disposal.valve_states import (
    RUNNING,
    VALVE_PLAN_TRANSITIONS,
    ValvePlanAction,
    ValvePlanState,
    ValveStepAction,
    ValveStepKind,
    ValveStepState,
)
from chengmai.disposal.valve_steps import add_opposites, advance, move, note_fault, search_anew, tell, valves_of
from chengmai.warning.numbering import next_code

PLAN_PREFIX = "GF"


@dataclass(frozen=True, slots=True)
class PlanAct:
    """What is done to a plan, as it was sent; ``version`` is the plan's as the sender saw it."""

    action: ValvePlanAction
    version: int


@dataclass(frozen=True, slots=True)
class StepAct:
    """What is said of a step, as it was sent; ``version`` is the step's as the sender saw it."""

    action: ValveStepAction
    version: int


def make_valve_plan(user: User, case_id: UUID, network_code: str, element: Element, step: JointStep) -> ValvePlan:
    """Search the valves to close for a broken element and make them steps of the case; ``step.id`` is the plan's id.

    Raises NotFound (scope, element), NotAllowed, Conflict (case ended, such a plan runs, id reused) or InvalidInput.
    """
    _demand(user, Permission.VALVE_PLAN)
    _make_ready(network_for(user, network_code))
    sent = {"case": case_id, "network": network_code, "element": asdict(element), **asdict(step)}

    def act(fingerprint: str) -> ValvePlan:
        case = visible_case(user, case_id)
        if CaseState(case.state) in OVER:
            raise Conflict("case.action_forbidden", action="valve_plan", state=case.state)
        network = network_for(user, network_code)
        edition = published(network)
        plan = _new_plan(user, case, network, edition, element, step.id)
        search = search_anew(plan)
        facts = {"plan": plan.code, "element": element.code, "outcome": search.outcome, "valves": valves_of(search)}
        note_step(case, user, "valve_plan", step, fingerprint, facts)
        record(user, "valve_plan.made", "valve_plan", str(plan.pk), after={"case": case.code, **facts})
        tell(plan, "made")
        return plan

    made = once(user, step, "valve_plan", sent, act)
    return queries.visible_plan(user, made.pk if made else step.id)


def act_on_valve_plan(user: User, plan_id: UUID, act: PlanAct, step: JointStep) -> ValvePlan:
    """Begin to open the valves again, or withdraw a plan of which nothing was closed yet.

    Valves that border what another plan keeps cut off are opened only with a note that says why.
    Raises NotFound (scope), NotAllowed, or Conflict (stale, forbidden by the state, others rely on it, id reused).
    """
    _demand(user, Permission.VALVE_PLAN)
    if act.action == ValvePlanAction.OPEN_AGAIN:
        plan = queries.visible_plan(user, plan_id)
        graph_of(plan.network, plan.edition)

    def take(fingerprint: str) -> None:
        plan = queries.visible_plan(user, plan_id)
        if plan.version != act.version:
            raise Conflict("version.stale", sent=act.version, present=plan.version)
        if act.action not in queries.allowed_plan_actions(user, plan):
            raise Conflict("valve_plan.action_forbidden", action=act.action.value, state=plan.state)
        relying = relying_on(plan) if act.action == ValvePlanAction.OPEN_AGAIN else {}
        if relying and not step.note.strip():
            held = sorted({valve for valves in relying.values() for valve in valves})
            raise Conflict("valve_plan.others_rely", plans=", ".join(relying), valves=", ".join(held))
        before = plan.state
        plan.state = VALVE_PLAN_TRANSITIONS[ValvePlanState(plan.state), act.action]
        plan.steps.filter(state=ValveStepState.WAITING).update(state=ValveStepState.DROPPED)
        if act.action == ValvePlanAction.OPEN_AGAIN:
            add_opposites(plan)
        else:
            plan.ended_at = now()
        move(plan)
        name = "valve_opening" if act.action == ValvePlanAction.OPEN_AGAIN else "valve_withdrawn"
        note_step(plan.case, user, name, step, fingerprint, {"plan": plan.code, **_told(relying)})
        change = {"state": plan.state, "version": plan.version}
        record(user, f"valve_plan.{act.action}", "valve_plan", str(plan.pk), before={"state": before}, after=change)
        tell(plan, act.action.value)

    once(user, step, f"valve_plan.{act.action}", {"plan": plan_id, **asdict(act), **asdict(step)}, take)
    return queries.visible_plan(user, plan_id)


def act_on_valve_step(user: User, step_id: UUID, act: StepAct, sent: JointStep) -> ValvePlan:
    """Confirm a step as done, or tell that a valve does not work, which searches anew and keeps what is closed.

    Raises NotFound (scope), NotAllowed (not the owner's person), Conflict (stale, forbidden by the state, id reused)
    or InvalidInput (a failure without a note).
    """
    _demand(user, Permission.VALVE_CONFIRM)
    if act.action == ValveStepAction.FAIL:
        plan = queries.visible_step(user, step_id).plan
        graph_of(plan.network, plan.edition)

    def take(fingerprint: str) -> None:
        step = queries.visible_step(user, step_id)
        following = _permitted(user, step, act, sent)
        before = {"state": step.state, "version": step.version}
        _end_step(step, user, following, sent)
        search = None
        if act.action == ValveStepAction.FAIL:
            note_fault(step, user, sent.note)
            if step.kind == ValveStepKind.CLOSE_VALVE:
                search = search_anew(step.plan)
        advance(step.plan)
        facts = {"plan": step.plan.code, "step": str(step.pk), "element": step.element, "name": step.name}
        if search:
            facts |= {"search": str(search.number), "outcome": search.outcome, "valves": valves_of(search)}
        note_step(step.plan.case, user, _HISTORY[ValveStepKind(step.kind), act.action], sent, fingerprint, facts)
        after = {"state": step.state, "version": step.version, "plan_state": step.plan.state, **facts}
        record(user, f"valve_step.{act.action}", "valve_step", str(step.pk), before=before, after=after)
        tell(step.plan, act.action.value)
        reach("valve_step.before_commit")

    once(user, sent, f"valve_step.{act.action}", {"step": step_id, **asdict(act), **asdict(sent)}, take)
    reach("valve_step.after_commit")
    return queries.visible_plan(user, queries.visible_step(user, step_id).plan_id)


def photograph_valve_step(user: User, step_id: UUID, upload: bytes, sent: JointStep) -> ValvePlan:
    """Keep a photograph of what was done at a step, as a line of the case; sent again it is one photograph.

    Raises NotFound (scope), NotAllowed (not the owner's person), Conflict (nothing said of the step yet, id reused),
    InvalidInput (not a picture, too large) or Unavailable (disk).
    """
    _demand(user, Permission.VALVE_CONFIRM)

    def find() -> tuple[Case, dict[str, str]]:
        step = queries.visible_step(user, step_id)
        if not queries.owns(user, step.plan):
            raise NotAllowed("valve_step.other_owner", network=step.plan.network.code)
        if step.state not in (ValveStepState.DONE, ValveStepState.FAILED):
            raise Conflict("valve_step.action_forbidden", action="photo", state=step.state)
        return step.plan.case, {"plan": step.plan.code, "step": str(step.pk), "element": step.element}

    add_photo(user, sent, "valve_photo", upload, find)
    return queries.visible_plan(user, queries.visible_step(user, step_id).plan_id)


def mend_valve(user: User, fault_id: UUID) -> BrokenValve:
    """A valve works again: searches may ask for it. Done twice it is one act."""
    _demand(user, Permission.VALVE_CONFIRM)

    def take() -> BrokenValve:
        fault = queries.visible_broken_valve(user, fault_id)
        if fault.network.owner_id != user.organisation_id:
            raise NotAllowed("valve_step.other_owner", network=fault.network.code)
        if fault.mended_at is None:
            fault.mended_at, fault.mended_by = now(), user
            fault.save(update_fields=["mended_at", "mended_by"])
            after = {"network": fault.network.code, "valve": fault.valve}
            record(user, "valve.mended", "broken_valve", str(fault.pk), after=after)
        return fault

    with transaction.atomic():
        take_turn()
        return take()


_HISTORY: dict[tuple[ValveStepKind, ValveStepAction], str] = {
    (ValveStepKind.CLOSE_VALVE, ValveStepAction.CONFIRM): "valve_closed",
    (ValveStepKind.CLOSE_VALVE, ValveStepAction.FAIL): "valve_failed",
    (ValveStepKind.STOP_SOURCE, ValveStepAction.CONFIRM): "source_stopped",
    (ValveStepKind.TELL_KEY_USER, ValveStepAction.CONFIRM): "key_user_told",
    (ValveStepKind.OPEN_VALVE, ValveStepAction.CONFIRM): "valve_opened",
    (ValveStepKind.OPEN_VALVE, ValveStepAction.FAIL): "valve_stuck",
    (ValveStepKind.START_SOURCE, ValveStepAction.CONFIRM): "source_started",
}


def _told(relying: dict[str, list[str]]) -> dict[str, str]:
    """Who relied on the valves, as a history keeps it; nothing when nobody did."""
    return {"relied_on_by": ", ".join(relying)} if relying else {}


def _demand(user: User, permission: Permission) -> None:
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)


def _make_ready(network: Network) -> None:
    """Read an edition's zones into memory before the database's one writer is taken."""
    graph_of(network, published(network))


def _permitted(user: User, step: ValveStep, act: StepAct, sent: JointStep) -> ValveStepState:
    if not queries.owns(user, step.plan):
        raise NotAllowed("valve_step.other_owner", network=step.plan.network.code)
    if step.version != act.version:
        raise Conflict("version.stale", sent=act.version, present=step.version)
    following = queries.following(step, act.action)
    if following is None:
        raise Conflict("valve_step.action_forbidden", action=act.action.value, state=step.state)
    if act.action == ValveStepAction.FAIL and not sent.note.strip():
        raise InvalidInput("valve_step.note_missing")
    return following


def _new_plan(
    user: User, case: Case, network: Network, edition: NetworkEdition, element: Element, plan_id: UUID
) -> ValvePlan:
    same = ValvePlan.objects.filter(network=network, element_kind=element.kind, element=element.code, case=case)
    running = same.filter(state__in=RUNNING).first()
    if running is not None:
        raise Conflict("valve_plan.runs_already", plan=running.code)
    made_at = now()
    return ValvePlan.objects.create(
        id=plan_id,
        code=next_code(PLAN_PREFIX, made_at),
        case=case,
        network=network,
        edition=edition,
        element_kind=element.kind,
        element=element.code,
        made_at=made_at,
        made_by=user,
    )


def _end_step(step: ValveStep, user: User, following: ValveStepState, sent: JointStep) -> None:
    values: dict[str, Any] = {
        "state": following,
        "done_at": now(),
        "claimed_at": sent.at,
        "done_by": user,
        "note": sent.note.strip(),
        "version": step.version + 1,
    }
    if not ValveStep.objects.filter(pk=step.pk, version=step.version).update(**values):
        raise Conflict("version.stale", sent=step.version, present="?")
    for name, value in values.items():
        setattr(step, name, value)
