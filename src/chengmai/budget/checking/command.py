"""``chengmai budget check``: what a published budget tells wrongly, differently in two places, or not at all."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from chengmai.budget.checking.sheet import COLUMNS, as_csv, as_dict, as_workbook, rows, summary
from chengmai.budget.units.archives import is_archive
from chengmai.budget.units.command import check_many
from chengmai.core.errors import InvalidInput
from chengmai.core.findings import Severity
from chengmai.core.messages import message
from chengmai.core.terminal import terminal
from chengmai.disclosure.checking.checks import CheckReport, check_file
from chengmai.disclosure.findings import DocumentPlace
from chengmai.settings import current

_SHOWN = COLUMNS[:-1]
_LIST_HELP = "List of units that have to hand in (CSV or XLSX: code, name, due day, day received)."


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "xlsx"]),
    default="text",
    show_default=True,
    help="How the findings are written.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into a file; needed for xlsx.")
@click.option("--uncovered/--no-uncovered", default=False, help="Also list the figures that no rule speaks of.")
@click.option("--units", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_LIST_HELP)
@click.option("--year", type=int, default=0, help="Budget year of many units; that of most documents if not given.")
def check(file: Path, form: str, output: Path | None, uncovered: bool, units: Path | None, year: int) -> None:
    """Check FILE, a published budget as text, XLSX or CSV: tables, text, project sheets, catalogue.

    A folder or a ZIP holds the documents of many units: then one table tells them all, with sums, findings by rule,
    and with a list of units who is late or missing; where the list notes no day received, the file's date counts.

    Nothing is stored. Exit code 0 without errors, 1 when a finding weighs as an error or a unit is behind.
    """
    language = current().language
    if form == "xlsx" and output is None:
        raise InvalidInput("budget.check.no_output")
    if file.is_dir() or is_archive(file.read_bytes()):
        raise SystemExit(check_many(file, units, year, form, output, language))
    if units is not None or year:
        raise InvalidInput("units.one_file", file=file.name)
    report = check_file(file.name, file.read_bytes())
    if form == "text":
        _print(report, language, uncovered, output)
    else:
        data = _WRITERS[form](report, language)
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            output.write_bytes(data)
    raise SystemExit(1 if any(finding.severity == Severity.ERROR for finding in report.decided) else 0)


def _json(report: CheckReport, language: str) -> bytes:
    return json.dumps(as_dict(report, language), ensure_ascii=False, indent=1).encode() + b"\n"


_WRITERS: dict[str, Callable[[CheckReport, str], bytes]] = {"json": _json, "csv": as_csv, "xlsx": as_workbook}


def _print(report: CheckReport, language: str, uncovered: bool, output: Path | None) -> None:
    file = None if output is None else output.open("w", encoding="utf-8")
    console = terminal(file)
    console.print(_table(rows(report.decided, language), language))
    if report.undecided:
        console.print(message("budget.check.undecided", language, {}), markup=False)
        console.print(_table(rows(report.undecided, language), language))
    if uncovered:
        console.print(message("budget.check.uncovered", language, {}), markup=False)
        for (line, column, _), one in report.uncovered.items():
            where = report.document.placed(DocumentPlace(line)).short
            console.print(f"{where}:{column or ''} {one.printed}", markup=False, highlight=False)
    console.print(summary(report, language), markup=False, highlight=False)
    if file is not None:
        file.close()


def _table(told: list[tuple[str, ...]], language: str) -> Table:
    shown = Table()
    for name in _SHOWN:
        shown.add_column(message(f"budget.check.{name}", language, {}), overflow="fold")
    for row in told:
        shown.add_row(*(Text(cell) for cell in row[: len(_SHOWN)]))
    return shown
