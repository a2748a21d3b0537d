"""What checking data yields: findings that name file, row, field, value and rule, never a first error only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error keeps its row out, a warning lets it in, a note only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place of an input.

    ``row`` counts from 1 as a person sees it in the file; ``rule`` is a catalogue code (``finding.<rule>``);
    ``detail`` holds the message's further parameters.
    """

    file: str
    row: int | None
    field: str | None
    value: str | None
    rule: str
    severity: Severity = Severity.ERROR
    sheet: str | None = None
    detail: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The finding as plain values, for JSON and for a sheet to mend."""
        return {**asdict(self), "detail": dict(self.detail)}


@dataclass
class ImportOutcome:
    """What an import came to: how much is new, changed, as it was; ``written`` when it was taken over."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    written: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing found keeps anything out."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def count_by_rule(findings: Iterable[Finding]) -> dict[str, int]:
    """How often each rule was broken, most frequent first."""
    return dict(Counter(finding.rule for finding in findings).most_common())
