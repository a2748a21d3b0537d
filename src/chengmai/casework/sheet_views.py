"""What an import came to, as the doors give it."""

from collections.abc import Sequence

from chengmai.assets.findings_sheet import sentence
from chengmai.core.findings import Finding, Severity
from chengmai.devices.schemas import SheetCounts, SheetFinding, SheetOutcomeOut

MOST_FINDINGS = 1000
"""An answer shows no more; its counts tell how many there are."""


def outcome_out(
    counts: tuple[int, int, int], findings: Sequence[Finding], language: str, *, written: bool
) -> SheetOutcomeOut:
    """An import's outcome; ``counts`` are new, changed, unchanged."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    new, changed, unchanged = counts
    return SheetOutcomeOut(
        written=written,
        counts=SheetCounts(
            new=new, changed=changed, unchanged=unchanged, errors=errors, warnings=len(findings) - errors
        ),
        findings=[
            SheetFinding(
                file=finding.file,
                sheet=finding.sheet,
                row=finding.row,
                field=finding.field,
                value=finding.value,
                rule=finding.rule,
                severity=finding.severity.value,
                message=sentence(finding, language),
            )
            for finding in findings[:MOST_FINDINGS]
        ],
    )
