"""The rate of execution as evidence: what was spent of a budget or of one of its rows."""

from chengmai.access.models import Organisation
from chengmai.budget.execution.limits import SpendingRow
from chengmai.budget.execution.services import rows_to_spend
from chengmai.budget.models import BudgetSet
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.errors import NotFound

WHOLE = "all"
"""What is told instead of a row for the whole budget."""


def present_of(owner: str, year: int | None = None) -> BudgetSet | None:
    """The present budget of an organisation's year, the newest without one; None when there is none."""
    found = BudgetSet.objects.filter(owner__code=owner, state=BudgetSetState.PRESENT).order_by("-year")
    return (found if year is None else found.filter(year=year)).first()


def demand_row(owner: str, row: str) -> Organisation:
    """The organisation whose budget has a row; raises NotFound without the organisation, its budget, or the row."""
    budget = present_of(owner)
    if budget is None:
        raise NotFound("budget.no_owner", code=owner)
    rows_named(budget, row)
    return budget.owner


def rows_named(budget: BudgetSet, row: str) -> list[SpendingRow]:
    """The rows a subject names: all of them, or the one of ``table.key``; raises NotFound."""
    rows = rows_to_spend(budget)
    found = [one for spot, one in rows.items() if row in (WHOLE, ".".join(spot))]
    if not found:
        raise NotFound("execution.row_not_found", row=row)
    return found
