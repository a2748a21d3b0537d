"""The doors of joint disposal: timers, parties, contingency plans, second checks."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.disposal import (
    cap_api,
    checks,
    duty_api,
    limits,
    parties,
    party_table,
    plan_schemas,
    plans,
    report_api,
    schemas,
    templates,
    timers,
    views,
)
from chengmai.disposal.models import Party
from chengmai.disposal.plans import Tick
from chengmai.warning.queries import visible_warning

router = Router(tags=["disposal"])
router.add_router("", duty_api.router)
router.add_router("", cap_api.router)
router.add_router("", report_api.router)


@router.get("/timers", response=list[schemas.TimerOut], auth=May(Permission.ALARM_READ))
def list_timers(request: HttpRequest, wanted: Query[schemas.TimerFilter]) -> list[schemas.TimerOut]:
    """Timers in the user's scope, the most urgent first."""
    user = caller(request)
    rows = timers.visible_timers(user)
    if wanted.running is not None:
        rows = rows.filter(ended_at__isnull=wanted.running)
    if wanted.untaken:
        rows = rows.filter(escalated_at__isnull=False, taken_at=None)
    if wanted.alarm is not None:
        rows = rows.filter(alarm=wanted.alarm)
    if wanted.warning is not None:
        rows = rows.filter(warning=wanted.warning)
    return views.timer_outs(list(rows[: wanted.limit]), user, language_of(request))


@router.post("/timers/{timer_id}/taking", response=schemas.TimerOut, auth=May(Permission.ALARM_READ))
def take_escalation(request: HttpRequest, timer_id: UUID, body: schemas.NoteIn) -> schemas.TimerOut:
    """Take note of an escalation; only for people of the role it went to."""
    user = caller(request)
    timers.take_escalation(timer_id, user, body.note)
    return views.timer_outs([timers.visible_timers(user).get(pk=timer_id)], user, language_of(request))[0]


@router.get("/limits", response=list[schemas.LimitOut], auth=May(Permission.WARNING_READ))
def list_limits(request: HttpRequest) -> list[schemas.LimitOut]:
    """Every time limit in force."""
    return [schemas.LimitOut.from_orm(limit) for limit in limits.limits()]


@router.put("/limits", response=schemas.LimitOut, auth=May(Permission.CONTINGENCY_PLAN_MANAGE))
def set_limit(request: HttpRequest, body: schemas.LimitIn) -> schemas.LimitOut:
    """Write one time limit; timers that run keep theirs."""
    return schemas.LimitOut.from_orm(limits.set_limit(caller(request), limits.Limit(**body.model_dump())))


@router.get("/warnings/{warning_id}/disposal", response=schemas.DisposalOut, auth=May(Permission.WARNING_READ))
def read_disposal(request: HttpRequest, warning_id: UUID) -> schemas.DisposalOut:
    """The joint disposal of a warning: timers, parties, plans, reports from the site, second checks."""
    user = caller(request)
    return views.disposal_out(visible_warning(user, warning_id), user, language_of(request))


@router.get("/signatures", response=list[schemas.PartyOut], auth=May(Permission.WARNING_SIGN))
def list_signatures(request: HttpRequest) -> list[schemas.PartyOut]:
    """What waits for the signature of the caller's own organisation, also of warnings it sees nothing else of."""
    user = caller(request)
    rows = Party.objects.select_related("warning", "organisation", "signed_by").filter(signed_at=None)
    mine = rows.filter(organisation=user.organisation_id, warning__state="issued").order_by("notified_at")
    return views.party_outs(list(mine), user)


@router.post("/parties/{party_id}/signature", response=schemas.PartyOut, auth=May(Permission.WARNING_SIGN))
def sign(request: HttpRequest, party_id: UUID, body: schemas.SignatureIn) -> schemas.PartyOut:
    """Sign for a party: its own people, or the bureau's by a telephone call for one outside the platform."""
    user = caller(request)
    party = parties.sign(party_id, user, body.version, body.spoken_to, body.note)
    return views.party_outs([party], user)[0]


