"""The doors at which a budget is prepared: drafts, typing in their tables, discarding."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.preparing import carry as preparing_carry
from chengmai.budget.preparing import importing as preparing_import
from chengmai.budget.preparing import schemas, views
from chengmai.budget.preparing import services as preparing
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.queries import visible_set
from chengmai.budget.published.views import findings_out
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.findings import Severity
from chengmai.disclosure.classes import class_codes
from chengmai.disclosure.drafting.carrying import FUNDS, CarriedProject
from chengmai.disclosure.drafting.draft_edits import AddRow, PasteCells, RemoveRow, SetCell, Step
from chengmai.disclosure.drafting.draft_rows import classification_of
from chengmai.disclosure.drafting.draft_tables import fen_of_wan, in_wan
from chengmai.disclosure.layouts import RowKind

router = Router(tags=["budget drafts"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)
_MOST_CLASSES = 30


@router.post("/budget-drafts", response=schemas.StartedDraftOut, auth=MANAGE)
def start_draft(request: HttpRequest, body: schemas.DraftIn) -> schemas.StartedDraftOut:
    """Begin a budget: empty, from the year before, or as a correction of the present version."""
    user = caller(request)
    told = body.model_dump() | {"owner": body.owner or user.organisation.code}
    started = preparing.start_draft(user, preparing.DraftOrder(**told))
    return views.started_out(started, language_of(request))


@router.get("/budgets/{budget_id}/draft", response=schemas.DraftOut, auth=READ)
def read_draft(request: HttpRequest, budget_id: UUID) -> schemas.DraftOut:
    """A set as it is prepared: its tables and the rules that do not hold; one that is no draft is only read."""
    return views.draft_out(visible_set(caller(request), budget_id), language_of(request))


@router.get("/budgets/{budget_id}/grids/{key}", response=schemas.GridOut, auth=READ)
def read_grid(request: HttpRequest, budget_id: UUID, key: str) -> schemas.GridOut:
    """One table to type in, sums told apart."""
    budget = visible_set(caller(request), budget_id)
    grid = grids_of(budget).get(key)
    if grid is None:
        raise NotFound("budget.table_not_found", key=key)
    return views.grid_out(budget, grid)


@router.patch("/budgets/{budget_id}/grids", response=schemas.EditOut, auth=MANAGE)
def edit_grid(request: HttpRequest, budget_id: UUID, body: schemas.EditIn) -> schemas.EditOut:
    """Type in one table of a draft: all steps are stored, or none and every refused cell is told."""
    language = language_of(request)
    steps = [_step(one) for one in body.steps]
    done = preparing.edit(caller(request), budget_id, body.revision, body.table, steps)
    if done.edited.refused:
        cells = views.refused(done.before, done.edited.refused, language)
        raise InvalidInput("draft.refused", count=len(cells), first=cells[0]["sentence"], cells=cells)
    return views.edit_out(done, language)


@router.post("/budgets/{budget_id}/discarding", response=schemas.DraftOut, auth=MANAGE)
def discard_draft(request: HttpRequest, budget_id: UUID, body: schemas.DiscardIn) -> schemas.DraftOut:
    """Give a draft up, with a reason; it stays readable."""
    budget = preparing.discard(caller(request), budget_id, body.revision, body.reason)
    return views.draft_out(budget, language_of(request))


@router.get("/budgets/{budget_id}/grids/{key}/classes", response=list[schemas.ClassOut], auth=READ)
def search_classes(
    request: HttpRequest, budget_id: UUID, key: str, asked: str = "", side: str = ""
) -> list[schemas.ClassOut]:
    """Codes a row of a table may have, by the beginning of a code or words of a name."""
    budget = visible_set(caller(request), budget_id)
    grid = grids_of(budget).get(key)
    if grid is None:
        raise NotFound("budget.table_not_found", key=key)
    if grid.form.rows not in (RowKind.CODES, RowKind.ECONOMIC):
        return []
    names = class_codes(budget.year).names[classification_of(grid.form, side)]
    there = {row.key for row in grid.rows if row.side == side}
    wanted = asked.strip()
    found = [(code, name) for code, name in names.items() if code.startswith(wanted) or wanted in name]
    return [schemas.ClassOut(code=code, name=name, there=code in there) for code, name in sorted(found)[:_MOST_CLASSES]]


@router.post("/budgets/{budget_id}/grid-imports", response=schemas.TableImportOut, auth=MANAGE)
def import_grids(
    request: HttpRequest,
    budget_id: UUID,
    file: File[UploadedFile],
    revision: int = 0,
    table: str = "",
    dry_run: bool = False,
) -> schemas.TableImportOut:
    """Take over the tables of a workbook, CSV or text, or one of them; ``dry_run`` only tells what is found."""
    user, language = caller(request), language_of(request)
    done = preparing_import.import_tables(
        user, budget_id, revision, file.name or "upload", content_of(file), table, dry_run
    )
    return schemas.TableImportOut(
        stored=done.stored,
        tables=list(done.tables),
        errors=sum(one.severity == Severity.ERROR for one in done.findings),
        findings=findings_out(done.findings, language),
        draft=views.draft_out(visible_set(user, budget_id), language),
    )


@router.get("/budgets/{budget_id}/left-over", response=list[schemas.LeftOverOut], auth=READ)
def read_left_over(request: HttpRequest, budget_id: UUID) -> list[schemas.LeftOverOut]:
    """What is left of last year's projects and may be carried over into a draft of the next year."""
    found = preparing_carry.left_over(visible_set(caller(request), budget_id))
    return [
        schemas.LeftOverOut(
            table=one.table, row=one.key, name=one.name, **{fund: in_wan(one.left[fund]) for fund in FUNDS}
        )
        for one in found
    ]


@router.post("/budgets/{budget_id}/carry-over", response=schemas.DraftOut, auth=MANAGE)
def carry_over(request: HttpRequest, budget_id: UUID, body: schemas.CarryIn) -> schemas.DraftOut:
    """Carry projects over into a draft: table 13 and every carried column and total, all or none."""
    user, language = caller(request), language_of(request)
    projects = [
        CarriedProject(one.name, one.code, {fund: _fen(getattr(one, fund)) for fund in FUNDS}) for one in body.projects
    ]
    budget, done = preparing_carry.carry(user, budget_id, body.revision, projects)
    if done.refused:
        cells = views.refused(done.tables["projects_carried"], done.refused, language)
        raise InvalidInput("draft.refused", count=len(done.refused), first=cells[0]["sentence"], cells=cells)
    return views.draft_out(budget, language, done.tables)


def _fen(text: str) -> int:
    """Fen of an amount as it is typed in ten thousand yuan; raises InvalidInput."""
    fen = fen_of_wan(text)
    if fen is None or fen < 0:
        raise InvalidInput("money.not_an_amount", value=text[:40])
    return fen


def _step(told: schemas.StepShape) -> Step:
    match told.kind:
        case "set":
            return SetCell(told.row, told.column, told.text)
        case "paste":
            return PasteCells(told.row, told.column, told.text)
        case "add":
            return AddRow(views.new_row(told), tuple(told.amounts.items()), told.before)
        case "remove":
            return RemoveRow(told.row, told.side)
