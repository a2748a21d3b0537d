"""Steps on a case, each by the table of states, each once however often it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.casework.cases import history, moves, queries
from chengmai.casework.cases.moves import EXTENSION, SUSPENSION
from chengmai.casework.cases.states import CASE_PERMISSIONS, CASE_TRANSITIONS, CaseAction, CaseState
from chengmai.casework.clocks import stages
from chengmai.casework.events import case_event
from chengmai.casework.models import Case, ClockStop
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed

_NEED_NOTE = frozenset(CaseAction) - {
    CaseAction.DISPATCH,
    CaseAction.SIGN,
    CaseAction.ARRIVE,
    CaseAction.VERIFY,
    CaseAction.CLOSE,
    CaseAction.CONFIRM,
    CaseAction.RESUME,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was sent; ``id`` is made by the client, ``at`` is the client's clock, the place in degrees.

    ``amount`` is how much longer, in the unit of the case's class; ``into`` the code of the case it is merged into.
    """

    id: UUID
    action: CaseAction
    version: int
    note: str = ""
    department: str | None = None
    handler: str | None = None
    amount: int | None = None
    into: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    at: datetime | None = None


def act_on_case(case_id: UUID, user: User, step: Step) -> Case:
    """Take one step; sent again under the same id it changes nothing.

    Raises NotFound (scope), NotAllowed (permission, department, own work), Conflict (stale, forbidden by the state,
    id used for something else) or InvalidInput.
    """
    fingerprint = history.fingerprint(user, step.action.value, {"case": case_id, **asdict(step)})
    try:
        with transaction.atomic():
            take_turn()
            return _act(case_id, user, step, fingerprint)
    except (Conflict, IntegrityError):
        # Two equal sends at once: one took the step; the other sees it done as soon as that is committed.
        repeated = history.repeated_step(step.id, fingerprint)
        if repeated is None:
            raise
        return queries.visible_case(user, case_id)


def _act(case_id: UUID, user: User, step: Step, fingerprint: str) -> Case:
    if history.repeated_step(step.id, fingerprint) is not None:
        return queries.visible_case(user, case_id)
    case = queries.visible_case(user, case_id)
    following = _permitted(case, user, step)
    state, before, left = case.state, history.facts(case), case.department
    case.state = following
    if apply := _APPLY.get(step.action):
        apply(case, user, step)
    moves.drop_requests(case, state)
    _move(case, step.version)
    stages.follow(case, now(), user)
    history.write(
        case,
        user,
        step.action.value,
        state,
        step_id=step.id,
        fingerprint=fingerprint,
        note=step.note,
        longitude=step.longitude,
        latitude=step.latitude,
        claimed_at=step.at,
    )
    record(user, f"case.{step.action}", "case", str(case.pk), before=before, after=history.facts(case))
    left_code = left.code if left and left != case.department else ""
    case_event("case.closed" if case.state == CaseState.CLOSED else "case.moved", case, step.action.value, left_code)
    return case


def _permitted(case: Case, user: User, step: Step) -> CaseState:
    permission = CASE_PERMISSIONS[step.action]
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)
    if step.action in queries.OF_HANDLERS and case.department_id != user.organisation_id:
        raise NotAllowed("case.other_department", case=case.code)
    if case.version != step.version:
        raise Conflict("version.stale", sent=step.version, present=case.version)
    following = CASE_TRANSITIONS.get((CaseState(case.state), step.action))
    if following is None:
        raise Conflict("case.action_forbidden", action=step.action.value, state=case.state)
    if step.action in queries.BY_OTHERS and queries.has_worked_on(user, case):
        raise NotAllowed("case.own_work", case=case.code)
    if step.action in _NEED_NOTE and not step.note.strip():
        raise InvalidInput("case.note_missing", action=step.action.value)
    if (step.longitude is None) != (step.latitude is None):
        raise InvalidInput("case.half_a_place")
    return following


def _dispatch(case: Case, user: User, step: Step) -> None:
    wanted = step.department or queries.suggested_department(case).department_code
    if not wanted:
        raise InvalidInput("case.department_missing", case=case.code)
    department = Organisation.objects.filter(code=wanted).first()
    if department is None:
        raise InvalidInput("case.department_unknown", department=wanted)
    if case.department not in (None, department):
        stages.take_back_dispatch(case)
    case.department = department
    case.handler = _handler(department, step.handler) if step.handler else None
    moves.end_stop(case)


def _handler(department: Organisation, username: str) -> User:
    person = User.objects.filter(username=username, organisation=department, is_active=True).first()
    if person is None or Permission.CASE_HANDLE not in person.permissions:
        raise InvalidInput("case.handler_unfit", handler=username, department=department.code)
    return person


def _return(case: Case, user: User, step: Step) -> None:
    """Back to the dispatcher: nobody is to handle it now, so its clock stands still until it is dispatched again."""
    ClockStop.objects.create(case=case, started_at=now())
    case.handler = None
    stages.take_back_dispatch(case)


def _sign(case: Case, user: User, step: Step) -> None:
    if case.handler_id not in (None, user.pk):
        raise NotAllowed("case.for_another_handler", case=case.code)
    case.handler = user


def _finish(case: Case, user: User, step: Step) -> None:
    case.handled_at = now()


def _send_back(case: Case, user: User, step: Step) -> None:
    case.handled_at = None
    case.reworked += 1


def _close(case: Case, user: User, step: Step) -> None:
    case.closed_at = now()


def _void(case: Case, user: User, step: Step) -> None:
    case.stops.filter(ended_at=None).update(ended_at=now())


def _merge(case: Case, user: User, step: Step) -> None:
    case.merged_into = moves.merge_target(case, queries.visible_cases(user).filter(code=step.into or "").first())
    case.stops.filter(ended_at=None).update(ended_at=now())
    moves.tell_target(case, case.merged_into, user)


_APPLY: Mapping[CaseAction, Callable[[Case, User, Step], None]] = {
    CaseAction.DISPATCH: _dispatch,
    CaseAction.RETURN: _return,
    CaseAction.SIGN: _sign,
    CaseAction.FINISH: _finish,
    CaseAction.SEND_BACK: _send_back,
    CaseAction.CLOSE: _close,
    CaseAction.VOID: _void,
    CaseAction.MERGE: _merge,
    CaseAction.ASK_EXTENSION: lambda case, user, step: moves.ask(case, user, EXTENSION, step.note, step.amount),
    CaseAction.ASK_SUSPENSION: lambda case, user, step: moves.ask(case, user, SUSPENSION, step.note, None),
    CaseAction.EXTEND: lambda case, user, step: moves.extend(case, user, step.amount),
    CaseAction.SUSPEND: lambda case, user, step: moves.suspend(case, user),
    CaseAction.RESUME: lambda case, user, step: moves.resume(case),
    CaseAction.REFUSE: lambda case, user, step: moves.refuse(case, user),
    CaseAction.URGE: lambda case, user, step: moves.urge(case),
    CaseAction.REWORK: lambda case, user, step: moves.rework(case),
}


def _move(case: Case, version: int) -> None:
    moved = ("state", "department", "handler", "yellow_at", "due_at", "handled_at", "closed_at")
    names = (*moved, "extra_amount", "urged", "reworked", "merged_into")
    values: dict[str, Any] = {name: getattr(case, name) for name in names}
    if not Case.objects.filter(pk=case.pk, version=version).update(**values, version=version + 1):
        raise Conflict("version.stale", sent=version, present="?")
    case.version = version + 1
