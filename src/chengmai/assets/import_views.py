"""What an import of a file came to, as the doors give it."""

from ninja import Schema

from chengmai.assets.findings_sheet import sentence
from chengmai.core.findings import Finding, ImportOutcome, Severity

MOST_FINDINGS = 1000
"""An answer shows no more; its counts tell how many there are."""


class FindingFacts(Schema):
    """One broken rule at one place of an imported file."""

    file: str
    sheet: str | None
    row: int | None
    field: str | None
    value: str | None
    rule: str
    severity: str
    message: str


class SheetCounts(Schema):
    """How many entries a file brings, changes and leaves as they are; what is wrong with it."""

    new: int
    changed: int
    unchanged: int
    errors: int
    warnings: int


class SheetOutcomeOut(Schema):
    """What a file came to; without ``written`` all is as it was."""

    written: bool
    counts: SheetCounts
    findings: list[FindingFacts]


def finding_out(finding: Finding, language: str) -> FindingFacts:
    """A finding with its sentence."""
    return FindingFacts(
        file=finding.file,
        sheet=finding.sheet,
        row=finding.row,
        field=finding.field,
        value=finding.value,
        rule=finding.rule,
        severity=finding.severity.value,
        message=sentence(finding, language),
    )


def outcome_out(outcome: ImportOutcome, language: str) -> SheetOutcomeOut:
    """An import's counts and its first findings."""
    errors = sum(finding.severity is Severity.ERROR for finding in outcome.findings)
    counts = SheetCounts(
        new=outcome.new,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        errors=errors,
        warnings=len(outcome.findings) - errors,
    )
    findings = [finding_out(finding, language) for finding in outcome.findings[:MOST_FINDINGS]]
    return SheetOutcomeOut(written=outcome.written, counts=counts, findings=findings)
