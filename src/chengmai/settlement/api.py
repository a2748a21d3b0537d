"""The doors of settlement: contracts, monthly quantities, statements, payments."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.assets.findings_sheet import sentence
from chengmai.core.errors import InvalidInput, TooLarge
from chengmai.core.money import fen_of
from chengmai.settings import current
from chengmai.settlement import form, payments, schemas, sheets, statement_views, statements, versions, views
from chengmai.settlement.months import last_day
from chengmai.settlement.queries import payer_contract, visible_contract, visible_sheet, visible_statement
from chengmai.settlement.terms import Fund

router = Router(tags=["settlement"])
READ, DRAFT, PAY = May(Permission.SETTLEMENT_READ), May(Permission.SETTLEMENT_DRAFT), May(Permission.SETTLEMENT_PAY)


@router.get("/settlement/contracts", response=schemas.ContractsOut, auth=READ)
def list_contracts(request: HttpRequest, month: str = "") -> schemas.ContractsOut:
    """The contracts in the person's scope with what is open of each in a month, ``2025-01``."""
    user = caller(request)
    return views.contracts_out(user, _month(month) if month else views.usual_month(user))


def _month(text: str) -> date:
    try:
        return views.month_of(text)
    except ValueError as error:
        raise InvalidInput("settlement.no_month", value=text[:20]) from error


@router.post("/settlement/contracts", response=schemas.ContractLoadedOut, auth=DRAFT)
def load_contract(
    request: HttpRequest, told: Form[schemas.ContractIn], file: File[UploadedFile]
) -> schemas.ContractLoadedOut:
    """Load a contract's text, or its next version; a text with errors loads nothing and tells them by line."""
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise TooLarge("import.too_large", limit_bytes=limit)
    name, text = file.name or "contract.txt", file.read().decode("utf-8", errors="replace")
    draft = versions.ContractDraft(
        name, text, told.owner, told.contractor, told.valid_from, told.valid_to, _lines(told.lines)
    )
    loaded = versions.load_contract(caller(request), draft)
    language = language_of(request)
    return schemas.ContractLoadedOut(
        id=None if loaded.version is None else loaded.version.contract_id,
        number=None if loaded.version is None else loaded.version.number,
        created=loaded.created,
        findings=[
            schemas.ContractFinding(line=one.row, sentence=sentence(one, language), severity=one.severity.value)
            for one in loaded.findings
        ],
    )


def _lines(text: str) -> list[versions.BudgetLineDraft]:
    """``general=projects.p7 fund=projects.p13``; raises InvalidInput for anything else."""
    found = []
    for word in text.split():
        fund, _, place = word.partition("=")
        table, _, row = place.partition(".")
        if fund not in set(Fund) or not row:
            raise InvalidInput("settlement.no_budget_line", value=word[:60])
        found.append(versions.BudgetLineDraft(Fund(fund), table, row))
    return found


@router.get("/settlement/contracts/{contract_id}", response=schemas.ContractOut, auth=READ)
def read_contract(request: HttpRequest, contract_id: UUID) -> schemas.ContractOut:
    """A contract: its versions word for word, where its quantities come from, months, statements."""
    user = caller(request)
    return views.contract_out(user, visible_contract(user, contract_id))


@router.put("/settlement/contracts/{contract_id}/bindings", response=schemas.ContractOut, auth=DRAFT)
def bind_inputs(request: HttpRequest, contract_id: UUID, body: schemas.BindingsIn) -> schemas.ContractOut:
    """Say where the monthly quantities of inputs come from."""
    user = caller(request)
    bindings = [versions.BindingDraft(**one.model_dump()) for one in body.bindings]
    contract = versions.bind(user, payer_contract(user, contract_id), body.version, bindings)
    return views.contract_out(user, contract)


@router.post("/settlement/contracts/{contract_id}/sheets", response=schemas.QuantitySheetOut, auth=DRAFT)
def open_sheet(request: HttpRequest, contract_id: UUID, body: schemas.MonthIn) -> schemas.QuantitySheetOut:
    """Begin a month's sheet with what its sources find; one that is begun is the one it is."""
    user = caller(request)
    sheet = sheets.open_sheet(user, payer_contract(user, contract_id), views.month_of(body.month))
    return _sheet(request, sheet.pk)


@router.get("/settlement/sheets/{sheet_id}", response=schemas.QuantitySheetOut, auth=READ)
def read_sheet(request: HttpRequest, sheet_id: UUID) -> schemas.QuantitySheetOut:
    """A month's quantities with what each was made from."""
    return _sheet(request, sheet_id)


@router.put("/settlement/sheets/{sheet_id}/quantities", response=schemas.QuantitySheetOut, auth=DRAFT)
def tell_quantities(request: HttpRequest, sheet_id: UUID, body: schemas.QuantitiesIn) -> schemas.QuantitySheetOut:
    """Tell quantities by hand, each with its document."""
    told = [sheets.ByHand(**one.model_dump()) for one in body.quantities]
    sheets.tell(caller(request), sheet_id, body.version, told)
    return _sheet(request, sheet_id)


@router.post("/settlement/sheets/{sheet_id}/gathering", response=schemas.QuantitySheetOut, auth=DRAFT)
def gather_quantities(request: HttpRequest, sheet_id: UUID, body: schemas.SeenIn) -> schemas.QuantitySheetOut:
    """Ask the sources again."""
    sheets.gather(caller(request), sheet_id, body.version)
    return _sheet(request, sheet_id)


