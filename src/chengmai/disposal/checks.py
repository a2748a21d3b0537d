"""The second check: a person looks again whether the cause is gone, before another one lifts the warning."""

from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.casework.cases.states import CaseAction
from chengmai.casework.models import Case, CaseEvent
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.disposal.models import SecondCheck
from chengmai.disposal.plans import open_steps
from chengmai.warning.events import warning_event
from chengmai.warning.models import Warning
from chengmai.warning.queries import visible_warning
from chengmai.warning.states import WarningState


@transaction.atomic
def check_again(warning_id: UUID, user: User, passed: bool, note: str) -> SecondCheck:
    """Write down a second check; raises NotFound, NotAllowed, Conflict (not issued) or InvalidInput (no words)."""
    take_turn()
    warning = visible_warning(user, warning_id)
    if Permission.WARNING_ASSESS not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=Permission.WARNING_ASSESS.value)
    if warning.state != WarningState.ISSUED:
        raise Conflict("check.not_issued", state=warning.state)
    if not note.strip():
        raise InvalidInput("check.note_missing")
    facts = {
        "alarm_state": warning.alarm.state,
        "cases": {case.code: case.state for case in _cases(warning)},
        "open_steps": len(open_steps([warning.pk])),
    }
    made = SecondCheck.objects.create(warning=warning, at=now(), by=user, passed=passed, note=note.strip(), facts=facts)
    after = {**facts, "passed": passed, "note": made.note}
    record(user, "warning.check", "warning", str(warning.pk), after=after)
    warning_event("warning.checked", warning, "check")
    return made


def counting_check(warning: Warning) -> SecondCheck | None:
    """The check that counts: the last one, when it passed and no field work was finished after it."""
    last = warning.checks.select_related("by").order_by("-at", "-pk").first()
    if last is None or not last.passed:
        return None
    later = CaseEvent.objects.filter(case__in=_cases(warning), action=CaseAction.FINISH, at__gt=last.at)
    return None if later.exists() else last


def hindrances(warning: Warning, user: User) -> list[Conflict]:
    """Disposal's answer to ``warning.lifting``: open steps, a missing check, a check by the very person who lifts."""
    found = []
    steps = open_steps([warning.pk])
    if steps:
        first = steps[0]
        told = f"{first.plan.code}-{first.position}"
        found.append(Conflict("warning.steps_open", warning=warning.code, count=len(steps), first=told))
    check = counting_check(warning)
    if check is None:
        found.append(Conflict("warning.no_second_check", warning=warning.code))
    elif check.by_id == user.pk:
        found.append(Conflict("warning.own_check", warning=warning.code))
    return found


def _cases(warning: Warning) -> list[Case]:
    return list(Case.objects.filter(source="warning", source_id=str(warning.pk)).order_by("pk"))
