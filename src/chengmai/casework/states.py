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


_S, _A = CaseState, CaseAction
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
}
