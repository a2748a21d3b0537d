"""The doors of alarms and warnings; those of rules and of planned works stand beside them."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.sensing import runtime
from chengmai.warning import assessment, queries, rule_api, services, views, work_api
from chengmai.warning.affected import affected_by
from chengmai.warning.affected_views import AffectedOut, affected_out
from chengmai.warning.schemas import (
    AlarmActionIn,
    AlarmDetail,
    AlarmEvidence,
    AlarmFilter,
    AlarmPage,
    OpenWarningIn,
    WarningActionIn,
    WarningDetail,
    WarningFilter,
    WarningPage,
)

router = Router(tags=["warning"])


@router.get("/alarms", response=AlarmPage, auth=May(Permission.ALARM_READ))
def list_alarms(request: HttpRequest, wanted: Query[AlarmFilter]) -> AlarmPage:
    """Alarms in the user's scope, newest first."""
    alarms = queries.matching_alarms(
        queries.visible_alarms(caller(request)), wanted.open, wanted.state, wanted.severity
    )
    page, following = queries.page_of(alarms, wanted.before, wanted.limit)
    return AlarmPage(items=views.alarm_summaries(page, language_of(request)), next=following)


@router.get("/alarms/{alarm_id}", response=AlarmDetail, auth=May(Permission.ALARM_READ))
def read_alarm(request: HttpRequest, alarm_id: UUID) -> AlarmDetail:
    """All of one alarm: reasons, evidence, likely elements, history, warnings, and what the user may do."""
    user = caller(request)
    return views.alarm_detail(queries.visible_alarm(user, alarm_id), user, language_of(request))


@router.get("/alarms/{alarm_id}/evidence", response=AlarmEvidence, auth=May(Permission.ALARM_READ))
def read_evidence(request: HttpRequest, alarm_id: UUID) -> AlarmEvidence:
    """The very observations behind an alarm, with a fresh check of their hashes."""
    alarm = queries.visible_alarm(caller(request), alarm_id)
    return views.alarm_evidence(alarm, runtime.current().store)


@router.get("/alarms/{alarm_id}/affected", response=AffectedOut, auth=May(Permission.ALARM_READ))
def read_affected(request: HttpRequest, alarm_id: UUID) -> AffectedOut:
    """Whom an alarm concerns: the part of the network downstream of its place, its customers, how fast rooms cool."""
    alarm = queries.visible_alarm(caller(request), alarm_id)
    return affected_out(affected_by(alarm, runtime.current().store))


@router.post("/alarms/{alarm_id}/actions", response=AlarmDetail, auth=May(Permission.ALARM_READ))
def act_on_alarm(request: HttpRequest, alarm_id: UUID, body: AlarmActionIn) -> AlarmDetail:
    """One act on an alarm; which permission it needs depends on the action."""
    user = caller(request)
    services.act_on_alarm(
        alarm_id, user, body.action, body.version, body.note, body.until, with_consequences=body.with_consequences
    )
    return views.alarm_detail(queries.visible_alarm(user, alarm_id), user, language_of(request))


@router.post("/alarms/{alarm_id}/warning", response=WarningDetail, auth=May(Permission.WARNING_ASSESS))
def open_warning(request: HttpRequest, alarm_id: UUID, body: OpenWarningIn) -> WarningDetail:
    """Take an alarm into assessment."""
    user = caller(request)
    warning = assessment.open_warning(alarm_id, user, body.level)
    return views.warning_detail(queries.visible_warning(user, warning.pk), user, language_of(request))


@router.get("/warnings", response=WarningPage, auth=May(Permission.WARNING_READ))
def list_warnings(request: HttpRequest, wanted: Query[WarningFilter]) -> WarningPage:
    """Warnings in the user's scope, newest first."""
    warnings = queries.visible_warnings(caller(request))
    if wanted.state is not None:
        warnings = warnings.filter(state=wanted.state)
    if wanted.level is not None:
        warnings = warnings.filter(level=wanted.level)
    page, following = queries.page_of(warnings, wanted.before, wanted.limit)
    return WarningPage(items=views.warning_summaries(page, language_of(request)), next=following)


@router.get("/warnings/{warning_id}", response=WarningDetail, auth=May(Permission.WARNING_READ))
def read_warning(request: HttpRequest, warning_id: UUID) -> WarningDetail:
    """All of one warning, with the progress of its cases."""
    user = caller(request)
    return views.warning_detail(queries.visible_warning(user, warning_id), user, language_of(request))


@router.post("/warnings/{warning_id}/actions", response=WarningDetail, auth=May(Permission.WARNING_READ))
def act_on_warning(request: HttpRequest, warning_id: UUID, body: WarningActionIn) -> WarningDetail:
    """One act on a warning; which permission it needs depends on the action."""
    user = caller(request)
    step = assessment.Step(body.action, body.version, body.level, body.text, body.dismissal, body.note)
    assessment.act_on_warning(warning_id, user, step)
    return views.warning_detail(queries.visible_warning(user, warning_id), user, language_of(request))


router.add_router("", rule_api.router)
router.add_router("", work_api.router)
