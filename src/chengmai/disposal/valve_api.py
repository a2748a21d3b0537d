"""The doors of valves to close: what-if, plans of a case, the company's desk, valves that do not work."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.assets.queries import network_for, published
from chengmai.casework.cases.joint_steps import JointStep
from chengmai.casework.cases.queries import visible_case
from chengmai.core.errors import InvalidInput
from chengmai.disposal import valve_plans, valve_queries, valve_views
from chengmai.disposal.valve_schemas import (
    BrokenValveOut,
    CaseValves,
    IsolationOut,
    ValvePlanActionIn,
    ValvePlanDetail,
    ValvePlanIn,
    ValvePlanOut,
    ValveStepActionIn,
)
from chengmai.disposal.valve_search import Element, ElementKind, find_in_published
from chengmai.disposal.valve_states import RUNNING
from chengmai.settings import current

router = Router(tags=["valves"])

MOST_PLANS = 100


@router.get("/networks/{code}/isolation", response=IsolationOut, auth=May(Permission.MAP_READ))
def suppose_break(
    request: HttpRequest,
    code: str,
    element: str,
    kind: ElementKind = "link",
    failed: Query[list[str]] = (),  # type: ignore[assignment]
) -> IsolationOut:
    """Which valves to close if this element broke, and whom that would cut off; nothing is kept.

    ``failed`` are codes of valves that are supposed not to work, beside those known not to.
    """
    user = caller(request)
    network = network_for(user, code)
    broken = Element(kind, element)
    found = find_in_published(network, broken, failed)
    return valve_views.isolation_out(network, published(network), broken, found, user)


@router.get("/cases/{case_id}/valve-plans", response=CaseValves, auth=May(Permission.CASE_READ))
def list_case_valve_plans(request: HttpRequest, case_id: UUID) -> CaseValves:
    """The plans of a case on networks in the caller's scope, and what a new one could be about."""
    user = caller(request)
    case = visible_case(user, case_id)
    plans = list(valve_queries.plans_of(user, case))
    can_plan = Permission.VALVE_PLAN in user.permissions
    return CaseValves(
        plans=valve_views.plan_details(plans, user),
        suggestions=valve_views.suggestions(user, case) if can_plan else [],
    )


@router.post("/cases/{case_id}/valve-plans", response=ValvePlanDetail, auth=May(Permission.VALVE_PLAN))
def make_valve_plan(request: HttpRequest, case_id: UUID, body: ValvePlanIn) -> ValvePlanDetail:
    """Search the valves to close for a broken element, and make them steps of the case."""
    user = caller(request)
    element = Element(body.element_kind, body.element)
    plan = valve_plans.make_valve_plan(user, case_id, body.network, element, JointStep(body.id))
    return valve_views.plan_details([plan], user)[0]


@router.get("/valve-plans", response=list[ValvePlanOut], auth=May(Permission.CASE_READ))
def list_valve_plans(request: HttpRequest, running: bool = True) -> list[ValvePlanOut]:
    """Plans on networks in the caller's scope, newest first: those that run, or the last hundred of all."""
    user = caller(request)
    plans = valve_queries.visible_plans(user)
    if running:
        plans = plans.filter(state__in=RUNNING)
    return valve_views.plans_out(list(plans[:MOST_PLANS]), user)


@router.get("/valve-plans/{plan_id}", response=ValvePlanDetail, auth=May(Permission.CASE_READ))
def read_valve_plan(request: HttpRequest, plan_id: UUID) -> ValvePlanDetail:
    """One plan with its steps and what its last search found."""
    user = caller(request)
    return valve_views.plan_details([valve_queries.visible_plan(user, plan_id)], user)[0]


@router.post("/valve-plans/{plan_id}/actions", response=ValvePlanDetail, auth=May(Permission.VALVE_PLAN))
def act_on_valve_plan(request: HttpRequest, plan_id: UUID, body: ValvePlanActionIn) -> ValvePlanDetail:
    """Begin to open the valves again, or withdraw a plan of which nothing was closed."""
    user = caller(request)
    act = valve_plans.PlanAct(body.action, body.version)
    plan = valve_plans.act_on_valve_plan(user, plan_id, act, JointStep(body.id, body.note))
    return valve_views.plan_details([plan], user)[0]


@router.post("/valve-steps/{step_id}/actions", response=ValvePlanDetail, auth=May(Permission.VALVE_CONFIRM))
def act_on_valve_step(request: HttpRequest, step_id: UUID, body: ValveStepActionIn) -> ValvePlanDetail:
    """Confirm a step, or tell that a valve does not work; only people of the network's owner may."""
    user = caller(request)
    sent = JointStep(body.id, body.note, body.longitude, body.latitude, body.at)
    plan = valve_plans.act_on_valve_step(user, step_id, valve_plans.StepAct(body.action, body.version), sent)
    return valve_views.plan_details([plan], user)[0]


@router.post("/valve-steps/{step_id}/photos", response=ValvePlanDetail, auth=May(Permission.VALVE_CONFIRM))
def photograph_valve_step(
    request: HttpRequest, step_id: UUID, id: Form[UUID], file: File[UploadedFile]
) -> ValvePlanDetail:
    """A photograph of what was done at a step; ``id`` is made by the client, so that a repeated send is one."""
    user = caller(request)
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise InvalidInput("photo.too_large", size=file.size, limit=limit)
    plan = valve_plans.photograph_valve_step(user, step_id, file.read(), JointStep(id))
    return valve_views.plan_details([plan], user)[0]


@router.get("/broken-valves", response=list[BrokenValveOut], auth=May(Permission.MAP_READ))
def list_broken_valves(request: HttpRequest) -> list[BrokenValveOut]:
    """Valves found not to work and not mended, on networks in the caller's scope."""
    user = caller(request)
    return [valve_views.broken_valve_out(fault, user) for fault in valve_queries.visible_broken_valves(user)]


@router.post("/broken-valves/{fault_id}/mending", response=BrokenValveOut, auth=May(Permission.VALVE_CONFIRM))
def mend_valve(request: HttpRequest, fault_id: UUID) -> BrokenValveOut:
    """A valve works again."""
    user = caller(request)
    return valve_views.broken_valve_out(valve_plans.mend_valve(user, fault_id), user)
