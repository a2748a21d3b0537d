"""A whole disclosed document read: tables, target sheets with their projects, catalogue and purchases."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chengmai.disclosure.amounts import Fidelity
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentFinding, in_order
from chengmai.disclosure.reading.catalogue_reading import read_catalogue
from chengmai.disclosure.reading.published_tables import PublishedTables, read_tables
from chengmai.disclosure.reading.purchases import PurchaseCheck, check_purchase, department_of, purchases_of
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue
from chengmai.disclosure.reading.sheet_matching import MatchedProject, match_sheets
from chengmai.disclosure.reading.sheet_reading import read_sheets
from chengmai.disclosure.reading.sheets import ProjectSheet, TargetSpan

COUNTED = ("cells", "projects", "fields", "entries")
"""What is counted of a document, in the order it is told."""


@dataclass(frozen=True)
class Disclosure:
    """What a document discloses, as read; ``findings`` are those of reading it, errors first."""

    document: Document
    tables: PublishedTables
    sheets: tuple[ProjectSheet, ...]
    projects: tuple[MatchedProject, ...]
    catalogue: ServiceCatalogue | None
    purchases: tuple[PurchaseCheck, ...]
    findings: tuple[DocumentFinding, ...]

    def counts(self) -> dict[str, Counter[Fidelity]]:
        """How many cells, projects, fields of sheets and catalogue entries are exact, normalised, or in doubt."""
        return {
            "cells": _count(cell.fidelity for *_, cell in self.tables.cells()),
            "projects": _count(project.fidelity for project in self.projects),
            "fields": _count(field.fidelity for sheet in self.sheets for field in sheet.all_fields()),
            "entries": _count(entry.fidelity for entry in (self.catalogue.entries if self.catalogue else ())),
        }


def read_disclosure(document: Document) -> Disclosure:
    """Read everything a document prints that is known; no content raises."""
    tables = read_tables(document)
    sheets = read_sheets(tables.blocks.sheets)
    projects: list[MatchedProject] = []
    findings: list[DocumentFinding] = [*document.found, *tables.findings]
    if sheets:
        projects, differences = match_sheets(sheets, tables.tables.get("projects"), tables.layout.unit)
        findings += [*_with_table(sheets, projects), *differences]
    catalogue = read_catalogue(document, tables.blocks.catalogues)
    purchases: list[PurchaseCheck] = []
    if catalogue is not None:
        department = department_of(catalogue, tables.unit_name)
        purchases = [check_purchase(catalogue, purchase, department) for purchase in purchases_of(document)]
        findings += [*catalogue.findings, *(check.finding for check in purchases if check.finding is not None)]
    return Disclosure(
        document,
        tables,
        tuple(sheets),
        tuple(projects),
        catalogue,
        tuple(purchases),
        tuple(in_order(map(document.located, findings))),
    )


def _with_table(sheets: Iterable[ProjectSheet], projects: Iterable[MatchedProject]) -> Iterator[DocumentFinding]:
    """The sheets' findings; where the year's money is lost, with what the table of projects has for it."""
    rows = {one.sheet.number: one.row for one in projects if one.sheet is not None and one.row is not None}
    for sheet in sheets:
        for finding in sheet.findings:
            total = rows[sheet.number].cells.get("total") if sheet.number in rows else None
            lost = finding.rule == "disclosure.sheet.funds_missing" and ("span", TargetSpan.YEAR) in finding.detail
            if lost and total is not None:
                told = "disclosure.sheet.funds_in_table"
                yield replace(finding, rule=told, other=total.place, other_value=total.text.strip())
            else:
                yield finding


def _count(fidelities: Iterable[Fidelity]) -> Counter[Fidelity]:
    return Counter(dict.fromkeys(Fidelity, 0)) + Counter(fidelities)
