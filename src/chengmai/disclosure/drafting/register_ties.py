"""Registers held against the tables of a budget, last year's and the catalogue: what disagrees, by how much; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from chengmai.core.findings import Severity
from chengmai.disclosure.drafting.draft_tables import Grids
from chengmai.disclosure.drafting.explanation_words import amount, quantity
from chengmai.disclosure.drafting.registers import (
    FUNDS,
    THREE_PUBLIC,
    VEHICLES,
    AssetKind,
    ComparedFigure,
    ComparedSubject,
    ProcurementKind,
    Registers,
)
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.reading.purchases import Purchase, check_purchase, department_of
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue

_CELLS: Mapping[ComparedSubject, tuple[str, str, str]] = {
    ComparedSubject.INCOME: ("totals", "total", "income"),
    ComparedSubject.EXPENDITURE: ("totals", "total", "total"),
    ComparedSubject.GENERAL: ("general", "total", "total"),
    **{one: ("three_public", one.value, "total") for one in THREE_PUBLIC},
    ComparedSubject.OPERATING: ("operating", "total", "total"),
}
"""The cell in which a subject stands: this year's in this year's tables, last year's in those of last year."""
_YUAN_PER_FEN = Decimal("0.01")


def register_ties(registers: Registers, grids: Grids, before: Grids | None = None) -> list[DocumentFinding]:
    """Where a register and a table tell two figures of one thing; ``before`` are last year's tables, where known."""
    return [
        *_compared(registers, grids, before),
        *_procurement(registers, grids),
        *_classes(registers, grids),
        *_vehicles(registers),
    ]


def purchase_ties(registers: Registers, catalogue: ServiceCatalogue, unit_name: str) -> list[DocumentFinding]:
    """What is wrong with the codes of purchased services; each held against the catalogue as a printed one is."""
    department = department_of(catalogue, unit_name)
    found = []
    for line in registers.procurement or ():
        if line.code:
            told = Purchase(line.code, line.service or line.name, Decimal(line.total) * _YUAN_PER_FEN)
            finding = check_purchase(catalogue, told, department).finding
            found += [] if finding is None else [finding]
    return found


def cell_of(subject: ComparedSubject, grids: Grids) -> int | None:
    """The figure that the tables have of a subject [fen]; None where they have no such table."""
    table, row, column = _CELLS[subject]
    return grids[table].fen(row, column) if table in grids else None


def with_year_before(registers: Registers, before: Grids | None) -> Registers:
    """The registers, last year's figures taken from last year's tables where nobody wrote another."""
    if before is None:
        return registers
    compared = {}
    for subject in ComparedSubject:
        told = registers.figure(subject)
        known = told.before if told.before is not None else cell_of(subject, before)
        compared[subject] = ComparedFigure(subject, known, told.now, told.reason)
    return Registers(registers.procurement, registers.assets, compared, registers.classes)


def _compared(registers: Registers, grids: Grids, before: Grids | None) -> Iterator[DocumentFinding]:
    for subject, told in registers.compared.items():
        for rule, own, there in (
            ("disclosure.register.now", told.now, cell_of(subject, grids)),
            ("disclosure.register.before", told.before, None if before is None else cell_of(subject, before)),
        ):
            if own is not None and there is not None and own != there:
                table, row, _ = _CELLS[subject]
                yield _finding(
                    rule,
                    Severity.ERROR,
                    amount(own),
                    amount(there),
                    amount(own - there),
                    table=table,
                    subject=subject.value,
                    row=row,
                )


def _procurement(registers: Registers, grids: Grids) -> Iterator[DocumentFinding]:
    """What is procured for a project is paid from that project's money, source by source."""
    projects: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FUNDS, 0))
    names: dict[str, str] = {}
    for key in ("projects", "projects_carried"):
        for row in grids[key].rows if key in grids else ():
            if row.level == 1:
                for fund in FUNDS:
                    projects[name_key(row.name)][fund] += row.fen.get(fund, 0)
    planned: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FUNDS, 0))
    for line in registers.procurement or ():
        if line.code and line.kind is not ProcurementKind.SERVICES:
            yield _finding("disclosure.register.code_of_goods", Severity.WARNING, line.code, line.name)
        if not line.project:
            continue
        if name_key(line.project) not in projects:
            yield _finding("disclosure.register.no_project", Severity.ERROR, line.project, name=line.name)
            continue
        names[name_key(line.project)] = line.project
        for fund, fen in line.fen.items():
            planned[name_key(line.project)][fund] += fen
    for key, funds in planned.items():
        for fund, fen in funds.items():
            has = projects[key][fund]
            if fen > has:
                told = (amount(fen), amount(has), amount(fen - has))
                yield _finding("disclosure.register.over_project", Severity.ERROR, *told, name=names[key], fund=fund)


def _classes(registers: Registers, grids: Grids) -> Iterator[DocumentFinding]:
    if not registers.classes or "projects" not in grids:
        return
    there = {name_key(row.name): row.name for row in grids["projects"].rows if row.level == 1}
    for name in (one for key, one in there.items() if key not in registers.classes):
        yield _finding("disclosure.register.no_class", Severity.WARNING, name)
    for key in (one for one in registers.classes if one not in there):
        yield _finding("disclosure.register.class_without_project", Severity.WARNING, key)


def _vehicles(registers: Registers) -> Iterable[DocumentFinding]:
    allowed = registers.assets.get(AssetKind.VEHICLES_ALLOWED)
    present = sum((registers.assets.get(kind, Decimal(0)) for kind in VEHICLES), Decimal(0))
    if allowed is None or present <= allowed:
        return ()
    told = (quantity(present), quantity(allowed), quantity(present - allowed))
    return (_finding("disclosure.register.vehicles", Severity.WARNING, *told),)


def _finding(
    rule: str, severity: Severity, value: str, other: str = "", difference: str = "", **detail: str
) -> DocumentFinding:
    place = DocumentPlace(0, detail.get("table", ""))
    return DocumentFinding(
        rule, severity, place, None, value[:80], other[:80], difference, detail=tuple(detail.items())
    )
