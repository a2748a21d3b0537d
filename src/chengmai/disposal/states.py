"""What can become of the things people work off together: plans, their steps, hand-overs; each a table of its own."""

from enum import StrEnum


class TimerKind(StrEnum):
    """What a timer waits for."""

    ASSESSMENT = "assessment"
    SIGNING = "signing"
    ON_SITE = "on_site"
    PLAN_STEP = "plan_step"


class TimerOutcome(StrEnum):
    """How a timer ended: what it waited for was done, or there was nothing left to wait for."""

    MET = "met"
    ENDED = "ended"


class PartyKind(StrEnum):
    """Who is concerned by a warning; everybody but external parties and key users signs in the platform."""

    OWNER = "owner"
    SECTION = "section"
    ORGANISATION = "organisation"
    EXTERNAL = "external"
    KEY_USER = "key_user"


class Responsible(StrEnum):
    """Who carries out a step of a contingency plan, told by what he is to the warning."""

    DESK = "desk"
    OWNER = "owner"
    SECTION = "section"
    ORGANISATION = "organisation"
    EXTERNAL = "external"


class PlanState(StrEnum):
    """Where a started contingency plan stands."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class PlanStepState(StrEnum):
    """Where a step of a started plan stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class PlanStepAction(StrEnum):
    """What a person does to a step of a started plan."""

    DO = "do"
    SKIP = "skip"
    REOPEN = "reopen"


class HandOverState(StrEnum):
    """Where a hand-over of a shift stands: signed by who goes, then by who comes, or withdrawn."""

    SIGNED_OUT = "signed_out"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


PLAN_STEP_TRANSITIONS: dict[tuple[PlanStepState, PlanStepAction], PlanStepState] = {
    (PlanStepState.OPEN, PlanStepAction.DO): PlanStepState.DONE,
    (PlanStepState.OPEN, PlanStepAction.SKIP): PlanStepState.SKIPPED,
    (PlanStepState.DONE, PlanStepAction.REOPEN): PlanStepState.OPEN,
    (PlanStepState.SKIPPED, PlanStepAction.REOPEN): PlanStepState.OPEN,
}
