"""Monthly quantity sheets: told by hand or found by a source, checked by another person, frozen for good."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.contracts.measures import unit
from chengmai.contracts.text import Contract
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.lineage import seal
from chengmai.settlement import sources
from chengmai.settlement.models import InputBinding, QuantitySheet, ServiceContract, SheetQuantity
from chengmai.settlement.months import first_day, last_day
from chengmai.settlement.quantities import millionths_of, told
from chengmai.settlement.queries import payer_sheet
from chengmai.settlement.states import SHEET_PERMISSIONS, SHEET_TRANSITIONS, SheetAction, SheetState
from chengmai.settlement.terms import HAND
from chengmai.settlement.today import today
from chengmai.settlement.versions import period_of, text_of, version_of

MOST_QUANTITIES = 100


@dataclass(frozen=True, slots=True)
class ByHand:
    """A quantity as a person tells it, with the document it stands in."""

    input: str
    number: str
    unit: str
    document: str


@dataclass(frozen=True, slots=True)
class Adjusted:
    """By how much a frozen quantity was wrong, and the document that says so."""

    quantity: UUID
    difference: str
    document: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A quantity before it is stored."""

    input: str
    unit: str
    quantity_millionths: int
    source: str
    estimated_millionths: int = 0
    inputs: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[Mapping[str, Any]] = field(default_factory=list)
    document: str = ""


def open_sheet(user: User | None, contract: ServiceContract, month: date) -> QuantitySheet:
    """The sheet of a month, begun when there is none, with what its sources find.

    Raises InvalidInput (no version in force, a month to come) or Conflict for a month that is frozen already.
    """
    month = first_day(month)
    if month > today():
        raise InvalidInput("settlement.month_to_come", month=f"{month:%Y-%m}")
    with transaction.atomic():
        take_turn()
        known = QuantitySheet.objects.filter(contract=contract, month=month).first()
        if known is not None and known.state == SheetState.FROZEN:
            raise Conflict("settlement.month_closed", month=f"{month:%Y-%m}")
        if known is not None:
            return known
        version = version_of(contract, month, last_day(month))
        sheet = QuantitySheet.objects.create(
            contract=contract, contract_version=version, month=month, drafted_at=now(), drafted_by=user
        )
        _gather(sheet, text_of(version))
        record(user, "settlement.open_sheet", "quantity_sheet", str(sheet.pk), after=facts_of(sheet))
    return sheet


def gather(user: User, sheet_id: UUID, version: int) -> QuantitySheet:
    """Ask the sources again; what was told by hand stays. Raises as ``tell`` does."""
    with transaction.atomic():
        take_turn()
        sheet = _draft(user, sheet_id, version)
        before = facts_of(sheet)
        _gather(sheet, text_of(sheet.contract_version))
        return _written(user, sheet, "settlement.gather", before)


def tell(user: User, sheet_id: UUID, version: int, quantities: Sequence[ByHand]) -> QuantitySheet:
    """Tell quantities by hand, each with its document.

    Raises NotFound, NotAllowed, Conflict (stale, not a draft), or InvalidInput: an input the contract has not, a unit
    that does not fit, no number, a negative one, no document.
    """
    with transaction.atomic():
        take_turn()
        sheet = _draft(user, sheet_id, version)
        before = facts_of(sheet)
        inputs = {one.name: one for one in text_of(sheet.contract_version).inputs}
        for one in quantities[:MOST_QUANTITIES]:
            if one.input not in inputs:
                raise InvalidInput("contract.no_input", name=one.input)
            wanted = inputs[one.input]
            if unit(one.unit).dimension != wanted.unit.dimension:
                raise InvalidInput("contract.input_unit", name=one.input, unit=wanted.unit.name, line=wanted.line)
            number = millionths_of(one.number)
            if number < 0:
                raise InvalidInput("settlement.quantity_negative", name=one.input, value=one.number)
            if not one.document.strip():
                raise InvalidInput("settlement.document_missing")
            document = one.document.strip()[:255]
            inputs_ = [{"kind": "document", "id": document}]
            _put(sheet, _Row(one.input, unit(one.unit).name, number, HAND, inputs=inputs_, document=document))
        return _written(user, sheet, "settlement.tell_quantities", before)


