"""What the doors of registers answer."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from chengmai.budget.models import BudgetSet
from chengmai.budget.preparing.store import grids_of
from chengmai.budget.published.words import finding_sentence
from chengmai.budget.registers import queries, schemas
from chengmai.budget.registers.services import RegisterChange
from chengmai.budget.registers.sheet import RegisterSheet
from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Finding
from chengmai.core.messages import message
from chengmai.disclosure.amounts import parse_amount
from chengmai.disclosure.drafting.draft_tables import fen_of_wan, in_wan
from chengmai.disclosure.drafting.explanation_words import quantity
from chengmai.disclosure.drafting.register_ties import cell_of
from chengmai.disclosure.drafting.registers import (
    FUNDS,
    THREE_PUBLIC,
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    ProcurementLine,
    Registers,
)
from chengmai.disclosure.findings import DocumentFinding
from chengmai.disclosure.folding import name_key

_ASK_NOW = (*THREE_PUBLIC, ComparedSubject.OPERATING)
"""Subjects whose figure of this year is kept in the register too: others stand in the tables only."""


def registers_out(budget: BudgetSet, language: str, may_write: bool) -> schemas.RegistersOut:
    """The registers of a set's unit and year beside what its tables say."""
    book, grids, before = queries.book_of(budget), grids_of(budget), queries.tables_before(budget)
    registers = Registers() if book is None else queries.registers_in(book)
    names, carried = (
        [row.name for row in grids[key].rows if row.level == 1] if key in grids else []
        for key in ("projects", "projects_carried")
    )
    return schemas.RegistersOut(
        unit_name=budget.unit_name,
        year=budget.year,
        editable=may_write,
        revision=0 if book is None else book.revision,
        changed_by="" if book is None or book.changed_by is None else book.changed_by.name,
        changed_at=None if book is None else book.changed_at,
        procurement=None if registers.procurement is None else [procurement_out(one) for one in registers.procurement],
        sums=_sums(registers.procurement or ()),
        assets=[
            schemas.AssetShape(kind=kind, quantity=quantity(registers.assets[kind]) if kind in registers.assets else "")
            for kind in AssetKind
        ],
        compared=[
            schemas.ComparedOut(
                **compared_out(registers.figure(subject)).model_dump(),
                table_before="" if before is None else _told(cell_of(subject, before)),
                table_now=_told(cell_of(subject, grids)),
                asks_now=subject in _ASK_NOW,
            )
            for subject in ComparedSubject
        ],
        classes=[
            schemas.ClassingShape(name=name, project_class=registers.classes.get(name_key(name)))
            for name in dict.fromkeys(names)
        ],
        projects=list(dict.fromkeys([*names, *carried])),
        ties=[tie_out(one, language) for one in queries.ties_of(budget, registers, grids, before)],
    )


def _sums(lines: Sequence[ProcurementLine]) -> schemas.ProcurementSums:
    sums = {kind.value: _told(sum(one.total for one in lines if one.kind == kind)) for kind in ProcurementKind}
    return schemas.ProcurementSums(total=_told(sum(one.total for one in lines)), **sums)


def _told(fen: int | None) -> str:
    """An amount as it is typed; a known nothing is 0, so that it differs from what is not known."""
    return "" if fen is None else in_wan(fen) or "0.00"


def procurement_out(line: ProcurementLine) -> schemas.ProcurementShape:
    """A planned procurement as it is typed."""
    money = {fund: in_wan(line.fen.get(fund, 0)) for fund in FUNDS}
    return schemas.ProcurementShape(
        kind=line.kind, name=line.name, code=line.code, service=line.service, project=line.project, **money
    )


def compared_out(figure: ComparedFigure) -> schemas.ComparedShape:
    """A comparison as it is typed."""
    return schemas.ComparedShape(
        subject=figure.subject, before=_told(figure.before), now=_told(figure.now), reason=figure.reason
    )


def tie_out(finding: DocumentFinding, language: str) -> schemas.RegisterTieOut:
    """What disagrees, in words."""
    return schemas.RegisterTieOut(
        rule=finding.rule,
        severity=finding.severity,
        table=dict(finding.detail).get("table", ""),
        sentence=tie_sentence(finding, language),
    )


def tie_sentence(finding: DocumentFinding, language: str) -> str:
    """A finding of registers with its subject and source of money named."""
    told: dict[str, object] = {**finding.params}
    if not finding.rule.startswith("disclosure.register."):
        return finding_sentence(finding, language)
    for part in ("subject", "fund"):
        if part in told:
            told[part] = message(f"register.{part}.{told[part]}", language, {})
    return message(f"finding.{finding.rule}", language, told)


def sheets_out(sheets: Iterable[RegisterSheet], language: str) -> list[schemas.RegisterSheetOut]:
    """A file's registers as they were read."""
    return [
        schemas.RegisterSheetOut(
            register_name=one.register,
            procurement=[procurement_out(line) for line in one.procurement],
            assets=[schemas.AssetShape(kind=kind, quantity=quantity(value)) for kind, value in one.assets.items()],
            compared=[compared_out(figure) for figure in one.compared.values()],
            classes=[schemas.ClassingShape(name=name, project_class=kind) for name, kind in one.classes.items()],
            findings=[_finding_out(finding, language) for finding in one.findings],
        )
        for one in sheets
    ]


def _finding_out(finding: Finding, language: str) -> schemas.RegisterFinding:
    return schemas.RegisterFinding(
        row=finding.row,
        field=finding.field,
        value=finding.value,
        rule=finding.rule,
        sentence=message(f"finding.{finding.rule}", language, {"value": finding.value, **dict(finding.detail)}),
    )


def change_of(told: schemas.RegistersIn) -> RegisterChange:
    """What is to be written, in fen; raises InvalidInput for what is no amount."""
    return RegisterChange(
        procurement=None
        if told.procurement is None
        else [
            ProcurementLine(
                kind=one.kind,
                name=one.name,
                fen={fund: _fen(getattr(one, fund)) or 0 for fund in FUNDS},
                code=one.code,
                service=one.service,
                project=one.project,
            )
            for one in told.procurement
        ],
        assets=None
        if told.assets is None
        else {one.kind: _quantity(one.quantity) for one in told.assets if one.quantity.strip()},
        compared=None
        if told.compared is None
        else [ComparedFigure(one.subject, _fen(one.before), _fen(one.now), one.reason) for one in told.compared],
        classes=None
        if told.classes is None
        else {one.name: one.project_class for one in told.classes if one.project_class is not None},
    )


def _fen(text: str) -> int | None:
    """Fen of what is typed; None of nothing."""
    if not text.strip():
        return None
    fen = fen_of_wan(text)
    if fen is None or fen < 0:
        raise InvalidInput("money.not_an_amount", value=text[:40])
    return fen


def _quantity(text: str) -> Decimal:
    amount = parse_amount(text)
    if amount is None or amount.blank:
        raise InvalidInput("register.not_a_quantity", value=text[:40])
    return amount.value
