"""``chengmai budget``: read a published budget and say what was read, exactly, normalised or in doubt; and check it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from chengmai.budget.checking.command import check
from chengmai.budget.explaining.command import draft
from chengmai.budget.published.words import finding_sentence
from chengmai.core.findings import Severity
from chengmai.core.messages import message
from chengmai.core.terminal import headed, terminal
from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.published_tables import PublishedTables
from chengmai.disclosure.reading.sheet_matching import MatchedProject
from chengmai.disclosure.reading.workbook import open_document
from chengmai.settings import current

SHOWN = 200


@click.group()
def budget() -> None:
    """Budgets as they are published."""


budget.add_command(check)
budget.add_command(draft)


@budget.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--findings/--no-findings", default=True, show_default=True, help="Print every finding, not counts only.")
def read(file: Path, findings: bool) -> None:
    """Read FILE, a published budget as text, XLSX or CSV, and say how much of it was read, and what is wrong with it.

    Nothing is stored. Exit code 0 when at least one table was read, 2 when none was.
    """
    language = current().language
    console = terminal()
    disclosure = read_disclosure(open_document(file.name, file.read_bytes()))
    console.print(_tables(disclosure.tables, language))
    if disclosure.projects:
        console.print(_projects(disclosure.projects, language))
    if findings and disclosure.findings:
        console.print(_findings(disclosure, language))
    console.print(_counts(disclosure, language))
    console.print(_summary(disclosure, language), markup=False, highlight=False)
    raise SystemExit(0 if disclosure.tables.tables else 2)


def _tables(tables: PublishedTables, language: str) -> Table:
    shown = headed(
        language, "budget.read", "number", "table", "lines", "rows", *(fidelity.value for fidelity in Fidelity)
    )
    for table in tables.tables.values():
        count = Counter(cell.fidelity.value for row in table.rows for cell in row.cells.values())
        shown.add_row(
            str(table.form.number),
            Text(table.caption.title or table.form.title.replace("{year}", str(tables.year))),
            f"{table.block.first_line}-{table.block.last_line}",
            str(len(table.rows)),
            *(str(count[fidelity.value]) for fidelity in Fidelity),
        )
    return shown


def _projects(projects: Iterable[MatchedProject], language: str) -> Table:
    shown = headed(language, "budget.read", "row", "project", "amount", "sheet", "sheet_line", "ground", "fidelity")
    for project in projects:
        row, sheet = project.row, project.sheet
        shown.add_row(
            "" if row is None else str(row.line),
            Text("" if row is None else row.name),
            "" if project.year_amount is None else f"{project.year_amount:,.0f}",
            Text("" if sheet is None else sheet.name),
            "" if sheet is None else str(sheet.block.first_line),
            "" if project.ground is None else message(f"budget.ground.{project.ground}", language, {}),
            message(f"budget.read.{project.fidelity}", language, {}),
        )
    return shown


def _findings(disclosure: Disclosure, language: str) -> Table:
    shown = headed(language, "budget.read", "line", "table", "severity", "sentence")
    numbers = {form.key: str(form.number) for form in disclosure.tables.layout.tables}
    for finding in disclosure.findings[:SHOWN]:
        shown.add_row(
            str(finding.place.line),
            numbers.get(finding.place.table, ""),
            message(f"severity.{finding.severity}", language, {}),
            Text(finding_sentence(finding, language)),
        )
    return shown


def _counts(disclosure: Disclosure, language: str) -> Table:
    shown = headed(language, "budget.read", "what", *(fidelity.value for fidelity in Fidelity))
    for name, count in disclosure.counts().items():
        shown.add_row(message(f"budget.read.{name}", language, {}), *(str(count[fidelity]) for fidelity in Fidelity))
    return shown


def _summary(disclosure: Disclosure, language: str) -> str:
    found = disclosure.findings
    params = {
        "file": disclosure.document.source,
        "lines": len(disclosure.document.lines),
        "tables": len(disclosure.tables.tables),
        "of": len(disclosure.tables.layout.tables),
        "errors": sum(finding.severity == Severity.ERROR for finding in found),
        "warnings": sum(finding.severity == Severity.WARNING for finding in found),
    }
    return message("budget.read.summary", language, params)
