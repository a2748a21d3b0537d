"""``chengmai budget``: read a published budget and say what was read, exactly, normalised or in doubt; and check it."""

from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chengmai.budget.check_command import check
from chengmai.core.messages import message
from chengmai.disclosure.document import Document, read_document
from chengmai.disclosure.findings import DocumentFinding, in_order
from chengmai.disclosure.published import PublishedTables, read_tables
from chengmai.settings import current

SHOWN = 200
WIDTH_IN_FILES = 160
"""Columns of text when the output goes into a file or a pipe."""


@click.group()
def budget() -> None:
    """Budgets as they are published."""


budget.add_command(check)


@budget.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--findings/--no-findings", default=True, show_default=True, help="Print every finding, not counts only.")
def read(file: Path, findings: bool) -> None:
    """Read FILE, the text of a published budget, and say how much of it was read: tables, cells, findings.

    Nothing is stored. Exit code 0 when at least one table was read, 2 when none was.
    """
    language = current().language
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_IN_FILES
    document = read_document(file.name, file.read_bytes())
    tables = read_tables(document)
    found = in_order([*document.found, *tables.findings])
    console.print(_tables(tables, language))
    if findings and found:
        console.print(_findings(found, tables, language))
    console.print(_summary(document, tables, found, language), markup=False, highlight=False)
    raise SystemExit(0 if tables.tables else 2)


def _tables(tables: PublishedTables, language: str) -> Table:
    shown = Table()
    for name in ("number", "table", "lines", "rows", "exact", "normalised", "finding"):
        shown.add_column(message(f"budget.read.{name}", language, {}), overflow="fold")
    for table in tables.tables.values():
        count = Counter(cell.fidelity.value for row in table.rows for cell in row.cells.values())
        shown.add_row(
            str(table.form.number),
            Text(table.caption.title or table.form.title.replace("{year}", str(tables.year))),
            f"{table.block.first_line}-{table.block.last_line}",
            str(len(table.rows)),
            *(str(count[name]) for name in ("exact", "normalised", "finding")),
        )
    return shown


def _findings(found: list[DocumentFinding], tables: PublishedTables, language: str) -> Table:
    shown = Table()
    for name in ("line", "table", "severity", "sentence"):
        shown.add_column(message(f"budget.read.{name}", language, {}), overflow="fold")
    numbers = {form.key: str(form.number) for form in tables.layout.tables}
    for finding in found[:SHOWN]:
        shown.add_row(
            str(finding.place.line),
            numbers.get(finding.place.table, finding.place.table),
            message(f"severity.{finding.severity}", language, {}),
            Text(message(f"finding.{finding.rule}", language, finding.params)),
        )
    return shown


def _summary(document: Document, tables: PublishedTables, found: list[DocumentFinding], language: str) -> str:
    params = {
        "file": document.source,
        "lines": len(document.lines),
        "tables": len(tables.tables),
        "of": len(tables.layout.tables),
        "errors": sum(finding.severity == "error" for finding in found),
        "warnings": sum(finding.severity == "warning" for finding in found),
    }
    return message("budget.read.summary", language, params)
