"""What the doors of checklists take and give."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import StringConstraints

from chengmai.registers.checklists import ItemAnswer, Rhythm
from chengmai.registers.definitions import Domain
from chengmai.registers.schemas import NamedOrganisation, RegisterRevision

Item = Annotated[str, StringConstraints(max_length=32)]


class ChecklistItemOut(Schema):
    """One thing to look at."""

    code: str
    name_zh: str
    name_en: str
    points: int
    group_zh: str
    group_en: str
    photo: bool


class ChecklistOut(Schema):
    """A checklist as it holds now; what it came to in the year so far."""

    code: str
    name_zh: str
    name_en: str
    domain: Domain
    note_zh: str
    note_en: str
    every: Rhythm
    subjects: str
    items: list[ChecklistItemOut]
    opens: str
    """The register in which a failed item opens an entry; empty for none."""
    planned_from: date
    retired: bool
    version: int
    planned: int
    done: int
    percent: str | None


class ChecklistDetail(Schema):
    """A checklist with its document and every version it had, newest first."""

    checklist: ChecklistOut
    definition: dict[str, Any]
    revisions: list[RegisterRevision]


class ChecklistIn(Schema):
    """A checklist as it shall be, and the version that was seen; 0 makes a new one."""

    version: int = Field(ge=0)
    definition: dict[str, Any]
    planned_from: date
    retired: bool = False


class ChecklistSubjectOut(Schema):
    """What is looked at."""

    id: UUID
    code: str
    title: str


class ItemAnswerIn(Schema):
    """What was found at an item; points kept of a fault, a photograph by its identity."""

    answer: ItemAnswer
    points: int | None = Field(None, ge=0, le=1000)
    note: str = Field("", max_length=500)
    photo: UUID | None = None


class ChecklistRunIn(Schema):
    """A filled checklist; the caller makes its identity, so that sending it again is no second run."""

    checklist: Item
    on: date
    subject: UUID | None = None
    note: str = Field("", max_length=2000)
    answers: dict[Item, ItemAnswerIn]


class ChecklistRunOut(Schema):
    """A filled checklist in a list; the score in percent of the items that applied."""

    id: UUID
    checklist: str
    checklist_version: int
    owner: NamedOrganisation
    subject: ChecklistSubjectOut | None
    on: date
    period: date | None
    points: int
    most_points: int
    percent: str | None
    failed: int
    note: str
    filled_by: str
    filled_at: datetime


class ChecklistRunDetail(Schema):
    """A filled checklist with its answers, and the items as they were in its version."""

    run: ChecklistRunOut
    items: list[ChecklistItemOut]
    answers: dict[str, ItemAnswerIn]


class ChecklistStandingCell(Schema):
    """A planned run of a subject in a period, and the last run that did it."""

    subject: UUID | None
    period: date
    due: bool
    """Whether the period is over: a run was owed."""
    run: UUID | None
    percent: str | None
    failed: int


class ChecklistStandingOut(Schema):
    """What a checklist came to in a span: planned and done, a cell for every subject and period, the runs."""

    code: str
    start: date
    end: date
    planned: int
    done: int
    percent: str | None
    periods: list[date]
    subjects: list[ChecklistSubjectOut]
    cells: list[ChecklistStandingCell]
    runs: list[ChecklistRunOut]
    total_runs: int


class ChecklistStandingQuery(Schema):
    """A span of days, the last excluded; without one, the year so far. How many runs are listed."""

    start: date | None = None
    end: date | None = None
    limit: int = Field(60, ge=0, le=500)
