"""The machines of a month's quantities and of a statement as tables, and who may take each step."""

from enum import StrEnum

from chengmai.access.roles import Permission


class SheetState(StrEnum):
    """Where a month's quantities stand; what is frozen never changes again."""

    DRAFT = "draft"
    CHECKED = "checked"
    FROZEN = "frozen"


class SheetAction(StrEnum):
    """One step on a sheet."""

    CHECK = "check"
    REOPEN = "reopen"
    FREEZE = "freeze"


class StatementState(StrEnum):
    """Where a statement stands; only an approved one is owed and paid."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    REVERSED = "reversed"
    DISCARDED = "discarded"


class StatementAction(StrEnum):
    """One step on a statement."""

    CHECK = "check"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REVERSE = "reverse"
    DISCARD = "discard"


_S, _A = StatementState, StatementAction
SHEET_TRANSITIONS: dict[tuple[SheetState, SheetAction], SheetState] = {
    (SheetState.DRAFT, SheetAction.CHECK): SheetState.CHECKED,
    (SheetState.CHECKED, SheetAction.REOPEN): SheetState.DRAFT,
    (SheetState.CHECKED, SheetAction.FREEZE): SheetState.FROZEN,
}
SHEET_PERMISSIONS: dict[SheetAction, Permission] = dict.fromkeys(SheetAction, Permission.SETTLEMENT_CHECK)
STATEMENT_TRANSITIONS: dict[tuple[StatementState, StatementAction], StatementState] = {
    (_S.DRAFT, _A.CHECK): _S.CHECKED,
    (_S.DRAFT, _A.DISCARD): _S.DISCARDED,
    (_S.CHECKED, _A.SEND_BACK): _S.DRAFT,
    (_S.CHECKED, _A.APPROVE): _S.APPROVED,
    (_S.APPROVED, _A.REVERSE): _S.REVERSED,
}
STATEMENT_PERMISSIONS: dict[StatementAction, Permission] = {
    _A.CHECK: Permission.SETTLEMENT_CHECK,
    _A.SEND_BACK: Permission.SETTLEMENT_CHECK,
    _A.APPROVE: Permission.SETTLEMENT_APPROVE,
    _A.REVERSE: Permission.SETTLEMENT_APPROVE,
    _A.DISCARD: Permission.SETTLEMENT_DRAFT,
}
LIVE = (_S.DRAFT, _S.CHECKED, _S.APPROVED)
"""States in which a statement holds its months: no other statement may take them."""
