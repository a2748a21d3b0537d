"""What the doors of a budget's way to the public answer."""

from collections.abc import Sequence

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.budget.models import BudgetCheck, BudgetSet
from chengmai.budget.published.states import BUDGET_SET_TRANSITIONS, BudgetSetAction, BudgetSetState
from chengmai.budget.published.views import set_out
from chengmai.budget.published.words import finding_sentence
from chengmai.budget.release import queries as release_queries
from chengmai.budget.release import schemas
from chengmai.budget.release.checks import errors_of
from chengmai.budget.release.printed import printed_of
from chengmai.budget.release.services import last_step
from chengmai.disclosure.findings import stored_finding
from chengmai.disclosure.printing.withheld import WithheldPiece, masked

NEEDED = {
    BudgetSetAction.SUBMIT: Permission.BUDGET_MANAGE,
    BudgetSetAction.DISCARD: Permission.BUDGET_MANAGE,
    BudgetSetAction.SEND_BACK: Permission.BUDGET_APPROVE,
    BudgetSetAction.APPROVE: Permission.BUDGET_APPROVE,
    BudgetSetAction.RELEASE: Permission.BUDGET_RELEASE,
}
"""What each step asks of a person; replacing comes of itself with the release of another version."""
MOST_FINDINGS = 500
_ORDER = {"error": 0, "warning": 1, "note": 2}


def release_out(user: User, budget: BudgetSet, language: str) -> schemas.BudgetReleaseOut:
    """Where a set stands."""
    printed = printed_of(budget)
    check = budget.checks.filter(text_sha256=printed.sha256).select_related("override__actor").first()
    submitted = last_step(budget, BudgetSetAction.SUBMIT)
    before, after = release_queries.corrected_by(budget), release_queries.replaced_by(budget)
    in_hand = budget.state in (BudgetSetState.IN_REVIEW, BudgetSetState.APPROVED)
    return schemas.BudgetReleaseOut(
        budget=set_out(budget),
        reason=budget.reason,
        may=_may(user, budget, check, None if submitted is None else submitted.actor_id),
        submitted_by="" if submitted is None or submitted.actor is None else submitted.actor.name,
        text_sha256=printed.sha256,
        changed_since_submitted=in_hand and submitted is not None and submitted.text_sha256 != printed.sha256,
        steps=[
            schemas.BudgetStepOut(
                action=BudgetSetAction(one.action),
                by="" if one.actor is None else one.actor.name,
                at=one.at,
                reason=one.reason,
            )
            for one in budget.steps.select_related("actor").order_by("pk")
        ],
        check_run=None if check is None else check_out(check, language),
        withheld=_withheld(budget, masked(printed).withheld),
        corrects=None if before is None else before.pk,
        replaced_by=None if after is None else after.pk,
    )


def _may(user: User, budget: BudgetSet, check: BudgetCheck | None, submitter: int | None) -> list[str]:
    """Steps that the table allows, that the person holds the permission for, and that ask for no other eyes."""
    held = user.permissions
    found = [
        action.value
        for action, needed in NEEDED.items()
        if needed in held and (BudgetSetState(budget.state), action) in BUDGET_SET_TRANSITIONS
    ]
    if submitter == user.pk and BudgetSetAction.APPROVE in found:
        found.remove(BudgetSetAction.APPROVE)
    stopped = check is not None and errors_of(check) > 0 and not hasattr(check, "override")
    if stopped and BudgetSetAction.RELEASE in found:
        found.remove(BudgetSetAction.RELEASE)
        if submitter != user.pk:
            found.append("override")
    if Permission.BUDGET_RELEASE in held and budget.state not in (BudgetSetState.REPLACED, BudgetSetState.DISCARDED):
        found.append("clear")
    return found


def check_out(check: BudgetCheck, language: str) -> schemas.BudgetCheckRunOut:
    """A stored check, its worst findings first."""
    found = [stored_finding(one) for one in check.findings]
    found.sort(key=lambda one: (not one.decided, _ORDER[one.severity], one.place.line))
    override = getattr(check, "override", None)
    return schemas.BudgetCheckRunOut(
        checked_at=check.checked_at,
        **{name: int(check.counts.get(name, 0)) for name in ("error", "warning", "note", "undecided")},
        findings=[
            schemas.ReleaseFinding(
                rule=one.rule,
                severity=one.severity.value,
                decided=one.decided,
                line=one.place.line,
                sentence=finding_sentence(one, language),
            )
            for one in found[:MOST_FINDINGS]
        ],
        override=override
        and schemas.OverrideOut(by=override.actor.name, at=override.at, reason=override.reason, errors=override.errors),
    )


def _withheld(budget: BudgetSet, pieces: Sequence[WithheldPiece]) -> list[schemas.WithheldOut]:
    cleared = {one.digest: one for one in budget.clearances.select_related("actor")}
    found: dict[str, schemas.WithheldOut] = {}
    for piece in pieces:
        clearance = cleared.get(piece.digest)
        found.setdefault(
            piece.digest,
            schemas.WithheldOut(
                kind=piece.kind,
                place=piece.place,
                hint=piece.hint,
                digest=piece.digest,
                cleared_by="" if clearance is None else clearance.actor.name,
                reason="" if clearance is None else clearance.reason,
            ),
        )
    return list(found.values())
