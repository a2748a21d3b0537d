"""Reading an explanation while it is written: what is there, what would be drafted, how the two stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from chengmai.budget.models import BudgetSet, TargetSheet
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.passages import kept_passages
from chengmai.budget.registers.queries import registers_of, tables_before, ties_of
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.explaining import DraftedSection, ExplanationBasis, draft_explanation
from chengmai.disclosure.drafting.explanation_merging import KeptPassage
from chengmai.disclosure.drafting.register_ties import with_year_before
from chengmai.disclosure.findings import DocumentFinding


@dataclass(frozen=True, slots=True)
class Explaining:
    """An explanation in the making: the passages there are, every section as drafted, what registers disagree in."""

    budget: BudgetSet
    grids: Grids
    kept: Sequence[KeptPassage]
    sections: Sequence[DraftedSection]
    ties: Sequence[DocumentFinding]


def explaining_of(budget: BudgetSet) -> Explaining:
    """A set's explanation beside what its tables and registers would have it say."""
    grids, registers, before = grids_of(budget), registers_of(budget), tables_before(budget)
    basis = ExplanationBasis(
        budget.unit_name, budget.year, grids, with_year_before(registers, before), _sheets_of(budget)
    )
    ties = ties_of(budget, registers, grids, before)
    return Explaining(budget, grids, kept_passages(budget), draft_explanation(basis), ties)


def _sheets_of(budget: BudgetSet) -> int | None:
    """How many target sheets are printed with a set: its own, else those the platform keeps; None without any."""
    own = budget.sheets.count() or TargetSheet.objects.filter(year=budget.year, owner=budget.owner).count()
    return own or None
