"""All checks of a published budget in one call: what was found, what was recomputed, what no rule speaks of."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from chengmai.core.findings import Severity
from chengmai.disclosure.checking.arithmetic import Spot, figures, recompute
from chengmai.disclosure.checking.checked_sheets import checked_sheets
from chengmai.disclosure.checking.repeated import check_repeated
from chengmai.disclosure.checking.sheet_checks import check_sheets
from chengmai.disclosure.checking.slips import check_slips
from chengmai.disclosure.checking.table_checks import check_tables
from chengmai.disclosure.checking.text_checks import check_text
from chengmai.disclosure.document import Document
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.quantities import Quantity
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.workbook import open_document

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class CheckReport:
    """The findings of one document, the worst first and those undecided last.

    ``holding`` is how many sums, shares, ties and comparisons hold; ``figures`` are all printed figures, ``covered``
    those that at least one rule weighed.
    """

    document: Document
    findings: tuple[DocumentFinding, ...]
    holding: int
    figures: dict[Spot, Quantity]
    covered: frozenset[Spot]

    @property
    def decided(self) -> list[DocumentFinding]:
        """Findings that say something is wrong."""
        return [finding for finding in self.findings if finding.decided]

    @property
    def undecided(self) -> list[DocumentFinding]:
        """Places where the text does not tell enough to say."""
        return [finding for finding in self.findings if not finding.decided]

    @property
    def uncovered(self) -> dict[Spot, Quantity]:
        """Printed figures that no rule weighed."""
        return {spot: one for spot, one in self.figures.items() if spot not in self.covered}

    def by_severity(self) -> dict[str, int]:
        """How many decided findings there are of each severity."""
        return dict(Counter(finding.severity.value for finding in self.decided))


def check_document(document: Document) -> CheckReport:
    """Every check there is; whatever the document holds, a finding comes of it and no exception."""
    return check_disclosure(read_disclosure(document))


def check_disclosure(disclosure: Disclosure) -> CheckReport:
    """Every check of a document that was read; what reading it found is told among the findings."""
    document, tables = disclosure.document, disclosure.tables
    arithmetic = recompute(document)
    sheets = checked_sheets(disclosure.sheets, disclosure.projects, arithmetic.passages)
    by_table = check_tables(tables.tables)
    by_text = check_text(document, tables, arithmetic.passages)
    by_sheet = check_sheets(sheets, tables)
    found = [
        *arithmetic.findings,
        *by_table.findings,
        *by_text.findings,
        *by_sheet.findings,
        *check_repeated(arithmetic.passages, sheets),
        *check_slips(arithmetic.passages, disclosure.catalogue.entries if disclosure.catalogue else ()),
    ]
    return CheckReport(
        document,
        tuple(_sorted([*disclosure.findings, *map(document.located, found)])),
        arithmetic.holding + by_table.holding + by_text.holding + by_sheet.holding,
        figures(document, arithmetic.passages),
        frozenset(arithmetic.covered | by_table.covered | by_text.covered | by_sheet.covered),
    )


def check_file(name: str, data: bytes) -> CheckReport:
    """Every check of a text, a workbook or a CSV; a function of its own, so that a process of the pool can run it."""
    return check_document(open_document(name, data))


def _sorted(findings: Iterable[DocumentFinding]) -> list[DocumentFinding]:
    """Each once, the decided before the undecided, by severity and place."""
    kept: dict[tuple[str, DocumentPlace, str, str, str], DocumentFinding] = {}
    for finding in findings:
        span = dict(finding.detail).get("span", "")
        kept.setdefault((finding.rule, finding.place, finding.value, finding.other_value, span), finding)
    return sorted(
        kept.values(),
        key=lambda one: (
            not one.decided,
            _WEIGHT[one.severity],
            one.place.line,
            one.place.column or 0,
            one.place.start or 0,
            one.rule,
        ),
    )