def adjust(user: User, sheet_id: UUID, version: int, adjusted: Adjusted) -> QuantitySheet:
    """Write down by how much a quantity of an earlier frozen month was wrong; that month itself never changes.

    Raises as ``tell`` does, and Conflict for a quantity that is not frozen, or not of an earlier month.
    """
    with transaction.atomic():
        take_turn()
        sheet = _draft(user, sheet_id, version)
        before = facts_of(sheet)
        of_contract = SheetQuantity.objects.filter(sheet__contract=sheet.contract, adjusts=None)
        base = of_contract.filter(pk=adjusted.quantity).select_related("sheet").first()
        if base is None:
            raise InvalidInput("settlement.quantity_not_found", id=adjusted.quantity)
        if base.sheet.state != SheetState.FROZEN or base.sheet.month >= sheet.month:
            raise Conflict("settlement.adjusts_unfrozen", month=f"{base.sheet.month:%Y-%m}")
        if not adjusted.document.strip():
            raise InvalidInput("settlement.document_missing")
        difference, document = millionths_of(adjusted.difference), adjusted.document.strip()[:255]
        others = SheetQuantity.objects.filter(adjusts=base).exclude(sheet=sheet)
        whole = base.quantity_millionths + sum(one.quantity_millionths for one in others) + difference
        if not difference or whole < 0:
            raise InvalidInput("settlement.difference_unfit", value=adjusted.difference)
        adjusted_ = {"kind": "quantity", "id": str(base.pk), "month": f"{base.sheet.month:%Y-%m}", "hash": base.seal}
        inputs = [adjusted_, {"kind": "document", "id": document}]
        _put(sheet, _Row(base.input, base.unit, difference, HAND, inputs=inputs, document=document), base)
        return _written(user, sheet, "settlement.adjust_quantity", before)


def act_on_sheet(user: User, sheet_id: UUID, version: int, action: SheetAction) -> QuantitySheet:
    """Check, reopen or freeze a sheet. Raises NotFound, NotAllowed (permission, one's own work) or Conflict."""
    permission = SHEET_PERMISSIONS[action]
    if permission not in user.permissions:
        raise NotAllowed("door.not_allowed", permission=permission.value)
    with transaction.atomic():
        take_turn()
        sheet = payer_sheet(user, sheet_id)
        if sheet.state == SheetState.FROZEN:
            raise Conflict("settlement.month_closed", month=f"{sheet.month:%Y-%m}")
        _demand_version(sheet, version)
        following = SHEET_TRANSITIONS.get((SheetState(sheet.state), action))
        if following is None:
            raise Conflict("settlement.action_forbidden", action=action.value, state=sheet.state)
        if action is not SheetAction.REOPEN and sheet.drafted_by_id == user.pk:
            raise NotAllowed("settlement.four_eyes")
        before = facts_of(sheet)
        sheet.state = following
        if action is SheetAction.CHECK:
            _demand_whole(sheet)
            sheet.checked_by, sheet.checked_at = user, now()
        elif action is SheetAction.FREEZE:
            if last_day(sheet.month) >= today():
                raise Conflict("settlement.month_not_over", month=f"{sheet.month:%Y-%m}")
            sheet.frozen_by, sheet.frozen_at, sheet.seal = user, now(), sheet_seal(sheet)
        else:
            sheet.checked_by = sheet.checked_at = None
        _save(sheet)
        record(
            user, f"settlement.sheet_{action}", "quantity_sheet", str(sheet.pk), before=before, after=facts_of(sheet)
        )
    return sheet


def quantity_seal(sheet: QuantitySheet, row: SheetQuantity) -> str:
    """The hash a quantity must carry, over all that it says and all that it was made from."""
    return seal(
        {
            "contract": sheet.contract.code,
            "month": sheet.month,
            "input": row.input,
            "unit": row.unit,
            "millionths": [row.quantity_millionths, row.estimated_millionths],
            "source": row.source,
            "inputs": list(row.inputs),
            "remarks": list(row.remarks),
            "document": row.document,
            "adjusts": str(row.adjusts_id or ""),
        }
    )


