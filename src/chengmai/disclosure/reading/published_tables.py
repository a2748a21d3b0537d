"""All tables of a published document, read by the layout of its year and province."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengmai.core.findings import Severity
from chengmai.disclosure.document import Document, TableBlock
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace, in_order
from chengmai.disclosure.layouts import Layout, TableForm
from chengmai.disclosure.reading.recognition import Caption, SortedBlocks, sort_blocks, unit_name_of
from chengmai.disclosure.reading.table_rows import read_table
from chengmai.disclosure.reading.tables import PublishedTable, TableCell, TableRow


@dataclass(frozen=True)
class PublishedTables:
    """All tables of a document that its layout knows, by key, and what is wrong with them."""

    layout: Layout
    year: int
    unit_name: str
    tables: Mapping[str, PublishedTable]
    blocks: SortedBlocks
    findings: tuple[DocumentFinding, ...]

    def cells(self) -> list[tuple[PublishedTable, TableRow, TableCell]]:
        """Every cell of every table, in the order of print."""
        return [
            (table, row, cell) for table in self.tables.values() for row in table.rows for cell in row.cells.values()
        ]


def read_tables(document: Document, blocks: SortedBlocks | None = None) -> PublishedTables:
    """Every table of a document by its layout; what is wrong is a finding, and no content raises."""
    found = blocks or sort_blocks(document)
    findings = list(found.findings)
    unit_name = unit_name_of(found.tables)
    tables: dict[str, PublishedTable] = {}
    for placed in found.tables:
        _check_caption(placed.form, placed.caption, placed.block, found, findings)
        tables[placed.form.key] = read_table(placed, found.layout, found.year, unit_name, findings)
    return PublishedTables(found.layout, found.year, unit_name, tables, found, tuple(in_order(findings)))


def _check_caption(
    form: TableForm, caption: Caption, block: TableBlock, blocks: SortedBlocks, findings: list[DocumentFinding]
) -> None:
    place = DocumentPlace(caption.title_line or block.first_line, form.key)

    def warn(rule: str, value: str, other: str, severity: Severity = Severity.WARNING) -> None:
        findings.append(
            DocumentFinding(rule=rule, severity=severity, place=place, value=value[:80], other_value=other[:80])
        )

    wrong = [year for year in caption.years if year != blocks.year]
    if wrong:
        warn("disclosure.table.year", str(wrong[0]), str(blocks.year), Severity.ERROR)
    if not caption.money_unit:
        warn("disclosure.table.no_unit", "", blocks.layout.unit)
    elif caption.money_unit != blocks.layout.unit:
        warn("disclosure.table.other_unit", caption.money_unit, blocks.layout.unit, Severity.ERROR)
    unit_name = unit_name_of(blocks.tables)
    if caption.unit_name and caption.unit_name != unit_name:
        warn("disclosure.table.unit_name", caption.unit_name, unit_name)
    elif not caption.unit_name:
        warn("disclosure.table.no_unit_name", "", unit_name)
