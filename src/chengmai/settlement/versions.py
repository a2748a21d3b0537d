"""Loading contracts: every text is a version from a day on; no month that is frozen gets another price."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.contracts.reading import read_contract
from chengmai.contracts.text import Contract
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.findings import Finding, Severity
from chengmai.settlement.models import BudgetLine, ContractVersion, InputBinding, QuantitySheet, ServiceContract
from chengmai.settlement.months import last_day
from chengmai.settlement.quantities import usual_over_months
from chengmai.settlement.sources import demand_source
from chengmai.settlement.states import SheetState
from chengmai.settlement.terms import Fund, OverMonths


@dataclass(frozen=True, slots=True)
class BudgetLineDraft:
    """A line of the owner's budget that pays: its table, the row's key, and whose money it is."""

    fund: Fund
    table: str
    row: str


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract's text with what it does not say itself: who owes, who is paid, since when, from which lines."""

    file_name: str
    text: str
    owner: str
    contractor: str
    valid_from: date
    valid_to: date | None = None
    lines: Sequence[BudgetLineDraft] = ()


@dataclass(slots=True)
class LoadedContract:
    """What loading a text came to; ``version`` is None when findings of severity error stand against it."""

    version: ContractVersion | None = None
    created: bool = False
    findings: Sequence[Finding] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class BindingDraft:
    """Where an input's monthly quantity comes from."""

    input: str
    source: str
    parameters: Mapping[str, str]
    over_months: OverMonths | None = None


def load_contract(user: User | None, draft: ContractDraft) -> LoadedContract:
    """Load a text as a contract or as its next version; the same text from the same day again is no news.

    Raises InvalidInput (organisations, code, days), NotAllowed (an owner out of reach) or Conflict: the day lies in a
    frozen month or not after the version before.
    """
    owner = _organisation(draft.owner)
    if not reaches(user, owner):
        raise NotAllowed("settlement.owner_out_of_reach", owner=draft.owner)
    contractor = _organisation(draft.contractor)
    read, findings = read_contract(draft.file_name, draft.text)
    if read is None or any(one.severity == Severity.ERROR for one in findings):
        return LoadedContract(findings=findings)
    if not read.code:
        raise InvalidInput("settlement.code_missing", file=draft.file_name)
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise InvalidInput("settlement.days_backwards")
    with transaction.atomic():
        take_turn()
        contract = ServiceContract.objects.filter(code=read.code).select_related("owner", "contractor").first()
        if contract is None:
            contract = ServiceContract.objects.create(
                code=read.code, title=read.title, owner=owner, contractor=contractor, added_at=now()
            )
        elif not reaches(user, contract.owner):
            raise Conflict("settlement.code_taken", code=read.code)
        elif (contract.owner_id, contract.contractor_id) != (owner.pk, contractor.pk):
            raise Conflict("settlement.other_parties", code=read.code)
        version, created = _add_version(user, contract, draft)
        if draft.lines:
            write_lines(contract, draft.lines)
        if created:
            _bind_usual(contract, read)
            after = {"version": version.number, "valid_from": draft.valid_from, "text_hash": version.text_hash}
            after |= {"source": draft.file_name, "lines": {one.fund: f"{one.table}.{one.row}" for one in draft.lines}}
            record(user, "settlement.load_contract", "service_contract", str(contract.pk), after=after)
    return LoadedContract(version, created, findings)


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput("settlement.organisation_unknown", organisation=code)
    return found


