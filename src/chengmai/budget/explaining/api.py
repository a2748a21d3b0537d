"""The doors at which the explanation of a budget is written: read beside its figures, drafted, edited."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.budget.explaining import schemas, services, views
from chengmai.budget.models import BudgetSet
from chengmai.budget.published.passages import write_passages
from chengmai.budget.published.queries import visible_set
from chengmai.disclosure.explanation import ExplanationPassage

router = Router(tags=["budget explanation"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)


@router.get("/budgets/{budget_id}/explanation", response=schemas.ExplanationOut, auth=READ)
def read_explanation(request: HttpRequest, budget_id: UUID) -> schemas.ExplanationOut:
    """The explanation of a set, and beside each section what its tables and registers say."""
    return _answer(request, visible_set(caller(request), budget_id))


@router.put("/budgets/{budget_id}/explanation", response=schemas.ExplanationOut, auth=MANAGE)
def write_explanation(request: HttpRequest, budget_id: UUID, body: schemas.ExplanationIn) -> schemas.ExplanationOut:
    """Write the explanation of a draft; refused when somebody changed it since it was read."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    told = [ExplanationPassage(one.kind, one.level, one.number, one.text) for one in body.passages]
    write_passages(user, budget, told, body.seal)
    return _answer(request, budget)


@router.post("/budgets/{budget_id}/explanation/draft", response=schemas.ExplanationOut, auth=MANAGE)
def draft_explanation(request: HttpRequest, budget_id: UUID, body: schemas.DraftTextIn) -> schemas.ExplanationOut:
    """Draft the explanation from tables and registers; a person's own words stay unless their section is named."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    services.draft_passages(user, budget, body.seal, body.over)
    return _answer(request, budget)


def _answer(request: HttpRequest, budget: BudgetSet) -> schemas.ExplanationOut:
    may_write = Permission.BUDGET_MANAGE in caller(request).permissions
    return views.explanation_out(budget, language_of(request), may_write)
