"""What the doors of settlement answer about contracts and sheets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.contracts.text import Contract
from chengmai.core.messages import message
from chengmai.core.money import told as yuan
from chengmai.settlement import ledger, schemas
from chengmai.settlement.models import (
    ContractVersion,
    InputBinding,
    Payment,
    QuantitySheet,
    ServiceContract,
    SheetQuantity,
    Statement,
    StatementSheet,
)
from chengmai.settlement.months import first_day
from chengmai.settlement.purse import purse
from chengmai.settlement.quantities import told, usual_over_months
from chengmai.settlement.queries import visible_contracts, visible_statements
from chengmai.settlement.sheets import quantity_seal, sheet_seal
from chengmai.settlement.sources import optional_words, source_names
from chengmai.settlement.states import LIVE, SheetState, StatementState
from chengmai.settlement.terms import HAND, Fund, LedgerAccount, OverMonths
from chengmai.settlement.today import today
from chengmai.settlement.versions import text_of


def month_of(text: str) -> date:
    """The first day of ``2025-01``; the doors' shapes admit no other text."""
    return date.fromisoformat(f"{text}-01")


def party(organisation: Organisation) -> schemas.ContractPartyOut:
    """An organisation."""
    return schemas.ContractPartyOut(code=organisation.code, name_zh=organisation.name_zh, name_en=organisation.name_en)


def hand(by: User | None, at: datetime | None) -> schemas.HandOut:
    """Who did something, and when."""
    return schemas.HandOut(by="" if by is None else by.name, at=at)


def usual_month(user: User) -> date:
    """The newest month that somebody began a sheet of; without any, the last whole month."""
    newest = QuantitySheet.objects.filter(contract__in=visible_contracts(user)).order_by("-month").first()
    if newest is not None:
        return newest.month
    return first_day(first_day(today()).replace(day=1) - _DAY)


_DAY = date(2000, 1, 2) - date(2000, 1, 1)


def contracts_out(user: User, month: date) -> schemas.ContractsOut:
    """Every contract a person sees, with what is open of it in a month."""
    contracts = list(visible_contracts(user).prefetch_related("versions").order_by("code"))
    sheets = {
        one.contract_id: one
        for one in QuantitySheet.objects.filter(contract__in=contracts, month=month).prefetch_related("quantities")
    }
    stated = set(StatementSheet.objects.filter(statement__state__in=LIVE).values_list("sheet_id", flat=True))
    frozen: dict[Any, list[str]] = {}
    for one in QuantitySheet.objects.filter(contract__in=contracts, state=SheetState.FROZEN).order_by("month"):
        if one.pk not in stated:
            frozen.setdefault(one.contract_id, []).append(f"{one.month:%Y-%m}")
    statements: dict[Any, Statement] = {}
    owed: dict[Any, int] = {}
    for statement in visible_statements(user).filter(state__in=LIVE).order_by("first"):
        statements[statement.contract_id] = statement
        if statement.state == StatementState.APPROVED:
            owed[statement.contract_id] = owed.get(statement.contract_id, 0) + statement.total_fen
    paid = Payment.objects.filter(contract__in=contracts).exclude(statement=None).values_list("contract_id")
    for contract_id, fen in paid.annotate(sum=Sum("amount_fen")):
        owed[contract_id] = owed.get(contract_id, 0) - fen
    rows = [
        _summary(user, one, sheets.get(one.pk), frozen.get(one.pk, []), statements.get(one.pk), owed.get(one.pk, 0))
        for one in contracts
    ]
    return schemas.ContractsOut(month=f"{month:%Y-%m}", contracts=rows)


def _summary(
    user: User,
    contract: ServiceContract,
    sheet: QuantitySheet | None,
    unstated: list[str],
    statement: Statement | None,
    owed: int,
) -> schemas.ContractSummary:
    newest = max(contract.versions.all(), key=lambda one: one.number)
    lacking = 0
    if sheet is not None:
        known = {row.input for row in sheet.quantities.all() if row.adjusts_id is None}
        lacking = sum(one.usual is None and one.name not in known for one in text_of(newest).inputs)
    return schemas.ContractSummary(
        id=contract.pk,
        code=contract.code,
        title=contract.title,
        owner=party(contract.owner),
        contractor=party(contract.contractor),
        number=newest.number,
        valid_from=newest.valid_from,
        valid_to=newest.valid_to,
        sheet=None if sheet is None else sheet.pk,
        sheet_state=None if sheet is None else SheetState(sheet.state),
        lacking=lacking,
        unstated=unstated,
        statement=None if statement is None else statement.pk,
        statement_code="" if statement is None else statement.code,
        statement_state=None if statement is None else StatementState(statement.state),
        owed=yuan(owed),
        writable=reaches(user, contract.owner),
    )


def contract_out(user: User, contract: ServiceContract) -> schemas.ContractOut:
    """A contract with everything that hangs on it."""
    versions = list(contract.versions.select_related("loaded_by").order_by("-number"))
    statements = visible_statements(user).filter(contract=contract).order_by("-first", "-drafted_at")
    return schemas.ContractOut(
        id=contract.pk,
        code=contract.code,
        title=contract.title,
        version=contract.version,
        owner=party(contract.owner),
        contractor=party(contract.contractor),
        versions=[_version(one) for one in versions],
        inputs=inputs_out(contract, text_of(versions[0])),
        lines=lines_out(contract, _year(contract)),
        sources=[
            schemas.QuantitySourceOut(name=name, needs=list(needs), may=list(optional_words(name)))
            for name, needs in source_names().items()
        ],
        sheets=[
            schemas.MonthSummary(id=one.pk, month=f"{one.month:%Y-%m}", state=SheetState(one.state))
            for one in contract.sheets.order_by("-month")
        ],
        statements=[statement_summary(one) for one in statements.annotate(paid=Sum("payments__amount_fen"))],
        advance=yuan(ledger.balance(contract, LedgerAccount.ADVANCES)),
        writable=reaches(user, contract.owner),
    )


