"""The whole story of a warning on one page: alarm, warning, cases, photographs, in the order it happened.

What is told above casework - signatures of parties, plans, second checks - is handed in when joint disposal is loaded.
"""

from collections.abc import Callable
from typing import Literal
from uuid import UUID

from chengmai.access.models import User
from chengmai.casework.cases import queries
from chengmai.casework.cases.schemas import Timeline, TimelineEntry
from chengmai.casework.models import Case, CaseEvent
from chengmai.core.messages import message
from chengmai.warning.models import AlarmEvent, Warning, WarningEvent
from chengmai.warning.places import Places
from chengmai.warning.queries import history_of, visible_warning
from chengmai.warning.views import actor_ref

Further = Callable[[Warning, str], list[TimelineEntry]]
_further: list[Further] = []


def provide(further: Further) -> None:
    """Hand in the function that tells what else happened to a warning; the last one handed in tells."""
    _further[:] = [further]


def timeline_of(warning_id: UUID, user: User, language: str) -> Timeline:
    """Everything the user may see of a warning's story; raises NotFound outside the user's scope."""
    warning = visible_warning(user, warning_id)
    alarm = warning.alarm
    cases = list(queries.visible_cases(user).filter(source="warning", source_id=str(warning.pk)))
    place = Places([alarm]).of(alarm, language)
    entries = [
        *(_step("alarm", alarm.pk, alarm.code, step, language, place) for step in history_of(alarm)),
        *(_step("warning", warning.pk, warning.code, step, language) for step in history_of(warning)),
        *(entry for case in cases for entry in _of_case(case, language)),
        *(entry for further in _further for entry in further(warning, language)),
    ]
    return Timeline(
        warning_id=warning.pk,
        warning_code=warning.code,
        alarm_id=alarm.pk,
        alarm_code=alarm.code,
        place=place,
        case_ids=[case.pk for case in cases],
        entries=sorted(entries, key=lambda entry: entry.at),
    )


def _of_case(case: Case, language: str) -> list[TimelineEntry]:
    entries = []
    for step in queries.history_of(case):
        photos = [photo.pk for photo in step.photos.all()]
        entry = _step("photo" if photos else "case", case.pk, case.code, step, language)
        entries.append(entry.model_copy(update={"photos": photos}))
    return entries


Kind = Literal["alarm", "warning", "case", "photo"]


def _step(
    kind: Kind, object_id: UUID, code: str, step: AlarmEvent | WarningEvent | CaseEvent, language: str, place: str = ""
) -> TimelineEntry:
    actor = step.actor.name if step.actor else message("actor.platform", language, {})
    params = {"code": code, "actor": actor, "place": place}
    return TimelineEntry(
        at=step.at,
        kind=kind,
        object_id=object_id,
        object_code=code,
        actor=actor_ref(step.actor),
        action=step.action,
        from_state=step.from_state,
        to_state=step.to_state,
        note=step.note,
        facts=step.facts,
        photos=[],
        message=message(_sentence(kind, step.action), language, params),
    )


def _sentence(kind: Kind, action: str) -> str:
    if kind == "alarm":
        return f"timeline.alarm.{action}"
    return f"timeline.warning.{action}" if kind == "warning" else f"timeline.case.{action}"
