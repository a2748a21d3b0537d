"""The stages of a case, each with its own clock: it begins with the state it belongs to and ends with that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.casework.cases.states import CaseState
from chengmai.casework.clocks.limits import YELLOW_FROM, Due, Light, light
from chengmai.casework.models import Case, CaseClass, StageClock

_S = CaseState


class Stage(StrEnum):
    """What a case waits for."""

    CONFIRM = "confirm"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"


STAGE_OF: Mapping[CaseState, Stage] = {
    _S.TO_CONFIRM: Stage.CONFIRM,
    _S.FILED: Stage.DISPATCH,
    _S.DISPATCHED: Stage.HANDLE,
    _S.SIGNED: Stage.HANDLE,
    _S.ON_SITE: Stage.HANDLE,
    _S.HANDLED: Stage.CHECK,
    _S.VERIFIED: Stage.CLOSE,
}
"""State -> the stage whose clock runs in it; a state that is not here has none."""
DEFAULT_MINUTES: Mapping[Stage, int] = {
    Stage.CONFIRM: 30,
    Stage.DISPATCH: 30,
    Stage.CHECK: 120,
    Stage.CLOSE: 30,
}
"""Customary limits round the clock where a class sets none; handling has the class's own limit, from filing on."""
TOLD_AT: Mapping[Stage, tuple[Role, Role]] = {
    Stage.CONFIRM: (Role.COLLECTOR, Role.SHIFT_LEADER),
    Stage.DISPATCH: (Role.DISPATCHER, Role.SHIFT_LEADER),
    Stage.HANDLE: (Role.DEPARTMENT_HANDLER, Role.SHIFT_LEADER),
    Stage.CHECK: (Role.VERIFIER, Role.SHIFT_LEADER),
    Stage.CLOSE: (Role.VERIFIER, Role.SHIFT_LEADER),
}
"""Who hears of it at 80 % and at 100 % of a stage's limit."""


def minutes_of(row: CaseClass, stage: Stage) -> int:
    """The limit of a stage other than handling, in minutes round the clock."""
    told = row.stage_minutes.get(stage.value)
    return int(told) if told else DEFAULT_MINUTES[stage]


def follow(case: Case, at: datetime, by: User | None = None) -> None:
    """Let the clocks of stages follow a case's state, moved by somebody; part of the caller's transaction."""
    wanted = STAGE_OF.get(CaseState(case.state))
    running = case.clocks.filter(ended_at=None).first()
    if running is not None and running.stage != wanted:
        StageClock.objects.filter(pk=running.pk, ended_at=None).update(ended_at=at, ended_by=by)
        running = None
    if wanted is None:
        return
    times = _due(case, wanted, running.started_at if running else at)
    if running is None:
        StageClock.objects.create(
            case=case, stage=wanted.value, started_at=at, yellow_at=times.yellow_at, due_at=times.due_at
        )
    elif (running.yellow_at, running.due_at) != (times.yellow_at, times.due_at):
        # Later than before: what was told of the old limit is told again of the new one.
        StageClock.objects.filter(pk=running.pk).update(
            yellow_at=times.yellow_at, due_at=times.due_at, told_yellow_at=None, told_red_at=None
        )


def take_back_dispatch(case: Case) -> None:
    """Note that the last dispatch of a case did not hold: it was returned, or another department got the case."""
    last = case.clocks.filter(stage=Stage.DISPATCH.value).exclude(ended_at=None).order_by("-pk").first()
    if last is not None:
        StageClock.objects.filter(pk=last.pk).update(taken_back=True)


def _due(case: Case, stage: Stage, begun: datetime) -> Due:
    if stage is Stage.HANDLE:
        return Due(case.yellow_at, case.due_at)
    length = timedelta(minutes=minutes_of(case.case_class, stage))
    return Due(begun + length * float(YELLOW_FROM), begun + length)


def light_of(clock: StageClock, at: datetime) -> Light:
    """A stage's light at a moment, or as it ended."""
    return light(Due(clock.yellow_at, clock.due_at), clock.ended_at or at)