@router.get("/party-rows", response=list[schemas.PartyRowOut], auth=May(Permission.WARNING_READ))
def list_party_rows(request: HttpRequest) -> list[schemas.PartyRowOut]:
    """The table of parties."""
    return [views.party_row_out(row) for row in party_table.rows()]


@router.post("/party-rows", response=schemas.PartyRowOut, auth=May(Permission.CONTINGENCY_PLAN_MANAGE))
def add_party_row(request: HttpRequest, body: schemas.PartyRowIn) -> schemas.PartyRowOut:
    """Add a row to the table of parties."""
    return views.party_row_out(party_table.add_row(caller(request), party_table.RowDraft(**body.model_dump())))


@router.delete("/party-rows/{row_id}", response={204: None}, auth=May(Permission.CONTINGENCY_PLAN_MANAGE))
def remove_party_row(request: HttpRequest, row_id: int) -> None:
    """Take a row of the table of parties out of force."""
    party_table.remove_row(caller(request), row_id)


@router.get("/plan-templates", response=list[plan_schemas.TemplateOut], auth=May(Permission.WARNING_READ))
def list_templates(request: HttpRequest) -> list[plan_schemas.TemplateOut]:
    """The contingency plans in force."""
    return [views.template_out(row) for row in templates.templates()]


@router.get("/plan-templates/{code}", response=list[plan_schemas.TemplateOut], auth=May(Permission.WARNING_READ))
def list_template_versions(request: HttpRequest, code: str) -> list[plan_schemas.TemplateOut]:
    """Every version a contingency plan had, newest first."""
    return [views.template_out(row) for row in templates.versions(code)]


@router.put("/plan-templates/{code}", response=plan_schemas.TemplateOut, auth=May(Permission.CONTINGENCY_PLAN_MANAGE))
def write_template(request: HttpRequest, code: str, body: plan_schemas.TemplateIn) -> plan_schemas.TemplateOut:
    """Write the next version of a contingency plan; a step without a responsible party is refused with its row."""
    given = body.model_dump()
    steps = [templates.StepDraft(**step) for step in given.pop("steps")]
    templates.write_template(caller(request), templates.TemplateDraft(code=code, steps=steps, **given))
    return views.template_out(templates.versions(code)[0])


@router.post("/warnings/{warning_id}/plans", response=schemas.DisposalOut, auth=May(Permission.WARNING_ISSUE))
def start_plan(request: HttpRequest, warning_id: UUID, body: plan_schemas.PlanIn) -> schemas.DisposalOut:
    """Start a contingency plan for an issued warning."""
    user = caller(request)
    plans.start_plan(warning_id, user, body.template)
    return views.disposal_out(visible_warning(user, warning_id), user, language_of(request))


@router.post("/plan-steps/{step_id}/actions", response=plan_schemas.PlanOut, auth=May(Permission.WARNING_SIGN))
def act_on_step(request: HttpRequest, step_id: UUID, body: plan_schemas.PlanStepActionIn) -> plan_schemas.PlanOut:
    """Tick, skip (with a reason) or reopen a step of a started plan."""
    user = caller(request)
    plan = plans.act_on_step(step_id, user, Tick(**body.model_dump()))
    return views.plan_out(plans.visible_plans(user).get(pk=plan.pk), user)


@router.post("/warnings/{warning_id}/checks", response=schemas.DisposalOut, auth=May(Permission.WARNING_ASSESS))
def check_again(request: HttpRequest, warning_id: UUID, body: schemas.CheckIn) -> schemas.DisposalOut:
    """Write down a second check."""
    user = caller(request)
    checks.check_again(warning_id, user, body.passed, body.note)
    return views.disposal_out(visible_warning(user, warning_id), user, language_of(request))
