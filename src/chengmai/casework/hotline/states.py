"""A call's life as one table."""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    DONE = "done"
    MISSED = "missed"


class CallAction(StrEnum):
    """What happens to a call."""

    ANSWER = "answer"
    HANG_UP = "hang_up"
    FINISH = "finish"


class CallOutcome(StrEnum):
    """What became of a call: a case, a word in one there was, an answer at once, or nothing."""

    FILED = "filed"
    ATTACHED = "attached"
    CONSULTED = "consulted"
    DROPPED = "dropped"


CALL_TRANSITIONS: dict[tuple[CallState, CallAction], CallState] = {
    (CallState.RINGING, CallAction.ANSWER): CallState.ANSWERED,
    (CallState.RINGING, CallAction.HANG_UP): CallState.MISSED,
    (CallState.ANSWERED, CallAction.FINISH): CallState.DONE,
}
"""The exchange tells that a caller hung up; what was answered is finished by whoever answered it."""
