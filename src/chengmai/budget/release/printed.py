"""A stored set as it is printed: the one way from tables, passages and sheets to every form of it."""

from decimal import Decimal

from chengmai.budget.models import BudgetSet, BudgetTable, TargetSheet
from chengmai.budget.performance.services import target_text
from chengmai.budget.performance.terms import FundSource as OwnSource
from chengmai.budget.performance.terms import Span
from chengmai.budget.published.passages import passages_of
from chengmai.budget.published.queries import catalogue_of
from chengmai.core.money import yuan_of
from chengmai.disclosure.layouts import ColumnKind, layout_for
from chengmai.disclosure.printing.sheets import SheetLine, SheetText, sheet_rows
from chengmai.disclosure.printing.text import (
    PrintedBudget,
    PrintedBudgetCell,
    PrintedBudgetTable,
    PrintedTargetSheet,
    tabled,
)
from chengmai.disclosure.reading.sheets import FundSource, IndicatorLevel, TargetSpan

_SOURCES = {
    OwnSource.CENTRAL: FundSource.CENTRAL,
    OwnSource.PROVINCE: FundSource.PROVINCE,
    OwnSource.CITY: FundSource.LOCAL,
    OwnSource.OWN: FundSource.OWN,
    OwnSource.OTHER: FundSource.OTHER,
}
_FIELDS = (
    "name", "department", "unit", "attribute", "term", "overview", "basis", "necessity", "measures", "plan",
    "goal_term", "goal_year",
)  # fmt: skip


def printed_of(budget: BudgetSet) -> PrintedBudget:
    """Everything a set says, for print."""
    layout = layout_for(budget.year)
    catalogue = None if budget.catalogue is None else catalogue_of(budget.catalogue)
    return PrintedBudget(
        unit_name=budget.unit_name,
        year=budget.year,
        tables=tuple(
            _table(table, layout.unit, layout.decimals)
            for table in budget.tables.prefetch_related("cells").order_by("number")
        ),
        passages=tuple(passages_of(budget)),
        sheets=tuple(
            PrintedTargetSheet(one.number, tuple(tuple(row) for row in one.rows))
            for one in budget.sheets.order_by("number")
        ),
        catalogue=None if catalogue is None else tabled(catalogue),
    )


def _table(table: BudgetTable, unit: str, decimals: int) -> PrintedBudgetTable:
    kinds = {column["position"]: str(column["kind"]) for column in table.columns}
    cells = sorted(table.cells.all(), key=lambda cell: (cell.row, cell.position))
    return PrintedBudgetTable(
        number=table.number,
        key=table.key,
        title=table.title,
        header=tuple(tuple(row) for row in table.header),
        kinds=kinds,
        cells=tuple(
            PrintedBudgetCell(
                cell.row,
                cell.position,
                cell.column,
                cell.row_key,
                cell.side,
                cell.level,
                cell.text,
                (cell.fen or 0) if kinds.get(cell.position) == ColumnKind.MONEY else None,
            )
            for cell in cells
        ),
        unit=unit,
        decimals=decimals,
    )


def rows_of(sheet: TargetSheet) -> tuple[tuple[str, ...], ...]:
    """A target sheet of the platform as the rows of its print."""
    funds: dict[tuple[TargetSpan, FundSource], Decimal] = {}
    for fund in sheet.funds.all():
        span = TargetSpan(Span(fund.span).value)
        total = (span, FundSource.TOTAL)
        funds[total] = funds.get(total, Decimal(0)) + yuan_of(fund.amount_fen)
        source = _SOURCES.get(OwnSource(fund.source))
        if source is not None:
            funds[span, source] = funds.get((span, source), Decimal(0)) + yuan_of(fund.amount_fen)
    lines = [
        SheetLine(TargetSpan(one.span), IndicatorLevel(one.aspect), one.name, target_text(one))
        for one in sheet.indicators.order_by("position")
    ]
    texts = {name: getattr(sheet, name) for name in _FIELDS}
    return sheet_rows(SheetText({**texts, "filled": f"{sheet.written_at:%Y%m%d}"}, funds, lines))
