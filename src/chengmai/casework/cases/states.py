"""The case's state machine as one table, and who may take each step."""

from enum import StrEnum

from chengmai.access.roles import Permission


class CaseState(StrEnum):
    """Where a case stands between filing and closing."""

    FILED = "filed"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    ON_SITE = "on_site"
    HANDLED = "handled"
    VERIFIED = "verified"
    CLOSED = "closed"
    VOID = "void"
    TO_CONFIRM = "to_confirm"
    SUSPENDED = "suspended"
    MERGED = "merged"


class CaseAction(StrEnum):
    """One step on a case."""

    DISPATCH = "dispatch"
    RETURN = "return_to_dispatcher"
    SIGN = "sign"
    ARRIVE = "arrive"
    REPORT = "report"
    FINISH = "finish"
    VERIFY = "verify"
    SEND_BACK = "send_back"
    CLOSE = "close"
    VOID = "void"
    ASK_CONFIRMATION = "ask_confirmation"
    CONFIRM = "confirm"
    DENY = "deny"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    ASK_SUSPENSION = "ask_suspension"
    SUSPEND = "suspend"
    RESUME = "resume"
    REFUSE = "refuse"
    URGE = "urge"
    MERGE = "merge"
    REWORK = "rework"


_S, _A = CaseState, CaseAction
IN_HAND = (_S.DISPATCHED, _S.SIGNED, _S.ON_SITE)
"""States in which a department has the case in hand: it may ask for time, and be given or refused it, or be urged."""
_IN_PASSING = (_A.ASK_EXTENSION, _A.EXTEND, _A.ASK_SUSPENSION, _A.REFUSE, _A.URGE)
OVER = frozenset({_S.CLOSED, _S.VOID, _S.MERGED})
"""States in which nothing is left to do; a closed case may come back for rework."""
CASE_TRANSITIONS: dict[tuple[CaseState, CaseAction], CaseState] = {
    (_S.FILED, _A.DISPATCH): _S.DISPATCHED,
    (_S.FILED, _A.VOID): _S.VOID,
    (_S.DISPATCHED, _A.DISPATCH): _S.DISPATCHED,
    (_S.DISPATCHED, _A.RETURN): _S.FILED,
    (_S.DISPATCHED, _A.SIGN): _S.SIGNED,
    (_S.DISPATCHED, _A.VOID): _S.VOID,
    (_S.SIGNED, _A.ARRIVE): _S.ON_SITE,
    (_S.ON_SITE, _A.REPORT): _S.ON_SITE,
    (_S.ON_SITE, _A.FINISH): _S.HANDLED,
    (_S.HANDLED, _A.VERIFY): _S.VERIFIED,
    (_S.HANDLED, _A.SEND_BACK): _S.SIGNED,
    (_S.VERIFIED, _A.CLOSE): _S.CLOSED,
    (_S.VERIFIED, _A.SEND_BACK): _S.SIGNED,
    (_S.FILED, _A.ASK_CONFIRMATION): _S.TO_CONFIRM,
    (_S.TO_CONFIRM, _A.CONFIRM): _S.FILED,
    (_S.TO_CONFIRM, _A.DENY): _S.FILED,
    (_S.TO_CONFIRM, _A.VOID): _S.VOID,
    (_S.FILED, _A.MERGE): _S.MERGED,
    (_S.DISPATCHED, _A.MERGE): _S.MERGED,
    (_S.SUSPENDED, _A.RESUME): _S.DISPATCHED,
    (_S.SUSPENDED, _A.VOID): _S.VOID,
    (_S.CLOSED, _A.REWORK): _S.DISPATCHED,
    **{(state, _A.SUSPEND): _S.SUSPENDED for state in IN_HAND},
    **{(state, action): state for state in IN_HAND for action in _IN_PASSING},
    (_S.HANDLED, _A.URGE): _S.HANDLED,
}
CASE_PERMISSIONS: dict[CaseAction, Permission] = {
    _A.DISPATCH: Permission.CASE_DISPATCH,
    _A.RETURN: Permission.CASE_HANDLE,
    _A.SIGN: Permission.CASE_HANDLE,
    _A.ARRIVE: Permission.CASE_HANDLE,
    _A.REPORT: Permission.CASE_HANDLE,
    _A.FINISH: Permission.CASE_HANDLE,
    _A.VERIFY: Permission.CASE_VERIFY,
    _A.SEND_BACK: Permission.CASE_VERIFY,
    _A.CLOSE: Permission.CASE_CLOSE,
    _A.VOID: Permission.CASE_DISPATCH,
    _A.ASK_CONFIRMATION: Permission.CASE_DISPATCH,
    _A.CONFIRM: Permission.CASE_CONFIRM,
    _A.DENY: Permission.CASE_CONFIRM,
    _A.ASK_EXTENSION: Permission.CASE_HANDLE,
    _A.EXTEND: Permission.CASE_DISPATCH,
    _A.ASK_SUSPENSION: Permission.CASE_HANDLE,
    _A.SUSPEND: Permission.CASE_DISPATCH,
    _A.RESUME: Permission.CASE_DISPATCH,
    _A.REFUSE: Permission.CASE_DISPATCH,
    _A.URGE: Permission.CASE_DISPATCH,
    _A.MERGE: Permission.CASE_DISPATCH,
    _A.REWORK: Permission.CASE_VERIFY,
}
