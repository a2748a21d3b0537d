"""The doors of a budget's way to the public: passages, checks, steps, what is held back, what a correction changes."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.budget.models import BudgetSet
from chengmai.budget.published import passages
from chengmai.budget.published.queries import visible_set
from chengmai.budget.release import queries as release_queries
from chengmai.budget.release import schemas
from chengmai.budget.release import services as release
from chengmai.budget.release import views as release_views
from chengmai.budget.release.checks import check_of
from chengmai.disclosure.explanation import ExplanationPassage

router = Router(tags=["budgets"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)
APPROVE, RELEASE = May(Permission.BUDGET_APPROVE), May(Permission.BUDGET_RELEASE)


@router.get("/budgets/{budget_id}/release", response=schemas.BudgetReleaseOut, auth=READ)
def read_release(request: HttpRequest, budget_id: UUID) -> schemas.BudgetReleaseOut:
    """Where a set stands on its way to the public."""
    return _answer(request, visible_set(caller(request), budget_id))


@router.post("/budgets/{budget_id}/check", response=schemas.BudgetReleaseOut, auth=READ)
def check_set(request: HttpRequest, budget_id: UUID) -> schemas.BudgetReleaseOut:
    """Check what the set says now, by every rule a published text is checked by; kept with the set."""
    budget = visible_set(caller(request), budget_id)
    check_of(caller(request), budget)
    return _answer(request, budget)


@router.post("/budgets/{budget_id}/submission", response=schemas.BudgetReleaseOut, auth=MANAGE)
def submit_set(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Hand a draft in for review."""
    user = caller(request)
    return _answer(request, release.submit(user, visible_set(user, budget_id), body.reason))


@router.post("/budgets/{budget_id}/return", response=schemas.BudgetReleaseOut, auth=APPROVE)
def send_set_back(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Give a set back to those who prepare it, with the reason."""
    user = caller(request)
    return _answer(request, release.send_back(user, visible_set(user, budget_id), body.reason))


@router.post("/budgets/{budget_id}/approval", response=schemas.BudgetReleaseOut, auth=APPROVE)
def approve_set(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Approve what another person submitted."""
    user = caller(request)
    return _answer(request, release.approve(user, visible_set(user, budget_id), body.reason))


@router.post("/budgets/{budget_id}/override", response=schemas.BudgetReleaseOut, auth=RELEASE)
def override_errors(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Say why the errors found shall not stop the release; the name stays with it."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    release.override_errors(user, budget, body.reason)
    return _answer(request, budget)


@router.post("/budgets/{budget_id}/acknowledgement", response=schemas.BudgetReleaseOut, auth=RELEASE)
def acknowledge_errors(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Say that one knows which errors a correction takes over; a note is welcome, the name stays with it."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    release.acknowledge_errors(user, budget, body.reason)
    return _answer(request, budget)


@router.post("/budgets/{budget_id}/publication", response=schemas.BudgetReleaseOut, auth=RELEASE)
def release_set(request: HttpRequest, budget_id: UUID, body: schemas.StepIn) -> schemas.BudgetReleaseOut:
    """Make an approved set the present, public one."""
    user = caller(request)
    return _answer(request, release.release(user, visible_set(user, budget_id), body.reason))


@router.post("/budgets/{budget_id}/clearances", response=schemas.BudgetReleaseOut, auth=RELEASE)
def clear_piece(request: HttpRequest, budget_id: UUID, body: schemas.ClearanceIn) -> schemas.BudgetReleaseOut:
    """Allow that a piece held back by rule is shown, with the reason."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    release.clear_withheld(user, budget, body.digest, body.reason)
    return _answer(request, budget)


@router.get("/budgets/{budget_id}/differences", response=schemas.DifferencesOut, auth=READ)
def read_differences(request: HttpRequest, budget_id: UUID) -> schemas.DifferencesOut:
    """What a set says otherwise than the version it corrects."""
    before, found = release_queries.differences_of(visible_set(caller(request), budget_id))
    return schemas.DifferencesOut(
        of=None if before is None else before.pk,
        of_version=0 if before is None else before.version,
        differences=[
            schemas.DifferenceOut(
                part=one.part, where=one.where, row=one.row, column=one.column, old=one.old, new=one.new
            )
            for one in found
        ],
    )


@router.get("/budgets/{budget_id}/passages", response=list[schemas.PassageIn], auth=READ)
def read_passages(request: HttpRequest, budget_id: UUID) -> list[schemas.PassageIn]:
    """The explanation of a set: headings and paragraphs in their order."""
    found = passages.passages_of(visible_set(caller(request), budget_id))
    return [schemas.PassageIn(kind=one.kind, level=one.level, number=one.number, text=one.text) for one in found]


@router.put("/budgets/{budget_id}/passages", response=list[schemas.PassageIn], auth=MANAGE)
def write_passages(request: HttpRequest, budget_id: UUID, body: list[schemas.PassageIn]) -> list[schemas.PassageIn]:
    """Write the explanation of a draft anew."""
    user = caller(request)
    told = [ExplanationPassage(one.kind, one.level, one.number, one.text) for one in body]
    passages.write_passages(user, visible_set(user, budget_id), told)
    return body


def _answer(request: HttpRequest, budget: BudgetSet) -> schemas.BudgetReleaseOut:
    return release_views.release_out(caller(request), budget, language_of(request))
