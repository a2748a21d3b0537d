"""``chengmai budget draft``: the explanation of a budget written from its tables and, where told, its registers."""

from pathlib import Path

import click

from chengmai.budget.registers.sheet import read_registers, together
from chengmai.core.findings import Finding
from chengmai.core.messages import message
from chengmai.core.terminal import terminal
from chengmai.disclosure.drafting.draft_tables import GridTable, from_published
from chengmai.disclosure.drafting.explaining import ExplanationBasis, draft_explanation
from chengmai.disclosure.drafting.explanation_merging import merged
from chengmai.disclosure.drafting.register_ties import register_ties, with_year_before
from chengmai.disclosure.explanation import PassageKind, heading_line
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.workbook import open_document
from chengmai.settings import current

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("draft")
@click.argument("file", type=_FILE)
@click.option("--registers", multiple=True, type=_FILE, help="A sheet (XLSX, CSV) with a register; may be repeated.")
@click.option("--year-before", type=_FILE, help="Last year's published budget, for its figures.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the text there.")
def draft(file: Path, registers: tuple[Path, ...], year_before: Path | None, out: Path | None) -> None:
    """Write the explanation that goes with the tables of FILE, a budget as text, XLSX or CSV.

    What neither a table nor a register tells is marked. Nothing is stored. Exit code 0 when every place is written,
    1 when some are marked, 2 when FILE holds no table or a register could not be read.
    """
    language, console = current().language, terminal()
    read = _read(file)
    sheets = [sheet for path in registers for sheet in read_registers(path.name, path.read_bytes())]
    wrong = [finding for sheet in sheets for finding in sheet.findings]
    for finding in wrong:
        click.echo(_sentence(finding, language), err=True)
    if not read.tables.tables or wrong:
        if not read.tables.tables:
            click.echo(message("budget.explain.no_tables", language, {"file": file.name}), err=True)
        raise SystemExit(2)
    grids = _grids(read)
    before = None if year_before is None else _grids(_read(year_before))
    told = together(sheets)
    basis = ExplanationBasis(
        read.tables.unit_name, read.tables.year, grids, with_year_before(told, before), len(read.sheets) or None
    )
    sections = draft_explanation(basis)
    lines = [
        heading_line(one.passage.level, one.passage.number, one.passage.text)
        if one.passage.kind == PassageKind.HEADING
        else one.passage.text
        for one in merged((), sections, read.tables.year)
        if one.passage.kind in (PassageKind.HEADING, PassageKind.TEXT)
    ]
    text = "\n\n".join(lines) + "\n"
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, "utf-8")
    marks = sum(section.marks for section in sections)
    summary = {
        "sections": len(sections),
        "marks": marks,
        "ties": len(register_ties(told, grids, before)),
        "file": file.name,
    }
    console.print(message("budget.explain.summary", language, summary), markup=False, highlight=False)
    raise SystemExit(1 if marks else 0)


def _read(path: Path) -> Disclosure:
    return read_disclosure(open_document(path.name, path.read_bytes()))


def _grids(read: Disclosure) -> dict[str, GridTable]:
    return {key: from_published(table, read.tables.layout.unit) for key, table in read.tables.tables.items()}


def _sentence(finding: Finding, language: str) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.row) if part is not None)
    told = {"value": finding.value, **dict(finding.detail)}
    return f"{place} {message(f'finding.{finding.rule}', language, told)}"
