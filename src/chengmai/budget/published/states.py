"""The life of a budget: drafted, reviewed, approved, present, replaced by the version that corrects it."""

from enum import StrEnum


class BudgetSetState(StrEnum):
    """Where a version of a unit's budget stands; at most one of a year is present, those before stay readable."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PRESENT = "present"
    REPLACED = "replaced"
    DISCARDED = "discarded"


class BudgetSetAction(StrEnum):
    """One step in the life of a budget; releasing one replaces the version that was present."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    RELEASE = "release"
    REPLACE = "replace"
    DISCARD = "discard"


_S, _A = BudgetSetState, BudgetSetAction
BUDGET_SET_TRANSITIONS: dict[tuple[BudgetSetState, BudgetSetAction], BudgetSetState] = {
    (_S.DRAFT, _A.SUBMIT): _S.IN_REVIEW,
    (_S.DRAFT, _A.DISCARD): _S.DISCARDED,
    (_S.IN_REVIEW, _A.SEND_BACK): _S.DRAFT,
    (_S.IN_REVIEW, _A.APPROVE): _S.APPROVED,
    (_S.APPROVED, _A.SEND_BACK): _S.DRAFT,
    (_S.APPROVED, _A.RELEASE): _S.PRESENT,
    (_S.PRESENT, _A.REPLACE): _S.REPLACED,
}
PUBLIC = (_S.PRESENT, _S.REPLACED)
"""States in which a budget is published and never changed again."""
