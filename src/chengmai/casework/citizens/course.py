"""A case told to the public: its state and course in a few words, without people, notes or inner steps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.models import Case, CaseEvent

_S, _A = CaseState, CaseAction


class PublicState(StrEnum):
    """Where a matter stands, as its reporter is told."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    WAITING = "waiting"
    CHECKING = "checking"
    DONE = "done"
    NOT_PURSUED = "not_pursued"


PUBLIC_STATES: Final[dict[CaseState, PublicState]] = {
    _S.FILED: PublicState.RECEIVED,
    _S.TO_CONFIRM: PublicState.RECEIVED,
    _S.DISPATCHED: PublicState.ASSIGNED,
    _S.SIGNED: PublicState.IN_WORK,
    _S.ON_SITE: PublicState.IN_WORK,
    _S.SUSPENDED: PublicState.WAITING,
    _S.HANDLED: PublicState.CHECKING,
    _S.VERIFIED: PublicState.CHECKING,
    _S.CLOSED: PublicState.DONE,
    _S.VOID: PublicState.NOT_PURSUED,
}
"""Every state but merged, which is told by the case it was merged into."""
JOINED: Final = "joined"
_TOLD: Final[dict[str, str]] = {
    "file": "received",
    _A.DISPATCH: "assigned",
    _A.SIGN: "in_work",
    _A.ARRIVE: "on_site",
    _A.FINISH: "checking",
    _A.SEND_BACK: "again",
    _A.REWORK: "again",
    _A.SUSPEND: "waiting",
    _A.RESUME: "assigned",
    _A.CLOSE: "done",
    _A.VOID: "not_pursued",
    _A.MERGE: JOINED,
}
"""Steps that the public hears of, by their word; all others are the bureau's own."""


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step of a matter as the public hears of it."""

    at: datetime
    word: str


def last_of(case: Case) -> Case:
    """The case that the work goes on in: itself, or the one it was merged into, and so on."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def public_state(case: Case) -> PublicState:
    """Where a matter stands."""
    return PUBLIC_STATES[CaseState(last_of(case).state)]


def course_of(case: Case) -> list[PublicStep]:
    """What the public hears of a case, oldest first; a merged one goes on with the case it was merged into."""
    steps = _told(case.history.order_by("at", "pk"))
    if case.merged_into is not None:
        merged = steps[-1].at if steps else case.filed_at
        steps += [step for step in course_of(case.merged_into) if step.at > merged]
    return steps


def _told(events: QuerySet[CaseEvent]) -> list[PublicStep]:
    steps: list[PublicStep] = []
    for event in events:
        word = _TOLD.get(event.action)
        if word is not None and (not steps or steps[-1].word != word):
            steps.append(PublicStep(event.at, word))
    return steps
