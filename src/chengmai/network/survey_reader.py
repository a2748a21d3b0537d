"""Reads survey tables of a water network: all tables checked, every finding with its row, what passes a network.

Points lie in a CGCS2000 3-degree plane (X north, Y east with the zone in front); heights are metres. Tables beyond
the survey itself (facilities, demands, patterns, curves, controls, options) say what the hydraulic model needs.
"""

from collections.abc import Callable, Sequence

from chengmai.core.findings import Finding, Severity
from chengmai.network.assembly import assemble
from chengmai.network.pipe_network import Frame, PipeNetwork
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
from chengmai.network.survey_tables import Sheet, SurveyRow, rows_of, table_of

_READERS: dict[str, Callable[[list[SurveyRow], Records], None]] = {
    "Option": read_options,
    "Pattern": read_patterns,
    "Curve": read_curves,
    "Point": read_points,
    "Line": read_lines,
    "Facility": read_facilities,
    "Demand": read_demands,
    "Control": read_controls,
}
"""The tables in the order in which they are read: each may look at those before it."""


def read_survey(sheets: Sequence[Sheet], file: str) -> tuple[PipeNetwork, list[Finding]]:
    """The network the tables describe, and what is wrong with them; never raises on their content."""
    findings: list[Finding] = []
    rows: dict[str, list[SurveyRow]] = {name: [] for name in (*_READERS, "Result")}
    seen = set()
    for sheet in sheets:
        table = table_of(sheet, findings)
        if table:
            seen.add(table)
            rows[table].extend(rows_of(table, sheet, findings))
    points, lines = split_results(rows["Result"])
    rows["Point"] += points
    rows["Line"] += lines
    for table in ("Point", "Line"):
        if table not in seen and "Result" not in seen:
            findings.append(Place(file).finding("table.missing", "table", f"JS{table}"))
    records = Records(Place(file), frame=Frame.GEOGRAPHIC)
    for table, reader in _READERS.items():
        reader(rows[table], records)
    check_shape(rows["Point"], rows["Line"], records)
    for table_rows in rows.values():
        for row in table_rows:
            findings.extend(row.findings)
    network, across = assemble(records)
    return network, sorted([*findings, *across], key=_order)


def _order(finding: Finding) -> tuple[str, str, int, bool]:
    return finding.file, finding.sheet or "", finding.row or 0, finding.severity != Severity.ERROR
