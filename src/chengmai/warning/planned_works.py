"""Planned works: what is done on a network, where and when; they explain alarms near them and hide none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

import shapely
from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.access.scope import within_reach
from chengmai.assets.models import Network, NetworkLink, NetworkNode
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.sensing.models import Datastream
from chengmai.warning.alarm_steps import facts_of, finish, moved
from chengmai.warning.events import planned_work_event
from chengmai.warning.models import Alarm, PlannedWork, PlannedWorkEvent
from chengmai.warning.numbering import WORK_PREFIX, next_code
from chengmai.warning.states import (
    PLANNED_WORK_PERMISSIONS,
    PLANNED_WORK_TRANSITIONS,
    AlarmState,
    PlannedWorkAction,
    PlannedWorkState,
)

LIKELY = 5
"""Of an alarm's likely elements, so many are looked for among those of the works: the rest is too unlikely."""


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """What is planned: where (elements, a ring in degrees, or both), from when to when, why, and whom to call."""

    reason: str
    contact: str
    starts_at: datetime
    ends_at: datetime
    elements: Sequence[str] = ()
    area: Sequence[Sequence[float]] = ()


def visible_works(user: User) -> QuerySet[PlannedWork]:
    """The works within a person's reach: of organisations whose objects they see."""
    return within_reach(PlannedWork.objects.select_related("network", "owner"), user)


def visible_work(user: User, work_id: UUID) -> PlannedWork:
    """One of them; raises NotFound otherwise."""
    work = visible_works(user).filter(pk=work_id).first()
    if work is None:
        raise NotFound("planned_work.not_found", id=work_id)
    return work


@transaction.atomic
def plan(user: User, network_code: str, wanted: WorkPlan) -> PlannedWork:
    """Plan works on a network; raises NotAllowed, NotFound (network) or InvalidInput (place, times, words)."""
    _demand(user)
    take_turn()
    network = within_reach(Network.objects.select_related("owner"), user).filter(code=network_code).first()
    if network is None:
        raise NotFound("network.unknown", code=network_code)
    _check(network, wanted)
    work = PlannedWork(code=next_code(WORK_PREFIX, now()), network=network, owner=_owner(user, network))
    _take_over(work, wanted)
    work.save(force_insert=True)
    _finish(work, user, "plan", "", {})
    return work


def _owner(user: User, network: Network) -> Organisation:
    """A company's works are its own; what the bureau plans on a company's network is seen by that company."""
    return network.owner if user.sees_whole_city else user.organisation


@transaction.atomic
def revise(user: User, work_id: UUID, version: int, wanted: WorkPlan) -> PlannedWork:
    """Change works that are not over; raises NotAllowed, NotFound, Conflict (stale, over) or InvalidInput."""
    take_turn()
    work = _step(user, work_id, version, PlannedWorkAction.REVISE)
    before = _facts(work)
    if work.state == PlannedWorkState.ACTIVE and wanted.starts_at != work.starts_at:
        raise InvalidInput("planned_work.begun", starts_at=work.starts_at.isoformat())
    _check(work.network, wanted)
    _take_over(work, wanted)
    _move(work, PlannedWorkState(work.state))
    _finish(work, user, PlannedWorkAction.REVISE.value, work.state, before)
    if work.state == PlannedWorkState.ACTIVE:
        _explain_open(work)
    return work


@transaction.atomic
def act(user: User, work_id: UUID, version: int, action: PlannedWorkAction, note: str = "") -> PlannedWork:
    """Start, end or cancel works; raises NotAllowed, NotFound, Conflict (stale, state) or InvalidInput (no reason)."""
    take_turn()
    if action is PlannedWorkAction.REVISE:
        raise InvalidInput("planned_work.nothing_revised")
    work = _step(user, work_id, version, action)
    if action is PlannedWorkAction.CANCEL and not note.strip():
        raise InvalidInput("planned_work.note_missing")
    _advance(work, action, user, note)
    return work


def advance_due(at: datetime) -> int:
    """Start and end works by their times; returns how many steps were taken. Safe to call twice."""
    steps = 0
    for state, action, due in (
        (PlannedWorkState.PLANNED, PlannedWorkAction.START, {"starts_at__lte": at}),
        (PlannedWorkState.ACTIVE, PlannedWorkAction.END, {"ends_at__lte": at}),
    ):
        for work_id in PlannedWork.objects.filter(state=state, **due).values_list("pk", flat=True):
            with transaction.atomic():
                take_turn()
                works = PlannedWork.objects.select_related("network", "owner")
                work = works.filter(pk=work_id, state=state, **due).first()
                if work is not None:
                    _advance(work, action, None, "")
                    steps += 1
    return steps


def _step(user: User, work_id: UUID, version: int, action: PlannedWorkAction) -> PlannedWork:
    work = visible_work(user, work_id)
    _demand(user)
    if work.version != version:
        raise Conflict("version.stale", sent=version, present=work.version)
    if (PlannedWorkState(work.state), action) not in PLANNED_WORK_TRANSITIONS:
        raise Conflict("planned_work.action_forbidden", action=action.value, state=work.state)
    return work


def _advance(work: PlannedWork, action: PlannedWorkAction, actor: User | None, note: str) -> None:
    state, before = work.state, _facts(work)
    if action is PlannedWorkAction.START and actor is not None:
        work.starts_at = min(work.starts_at, now())
    if action is PlannedWorkAction.END and actor is not None:
        work.ends_at = min(work.ends_at, now())
    _move(work, PLANNED_WORK_TRANSITIONS[PlannedWorkState(state), action])
    _finish(work, actor, action.value, state, before, note)
    if action is PlannedWorkAction.START:
        _explain_open(work)


