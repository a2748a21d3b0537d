"""``chengmai contract``: read a contract's text, say what is wrong with it, and hold it against what was published."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chengmai.assets.findings_sheet import sentence
from chengmai.contracts.measures import unit
from chengmai.contracts.reading import read_contract
from chengmai.contracts.scenarios import Comparison, play
from chengmai.contracts.text import Agreement
from chengmai.core.findings import Finding, Severity
from chengmai.core.messages import message
from chengmai.core.terminal import headed, terminal
from chengmai.settings import current

_DECIMALS = 4


@click.group()
def contract() -> None:
    """Contracts that are settled by actual quantity."""


@contract.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Read contracts from FILES and work out their scenarios beside the published figures.

    Exit code 0 when every file can be read and every published figure agrees as its scenario tells, else 2.
    """
    console = terminal()
    agreed = [_check(console, file, current().language) for file in files]
    raise SystemExit(0 if all(agreed) else 2)


def _check(console: Console, file: Path, language: str) -> bool:
    read, findings = read_contract(file.name, file.read_text("utf-8", errors="replace"))
    errors = sum(finding.severity == Severity.ERROR for finding in findings)
    compared = [] if read is None or errors else list(play(read))
    if findings:
        console.print(_findings(findings, language))
    if compared:
        console.print(_comparisons(compared, language))
    params = {
        "file": file.name,
        "agreeing": sum(one.agrees for one in compared),
        "all": len(compared),
        "errors": errors,
        "warnings": len(findings) - errors,
    }
    console.print(message("contract.check.summary", language, params), markup=False, highlight=False)
    return not errors and all(one.agrees for one in compared)


def _findings(findings: Iterable[Finding], language: str) -> Table:
    shown = headed(language, "contract.check", "line", "severity", "finding")
    for finding in findings:
        severity = message(f"severity.{finding.severity}", language, {})
        shown.add_row(str(finding.row or ""), severity, Text(sentence(finding, language)))
    return shown


def _comparisons(compared: Iterable[Comparison], language: str) -> Table:
    shown = headed(language, "contract.check", "scenario", "step", "expected", "computed", "off", "verdict")
    for one in compared:
        written = unit(one.expected.value.written.partition(" ")[2])
        shown.add_row(
            Text(one.scenario.title),
            Text(one.expected.name),
            Text(one.expected.value.written),
            Text(one.computed.told(written, _DECIMALS)),
            Text(one.off.told(written, _DECIMALS) if one.off.amount else ""),
            message(f"contract.check.{_verdict(one)}", language, {}),
        )
    return shown


def _verdict(one: Comparison) -> str:
    if not one.agrees:
        return "differs"
    return "off_as_told" if one.expected.agreement is Agreement.PRINTED else "agrees"