def sheet_seal(sheet: QuantitySheet) -> str:
    """The hash a frozen sheet must carry, over the contract's text and every quantity."""
    rows = sheet.quantities.order_by("pk")
    return seal({"text": sheet.contract_version.text_hash, "quantities": [[str(row.pk), row.seal] for row in rows]})


def facts_of(sheet: QuantitySheet) -> dict[str, object]:
    """What the audit trail keeps of a sheet."""
    rows = sheet.quantities.order_by("pk")
    named = {f"{row.input} {row.adjusts_id or ''}".strip(): row for row in rows}
    quantities = {name: f"{told(row.quantity_millionths)} {row.unit}" for name, row in named.items()}
    return {"month": f"{sheet.month:%Y-%m}", "state": sheet.state, "version": sheet.version, "quantities": quantities}


def _draft(user: User, sheet_id: UUID, version: int) -> QuantitySheet:
    sheet = payer_sheet(user, sheet_id)
    if sheet.state == SheetState.FROZEN:
        raise Conflict("settlement.month_closed", month=f"{sheet.month:%Y-%m}")
    _demand_version(sheet, version)
    if sheet.state != SheetState.DRAFT:
        raise Conflict("settlement.not_a_draft", state=sheet.state)
    return sheet


def _demand_version(sheet: QuantitySheet, version: int) -> None:
    if sheet.version != version:
        raise Conflict("version.stale", sent=version, present=sheet.version)


def _save(sheet: QuantitySheet) -> None:
    """Compare and set: nobody else moved the sheet since it was read."""
    seen, sheet.version = sheet.version, sheet.version + 1
    names = (
        "state",
        "version",
        "drafted_at",
        "drafted_by",
        "checked_at",
        "checked_by",
        "frozen_at",
        "frozen_by",
        "seal",
    )
    values = {name: getattr(sheet, name) for name in names}
    if not QuantitySheet.objects.filter(pk=sheet.pk, version=seen).update(**values):
        raise Conflict("version.stale", sent=seen, present=sheet.version)


def _written(user: User, sheet: QuantitySheet, action: str, before: Mapping[str, object]) -> QuantitySheet:
    sheet.drafted_by, sheet.drafted_at = user, now()
    _save(sheet)
    record(user, action, "quantity_sheet", str(sheet.pk), before=before, after=facts_of(sheet))
    return sheet


def _gather(sheet: QuantitySheet, read: Contract) -> None:
    """Put what every bound source finds into a draft."""
    bindings: dict[str, InputBinding] = {one.input: one for one in sheet.contract.bindings.all()}
    first, last = period_of(sheet.contract_version, sheet.month, last_day(sheet.month))
    for one in read.inputs:
        binding = bindings.get(one.name)
        if binding is None or binding.source == HAND:
            continue
        asked = sources.Asked(one.unit, first, last, binding.parameters, sheet.contract.contractor.code)
        found = sources.find(binding.source, asked)
        row = _Row(
            one.name,
            one.unit.name,
            millionths_of(found.number),
            binding.source,
            millionths_of(found.estimated),
            [dict(each) for each in found.inputs],
            [asdict(each) for each in found.remarks],
        )
        _put(sheet, row)


def _put(sheet: QuantitySheet, row: _Row, adjusts: SheetQuantity | None = None) -> None:
    """Put a quantity in the place of the one that was there."""
    sheet.quantities.filter(adjusts=adjusts, **({} if adjusts else {"input": row.input})).delete()
    made = SheetQuantity(sheet=sheet, adjusts=adjusts, **asdict(row))
    made.seal = quantity_seal(sheet, made)
    made.save(force_insert=True)


def _demand_whole(sheet: QuantitySheet) -> None:
    known = set(sheet.quantities.filter(adjusts=None).values_list("input", flat=True))
    for one in text_of(sheet.contract_version).inputs:
        if one.usual is None and one.name not in known:
            raise InvalidInput("contract.input_missing", name=one.name, line=one.line)
