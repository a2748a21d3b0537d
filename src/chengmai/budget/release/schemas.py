"""Shapes of the doors of a budget's way to the public: steps, checks, what is held back, passages, differences."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.published.schemas import BudgetSetOut
from chengmai.budget.published.states import BudgetSetAction
from chengmai.budget.release.carried import ErrorKind
from chengmai.disclosure.explanation import PassageKind
from chengmai.disclosure.printing.differences import DifferencePart
from chengmai.disclosure.printing.withheld import WithheldKind


class StepIn(Schema):
    """What a person says to a step; sending back, discarding, overriding and clearing need a reason."""

    reason: str = Field("", max_length=2000)


class ClearanceIn(Schema):
    """Which piece may be shown, by its digest, and why."""

    digest: str = Field(max_length=64)
    reason: str = Field(max_length=2000)


class PassageIn(Schema):
    """A heading (level 1 to 4 with its number), a paragraph, or the place of tables, sheets or catalogue."""

    kind: PassageKind
    level: int = Field(0, ge=0, le=4)
    number: str = Field("", max_length=16)
    text: str = ""


class BudgetStepOut(Schema):
    """A step that was taken."""

    action: BudgetSetAction
    by: str
    at: datetime
    reason: str


class ReleaseFinding(Schema):
    """A finding of the check in words; ``line`` counts lines of the printed text, 0 where it has none.

    ``kind`` tells of an error whether it is new, carried over from the version that is corrected, or of rounding.
    """

    rule: str
    severity: str
    decided: bool
    line: int
    sentence: str
    kind: ErrorKind | None


class AcknowledgementOut(Schema):
    """Who knows which errors of which version are taken over."""

    by: str
    at: datetime
    note: str
    of_version: int
    carried: int
    rounded: int


class OverrideOut(Schema):
    """Who said that errors shall not stop the release, when and why."""

    by: str
    at: datetime
    reason: str
    errors: int


class BudgetCheckRunOut(Schema):
    """The check of what the set says now."""

    checked_at: datetime
    error: int
    warning: int
    note: int
    undecided: int
    new: int
    carried: int
    rounded: int
    of_version: int
    findings: list[ReleaseFinding]
    override: OverrideOut | None
    acknowledgement: AcknowledgementOut | None


class WithheldOut(Schema):
    """A piece that is held back, or was cleared by a person; the piece itself is not sent, only a hint of it."""

    kind: WithheldKind
    place: str
    hint: str
    digest: str
    cleared_by: str
    reason: str


class BudgetReleaseOut(Schema):
    """Where a set stands on its way to the public, and which steps the caller may take now."""

    budget: BudgetSetOut
    reason: str
    may: list[str]
    submitted_by: str
    text_sha256: str
    changed_since_submitted: bool
    steps: list[BudgetStepOut]
    check_run: BudgetCheckRunOut | None
    withheld: list[WithheldOut]
    corrects: UUID | None
    replaced_by: UUID | None


class DifferenceOut(Schema):
    """One place in which a version differs from the one it corrects."""

    part: DifferencePart
    where: str
    row: str
    column: str
    old: str
    new: str


class DifferencesOut(Schema):
    """All of them; ``of`` is the version that is corrected, null where there is none."""

    of: UUID | None
    of_version: int
    differences: list[DifferenceOut]
