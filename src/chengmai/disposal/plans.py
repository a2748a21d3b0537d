"""Started contingency plans: suggested for a warning, begun, their steps ticked or skipped by the responsible."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, OrganisationKind, User
from chengmai.access.roles import Permission, Role
from chengmai.casework.cases.history import clock_ahead_s
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.core.identity import new_id
from chengmai.core.lineage import seal
from chengmai.core.units import Quantity
from chengmai.disposal import timers
from chengmai.disposal.events import disposal_event
from chengmai.disposal.limits import Limit, limit_for
from chengmai.disposal.models import Plan, PlanEvent, PlanStep, PlanTemplate, PlanTemplateStep, Timer
from chengmai.disposal.states import (
    PLAN_STEP_TRANSITIONS,
    PlanState,
    PlanStepAction,
    PlanStepState,
    Responsible,
    TimerKind,
    TimerOutcome,
)
from chengmai.disposal.templates import templates
from chengmai.disposal.timers import utility_of
from chengmai.events.models import OutboxEvent
from chengmai.sensing.models import Datastream
from chengmai.warning.models import Warning
from chengmai.warning.numbering import next_code
from chengmai.warning.queries import visible_warning, visible_warnings
from chengmai.warning.states import WarningState

PLAN_PREFIX = "YA"
KIND_OF_RULE: dict[str, str] = {
    "pressure_drop": "burst",
    "night_flow": "burst",
    "heat_burst": "burst",
    "make_up": "burst",
    "cold_station": "burst",
    "methane": "gas_leak",
}
"""Kind of the rule behind an alarm -> kind of event its plans are for; all others are taken for a burst."""
QUALITIES = frozenset({Quantity.CHLORINE.value, Quantity.TURBIDITY.value, Quantity.PH.value})


@dataclass(frozen=True, slots=True)
class Tick:
    """One act on a step as it was sent; ``id`` is made by the client, ``at`` is when the client says it happened."""

    id: UUID
    action: PlanStepAction
    version: int
    note: str = ""
    at: datetime | None = None


def suggested(warning: Warning) -> list[PlanTemplate]:
    """Plans that fit a warning, best first: of its utility, then of its kind of event and its level."""
    wanted = _kind_of_event(warning)
    fitting = [
        one
        for one in templates().filter(utility=utility_of(warning.alarm))
        if not one.levels or warning.level in one.levels
    ]
    return sorted(fitting, key=lambda one: (one.kind != wanted, one.code))


def _kind_of_event(warning: Warning) -> str:
    """What happened, as plans are told: by the rule's kind, for a reading out of its limits by what it measures."""
    measured = Datastream.objects.filter(code=warning.alarm.subject).values_list("quantity", flat=True).first()
    if measured in QUALITIES:
        return "quality"
    return KIND_OF_RULE.get(warning.alarm.rule.kind, "burst")


def visible_plans(user: User) -> QuerySet[Plan]:
    """The started plans of the warnings a person may see."""
    steps = PlanStep.objects.select_related("organisation", "ticked_by").order_by("position")
    plans = Plan.objects.select_related("template", "warning", "started_by", "owner")
    return plans.filter(warning__in=visible_warnings(user)).prefetch_related(Prefetch("steps", steps)).order_by("pk")


def duty_desk() -> Organisation:
    """The bureau's desk, which stands in where nobody else is found."""
    return Organisation.objects.filter(kind=OrganisationKind.BUREAU).order_by("pk")[0]


def start_plan(warning_id: UUID, user: User, code: str) -> Plan:
    """Start a plan for an issued warning; raises NotFound, NotAllowed, or Conflict (state, already running)."""
    warning = visible_warning(user, warning_id)
    if Permission.WARNING_ISSUE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.WARNING_ISSUE.value)
    if warning.state != WarningState.ISSUED:
        raise Conflict("plan.warning_not_issued", state=warning.state)
    chosen = templates().filter(code=code).first()
    if chosen is None:
        raise NotFound("plan.template_unknown", plan=code)
    try:
        with transaction.atomic():
            take_turn()
            return _start(warning, user, chosen)
    except IntegrityError as error:
        raise Conflict("plan.running_already", plan=code) from error


