"""Plans of valves to close and their steps: states, actions, and the tables that join them."""

from enum import StrEnum


class ValvePlanState(StrEnum):
    """Where a plan of valves stands: being closed, cut off, being opened again, supplied again, or never begun."""

    CLOSING = "closing"
    ISOLATED = "isolated"
    OPENING = "opening"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"


class ValvePlanAction(StrEnum):
    """What a person does to a whole plan."""

    OPEN_AGAIN = "open_again"
    WITHDRAW = "withdraw"


class ValveStepKind(StrEnum):
    """What a step asks for."""

    CLOSE_VALVE = "close_valve"
    STOP_SOURCE = "stop_source"
    TELL_KEY_USER = "tell_key_user"
    OPEN_VALVE = "open_valve"
    START_SOURCE = "start_source"


class ValveStepState(StrEnum):
    """Where a step stands; a dropped one is no longer needed."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


class ValveStepAction(StrEnum):
    """What a person of the network's owner says of a step."""

    CONFIRM = "confirm"
    FAIL = "fail"


_S, _A, _K = ValveStepState, ValveStepAction, ValveStepKind
VALVE_STEP_TRANSITIONS: dict[tuple[ValveStepKind, ValveStepState, ValveStepAction], ValveStepState] = {
    **{(kind, _S.WAITING, _A.CONFIRM): _S.DONE for kind in ValveStepKind},
    (_K.CLOSE_VALVE, _S.WAITING, _A.FAIL): _S.FAILED,
    # Closed, and later seen to let through: it does not hold.
    (_K.CLOSE_VALVE, _S.DONE, _A.FAIL): _S.FAILED,
    (_K.OPEN_VALVE, _S.WAITING, _A.FAIL): _S.FAILED,
}
VALVE_PLAN_TRANSITIONS: dict[tuple[ValvePlanState, ValvePlanAction], ValvePlanState] = {
    (ValvePlanState.CLOSING, ValvePlanAction.OPEN_AGAIN): ValvePlanState.OPENING,
    (ValvePlanState.ISOLATED, ValvePlanAction.OPEN_AGAIN): ValvePlanState.OPENING,
    (ValvePlanState.CLOSING, ValvePlanAction.WITHDRAW): ValvePlanState.WITHDRAWN,
    # Cut off by what another plan holds closed: nothing of its own is to be opened.
    (ValvePlanState.ISOLATED, ValvePlanAction.WITHDRAW): ValvePlanState.WITHDRAWN,
}
HOLDING = (ValvePlanState.CLOSING, ValvePlanState.ISOLATED)
"""States in which a break is to be kept cut off."""
RUNNING = (ValvePlanState.CLOSING, ValvePlanState.ISOLATED, ValvePlanState.OPENING)
"""States in which valves stand closed, or are to be."""
CUTTING = (ValveStepKind.CLOSE_VALVE, ValveStepKind.STOP_SOURCE)
"""Steps that cut the break off."""
GIVING_BACK = (ValveStepKind.OPEN_VALVE, ValveStepKind.START_SOURCE)
"""Steps that give supply back."""
