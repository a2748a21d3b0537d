"""The doors of published budgets and of the catalogue of purchased services."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.published import queries as published_queries
from chengmai.budget.published import schemas, views
from chengmai.budget.published import services as published
from chengmai.budget.published.words import finding_sentence
from chengmai.core.errors import NotFound
from chengmai.disclosure.reading.purchases import Purchase, check_purchase

router = Router(tags=["budgets"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)


@router.get("/budgets", response=list[schemas.BudgetSetOut], auth=READ)
def list_budgets(request: HttpRequest) -> list[schemas.BudgetSetOut]:
    """The published budgets in the user's scope, those replaced among them."""
    return [views.set_out(budget) for budget in published_queries.visible_sets(caller(request))]


@router.post("/budgets", response=schemas.BudgetLoadOut, auth=MANAGE)
def load_budget(
    request: HttpRequest, file: File[UploadedFile], owner: str = "", dry_run: bool = False
) -> schemas.BudgetLoadOut:
    """Load a published document for an organisation, the user's own by default; with ``dry_run`` only read it.

    The whole document is stored or nothing of it; the same document again is the set it already is.
    """
    user = caller(request)
    name, data = file.name or "upload", content_of(file)
    if dry_run:
        result = published.read_only(name, data)
    else:
        result = published.load_published(user, owner or user.organisation.code, name, data)
    return views.load_out(result, language_of(request))


@router.get("/budgets/{budget_id}", response=schemas.BudgetSetDetail, auth=READ)
def read_budget(request: HttpRequest, budget_id: UUID) -> schemas.BudgetSetDetail:
    """A published budget: its tables, and what was found while reading it."""
    return views.detail(published_queries.visible_set(caller(request), budget_id), language_of(request))


@router.get("/budgets/{budget_id}/tables/{key}", response=schemas.BudgetTableOut, auth=READ)
def read_budget_table(request: HttpRequest, budget_id: UUID, key: str) -> schemas.BudgetTableOut:
    """One table printed anew, each cell with its line."""
    budget = published_queries.visible_set(caller(request), budget_id)
    return views.table_out(published_queries.table_of(budget, key))


@router.get("/purchased-services", response=schemas.ServiceSearchOut, auth=READ)
def search_services(request: HttpRequest, asked: str = "", department: str = "") -> schemas.ServiceSearchOut:
    """Search the catalogue of purchased services by code or words, for all departments or for one."""
    catalogue = published_queries.present_catalogue()
    if catalogue is None:
        return schemas.ServiceSearchOut(title="", issue="", year=0, departments=[], entries=[])
    found = catalogue.search(asked, department)
    return schemas.ServiceSearchOut(
        title=catalogue.title,
        issue=catalogue.issue,
        year=catalogue.year,
        departments=list(catalogue.departments),
        entries=[views.entry_out(catalogue, entry) for entry in found],
    )


@router.post("/purchased-services/check", response=schemas.PurchaseCheckOut, auth=READ)
def check_service(request: HttpRequest, body: schemas.PurchaseIn) -> schemas.PurchaseCheckOut:
    """Hold a purchase against its department's entries of A and all of B; nothing is stored."""
    catalogue = published_queries.present_catalogue()
    if catalogue is None:
        raise NotFound("catalogue.none")
    check = check_purchase(catalogue, Purchase(body.code.strip(), body.name.strip()), body.department.strip())
    return schemas.PurchaseCheckOut(
        outcome=check.outcome,
        sentence="" if check.finding is None else finding_sentence(check.finding, language_of(request)),
        near=[views.entry_out(catalogue, entry) for entry in check.near],
    )
