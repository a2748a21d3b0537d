"""Use-cases of warnings: opened from an alarm, dismissed or issued, revised, lifted, archived."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.warning import fieldwork, lifting, queries
from chengmai.warning.events import WarningEventName, warning_event
from chengmai.warning.models import Warning, WarningEvent
from chengmai.warning.numbering import WARNING_PREFIX, next_code
from chengmai.warning.states import (
    WARNING_PERMISSIONS,
    WARNING_TRANSITIONS,
    AlarmState,
    DismissalReason,
    Severity,
    WarningAction,
    WarningState,
)

_EVENT: dict[WarningAction, WarningEventName] = {
    WarningAction.DISMISS: "warning.dismissed",
    WarningAction.ISSUE: "warning.issued",
    WarningAction.REVISE: "warning.revised",
    WarningAction.LIFT: "warning.lifted",
    WarningAction.ARCHIVE: "warning.archived",
}
_SET_ASIDE = {AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE}


@dataclass(frozen=True, slots=True)
class Step:
    """What a person wants done to a warning; which fields are needed depends on the action."""

    action: WarningAction
    version: int
    level: Severity | None = None
    text: str | None = None
    dismissal: DismissalReason | None = None
    note: str = ""


@transaction.atomic
def open_warning(alarm_id: UUID, user: User, level: Severity) -> Warning:
    """Take an alarm into assessment; raises NotAllowed, NotFound, or Conflict when one is already open."""
    take_turn()
    _demand(user, Permission.WARNING_ASSESS)
    alarm = queries.visible_alarm(user, alarm_id)
    if alarm.state in _SET_ASIDE:
        raise Conflict("warning.alarm_set_aside", state=alarm.state)
    # The alarm's version is the lock: of two people who open a warning at once, one gets a Conflict.
    if not type(alarm).objects.filter(pk=alarm.pk, version=alarm.version).update(version=alarm.version + 1):
        raise Conflict("version.stale", sent=alarm.version, present="?")
    if alarm.warnings.filter(state__in=[WarningState.ASSESSING, WarningState.ISSUED]).exists():
        raise Conflict("warning.already_open", alarm=alarm.code)
    warning = Warning.objects.create(
        code=next_code(WARNING_PREFIX, now()), alarm=alarm, owner=alarm.owner, level=level.value, opened_at=now()
    )
    _write(warning, user, "open", "", "")
    record(user, "warning.open", "warning", str(warning.pk), after=_facts(warning))
    warning_event("warning.opened", warning, "open")
    return warning


@transaction.atomic
def act_on_warning(warning_id: UUID, user: User, step: Step) -> Warning:
    """Take one step by the table; raises NotAllowed, NotFound, Conflict (stale, state, open cases) or InvalidInput."""
    take_turn()
    warning = queries.visible_warning(user, warning_id)
    _demand(user, WARNING_PERMISSIONS[step.action])
    if warning.version != step.version:
        raise Conflict("version.stale", sent=step.version, present=warning.version)
    following = WARNING_TRANSITIONS.get((WarningState(warning.state), step.action))
    if following is None:
        raise Conflict("warning.action_forbidden", action=step.action.value, state=warning.state)
    state, before = warning.state, _facts(warning)
    more = _APPLY[step.action](warning, step, user)
    warning.state = following
    _move(warning, step.version)
    _write(warning, user, step.action.value, state, step.note, **more)
    record(user, f"warning.{step.action}", "warning", str(warning.pk), before=before, after={**_facts(warning), **more})
    warning_event(_EVENT[step.action], warning, step.action.value)
    return warning


def _dismiss(warning: Warning, step: Step, user: User) -> dict[str, Any]:
    if step.dismissal is None:
        raise InvalidInput("warning.dismissal_missing")
    warning.dismissal = step.dismissal.value
    return {}


def _issue(warning: Warning, step: Step, user: User) -> dict[str, Any]:
    if step.level is None:
        raise InvalidInput("warning.level_missing")
    warning.level, warning.issued_at = step.level.value, now()
    warning.text = (step.text or "").strip()
    return {}


def _revise(warning: Warning, step: Step, user: User) -> dict[str, Any]:
    level = step.level.value if step.level else warning.level
    text = warning.text if step.text is None else step.text.strip()
    if (level, text) == (warning.level, warning.text):
        raise InvalidInput("warning.nothing_revised")
    warning.level, warning.text = level, text
    return {}


def _lift(warning: Warning, step: Step, user: User) -> dict[str, Any]:
    """Lift when every case is closed and nothing else is open; otherwise only with a reason, kept with what was."""
    cases = fieldwork.of_warnings([warning.pk])
    unfinished = [case.case_code for case in cases if not case.closed]
    if not step.note.strip():
        if not cases:
            raise Conflict("warning.no_case_yet", warning=warning.code)
        if unfinished:
            raise Conflict("warning.cases_open", warning=warning.code, cases=", ".join(unfinished))
    hindrances = lifting.hindrances(warning, user)
    if hindrances and not step.note.strip():
        raise hindrances[0]
    warning.lifted_at = now()
    return {"unfinished_cases": unfinished, "hindrances": [str(found) for found in hindrances]}


def _archive(warning: Warning, step: Step, user: User) -> dict[str, Any]:
    return {}


_APPLY = {
    WarningAction.DISMISS: _dismiss,
    WarningAction.ISSUE: _issue,
    WarningAction.REVISE: _revise,
    WarningAction.LIFT: _lift,
    WarningAction.ARCHIVE: _archive,
}


def _demand(user: User, permission: Permission) -> None:
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)


def _move(warning: Warning, version: int) -> None:
    names = ("state", "level", "text", "dismissal", "issued_at", "lifted_at")
    values = {name: getattr(warning, name) for name in names}
    if not Warning.objects.filter(pk=warning.pk, version=version).update(**values, version=version + 1):
        raise Conflict("version.stale", sent=version, present="?")
    warning.version = version + 1


def _write(warning: Warning, actor: User, action: str, from_state: str, note: str, **more: object) -> None:
    WarningEvent.objects.create(
        warning=warning,
        at=now(),
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=warning.state,
        note=note.strip(),
        facts={**_facts(warning), **more},
    )


def _facts(warning: Warning) -> dict[str, Any]:
    return {
        "state": str(warning.state),
        "level": str(warning.level),
        "text": warning.text,
        "dismissal": warning.dismissal,
    }
