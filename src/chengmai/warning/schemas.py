"""What the doors of this package take and give; quantities carry their unit in the name, times are UTC."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.warning.states import (
    AlarmAction,
    AlarmState,
    DismissalReason,
    Severity,
    WarningAction,
    WarningState,
)


class AlarmFilter(Schema):
    """Which alarms: open ones, of a state, of a severity, older than ``before``."""

    open: bool | None = None
    state: AlarmState | None = None
    severity: Severity | None = None
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class WarningFilter(Schema):
    """Which warnings: of a state, of a level, older than ``before``."""

    state: WarningState | None = None
    level: Severity | None = None
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class OrganisationRef(Schema):
    """An organisation as others name it."""

    code: str
    name_zh: str
    name_en: str


class PersonRef(Schema):
    """A person as a history names them."""

    username: str
    name: str


class SentenceOut(Schema):
    """A catalogue code, its parameters, and the sentence in the caller's language."""

    code: str
    params: dict[str, Any]
    message: str


class HistoryStep(Schema):
    """One step of a history; ``actor`` is null for what the platform did itself, ``why`` its reasons in words."""

    at: datetime
    actor: PersonRef | None
    action: str
    from_state: str
    to_state: str
    note: str
    facts: dict[str, Any]
    why: list[str] = []


class PlannedWorkRef(Schema):
    """Works that explain an alarm."""

    id: UUID
    code: str
    reason: str
    contact: str


class AlarmSummary(Schema):
    """An alarm as lists and the map show it. ``reason`` (its first) and ``place`` are in the caller's language.

    ``root`` is the open alarm that explains it, ``consequences`` how many open ones it explains itself.
    """

    id: UUID
    code: str
    state: AlarmState
    severity: Severity
    rule: str
    kind: str
    subject: str
    place: str
    network: str | None
    owner: OrganisationRef
    began_at: datetime
    raised_at: datetime
    detected_at: datetime
    returned_at: datetime | None
    shelved_until: datetime | None
    suppressed_until: datetime | None
    root: UUID | None
    consequences: int
    planned_work: PlannedWorkRef | None
    size_m3h: float | None
    longitude: float | None
    latitude: float | None
    reason: str
    open_warning: UUID | None
    version: int


class ElementOut(Schema):
    """A network element an alarm points at, likelier first; ``path`` is [[lon, lat], ...] in degrees."""

    code: str
    kind: str
    score: float
    path: list[list[float]]


class EvidenceOut(Schema):
    """Readings an alarm cites: one stream, a span (both ends included), how many, and their hash."""

    stream: int
    code: str
    start: datetime
    end: datetime
    rows: int
    batch: int
    hash: str


class WarningRef(Schema):
    """A warning as its alarm names it."""

    id: UUID
    code: str
    state: WarningState
    level: Severity


class ConsequenceOut(Schema):
    """An alarm as its root or its consequences name it; ``message`` says why it is one."""

    id: UUID
    code: str
    kind: str
    state: AlarmState
    severity: Severity
    place: str
    message: str


class AlarmDetail(AlarmSummary):
    """All that is known of an alarm. ``sealed`` says that its hash is the hash of what it now says."""

    rule_version: int
    parameters: dict[str, Any]
    reasons: list[SentenceOut]
    facts: dict[str, Any]
    evidence: list[EvidenceOut]
    elements: list[ElementOut]
    location: dict[str, Any]
    lineage_hash: str
    sealed: bool
    explained_by: ConsequenceOut | None
    explains: list[ConsequenceOut]
    history: list[HistoryStep]
    warnings: list[WarningRef]
    allowed_actions: list[AlarmAction]
    may_open_warning: bool


class AlarmPage(Schema):
    """A page of alarms, newest first; give ``next`` as ``before`` to go on."""

    items: list[AlarmSummary]
    next: UUID | None


class AlarmActionIn(Schema):
    """One act on an alarm; ``until`` ends a shelving or suppression, ``version`` is the one the caller saw.

    ``with_consequences``: acknowledging a root acknowledges what it explains.
    """

    action: AlarmAction
    version: int
    note: str = Field("", max_length=2000)
    until: AwareDatetime | None = None
    with_consequences: bool = False


Use = Literal["detection", "location"]
"""What readings were cited for: that there is a condition, or where it is."""


class OpenedEvidence(Schema):
    """Cited readings, opened: ``points`` are [time_ms, value, revision] as they were cited, thinned where many.

    ``intact``: the stored readings still hash to the cited hash. ``revised``: readings told anew since;
    ``added``: readings that came late into the span.
    """

    use: Use
    stream: int
    code: str
    quantity: str
    unit: str
    start: datetime
    end: datetime
    hash: str
    intact: bool
    revised: int
    added: int
    points: list[tuple[int, float, int]]


class AlarmEvidence(Schema):
    """Every citation of an alarm, opened and checked."""

    alarm_id: UUID
    alarm_code: str
    sealed: bool
    intact: bool
    citations: list[OpenedEvidence]


class OpenWarningIn(Schema):
    """The level at which an alarm goes into assessment."""

    level: Severity


class FieldWorkOut(Schema):
    """A case of a warning, as far as the warning shows it."""

    case_id: UUID
    case_code: str
    state: str
    closed: bool
    due_at: datetime | None


class WarningSummary(Schema):
    """A warning as lists show it, with the progress of its cases; ``place`` is in the caller's language."""

    id: UUID
    code: str
    state: WarningState
    level: Severity
    text: str
    dismissal: str
    alarm_id: UUID
    alarm_code: str
    subject: str
    place: str
    network: str | None
    longitude: float | None
    latitude: float | None
    owner: OrganisationRef
    opened_at: datetime
    issued_at: datetime | None
    lifted_at: datetime | None
    version: int
    cases: list[FieldWorkOut]


class WarningDetail(WarningSummary):
    """All that is known of a warning."""

    reasons: list[SentenceOut]
    history: list[HistoryStep]
    allowed_actions: list[WarningAction]


class WarningPage(Schema):
    """A page of warnings, newest first; give ``next`` as ``before`` to go on."""

    items: list[WarningSummary]
    next: UUID | None


class WarningActionIn(Schema):
    """One act on a warning; ``level`` and ``text`` when issuing or revising, ``dismissal`` when dismissing."""

    action: WarningAction
    version: int
    level: Severity | None = None
    text: str | None = Field(None, max_length=4000)
    dismissal: DismissalReason | None = None
    note: str = Field("", max_length=2000)