def _start(warning: Warning, user: User, chosen: PlanTemplate) -> Plan:
    at, desk = now(), duty_desk()
    plan = Plan.objects.create(
        code=next_code(PLAN_PREFIX, at),
        warning=warning,
        template=chosen,
        owner=warning.owner,
        started_at=at,
        started_by=user,
    )
    for row in chosen.steps.all():
        organisation, fallen_back = _responsible(row, warning, desk)
        step = PlanStep.objects.create(
            plan=plan,
            position=row.position,
            title_zh=row.title_zh,
            title_en=row.title_en,
            responsible=row.responsible,
            organisation=organisation,
            external_zh=row.external_zh,
            external_en=row.external_en,
            fallen_back=fallen_back,
            due_at=at + timedelta(minutes=row.limit_minutes),
        )
        limit = limit_for(TimerKind.PLAN_STEP, "", "") or Limit(TimerKind.PLAN_STEP, "", "", 0, Role.SHIFT_LEADER)
        own = Limit(TimerKind.PLAN_STEP, "", "", row.limit_minutes, limit.escalate_to)
        timers.begin(TimerKind.PLAN_STEP, f"plan_step:{step.pk}", warning.alarm, warning, at, own)
    fallen = [step.position for step in plan.steps.filter(fallen_back=True).order_by("position")]
    facts = {"template": chosen.code, "template_version": chosen.version, "fallen_back": fallen}
    PlanEvent.objects.create(plan=plan, at=at, actor=user, action="start", facts=facts)
    record(user, "plan.start", "plan", str(plan.pk), after={"code": plan.code, "warning": warning.code, **facts})
    disposal_event("plan.moved", plan, plan.code, "start", plan.owner.code)
    return plan


def _responsible(row: PlanTemplateStep, warning: Warning, desk: Organisation) -> tuple[Organisation, bool]:
    """Whose people tick a step, and whether the desk stands in for a party that was not found or has nobody."""
    named = {
        Responsible.DESK: desk,
        Responsible.EXTERNAL: desk,
        Responsible.OWNER: warning.owner,
        Responsible.SECTION: warning.owner.parent,
        Responsible.ORGANISATION: row.organisation,
    }[Responsible(row.responsible)]
    if named is None or (named != desk and not _manned(named)):
        return desk, True
    return named, False


def _manned(organisation: Organisation) -> bool:
    people = organisation.users.filter(is_active=True).prefetch_related("role_assignments")
    return any(Permission.WARNING_SIGN in person.permissions for person in people)


def may_tick(user: User, step: PlanStep) -> bool:
    """Whether this person may tick this step: one who signs for the organisation that is responsible."""
    return (
        Permission.WARNING_SIGN in user.permissions
        and step.organisation_id == user.organisation_id
        and step.plan.state == PlanState.RUNNING
    )


def act_on_step(step_id: UUID, user: User, tick: Tick) -> Plan:
    """Tick, skip (with a reason) or reopen a step; sent again under the same id it changes nothing.

    Raises NotFound, NotAllowed (other organisation), Conflict (stale, state, id reused) or InvalidInput.
    """
    sent = {**asdict(tick), "version": None, "step": step_id, "actor": user.username}
    fingerprint = seal(sent)
    try:
        with transaction.atomic():
            take_turn()
            return _act(step_id, user, tick, fingerprint)
    except (Conflict, IntegrityError):
        repeated = _repeated(tick.id, fingerprint)
        if repeated is None:
            raise
        return repeated.plan


def _repeated(event_id: UUID, fingerprint: str) -> PlanEvent | None:
    found = PlanEvent.objects.select_related("plan").filter(pk=event_id).first()
    if found is not None and found.fingerprint != fingerprint:
        raise Conflict("case.id_reused", id=event_id)
    return found


