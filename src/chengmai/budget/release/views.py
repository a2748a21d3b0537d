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
from chengmai.budget.release.carried import ErrorKind, SortedErrors, sorted_errors
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
_KINDS = (ErrorKind.NEW, ErrorKind.ROUNDED, ErrorKind.CARRIED, None)
_ORDER = {"error": 0, "warning": 1, "note": 2}


def release_out(user: User, budget: BudgetSet, language: str) -> schemas.BudgetReleaseOut:
    """Where a set stands."""
    printed = printed_of(budget)
    check = (
        budget.checks.filter(text_sha256=printed.sha256)
        .select_related("override__actor", "acknowledgement__actor")
        .first()
    )
    submitted = last_step(budget, BudgetSetAction.SUBMIT)
    before, after = release_queries.corrected_by(budget), release_queries.replaced_by(budget)
    errors = None if check is None else sorted_errors(budget, check)
    in_hand = budget.state in (BudgetSetState.IN_REVIEW, BudgetSetState.APPROVED)
    return schemas.BudgetReleaseOut(
        budget=set_out(budget),
        reason=budget.reason,
        may=_may(user, budget, check, errors, None if submitted is None else submitted.actor_id),
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
        check_run=None if check is None or errors is None else check_out(check, errors, language),
        withheld=_withheld(budget, masked(printed).withheld),
        corrects=None if before is None else before.pk,
        replaced_by=None if after is None else after.pk,
    )


def _may(
    user: User, budget: BudgetSet, check: BudgetCheck | None, errors: SortedErrors | None, submitter: int | None
) -> list[str]:
    """Steps that the table allows, that the person holds the permission for, and that ask for no other eyes."""
    held = user.permissions
    found = [
        action.value
        for action, needed in NEEDED.items()
        if needed in held and (BudgetSetState(budget.state), action) in BUDGET_SET_TRANSITIONS
    ]
    if submitter == user.pk and BudgetSetAction.APPROVE in found:
        found.remove(BudgetSetAction.APPROVE)
    missing = []
    if errors is not None and errors.count(ErrorKind.NEW) and not hasattr(check, "override"):
        missing.append("override")
    if errors is not None and errors.known and not hasattr(check, "acknowledgement"):
        missing.append("acknowledge")
    if missing and BudgetSetAction.RELEASE in found:
        found.remove(BudgetSetAction.RELEASE)
        found += missing if submitter != user.pk else []
    if Permission.BUDGET_RELEASE in held and budget.state not in (BudgetSetState.REPLACED, BudgetSetState.DISCARDED):
        found.append("clear")
    return found


def check_out(check: BudgetCheck, errors: SortedErrors, language: str) -> schemas.BudgetCheckRunOut:
    """A stored check, its worst findings first and new errors before those that are known."""
    found = [(stored_finding(one), errors.kinds.get(at)) for at, one in enumerate(check.findings)]
    found.sort(key=lambda one: (not one[0].decided, _ORDER[one[0].severity], _KINDS.index(one[1]), one[0].place.line))
    override, known = getattr(check, "override", None), getattr(check, "acknowledgement", None)
    return schemas.BudgetCheckRunOut(
        checked_at=check.checked_at,
        **{name: int(check.counts.get(name, 0)) for name in ("error", "warning", "note", "undecided")},
        new=errors.count(ErrorKind.NEW),
        carried=errors.count(ErrorKind.CARRIED),
        rounded=errors.count(ErrorKind.ROUNDED),
        of_version=0 if errors.before is None else errors.before.version,
        findings=[
            schemas.ReleaseFinding(
                rule=one.rule,
                severity=one.severity.value,
                decided=one.decided,
                line=one.place.line,
                sentence=finding_sentence(one, language),
                kind=kind,
            )
            for one, kind in found[:MOST_FINDINGS]
        ],
        override=override
        and schemas.OverrideOut(by=override.actor.name, at=override.at, reason=override.reason, errors=override.errors),
        acknowledgement=known
        and schemas.AcknowledgementOut(
            by=known.actor.name,
            at=known.at,
            note=known.note,
            of_version=known.of_version,
            carried=known.carried,
            rounded=known.rounded,
        ),
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