def allowed_actions(user: User, work: PlannedWork) -> list[PlannedWorkAction]:
    """What this person may do to these works now."""
    held = user.permissions
    return [
        action
        for action, permission in PLANNED_WORK_PERMISSIONS.items()
        if permission in held and (PlannedWorkState(work.state), action) in PLANNED_WORK_TRANSITIONS
    ]


def explaining(alarm: Alarm) -> PlannedWork | None:
    """The works that explain an alarm: on its network, going on, and at its elements or around its place."""
    if alarm.network_id is None:
        return None
    works = PlannedWork.objects.filter(network=alarm.network_id, state=PlannedWorkState.ACTIVE).order_by("starts_at")
    if not works:
        return None
    elements = _elements_of(alarm)
    for work in works:
        if alarm.began_at >= work.starts_at and _covers(work, elements, alarm.longitude, alarm.latitude):
            return work
    return None


def told(alarm: Alarm) -> dict[str, str]:
    """What a step of the alarm's history says of the works that explain it."""
    return {"planned_work": alarm.planned_work.code} if alarm.planned_work else {}


def _elements_of(alarm: Alarm) -> set[str]:
    streams = Datastream.objects.filter(code=alarm.subject.partition("#")[0])
    return {
        *(element["code"] for element in alarm.elements[:LIKELY]),
        *streams.exclude(element="").values_list("element", flat=True),
    }


def _covers(work: PlannedWork, elements: set[str], longitude: float | None, latitude: float | None) -> bool:
    if elements & set(work.elements):
        return True
    if longitude is None or latitude is None or not work.area:
        return False
    return bool(shapely.Polygon(work.area).covers(shapely.Point(longitude, latitude)))


def _explain_open(work: PlannedWork) -> None:
    """Let open alarms that began since the works did carry their explanation."""
    alarms = Alarm.objects.select_related("rule", "owner").filter(
        network=work.network, planned_work=None, began_at__gte=work.starts_at
    )
    for alarm in alarms.exclude(state=AlarmState.NORMAL).order_by("pk"):
        if not _covers(work, _elements_of(alarm), alarm.longitude, alarm.latitude):
            continue
        before = facts_of(alarm)
        alarm.planned_work = work
        if moved(alarm):
            finish(alarm, None, "explain", before, event="alarm.updated", planned_work=work.code)


def _check(network: Network, wanted: WorkPlan) -> None:
    if not wanted.reason.strip():
        raise InvalidInput("planned_work.field", name="reason", value="", expected="1 .. 500")
    if not wanted.contact.strip():
        raise InvalidInput("planned_work.field", name="contact", value="", expected="1 .. 200")
    if wanted.ends_at <= wanted.starts_at:
        raise InvalidInput(
            "planned_work.field", name="ends_at", value=wanted.ends_at.isoformat(), expected="> starts_at"
        )
    if not wanted.elements and not wanted.area:
        raise InvalidInput("planned_work.nowhere")
    if wanted.area:
        _check_ring(wanted.area)
    edition = network.edition_id
    known = {
        *NetworkNode.objects.filter(edition=edition, code__in=wanted.elements).values_list("code", flat=True),
        *NetworkLink.objects.filter(edition=edition, code__in=wanted.elements).values_list("code", flat=True),
    }
    unknown = [code for code in wanted.elements if code not in known]
    if unknown:
        shown = ", ".join(unknown[:5])
        raise InvalidInput("planned_work.field", name="elements", value=shown, expected=f"{network.code}: …")


def _check_ring(ring: Sequence[Sequence[float]]) -> None:
    sound = len(ring) >= 3 and all(
        len(pair) == 2 and all(isfinite(x) for x in pair) and abs(pair[0]) <= 180 and abs(pair[1]) <= 90
        for pair in ring
    )
    if not sound or not shapely.Polygon(ring).is_valid:
        raise InvalidInput("planned_work.ring", name="area", corners=len(ring))


def _demand(user: User) -> None:
    if Permission.PLANNED_WORK_MANAGE not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.PLANNED_WORK_MANAGE.value)


def _take_over(work: PlannedWork, wanted: WorkPlan) -> None:
    work.reason, work.contact = wanted.reason.strip(), wanted.contact.strip()
    work.starts_at, work.ends_at = wanted.starts_at, wanted.ends_at
    work.elements = list(dict.fromkeys(wanted.elements))
    work.area = [[round(pair[0], 7), round(pair[1], 7)] for pair in wanted.area]


_MOVING = ("reason", "contact", "starts_at", "ends_at", "elements", "area")


def _move(work: PlannedWork, state: PlannedWorkState) -> None:
    seen, work.state = work.version, state.value
    values = {name: getattr(work, name) for name in _MOVING}
    found = PlannedWork.objects.filter(pk=work.pk, version=seen)
    if not found.update(**values, state=work.state, version=seen + 1):
        raise Conflict("version.stale", sent=seen, present="?")
    work.version = seen + 1


def _finish(
    work: PlannedWork, actor: User | None, action: str, from_state: str, before: dict[str, Any], note: str = ""
) -> None:
    PlannedWorkEvent.objects.create(
        work=work,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=work.state,
        note=note.strip(),
        facts=_facts(work),
    )
    record(actor, f"planned_work.{action}", "planned_work", str(work.pk), before=before, after=_facts(work))
    planned_work_event(work, action)


def _facts(work: PlannedWork) -> dict[str, Any]:
    return {
        "state": str(work.state),
        "reason": work.reason,
        "contact": work.contact,
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
        "elements": work.elements,
        "area": work.area,
    }