def _year(contract: ServiceContract) -> int:
    """The year whose budget is looked at: that of the newest month, the present one before there is any."""
    newest = contract.sheets.order_by("-month").first()
    return today().year if newest is None else newest.month.year


def _version(one: ContractVersion) -> schemas.VersionOut:
    return schemas.VersionOut(
        number=one.number,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        text=one.text,
        text_hash=one.text_hash,
        source=one.source,
        loaded_at=one.loaded_at,
        loaded_by="" if one.loaded_by is None else one.loaded_by.name,
    )


def statement_summary(one: Any) -> schemas.StatementSummary:
    """A statement in a row, with the ``paid`` it was asked with."""
    return schemas.StatementSummary(
        id=one.pk,
        code=one.code,
        first=one.first,
        last=one.last,
        state=StatementState(one.state),
        total=yuan(one.total_fen),
        paid=yuan(one.paid or 0),
    )


def inputs_out(contract: ServiceContract, read: Contract) -> list[schemas.InputOut]:
    """What must be told of a contract each month."""
    bindings: Mapping[str, InputBinding] = {one.input: one for one in contract.bindings.all()}
    found = []
    for one in read.inputs:
        binding = bindings.get(one.name)
        found.append(
            schemas.InputOut(
                name=one.name,
                unit=one.unit.name,
                required=one.usual is None,
                source=HAND if binding is None else binding.source,
                parameters={} if binding is None else binding.parameters,
                over_months=OverMonths(binding.over_months) if binding else usual_over_months(one.unit),
            )
        )
    return found


def lines_out(contract: ServiceContract, year: int) -> list[schemas.BudgetLineOut]:
    """The lines that pay for a contract, with what is left of them in a year."""
    found = []
    for one in contract.lines.order_by("-fund"):
        rest = purse().rest(contract.owner.code, year, Fund(one.fund), one.table, one.row_key)
        found.append(
            schemas.BudgetLineOut(
                fund=Fund(one.fund),
                table=one.table,
                row=one.row_key,
                name="" if rest is None else rest.row_name,
                rest=None if rest is None else yuan(rest.rest_fen),
            )
        )
    return found


def quantities_out(rows: Iterable[SheetQuantity], language: str) -> list[schemas.SheetQuantityOut]:
    """Quantities with what they were made from, and whether their seals hold."""
    return [_quantity(row, language) for row in rows]


def _quantity(row: SheetQuantity, language: str) -> schemas.SheetQuantityOut:
    return schemas.SheetQuantityOut(
        id=row.pk,
        sheet=row.sheet_id,
        month=f"{row.sheet.month:%Y-%m}",
        input=row.input,
        number=told(row.quantity_millionths),
        unit=row.unit,
        estimated=told(row.estimated_millionths),
        source=row.source,
        inputs=[_input(one) for one in row.inputs],
        remarks=[message(f"settlement.remark.{one['code']}", language, one["params"]) for one in row.remarks],
        document=row.document,
        seal=row.seal,
        intact=row.seal == quantity_seal(row.sheet, row),
        adjusts=row.adjusts_id,
    )


def _input(told_: Mapping[str, Any]) -> schemas.QuantityInput:
    facts = {name: value for name, value in told_.items() if name not in ("kind", "id")}
    return schemas.QuantityInput(kind=str(told_["kind"]), id=str(told_["id"]), facts=facts)


def sheet_out(user: User, sheet: QuantitySheet, language: str) -> schemas.QuantitySheetOut:
    """A month's quantities, those of earlier months that may be adjusted in it, and what was adjusted later."""
    rows = list(sheet.quantities.select_related("sheet__contract").order_by("input", "pk"))
    later = SheetQuantity.objects.filter(adjusts__sheet=sheet).select_related("sheet__contract").order_by("pk")
    writable = reaches(user, sheet.contract.owner)
    adjustable: Sequence[SheetQuantity] = ()
    if sheet.state == SheetState.DRAFT and writable:
        earlier = SheetQuantity.objects.filter(
            sheet__contract=sheet.contract, sheet__state=SheetState.FROZEN, sheet__month__lt=sheet.month, adjusts=None
        )
        adjustable = list(earlier.select_related("sheet__contract").order_by("-sheet__month", "input"))
    return schemas.QuantitySheetOut(
        id=sheet.pk,
        contract=sheet.contract_id,
        code=sheet.contract.code,
        title=sheet.contract.title,
        month=f"{sheet.month:%Y-%m}",
        state=SheetState(sheet.state),
        version=sheet.version,
        drafted=hand(sheet.drafted_by, sheet.drafted_at),
        checked=hand(sheet.checked_by, sheet.checked_at),
        frozen=hand(sheet.frozen_by, sheet.frozen_at),
        seal=sheet.seal,
        intact=sheet.state != SheetState.FROZEN or sheet.seal == sheet_seal(sheet),
        inputs=inputs_out(sheet.contract, text_of(sheet.contract_version)),
        quantities=quantities_out(rows, language),
        adjusted_later=quantities_out(later, language),
        adjustable=quantities_out(adjustable, language),
        writable=writable,
        own_work=sheet.drafted_by_id == user.pk,
    )
