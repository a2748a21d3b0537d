"""The doors of a budget's year: adjustments, and the booking of what was spent."""

from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.budget.execution import adjustment as execution_adjustment
from chengmai.budget.execution import schemas, views
from chengmai.budget.execution import services as execution
from chengmai.budget.execution import sheet as execution_sheet
from chengmai.budget.published.queries import visible_set
from chengmai.core.findings import Finding
from chengmai.core.messages import message
from chengmai.core.money import fen_of

router = Router(tags=["budget execution"])
READ, MANAGE = May(Permission.BUDGET_READ), May(Permission.BUDGET_MANAGE)


@router.get("/budgets/{budget_id}/adjustments", response=list[schemas.AdjustmentOut], auth=READ)
def list_adjustments(request: HttpRequest, budget_id: UUID) -> list[schemas.AdjustmentOut]:
    """Every adjustment of a budget's year, those taken back among them."""
    return views.adjustments_out(visible_set(caller(request), budget_id))


@router.post("/budgets/{budget_id}/adjustments", response=list[schemas.AdjustmentOut], auth=MANAGE)
def adjust_budget(request: HttpRequest, budget_id: UUID, body: schemas.AdjustmentIn) -> list[schemas.AdjustmentOut]:
    """Adjust the present budget by entries with a reason and the paper that decides it."""
    user = caller(request)
    entries = [
        execution_adjustment.EntryDraft(one.table, one.row, one.column, fen_of(one.amount)) for one in body.entries
    ]
    draft = execution_adjustment.AdjustmentDraft(body.id, body.reason, body.decided_on, body.document, entries)
    execution_adjustment.adjust(user, budget_id, draft)
    return views.adjustments_out(visible_set(user, budget_id))


@router.post(
    "/budgets/{budget_id}/adjustments/{adjustment_id}/reversal", response=list[schemas.AdjustmentOut], auth=MANAGE
)
def reverse_adjustment(
    request: HttpRequest, budget_id: UUID, adjustment_id: UUID, body: schemas.ReversedIn
) -> list[schemas.AdjustmentOut]:
    """Take an adjustment back by a further one."""
    user = caller(request)
    execution_adjustment.reverse_adjustment(user, budget_id, adjustment_id, body.id, body.reason)
    return views.adjustments_out(visible_set(user, budget_id))


@router.get("/budgets/{budget_id}/execution", response=schemas.ExecutionOut, auth=READ)
def read_execution(request: HttpRequest, budget_id: UUID) -> schemas.ExecutionOut:
    """What was spent of a budget: by row and by month against the plan."""
    return views.execution_out(visible_set(caller(request), budget_id))


@router.post("/budgets/{budget_id}/bookings", response=schemas.ExecutionOut, auth=MANAGE)
def book_spending(request: HttpRequest, budget_id: UUID, body: schemas.BookingIn) -> schemas.ExecutionOut:
    """Book what was spent; the same voucher again is the booking it already is."""
    user = caller(request)
    told = body.model_dump()
    execution.book(user, budget_id, execution.Spending(amount_fen=fen_of(told.pop("amount")), **told))
    return views.execution_out(visible_set(user, budget_id))


@router.post("/budgets/{budget_id}/bookings/{booking_id}/reversal", response=schemas.ExecutionOut, auth=MANAGE)
def reverse_booking(
    request: HttpRequest, budget_id: UUID, booking_id: UUID, body: schemas.UnbookIn
) -> schemas.ExecutionOut:
    """Take a booking out again, with a reason."""
    user = caller(request)
    execution.reverse_booking(user, budget_id, booking_id, body.reason)
    return views.execution_out(visible_set(user, budget_id))


@router.post("/budgets/{budget_id}/booking-sheets", response=schemas.BookingSheetOut, auth=MANAGE)
def import_bookings(
    request: HttpRequest, budget_id: UUID, file: File[UploadedFile], dry_run: bool = False
) -> schemas.BookingSheetOut:
    """Book the rows of a sheet, all or none; ``dry_run`` only checks them."""
    user, language = caller(request), language_of(request)
    sheet = execution_sheet.import_bookings(user, budget_id, file.name or "sheet", content_of(file), dry_run)
    findings = [
        schemas.BookingFinding(
            row=one.row,
            field=one.field,
            value=one.value,
            rule=one.rule,
            sentence=_sentence(one, language),
        )
        for one in sheet.findings
    ]
    return schemas.BookingSheetOut(rows=len(sheet.spendings), booked=sheet.booked, known=sheet.known, findings=findings)


def _sentence(finding: Finding, language: str) -> str:
    """What is wrong with a row; what a booking by hand is refused for is told in the same words."""
    key = finding.rule if finding.rule.startswith("execution.") else f"finding.{finding.rule}"
    return message(key, language, {"value": finding.value, **dict(finding.detail)})
