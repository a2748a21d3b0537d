"""Reading all target sheets of a document; none of their content raises."""

from collections.abc import Sequence

from chengmai.disclosure.document import TableBlock
from chengmai.disclosure.reading.sheet_cells import SheetRow, sheet_rows
from chengmai.disclosure.reading.sheet_fields import FieldReading, finish, read_fields, read_filled
from chengmai.disclosure.reading.sheet_indicators import IndicatorReading, header_columns, read_indicators
from chengmai.disclosure.reading.sheets import ProjectSheet


def read_sheets(blocks: Sequence[TableBlock]) -> list[ProjectSheet]:
    """A sheet for each block, in their order."""
    return [read_sheet(number, block) for number, block in enumerate(blocks, 1)]


def read_sheet(number: int, block: TableBlock) -> ProjectSheet:
    """One sheet: fields above the indicators' header, indicators below it, who filled it in at its foot."""
    rows = sheet_rows(block)
    header = next((at for at, row in enumerate(rows) if row.has("mark", "level3")), len(rows))
    foot = next((at for at, row in enumerate(rows) if at > header and row.has("mark", "leader", "clerk")), len(rows))
    fields = FieldReading(block)
    read_fields(rows[:header], fields)
    read_filled(rows[foot:], fields)
    finish(fields, rows[0])
    header_row: SheetRow | None = rows[header] if header < len(rows) else None
    indicators = IndicatorReading(header_columns(header_row))
    read_indicators(rows[header + 1 : foot], indicators)
    if not indicators.indicators:
        fields.find("disclosure.sheet.no_indicators", rows[0].place(), value=fields.fields["name"].value)
    findings = (*fields.findings, *indicators.findings)
    return ProjectSheet(number, block, fields.fields, fields.funds, tuple(indicators.indicators), findings)
