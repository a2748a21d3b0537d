"""A set's way to the public: submitted, sent back, approved by another person, released; each step kept."""

from collections.abc import Callable

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.models import (
    BudgetAcknowledgement,
    BudgetCheck,
    BudgetClearance,
    BudgetOverride,
    BudgetSet,
    BudgetStep,
    TargetSheet,
)
from chengmai.budget.published.passages import store_sheets
from chengmai.budget.published.states import BUDGET_SET_TRANSITIONS, BudgetSetAction, BudgetSetState
from chengmai.budget.release.carried import ErrorKind, sorted_errors
from chengmai.budget.release.checks import check_of
from chengmai.budget.release.printed import printed_of, rows_of
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.disclosure.printing.withheld import masked

LONGEST_REASON = 2000
_A = BudgetSetAction


def submit(user: User, budget: BudgetSet, note: str = "") -> BudgetSet:
    """Hand a draft in for review: what it says is checked and remembered by its hash.

    Raises Conflict for a set that is no draft.
    """
    _demand(budget.state, _A.SUBMIT)
    _collect_sheets(budget)
    check = check_of(user, budget)
    sorted_errors(budget, check)
    return _move(user, budget, _A.SUBMIT, note, check.text_sha256)


def send_back(user: User, budget: BudgetSet, reason: str) -> BudgetSet:
    """Give a set that is in review or approved back to those who prepare it; raises InvalidInput without a reason."""
    return _move(user, budget, _A.SEND_BACK, _demand_reason(reason))


def approve(user: User, budget: BudgetSet, note: str = "") -> BudgetSet:
    """Approve what was submitted; raises NotAllowed for whoever submitted it, Conflict when it changed since."""
    return _move(user, budget, _A.APPROVE, note, _text_sha256(budget), _demand_other_eyes)


def discard(user: User, budget: BudgetSet, reason: str) -> BudgetSet:
    """Give a draft up; raises InvalidInput without a reason."""
    return _move(user, budget, _A.DISCARD, _demand_reason(reason))


def release(user: User, budget: BudgetSet, note: str = "") -> BudgetSet:
    """Make an approved set the present one; that which was present is replaced and stays readable.

    Raises Conflict when it changed since it was submitted, when its check found new errors that nobody overrode or
    known ones that nobody acknowledged, or when it replaces a version without saying why.
    """
    return _move(user, budget, _A.RELEASE, note, _text_sha256(budget), _demand_ready)


def _move(
    user: User,
    budget: BudgetSet,
    action: BudgetSetAction,
    reason: str,
    text_sha256: str = "",
    demand: Callable[[User, BudgetSet, str], None] | None = None,
) -> BudgetSet:
    """One step through the table, kept and audited in one transaction."""
    with transaction.atomic():
        take_turn()
        held = BudgetSet.objects.select_for_update().get(pk=budget.pk)
        state = _demand(held.state, action)
        if demand is not None:
            demand(user, held, text_sha256)
        if action == _A.RELEASE:
            _replace_present(user, held)
        before = held.state
        BudgetSet.objects.filter(pk=held.pk, state=before).update(state=state)
        _keep(user, held, action, reason, text_sha256)
        after = {"state": state, "reason": reason, "text_sha256": text_sha256}
        record(user, f"budget.{action}", "budget_set", str(held.pk), before={"state": before}, after=after)
        held.refresh_from_db()
        return held


def _demand(state: str, action: BudgetSetAction) -> BudgetSetState:
    """The state a step leads to; raises Conflict where the table has none."""
    found = BUDGET_SET_TRANSITIONS.get((BudgetSetState(state), action))
    if found is None:
        raise Conflict("budget.step_forbidden", state=state, action=action)
    return found


def _keep(user: User, budget: BudgetSet, action: BudgetSetAction, reason: str, text_sha256: str) -> None:
    BudgetStep.objects.create(
        budget=budget, action=action, actor=user, at=now(), reason=reason[:LONGEST_REASON], text_sha256=text_sha256
    )


def _replace_present(user: User, budget: BudgetSet) -> None:
    """The version that was present makes room; the constraint of the table allows only one."""
    present = BudgetSet.objects.select_for_update().filter(
        owner=budget.owner, year=budget.year, state=BudgetSetState.PRESENT
    )
    for one in present:
        state = _demand(one.state, _A.REPLACE)
        BudgetSet.objects.filter(pk=one.pk).update(state=state)
        _keep(user, one, _A.REPLACE, budget.reason, "")
        after = {"state": state, "by_version": budget.version}
        record(user, "budget.replace", "budget_set", str(one.pk), before={"state": one.state}, after=after)


def last_step(budget: BudgetSet, action: BudgetSetAction) -> BudgetStep | None:
    """The newest step of a kind; None when there was none."""
    return budget.steps.filter(action=action).select_related("actor").order_by("-pk").first()


def _demand_other_eyes(user: User, budget: BudgetSet, text_sha256: str) -> None:
    _demand_unchanged(budget, text_sha256)
    submitted = last_step(budget, _A.SUBMIT)
    if submitted is not None and submitted.actor_id == user.pk:
        raise NotAllowed("budget.four_eyes")


