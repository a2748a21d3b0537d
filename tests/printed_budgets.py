"""Budgets for print out of documents that were read, as the platform makes them of its tables."""

from chengmai.disclosure.printing.explanation import read_explanation
from chengmai.disclosure.printing.text import (
    PrintedBudget,
    PrintedBudgetCell,
    PrintedBudgetTable,
    PrintedTargetSheet,
    tabled,
)
from chengmai.disclosure.reading.disclosures import Disclosure
from chengmai.disclosure.reading.tables import PublishedTable

FEN_OF_TEN_THOUSAND_YUAN = 1_000_000


def printed_from(read: Disclosure) -> PrintedBudget:
    """The budget of a document that was read."""
    return PrintedBudget(
        unit_name=read.tables.unit_name,
        year=read.tables.year,
        tables=tuple(_table(table, read.tables.layout.unit) for table in read.tables.tables.values()),
        passages=read_explanation(read.document, read.tables.blocks),
        sheets=tuple(
            PrintedTargetSheet(sheet.number, tuple(row.cells for row in sheet.block.rows)) for sheet in read.sheets
        ),
        catalogue=read.catalogue and tabled(read.catalogue),
    )


def _table(table: PublishedTable, unit: str) -> PrintedBudgetTable:
    return PrintedBudgetTable(
        number=table.form.number,
        key=table.key,
        title=table.caption.title,
        header=tuple(table.block.rows[index - 1].cells for index in table.header),
        kinds={table.positions[column.key] + 1: column.kind.value for column in table.columns},
        cells=tuple(
            PrintedBudgetCell(
                row.index,
                table.positions[key] + 1,
                key,
                row.key,
                row.side,
                row.level,
                cell.text,
                None if cell.amount is None else int(cell.amount.value * FEN_OF_TEN_THOUSAND_YUAN),
            )
            for row in table.rows
            for key, cell in row.cells.items()
        ),
        unit=unit,
    )
