"""The doors of registers: what the explanation of a budget speaks of besides its tables."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.models import BudgetSet
from chengmai.budget.published.queries import visible_set
from chengmai.budget.registers import schemas, services, views
from chengmai.budget.registers import sheet as register_sheet

router = Router(tags=["budget registers"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)


@router.get("/budgets/{budget_id}/registers", response=schemas.RegistersOut, auth=READ)
def read_registers(request: HttpRequest, budget_id: UUID) -> schemas.RegistersOut:
    """The registers of a budget's unit and year, and where they disagree with its tables."""
    return _answer(request, visible_set(caller(request), budget_id))


@router.patch("/budgets/{budget_id}/registers", response=schemas.RegistersOut, auth=MANAGE)
def write_registers(request: HttpRequest, budget_id: UUID, body: schemas.RegistersIn) -> schemas.RegistersOut:
    """Write registers, each told one as a whole; all of them or none."""
    user = caller(request)
    budget = visible_set(user, budget_id)
    services.write_registers(user, budget, body.revision, views.change_of(body))
    return _answer(request, budget)


@router.post("/budgets/{budget_id}/register-sheets", response=list[schemas.RegisterSheetOut], auth=MANAGE)
def read_register_sheet(
    request: HttpRequest, budget_id: UUID, file: File[UploadedFile]
) -> list[schemas.RegisterSheetOut]:
    """Read registers out of a workbook, a CSV or what was pasted; nothing is stored."""
    visible_set(caller(request), budget_id)
    return views.sheets_out(register_sheet.read_registers(file.name or "sheet", content_of(file)), language_of(request))


def _answer(request: HttpRequest, budget: BudgetSet) -> schemas.RegistersOut:
    user = caller(request)
    return views.registers_out(budget, language_of(request), Permission.BUDGET_MANAGE in user.permissions)
