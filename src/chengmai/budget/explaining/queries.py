"""Reading an explanation while it is written: what is there, what would be drafted, how the two stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from chengmai.budget.models import BudgetSet, TargetSheet
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.passages import kept_passages
from chengmai.budget.registers.queries import registers_of, tables_before, ties_of
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.explaining import DraftedSection, ExplanationBasis, draft_explanation
from chengmai.disclosure.drafting.explanation_merging import KeptPassage, section_place
from chengmai.disclosure.drafting.register_ties import with_year_before
from chengmai.disclosure.explanation import ExplanationPassage
from chengmai.disclosure.findings import DocumentFinding


@dataclass(frozen=True, slots=True)
class Explaining:
    """An explanation in the making: the passages there are, every section as drafted, what registers disagree in."""

    budget: BudgetSet
    grids: Grids
    kept: Sequence[KeptPassage]
    sections: Sequence[DraftedSection]
    ties: Sequence[DocumentFinding]
    carried: frozenset[str]
    """Sections that still say what last year's explanation said, word for word."""


def explaining_of(budget: BudgetSet) -> Explaining:
    """A set's explanation beside what its tables and registers would have it say."""
    grids, registers, before = grids_of(budget), registers_of(budget), tables_before(budget)
    basis = ExplanationBasis(
        budget.unit_name, budget.year, grids, with_year_before(registers, before), _sheets_of(budget)
    )
    ties = ties_of(budget, registers, grids, before)
    kept, sections = kept_passages(budget), draft_explanation(basis)
    return Explaining(budget, grids, kept, sections, ties, _carried(budget, kept, sections))


def _carried(budget: BudgetSet, kept: Sequence[KeptPassage], sections: Sequence[DraftedSection]) -> frozenset[str]:
    if budget.basis is None or budget.basis.year == budget.year:
        return frozenset()
    before = kept_passages(budget.basis)
    return frozenset(
        section.form.key for section in sections if (said := _said(kept, section)) and said == _said(before, section)
    )


def _said(kept: Sequence[KeptPassage], section: DraftedSection) -> list[ExplanationPassage]:
    """What a section says below its heading."""
    place = section_place(kept, section.form)
    return [] if place is None else [one.passage for one in kept[place.start : place.end]]


def _sheets_of(budget: BudgetSet) -> int | None:
    """How many target sheets are printed with a set: its own, else those the platform keeps; None without any."""
    own = budget.sheets.count() or TargetSheet.objects.filter(year=budget.year, owner=budget.owner).count()
    return own or None
