"""Reads survey tables of one utility's network: all tables checked, every finding with its row, what passes a network.

Points lie in a CGCS2000 3-degree plane (X north, Y east with the zone in front); heights are metres. Tables beyond
the survey itself (facilities, demands, patterns, curves, controls, options) say what the hydraulic model needs; those
of valves and users, where it can be shut off and whom that cuts off.
"""

from collections.abc import Callable, Sequence

from chengmai.core.findings import Finding, Severity
from chengmai.network.assembly import assemble
from chengmai.network.pipe_network import Frame, Options, PipeNetwork
from chengmai.network.records import Place, Records
from chengmai.network.survey_checks import check_shape
from chengmai.network.survey_lines import read_lines
from chengmai.network.survey_model import (
    read_controls,
    read_curves,
    read_demands,
    read_facilities,
    read_options,
    read_patterns,
)
from chengmai.network.survey_points import read_points
from chengmai.network.survey_results import split_results
from chengmai.network.survey_supply import read_users, read_valves
from chengmai.network.survey_tables import Sheet, SurveyRow, rows_of, table_of
from chengmai.network.survey_utilities import CUSTOMS
from chengmai.network.utilities import Utility

_READERS: dict[str, Callable[[list[SurveyRow], Records], None]] = {
    "Option": read_options,
    "Pattern": read_patterns,
    "Curve": read_curves,
    "Point": read_points,
    "Line": read_lines,
    "Facility": read_facilities,
    "Demand": read_demands,
    "Control": read_controls,
    "Valve": read_valves,
    "User": read_users,
}
"""The tables in the order in which they are read: each may look at those before it."""


def read_survey(
    sheets: Sequence[Sheet], file: str, utility: Utility = Utility.WATER
) -> tuple[PipeNetwork, list[Finding]]:
    """The network of a utility the tables describe, and what is wrong with them; never raises on their content."""
    findings: list[Finding] = []
    rows: dict[str, list[SurveyRow]] = {name: [] for name in (*_READERS, "Result")}
    seen = set()
    for sheet in sheets:
        table = table_of(sheet, utility, findings)
        if table:
            seen.add(table)
            rows[table].extend(rows_of(table, sheet, utility, findings))
    points, lines = split_results(rows["Result"])
    rows["Point"] += points
    rows["Line"] += lines
    for table in ("Point", "Line"):
        if table not in seen and "Result" not in seen:
            findings.append(_missing(file, utility, table))
    records = Records(Place(file), frame=Frame.GEOGRAPHIC, utility=utility)
    records.keep_isolated = not utility.under_pressure
    records.options = Options(headloss=CUSTOMS[utility].headloss)
    for table, reader in _READERS.items():
        reader(rows[table], records)
    check_shape(rows["Point"], rows["Line"], records)
    for table_rows in rows.values():
        for row in table_rows:
            findings.extend(row.findings)
    network, across = assemble(records)
    if utility.under_pressure and len(network.links) and not len(network.valves):
        across.append(Place(file).finding("network.no_valves", severity=Severity.WARNING))
    return network, sorted([*findings, *across], key=_order)


def _missing(file: str, utility: Utility, table: str) -> Finding:
    """A needed table is missing: no network without it, but chambers without conduits are there nevertheless."""
    lines_of_chambers = table == "Line" and not utility.under_pressure
    rule, severity = (
        ("network.no_conduits", Severity.WARNING) if lines_of_chambers else ("table.missing", Severity.ERROR)
    )
    return Place(file).finding(rule, "table", f"{CUSTOMS[utility].code}{table}", severity)


def _order(finding: Finding) -> tuple[str, str, int, bool]:
    return finding.file, finding.sheet or "", finding.row or 0, finding.severity != Severity.ERROR
