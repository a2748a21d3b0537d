"""What is left of last year's budget is carried over into a draft: proposed from what was spent, told by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.budget.execution.limits import adjusted, bookings_of, entries_of, spending_rows, spent
from chengmai.budget.execution.terms import BY_PROJECT
from chengmai.budget.models import BudgetSet
from chengmai.budget.preparing.services import changed, locked_draft
from chengmai.budget.preparing.store import grids_of, replace_cells
from chengmai.budget.published.queries import table_of
from chengmai.core.errors import Conflict
from chengmai.disclosure.drafting.carrying import FUNDS, Carried, CarriedProject, carry_over
from chengmai.disclosure.drafting.draft_tables import in_wan


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A project of the year before that was not spent whole: what is left by source [fen]."""

    table: str
    key: str
    name: str
    left: dict[str, int]


def left_over(budget: BudgetSet) -> list[LeftOver]:
    """What is left of the projects of a draft's basis, after its adjustments and bookings; nothing without a basis.

    What was spent from a source that is not told is taken from the project's sources in their order.
    """
    if budget.basis is None or budget.basis.year != budget.year - 1:
        return []
    before = grids_of(budget.basis)
    done = spent(bookings_of(budget.basis))
    found = []
    for row in spending_rows(before, adjusted(before, entries_of(budget.basis))):
        if row.table not in BY_PROJECT:
            continue
        of_row = done.get(row.spot, {})
        untold = of_row.get("", 0)
        left = {}
        for fund in FUNDS:
            rest = row.by_fund.get(fund, 0) - of_row.get(fund, 0)
            taken = min(max(rest, 0), untold)
            untold -= taken
            left[fund] = max(0, rest - taken)
        if any(left.values()):
            found.append(LeftOver(row.table, row.key, row.name, left))
    return found


def carry(user: User, budget_id: UUID, revision: int, projects: Sequence[CarriedProject]) -> tuple[BudgetSet, Carried]:
    """Carry projects over into a draft, all or none; what is refused is told and nothing is stored.

    Raises as typing does, and Conflict for a draft that has carried projects already.
    """
    with transaction.atomic():
        take_turn()
        budget = locked_draft(user, budget_id, revision)
        before = grids_of(budget)
        there = before.get("projects_carried")
        if there is not None and any(row.level for row in there.rows):
            raise Conflict("draft.carried_already")
        done = carry_over(before, projects, budget.year)
        if done.refused:
            return budget, done
        for key, grid in done.tables.items():
            if grid is not before[key]:
                replace_cells(table_of(budget, key), grid)
        changed(user, budget)
        after = {
            one.name: {fund: in_wan(one.fen.get(fund, 0)) for fund in FUNDS} | {"code": one.code} for one in projects
        }
        record(user, "budget.carry_over", "budget_set", str(budget.pk), after=after)
    return budget, done
