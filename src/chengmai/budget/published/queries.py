"""Reading published budgets within a person's scope, and the catalogue of purchased services in force."""

from uuid import UUID

from django.db.models import QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.budget.models import BudgetSet, BudgetTable, PurchaseCatalogue
from chengmai.core.errors import NotFound
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.findings import DocumentPlace
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue, ServiceEntry


def visible_sets(user: User) -> QuerySet[BudgetSet]:
    """The published budgets of the organisations a person may see, the newest first."""
    rows = within_reach(BudgetSet.objects.select_related("owner", "loaded_by"), user)
    return rows.order_by("-year", "owner__code", "-version")


def visible_set(user: User, budget_id: UUID) -> BudgetSet:
    """One of them; raises NotFound."""
    found = visible_sets(user).filter(pk=budget_id).first()
    if found is None:
        raise NotFound("budget.not_found", id=budget_id)
    return found


def table_of(budget: BudgetSet, key: str) -> BudgetTable:
    """One table of a set; raises NotFound."""
    found = budget.tables.filter(key=key).first()
    if found is None:
        raise NotFound("budget.table_not_found", key=key)
    return found


def present_catalogue() -> ServiceCatalogue | None:
    """The catalogue loaded last, as a tree; None when none was loaded."""
    stored = PurchaseCatalogue.objects.order_by("-year", "-loaded_at").first()
    return None if stored is None else catalogue_of(stored)


def catalogue_of(stored: PurchaseCatalogue) -> ServiceCatalogue:
    """A version of the catalogue as a tree."""
    entries = tuple(
        ServiceEntry(
            entry.code,
            entry.level,
            entry.name,
            entry.department,
            DocumentPlace(entry.line, "catalogue"),
            Fidelity(entry.fidelity),
            entry.limited_to,
        )
        for entry in stored.entries.order_by("pk")
    )
    return ServiceCatalogue(stored.title, stored.issue, stored.year, entries, ())
