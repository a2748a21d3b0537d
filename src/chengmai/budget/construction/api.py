"""The doors of construction projects."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.audit import record
from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.budget.construction import acceptance as construction_acceptance
from chengmai.budget.construction import costs as construction_costs
from chengmai.budget.construction import queries as construction_queries
from chengmai.budget.construction import schemas, views
from chengmai.budget.construction import services as construction
from chengmai.core.errors import TooLarge, Unavailable
from chengmai.core.money import fen_of
from chengmai.disposal.reports import path_of
from chengmai.settings import current

router = Router(tags=["projects"])


@router.get("/projects", response=list[schemas.ProjectSummary], auth=May(Permission.PROJECT_READ))
def list_projects(request: HttpRequest) -> list[schemas.ProjectSummary]:
    """The construction projects in the user's scope, in figures."""
    return [views.summary(one) for one in construction_queries.visible_projects(caller(request))]


@router.get("/projects/{code}", response=schemas.ProjectOut, auth=May(Permission.PROJECT_READ))
def read_project(request: HttpRequest, code: str) -> schemas.ProjectOut:
    """A project: planned against present per lot, money against ceilings, milestones, acceptances."""
    return _whole(request, code)


@router.put("/projects/{code}", response=schemas.ProjectOut, auth=May(Permission.PROJECT_MANAGE))
def write_project(request: HttpRequest, code: str, body: schemas.ProjectIn) -> schemas.ProjectOut:
    """Register a project (version 0) or make its next version."""
    told = body.model_dump(exclude={"headings", "lots", "milestones", "budget"})
    draft = construction.ProjectDraft(
        code=code,
        budget_fen=fen_of(body.budget),
        headings=[_heading(one) for one in body.headings],
        lots=[_lot(one) for one in body.lots],
        milestones=[construction.MilestoneDraft(**one.model_dump()) for one in body.milestones],
        **told,
    )
    construction.write_project(caller(request), draft)
    return _whole(request, code)


@router.post("/projects/{code}/papers", response=schemas.PaperOut, auth=May(Permission.PROJECT_READ))
def add_project_paper(request: HttpRequest, code: str, file: File[UploadedFile]) -> schemas.PaperOut:
    """Keep a scanned document (PDF) of a project, to be cited by a milestone, an entry or an acceptance."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction.demand_writer(user)
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise TooLarge("photo.too_large", size=file.size, limit=limit)
    return views.paper_out(construction.add_paper(user, project, file.name or "", file.read()))


@router.get("/papers/{paper_id}", auth=May(Permission.PROJECT_READ))
def read_project_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A scanned document, as it was given; noted in the audit trail."""
    user = caller(request)
    paper = construction.visible_paper(user, paper_id)
    path = path_of(paper.sha256)
    if not path.exists():
        raise Unavailable("report.missing", sha256=paper.sha256)
    record(user, "project.paper_read", "project", paper.project.code, after={"paper": str(paper.pk)})
    response = HttpResponse(path.read_bytes(), content_type="application/pdf")
    # A foreign document is never shown inside our own pages.
    response["Content-Disposition"] = f'attachment; filename="{paper.sha256[:16]}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.post(
    "/projects/{code}/milestones/{milestone}/reaching",
    response=schemas.ProjectOut,
    auth=May(Permission.PROJECT_MANAGE),
)
def reach_milestone(request: HttpRequest, code: str, milestone: str, body: schemas.ReachedIn) -> schemas.ProjectOut:
    """Write down that a milestone was reached, with its evidence."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction.reach_milestone(user, project, milestone, construction.Reached(**body.model_dump()))
    return _whole(request, code)


@router.post(
    "/projects/{code}/milestones/{milestone}/reopening",
    response=schemas.ProjectOut,
    auth=May(Permission.PROJECT_MANAGE),
)
def reopen_milestone(request: HttpRequest, code: str, milestone: str, body: schemas.ReopenIn) -> schemas.ProjectOut:
    """Take back that a milestone was reached."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction.reopen_milestone(user, project, milestone, body.version, body.reason)
    return _whole(request, code)


@router.post("/projects/{code}/deliveries", response=schemas.ProjectOut, auth=May(Permission.PROJECT_MANAGE))
def note_delivery(request: HttpRequest, code: str, body: schemas.DeliveryIn) -> schemas.ProjectOut:
    """Write down a delivery of what no register counts: platforms, software, services."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction.note_delivery(user, project, construction.Delivered(**body.model_dump()))
    return _whole(request, code)


@router.post("/projects/{code}/costs", response=schemas.ProjectOut, auth=May(Permission.PROJECT_BOOK))
def book_cost(request: HttpRequest, code: str, body: schemas.CostIn) -> schemas.ProjectOut:
    """Book a contract or a payment; over a ceiling it is refused or marked, as the heading's rule says."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    sent = body.model_dump()
    amount_fen = fen_of(sent.pop("amount"))
    construction_costs.book(user, project, construction_costs.Booking(amount_fen=amount_fen, **sent))
    return _whole(request, code)


@router.post(
    "/projects/{code}/costs/{entry_id}/reversal", response=schemas.ProjectOut, auth=May(Permission.PROJECT_BOOK)
)
def reverse_cost(request: HttpRequest, code: str, entry_id: UUID, body: schemas.ReversalIn) -> schemas.ProjectOut:
    """Take a booked entry out again, with a reason."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction_costs.reverse(user, project, entry_id, body.id, body.reason)
    return _whole(request, code)


@router.post(
    "/projects/{code}/lots/{lot}/acceptances", response=schemas.ProjectOut, auth=May(Permission.PROJECT_MANAGE)
)
def apply_for_acceptance(request: HttpRequest, code: str, lot: str, body: schemas.ApplyIn) -> schemas.ProjectOut:
    """Apply for the acceptance of a lot."""
    user = caller(request)
    project = construction_queries.visible_project(user, code)
    construction_acceptance.apply_for(user, project, lot, body.note)
    return _whole(request, code)


@router.post("/acceptances/{acceptance_id}/actions", response=schemas.ProjectOut, auth=May(Permission.PROJECT_MANAGE))
def act_on_acceptance(
    request: HttpRequest, acceptance_id: UUID, body: schemas.AcceptanceActionIn
) -> schemas.ProjectOut:
    """Take one step of an acceptance."""
    user = caller(request)
    act = construction_acceptance.AcceptanceAct(**body.model_dump())
    done = construction_acceptance.act_on_acceptance(user, acceptance_id, act)
    return _whole(request, done.lot.project.code)


def _heading(row: schemas.HeadingIn) -> construction.HeadingDraft:
    ceiling_fen = None if row.ceiling is None else fen_of(row.ceiling)
    return construction.HeadingDraft(ceiling_fen=ceiling_fen, **row.model_dump(exclude={"ceiling"}))


def _lot(row: schemas.LotIn) -> construction.LotDraft:
    quantities = [construction.QuantityDraft(**one.model_dump()) for one in row.quantities]
    return construction.LotDraft(quantities=quantities, **row.model_dump(exclude={"quantities"}))


def _whole(request: HttpRequest, code: str) -> schemas.ProjectOut:
    user = caller(request)
    return views.whole(construction_queries.visible_project(user, code), user)