def _add_version(user: User | None, contract: ServiceContract, draft: ContractDraft) -> tuple[ContractVersion, bool]:
    text_hash = hashlib.sha256(draft.text.encode()).hexdigest()
    newest = contract.versions.order_by("-number").first()
    if newest is not None:
        known = contract.versions.filter(text_hash=text_hash, valid_from=draft.valid_from).first()
        if known is not None:
            return known, False
        frozen = contract.sheets.filter(state=SheetState.FROZEN).order_by("-month").first()
        if frozen is not None and draft.valid_from <= last_day(frozen.month):
            raise Conflict("settlement.month_frozen", month=f"{frozen.month:%Y-%m}", day=draft.valid_from.isoformat())
        if draft.valid_from <= newest.valid_from:
            raise Conflict("settlement.version_not_later", day=newest.valid_from.isoformat())
    version = ContractVersion.objects.create(
        contract=contract,
        number=1 if newest is None else newest.number + 1,
        text=draft.text,
        text_hash=text_hash,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        source=draft.file_name[:255],
        loaded_at=now(),
        loaded_by=user,
    )
    # What was drafted under the version before is drafted anew under this one.
    QuantitySheet.objects.filter(contract=contract, month__gte=draft.valid_from.replace(day=1)).exclude(
        state=SheetState.FROZEN
    ).delete()
    return version, True


def write_lines(contract: ServiceContract, lines: Sequence[BudgetLineDraft]) -> None:
    """Set the budget's lines that pay for a contract, one for each fund; raises InvalidInput for a fund told twice."""
    if len({one.fund for one in lines}) != len(lines):
        raise InvalidInput("settlement.fund_twice")
    for one in lines:
        place = {"table": one.table, "row_key": one.row}
        BudgetLine.objects.update_or_create(contract=contract, fund=one.fund, defaults=place)


def _bind_usual(contract: ServiceContract, read: Contract) -> None:
    """An input nobody has bound yet is told by hand."""
    known = set(contract.bindings.values_list("input", flat=True))
    InputBinding.objects.bulk_create(
        InputBinding(contract=contract, input=one.name, source="hand", over_months=usual_over_months(one.unit))
        for one in read.inputs
        if one.name not in known
    )


def bind(user: User, contract: ServiceContract, version: int, bindings: Sequence[BindingDraft]) -> ServiceContract:
    """Say where the quantities of inputs come from.

    Raises Conflict (stale), InvalidInput for an input or source that is not known, or parameters it lacks.
    """
    with transaction.atomic():
        take_turn()
        if not ServiceContract.objects.filter(pk=contract.pk, version=version).update(version=version + 1):
            present = ServiceContract.objects.get(pk=contract.pk).version
            raise Conflict("version.stale", sent=version, present=present)
        after: dict[str, Any] = {}
        for one in bindings:
            known = contract.bindings.filter(input=one.input).first()
            if known is None:
                raise InvalidInput("contract.no_input", name=one.input)
            demand_source(one.source, one.parameters, user)
            known.source, known.parameters = one.source, dict(one.parameters)
            known.over_months = one.over_months or known.over_months
            known.save()
            after[one.input] = {"source": one.source, **one.parameters}
        record(user, "settlement.bind", "service_contract", str(contract.pk), after=after)
    contract.refresh_from_db()
    return contract


def version_of(contract: ServiceContract, first: date, last: date) -> ContractVersion:
    """The one version in force on the days of some months, as far as the contract runs.

    Raises InvalidInput when there is none, or when it changes inside: settle the months apart.
    """
    found = [one for one in contract.versions.order_by("valid_from") if one.valid_from <= last]
    if not found or (found[-1].valid_to is not None and found[-1].valid_to < first):
        raise InvalidInput("settlement.not_in_force", month=f"{first:%Y-%m}")
    inside = [one for one in found[1:] if one.valid_from > first]
    if inside:
        raise InvalidInput("settlement.version_changes", day=inside[0].valid_from.isoformat())
    return found[-1]


def text_of(version: ContractVersion) -> Contract:
    """The contract a version's text is; it was read without errors when it was loaded."""
    read = _read(version.source, version.text)
    if read is None:
        raise InvalidInput("settlement.text_unreadable", code=version.contract.code)
    return read


@lru_cache(maxsize=256)
def _read(source: str, text: str) -> Contract | None:
    """A text is read once: parsing it takes longer than all else that a step does."""
    return read_contract(source, text)[0]


def period_of(version: ContractVersion, first: date, last: date) -> tuple[date, date]:
    """The days of some months on which the contract runs."""
    return max(first, version.valid_from) if version.number == 1 else first, min(last, version.valid_to or last)