@router.post("/settlement/sheets/{sheet_id}/adjustments", response=schemas.QuantitySheetOut, auth=DRAFT)
def adjust_quantity(request: HttpRequest, sheet_id: UUID, body: schemas.SheetAdjustmentIn) -> schemas.QuantitySheetOut:
    """Write down by how much a quantity of an earlier, frozen month was wrong."""
    adjusted = sheets.Adjusted(body.quantity, body.difference, body.document)
    sheets.adjust(caller(request), sheet_id, body.version, adjusted)
    return _sheet(request, sheet_id)


@router.post("/settlement/sheets/{sheet_id}/actions", response=schemas.QuantitySheetOut, auth=READ)
def act_on_sheet(request: HttpRequest, sheet_id: UUID, body: schemas.SheetActionIn) -> schemas.QuantitySheetOut:
    """Check, reopen or freeze a sheet."""
    sheets.act_on_sheet(caller(request), sheet_id, body.version, body.action)
    return _sheet(request, sheet_id)


@router.post("/settlement/contracts/{contract_id}/statements", response=schemas.StatementOut, auth=DRAFT)
def draft_statement(request: HttpRequest, contract_id: UUID, body: schemas.StatementIn) -> schemas.StatementOut:
    """Work out what is owed for some frozen months."""
    user = caller(request)
    first, last = views.month_of(body.first), last_day(views.month_of(body.last))
    made = statements.draft_statement(user, payer_contract(user, contract_id), first, last)
    return _statement(request, made.pk)


@router.get("/settlement/statements/{statement_id}", response=schemas.StatementOut, auth=READ)
def read_statement(request: HttpRequest, statement_id: UUID) -> schemas.StatementOut:
    """A statement: every line with its formula, figures and quantities; payments; postings."""
    return _statement(request, statement_id)


@router.get("/settlement/statements/{statement_id}/workbook", auth=READ)
def export_statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """The statement as a workbook in the usual form, with the amount in capitals and the signatures."""
    user = caller(request)
    statement = visible_statement(user, statement_id)
    response = HttpResponse(form.export_statement(user, statement, language_of(request)), content_type=form.XLSX)
    response["Content-Disposition"] = f'attachment; filename="statement-{statement.pk}.xlsx"'
    return response


@router.post("/settlement/statements/{statement_id}/lines", response=schemas.StatementOut, auth=DRAFT)
def add_line(request: HttpRequest, statement_id: UUID, body: schemas.StatementLineIn) -> schemas.StatementOut:
    """Write a deduction, a supplement or the offset of an advance on a draft."""
    line = statements.LineByHand(body.kind, fen_of(body.amount), body.reason, body.document)
    statements.add_line(caller(request), statement_id, body.version, line)
    return _statement(request, statement_id)


@router.post("/settlement/statements/{statement_id}/actions", response=schemas.StatementOut, auth=READ)
def act_on_statement(request: HttpRequest, statement_id: UUID, body: schemas.StatementActionIn) -> schemas.StatementOut:
    """Check, send back, approve, reverse or discard a statement."""
    statements.act_on_statement(caller(request), statement_id, body.version, body.action, body.reason)
    return _statement(request, statement_id)


@router.post("/settlement/statements/{statement_id}/payments", response=schemas.StatementOut, auth=PAY)
def pay_statement(request: HttpRequest, statement_id: UUID, body: schemas.PaymentIn) -> schemas.StatementOut:
    """Pay a part of an approved statement from one fund or two; over a line of the budget nothing is booked."""
    payments.pay_statement(caller(request), statement_id, _payment(body))
    return _statement(request, statement_id)


@router.post("/settlement/contracts/{contract_id}/advances", response=schemas.ContractOut, auth=PAY)
def pay_advance(request: HttpRequest, contract_id: UUID, body: schemas.PaymentIn) -> schemas.ContractOut:
    """Pay in advance; it is offset on later statements."""
    user = caller(request)
    payments.pay_advance(user, contract_id, _payment(body))
    return views.contract_out(user, visible_contract(user, contract_id))


@router.post("/settlement/payments/{payment_id}/reversal", response=schemas.PaymentOut, auth=PAY)
def reverse_payment(request: HttpRequest, payment_id: UUID, body: schemas.PaymentReversalIn) -> schemas.PaymentOut:
    """Take a payment back by its negative."""
    made = payments.reverse_payment(caller(request), payment_id, body.id, body.reason)
    return statement_views.payments_out([made])[0]


def _payment(body: schemas.PaymentIn) -> payments.PaymentDraft:
    parts = [payments.PartDraft(one.fund, fen_of(one.amount)) for one in body.parts]
    return payments.PaymentDraft(body.id, body.on, body.voucher, parts, body.note)


def _sheet(request: HttpRequest, sheet_id: UUID) -> schemas.QuantitySheetOut:
    user = caller(request)
    return views.sheet_out(user, visible_sheet(user, sheet_id), language_of(request))


def _statement(request: HttpRequest, statement_id: UUID) -> schemas.StatementOut:
    user = caller(request)
    return statement_views.statement_out(user, visible_statement(user, statement_id), language_of(request))