def _act(step_id: UUID, user: User, tick: Tick, fingerprint: str) -> Plan:
    repeated = _repeated(tick.id, fingerprint)
    if repeated is not None:
        return repeated.plan
    related = ("plan__warning__alarm", "plan__owner", "organisation")
    step = PlanStep.objects.select_related(*related).filter(pk=step_id, plan__in=visible_plans(user)).first()
    if step is None:
        raise NotFound("plan.step_not_found", id=step_id)
    following, at = _permitted(step, user, tick), now()
    plan, before = step.plan, step.state
    open_again = following is PlanStepState.OPEN
    values = {
        "state": following.value,
        "note": tick.note.strip(),
        "ticked_at": None if open_again else at,
        "ticked_by": None if open_again else user,
    }
    if not PlanStep.objects.filter(pk=step.pk, version=tick.version).update(**values, version=tick.version + 1):
        raise Conflict("version.stale", sent=tick.version, present=step.version)
    facts: dict[str, object] = {"position": step.position, "from": before, "to": following.value}
    if ahead_s := clock_ahead_s(tick.at):
        facts["claimed_ahead_s"] = ahead_s
    PlanEvent.objects.create(
        id=tick.id,
        plan=plan,
        step=step,
        at=at,
        actor=user,
        action=tick.action.value,
        note=tick.note.strip(),
        facts=facts,
        claimed_at=tick.at,
        fingerprint=fingerprint,
    )
    subject = f"plan_step:{step.pk}"
    if open_again:
        limit = Limit(TimerKind.PLAN_STEP, "", "", 1, Role.SHIFT_LEADER)
        timer = timers.begin(TimerKind.PLAN_STEP, subject, plan.warning.alarm, plan.warning, plan.started_at, limit)
        Timer.objects.filter(pk=timer.pk).update(due_at=step.due_at)
    else:
        timers.end(Timer.objects.filter(subject=subject), TimerOutcome.MET, at)
    _settle(plan, at)
    record(user, f"plan_step.{tick.action}", "plan", str(plan.pk), after={**facts, "note": tick.note.strip()})
    disposal_event("plan.moved", plan, plan.code, tick.action.value, plan.owner.code)
    return plan


def _permitted(step: PlanStep, user: User, tick: Tick) -> PlanStepState:
    if Permission.WARNING_SIGN not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.WARNING_SIGN.value)
    if step.organisation_id != user.organisation_id:
        raise NotAllowed("plan.step_of_others", organisation=step.organisation.name_zh)
    if step.plan.state == PlanState.CANCELLED or step.plan.warning.state != WarningState.ISSUED:
        raise Conflict("plan.over", plan=step.plan.code)
    if step.version != tick.version:
        raise Conflict("version.stale", sent=tick.version, present=step.version)
    following = PLAN_STEP_TRANSITIONS.get((PlanStepState(step.state), tick.action))
    if following is None:
        raise Conflict("plan.step_forbidden", state=step.state)
    if tick.action is not PlanStepAction.DO and not tick.note.strip():
        raise InvalidInput("plan.reason_missing")
    return following


def _settle(plan: Plan, at: datetime) -> None:
    """A plan is finished as long as none of its steps is open."""
    is_open = plan.steps.filter(state=PlanStepState.OPEN).exists()
    plan.state = PlanState.RUNNING if is_open else PlanState.FINISHED
    plan.ended_at = None if is_open else at
    Plan.objects.filter(pk=plan.pk).update(state=plan.state, ended_at=plan.ended_at)


def end_plans(event: OutboxEvent) -> None:
    """The reaction to ``warning.lifted``: plans that still run end with their warning."""
    with transaction.atomic():
        take_turn()
        running = Plan.objects.select_related("owner").filter(warning=event.payload["id"], state=PlanState.RUNNING)
        for plan in running:
            plan.state = PlanState.CANCELLED
            Plan.objects.filter(pk=plan.pk).update(state=plan.state, ended_at=event.happened_at)
            PlanEvent.objects.create(id=new_id(), plan=plan, at=now(), actor=None, action="end")
            record(None, "plan.end", "plan", str(plan.pk), after={"code": plan.code})
            disposal_event("plan.moved", plan, plan.code, "end", plan.owner.code)


def open_steps(warnings: Iterable[UUID]) -> list[PlanStep]:
    """Steps of running plans that nobody ticked or skipped yet."""
    steps = PlanStep.objects.select_related("plan").filter(plan__warning__in=list(warnings), state=PlanStepState.OPEN)
    return list(steps.filter(plan__state=PlanState.RUNNING).order_by("plan", "position"))
