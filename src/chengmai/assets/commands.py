"""``chengmai network``: bring a network in from a file, and see what is wrong with the file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chengmai.assets.findings_sheet import findings_csv, sentence
from chengmai.core.findings import Finding, Severity
from chengmai.core.messages import message
from chengmai.core.terminal import terminal
from chengmai.network.utilities import Utility
from chengmai.settings import current

if TYPE_CHECKING:
    from chengmai.assets.services import ImportResult

SHOWN = 200
_COLUMNS = ("file", "row", "field", "value", "severity", "sentence")


@click.group()
def network() -> None:
    """Pipe networks."""
    import django

    django.setup()


@network.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--network", "code", default="JC-WATER", show_default=True, help="Code of the network; made if missing.")
@click.option("--owner", default="", help="Code of the organisation that owns a network made here.")
@click.option(
    "--utility",
    type=click.Choice([one.value for one in Utility]),
    help="What lies in the network; water when it is made here, else as it is.",
)
@click.option("--dry-run", is_flag=True, help="Check the file and print the findings; store nothing.")
@click.option("--publish-anyway", is_flag=True, help="Publish what could be loaded even if the file has errors.")
@click.option("--findings", "sheet", type=click.Path(path_type=Path), help="Write all findings to a CSV sheet to mend.")
def import_(
    file: Path, code: str, owner: str, utility: str | None, dry_run: bool, publish_anyway: bool, sheet: Path | None
) -> None:
    """Import FILE, an EPANET INP file or survey tables (a folder, a ZIP or a workbook), as far as it is sound.

    The whole file is checked. Without errors the network is published; with errors it is loaded and waits, and the
    last line says so. Exit code 0 when something could be loaded, 2 when nothing could.
    """
    from django.core.management import call_command

    from chengmai.assets.services import demand_loadable, ensure_network, import_network, read_only
    from chengmai.network.survey_files import pack_folder

    call_command("migrate", verbosity=0, interactive=False)
    language = current().language
    data = pack_folder(file) if file.is_dir() else file.read_bytes()
    if dry_run:
        result = read_only(file.name, data, Utility(utility or Utility.WATER))
    else:
        network = ensure_network(code, owner, Utility(utility) if utility else None)
        result = import_network(None, network, file.name, data, publish_anyway)
    if result.findings:
        print_findings(result.findings, language)
    if sheet is not None:
        sheet.write_bytes(findings_csv(result.findings, language))
    demand_loadable(result, file.name)
    edition = result.edition.pk if result.edition else ""
    params = {"network": code, "edition": edition, **result.counts}
    Console().print(message(_outcome(result, dry_run), language, params), markup=False, highlight=False)
    sys.exit(0)


def _outcome(result: "ImportResult", dry_run: bool) -> str:
    if dry_run:
        return "import.checked"
    if not result.published:
        return "import.waits"
    return "import.done" if result.created else "import.unchanged"


def print_findings(findings: list[Finding], language: str) -> None:
    """Findings as a table, errors first; a long list is cut and says so."""
    ordered = sorted(findings, key=lambda finding: finding.severity != Severity.ERROR)
    table = Table()
    for name in _COLUMNS:
        table.add_column(message(f"findings.{name}", language, {}), overflow="fold")
    for finding in ordered[:SHOWN]:
        place = finding.file if finding.sheet is None else f"{finding.file} / {finding.sheet}"
        severity = message(f"severity.{finding.severity}", language, {})
        row = "" if finding.row is None else str(finding.row)
        told = (place, row, finding.field or "", finding.value or "", severity, sentence(finding, language))
        table.add_row(*(Text(part) for part in told))
    console = terminal()
    console.print(table)
    if len(findings) > SHOWN:
        console.print(message("findings.cut", language, {"shown": SHOWN, "all": len(findings)}), markup=False)