def _demand_unchanged(budget: BudgetSet, text_sha256: str) -> None:
    submitted = last_step(budget, _A.SUBMIT)
    if submitted is None or submitted.text_sha256 != text_sha256:
        raise Conflict("budget.changed_since_submitted")


def _demand_ready(user: User, budget: BudgetSet, text_sha256: str) -> None:
    _demand_unchanged(budget, text_sha256)
    check = budget.checks.filter(text_sha256=text_sha256).first()
    if check is None:
        raise Conflict("budget.not_checked")
    errors = sorted_errors(budget, check)
    new = errors.count(ErrorKind.NEW)
    if new and not hasattr(check, "override"):
        raise Conflict("budget.release.errors", errors=new)
    if errors.known and not hasattr(check, "acknowledgement"):
        raise Conflict("budget.release.not_acknowledged", errors=errors.known)
    corrects = BudgetSet.objects.filter(owner=budget.owner, year=budget.year, state=BudgetSetState.PRESENT).exists()
    if corrects and not budget.reason.strip():
        raise Conflict("budget.release.no_reason")


def override_errors(user: User, budget: BudgetSet, reason: str) -> BudgetOverride:
    """Say that the new errors of an approved set shall not stop its release, and why.

    Raises Conflict for a set that is not approved or whose check found none, NotAllowed for whoever submitted it.
    """
    reason = _demand_reason(reason)
    text_sha256 = _text_sha256(budget)
    with transaction.atomic():
        take_turn()
        held, check = _approved(user, budget, text_sha256)
        errors = 0 if check is None else sorted_errors(held, check).count(ErrorKind.NEW)
        if check is None or not errors or hasattr(check, "override"):
            raise Conflict("budget.override.nothing")
        made = BudgetOverride.objects.create(check_run=check, actor=user, at=now(), reason=reason, errors=errors)
        record(user, "budget.override", "budget_set", str(held.pk), after={"errors": errors, "reason": reason})
        return made


def acknowledge_errors(user: User, budget: BudgetSet, note: str = "") -> BudgetAcknowledgement:
    """Say that one knows which errors an approved correction takes over from the version it corrects.

    Raises like ``override_errors``.
    """
    text_sha256 = _text_sha256(budget)
    with transaction.atomic():
        take_turn()
        held, check = _approved(user, budget, text_sha256)
        errors = None if check is None else sorted_errors(held, check)
        if check is None or errors is None or not errors.known or hasattr(check, "acknowledgement"):
            raise Conflict("budget.acknowledge.nothing")
        counts = {kind.value: errors.count(kind) for kind in (ErrorKind.CARRIED, ErrorKind.ROUNDED)}
        version = 0 if errors.before is None else errors.before.version
        made = BudgetAcknowledgement.objects.create(
            check_run=check, actor=user, at=now(), note=note.strip()[:LONGEST_REASON], of_version=version, **counts
        )
        after = {**counts, "of_version": version, "note": made.note}
        record(user, "budget.acknowledge", "budget_set", str(held.pk), after=after)
        return made


def _approved(user: User, budget: BudgetSet, text_sha256: str) -> tuple[BudgetSet, BudgetCheck | None]:
    """An approved set, held, with the check of what it says; whoever submitted it is refused."""
    held = BudgetSet.objects.select_for_update().get(pk=budget.pk)
    if held.state != BudgetSetState.APPROVED:
        raise Conflict("budget.override.not_approved", state=held.state)
    _demand_other_eyes(user, held, text_sha256)
    return held, BudgetCheck.objects.filter(budget=held, text_sha256=text_sha256).first()


def clear_withheld(user: User, budget: BudgetSet, digest: str, reason: str) -> BudgetClearance:
    """Allow that a piece held back by rule is shown; raises NotFound when the set holds no such piece."""
    reason = _demand_reason(reason)
    piece = next((one for one in masked(printed_of(budget)).withheld if one.digest == digest), None)
    if piece is None:
        raise NotFound("budget.withheld.not_found", digest=digest)
    with transaction.atomic():
        take_turn()
        facts = {"kind": piece.kind.value, "hint": piece.hint[:64], "actor": user, "at": now(), "reason": reason}
        made, created = BudgetClearance.objects.get_or_create(budget=budget, digest=digest, defaults=facts)
        if created:
            after = {"kind": piece.kind, "hint": piece.hint, "reason": reason}
            record(user, "budget.clear", "budget_set", str(budget.pk), after=after)
        return made


def _demand_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput("budget.reason_missing", most=LONGEST_REASON)
    return reason


def _text_sha256(budget: BudgetSet) -> str:
    return printed_of(budget).sha256


def _collect_sheets(budget: BudgetSet) -> None:
    """A draft without sheets takes those the platform keeps for its unit and year."""
    if budget.sheets.exists():
        return
    kept = TargetSheet.objects.filter(year=budget.year, owner=budget.owner).order_by("code")
    with transaction.atomic():
        store_sheets(budget, [rows_of(sheet) for sheet in kept])
