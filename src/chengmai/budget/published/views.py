"""What the doors of published budgets answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from chengmai.budget.models import BudgetCell, BudgetSet, BudgetTable
from chengmai.budget.published import schemas
from chengmai.budget.published.services import LoadResult
from chengmai.budget.published.words import finding_sentence
from chengmai.core.money import yuan_of
from chengmai.disclosure.amounts import Fidelity, reprint
from chengmai.disclosure.findings import DocumentFinding, stored_finding
from chengmai.disclosure.layouts import ColumnKind
from chengmai.disclosure.reading.disclosures import COUNTED
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue, ServiceEntry


def set_out(budget: BudgetSet) -> schemas.BudgetSetOut:
    """A set in figures."""
    return schemas.BudgetSetOut(**_set(budget))


def detail(budget: BudgetSet, language: str) -> schemas.BudgetSetDetail:
    """A set with its tables and findings."""
    tables = [_head(table) for table in budget.tables.order_by("number")]
    return schemas.BudgetSetDetail(
        **_set(budget), tables=tables, findings=findings_out(map(stored_finding, budget.findings), language)
    )


def _set(budget: BudgetSet) -> dict[str, Any]:
    owner = budget.owner
    facts = {name: getattr(budget, name) for name in ("unit_name", "year", "version", "source", "sha256", "lines")}
    return {
        **facts,
        "id": budget.pk,
        "owner": schemas.BudgetOwner(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en),
        "state": budget.state,
        "loaded_at": budget.loaded_at,
        "counts": counts_out(budget.counts),
    }


def counts_out(counts: Mapping[str, Mapping[str, int]]) -> list[schemas.ReadCounts]:
    """The counts by kind, always in the same order: a database need not keep that of an object's names."""
    return [
        schemas.ReadCounts(what=what, **{fidelity.value: counts[what].get(fidelity.value, 0) for fidelity in Fidelity})
        for what in COUNTED
        if what in counts
    ]


def findings_out(findings: Iterable[DocumentFinding], language: str) -> list[schemas.PrintedFinding]:
    """Findings in the caller's language."""
    return [
        schemas.PrintedFinding(
            rule=finding.rule,
            severity=finding.severity,
            line=finding.place.line,
            other_line=0 if finding.other is None else finding.other.line,
            table=finding.place.table,
            sentence=finding_sentence(finding, language),
        )
        for finding in findings
    ]


def _head(table: BudgetTable) -> schemas.BudgetTableHead:
    rows = table.cells.values("row").distinct().count()
    return schemas.BudgetTableHead(
        key=table.key,
        number=table.number,
        title=table.title,
        first_line=table.first_line,
        last_line=table.last_line,
        rows=rows,
    )


def table_out(table: BudgetTable) -> schemas.BudgetTableOut:
    """A table printed anew from its stored cells."""
    kinds = {column["position"]: column["kind"] for column in table.columns}
    rows: dict[int, schemas.PrintedRow] = {}
    for cell in table.cells.order_by("row", "position"):
        row = rows.setdefault(cell.row, schemas.PrintedRow(line=cell.line, level=cell.level, cells=[]))
        row.level = min(row.level, cell.level)
        row.cells.append(_cell(cell, kinds.get(cell.position) == ColumnKind.MONEY))
    return schemas.BudgetTableOut(
        **_head(table).model_dump(),
        header=table.header,
        columns=[schemas.PrintedColumn(**column) for column in table.columns],
        printed_rows=list(rows.values()),
    )


def _cell(cell: BudgetCell, money: bool) -> schemas.PrintedCell:
    anew = money and cell.fen is not None
    return schemas.PrintedCell(
        position=cell.position,
        text=reprint(yuan_of(cell.fen) / 10_000) if anew and cell.fen is not None else cell.text,
        printed=cell.printed,
        yuan=f"{yuan_of(cell.fen):f}" if cell.fen is not None else None,
        fidelity=Fidelity(cell.fidelity),
    )


def load_out(result: LoadResult, language: str) -> schemas.BudgetLoadOut:
    """What loading came to."""
    read = result.disclosure
    counts = {what: {one.value: count[one] for one in count} for what, count in read.counts().items()}
    return schemas.BudgetLoadOut(
        budget=None if result.budget is None else set_out(result.budget),
        created=result.created,
        lines=len(read.document.lines),
        tables=len(read.tables.tables),
        of_tables=len(read.tables.layout.tables),
        counts=counts_out(counts),
        findings=findings_out(read.findings, language),
    )


def entry_out(catalogue: ServiceCatalogue, entry: ServiceEntry) -> schemas.ServiceEntryOut:
    """An entry with the names above it."""
    return schemas.ServiceEntryOut(
        code=entry.code,
        level=entry.level,
        name=entry.name,
        department=entry.department,
        limited_to=entry.limited_to,
        line=entry.place.line,
        path=[above.name for above in catalogue.path(entry)],
    )
