"""The doors of planned works, and of the load of alarms."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.detection import alarm_load
from chengmai.settings import current
from chengmai.warning import alarm_loads, planned_works, queries
from chengmai.warning.models import PlannedWork
from chengmai.warning.places import Places
from chengmai.warning.states import AlarmState
from chengmai.warning.views import history, organisation_ref
from chengmai.warning.work_schemas import (
    AlarmLoadOut,
    DayLoad,
    ExplainedAlarm,
    LoadFilter,
    LoadLimits,
    PlannedWorkActionIn,
    PlannedWorkDetail,
    PlannedWorkFilter,
    PlannedWorkIn,
    PlannedWorkOut,
    PlannedWorkPage,
    PlannedWorkRevision,
)

router = Router(tags=["warning"])


@router.get("/planned-works", response=PlannedWorkPage, auth=May(Permission.ALARM_READ))
def list_planned_works(request: HttpRequest, wanted: Query[PlannedWorkFilter]) -> PlannedWorkPage:
    """Planned works in the user's scope, newest first."""
    user = caller(request)
    works = _counted(planned_works.visible_works(user))
    if wanted.state is not None:
        works = works.filter(state=wanted.state)
    page, following = queries.page_of(works, wanted.before, wanted.limit)
    return PlannedWorkPage(items=[PlannedWorkOut(**_fields(work, user)) for work in page], next=following)


@router.post("/planned-works", response=PlannedWorkDetail, auth=May(Permission.PLANNED_WORK_MANAGE))
def plan_works(request: HttpRequest, body: PlannedWorkIn) -> PlannedWorkDetail:
    """Plan works on a network."""
    user = caller(request)
    work = planned_works.plan(user, body.network, _plan(body))
    return _detail(user, work.pk, language_of(request))


@router.get("/planned-works/{work_id}", response=PlannedWorkDetail, auth=May(Permission.ALARM_READ))
def read_planned_work(request: HttpRequest, work_id: UUID) -> PlannedWorkDetail:
    """All of planned works: where they are, what they explain, their history."""
    return _detail(caller(request), work_id, language_of(request))


@router.put("/planned-works/{work_id}", response=PlannedWorkDetail, auth=May(Permission.PLANNED_WORK_MANAGE))
def revise_works(request: HttpRequest, work_id: UUID, body: PlannedWorkRevision) -> PlannedWorkDetail:
    """Change works that are not over."""
    user = caller(request)
    planned_works.revise(user, work_id, body.version, _plan(body))
    return _detail(user, work_id, language_of(request))


@router.post("/planned-works/{work_id}/actions", response=PlannedWorkDetail, auth=May(Permission.PLANNED_WORK_MANAGE))
def act_on_works(request: HttpRequest, work_id: UUID, body: PlannedWorkActionIn) -> PlannedWorkDetail:
    """Start, end or cancel works."""
    user = caller(request)
    planned_works.act(user, work_id, body.version, body.action, body.note)
    return _detail(user, work_id, language_of(request))


def _plan(body: PlannedWorkIn) -> planned_works.WorkPlan:
    return planned_works.WorkPlan(
        body.reason, body.contact, body.starts_at, body.ends_at, body.elements, [list(pair) for pair in body.area]
    )


def _counted(works: QuerySet[PlannedWork]) -> QuerySet[PlannedWork]:
    return works.annotate(open_alarms=Count("alarms", filter=~Q(alarms__state=AlarmState.NORMAL)))


def _detail(user: User, work_id: UUID, language: str) -> PlannedWorkDetail:
    planned_works.visible_work(user, work_id)
    work = _counted(planned_works.visible_works(user)).get(pk=work_id)
    edition = work.network.edition_id
    explained = list(queries.visible_alarms(user).filter(planned_work=work).order_by("-pk")[:200])
    places = Places(explained)
    return PlannedWorkDetail(
        **_fields(work, user),
        paths=[] if edition is None else list(queries.paths_of(edition, work.elements).values()),
        explains=[
            ExplainedAlarm(
                id=alarm.pk,
                code=alarm.code,
                state=alarm.state,
                severity=alarm.severity,
                place=places.of(alarm, language),
            )
            for alarm in explained
        ],
        history=history(queries.history_of(work), language),
    )


def _fields(work: PlannedWork, user: User) -> dict[str, Any]:
    return {
        "id": work.pk,
        "code": work.code,
        "network": work.network.code,
        "owner": organisation_ref(work.owner),
        "reason": work.reason,
        "contact": work.contact,
        "elements": work.elements,
        "area": work.area,
        "starts_at": work.starts_at,
        "ends_at": work.ends_at,
        "state": work.state,
        "alarms": work.open_alarms,  # type: ignore[attr-defined]
        "allowed_actions": planned_works.allowed_actions(user, work),
        "version": work.version,
    }


@router.get("/alarm-load", response=AlarmLoadOut, auth=May(Permission.ALARM_READ))
def read_alarm_load(request: HttpRequest, wanted: Query[LoadFilter]) -> AlarmLoadOut:
    """How many alarms called people on each day, or in one span, beside what people can take."""
    user = caller(request)
    last = wanted.last or now().astimezone(current().zone).date()
    if wanted.start is not None:
        loads = [alarm_loads.load_of_span(user, wanted.start, wanted.end, wanted.positions)]
    else:
        loads = alarm_loads.loads_by_day(user, last, wanted.days, wanted.positions)
    return AlarmLoadOut(
        positions=wanted.positions,
        limits=LoadLimits(
            acceptable_per_period=alarm_load.ACCEPTABLE_PER_PERIOD,
            manageable_per_period=alarm_load.MANAGEABLE_PER_PERIOD,
            acceptable_per_day=alarm_load.ACCEPTABLE_PER_DAY,
            manageable_per_day=alarm_load.MANAGEABLE_PER_DAY,
            most_in_period=alarm_load.MOST_IN_PERIOD,
            most_flood_share=alarm_load.MOST_FLOOD_SHARE,
            most_worst_share=alarm_load.MOST_WORST_SHARE,
            most_standing=alarm_load.MOST_STANDING,
            most_stale=alarm_load.MOST_STALE,
            most_chattering=alarm_load.MOST_CHATTERING,
        ),
        days=[DayLoad(day=day, start=start, **asdict(load)) for (day, start, _), load in loads],
    )
