"""What the doors of registers take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import StringConstraints

from chengmai.access.models import User
from chengmai.registers.definitions import Domain, EntryLight, FieldType

Values = dict[Annotated[str, StringConstraints(max_length=32)], Annotated[str, StringConstraints(max_length=1000)]]
Code = Annotated[str, StringConstraints(max_length=32)]


class RegisterChoice(Schema):
    """A word of a choice."""

    code: str
    name_zh: str
    name_en: str


class RegisterField(Schema):
    """A field of a kind of register."""

    code: str
    name_zh: str
    name_en: str
    type: FieldType
    needed: bool
    unit: str
    decimals: int
    choices: list[RegisterChoice]
    refers_to: str
    expires: bool
    remind_days: int
    retired: bool


class RegisterState(Schema):
    """A state of a kind of register."""

    code: str
    name_zh: str
    name_en: str
    light: EntryLight
    first: bool
    active: bool
    void: bool


class RegisterMove(Schema):
    """A move between states: what it needs told, whether it wants approval, and by another person."""

    code: str
    name_zh: str
    name_en: str
    come_from: list[str]
    to: str
    note_needed: bool
    approval: bool
    other_than: str
    sets: str
    needs: list[str]


class RegisterCounts(Schema):
    """How many entries are in each state, how many run out soon (those that did included), and how many did."""

    states: dict[str, int]
    expiring: int
    expired: int


class RegisterKindOut(Schema):
    """A kind of register as it holds now, with what is in it."""

    code: str
    name_zh: str
    name_en: str
    domain: Domain
    note_zh: str
    note_en: str
    key: str
    title: str
    dated_by: str
    amount: str
    listed: list[str]
    spans_of: str
    """The register whose availability its entries tell; empty for none."""
    fields: list[RegisterField]
    states: list[RegisterState]
    moves: list[RegisterMove]
    retired: bool
    version: int
    counts: RegisterCounts


class RegisterRevision(Schema):
    """A version a kind or a checklist had."""

    version: int
    at: datetime
    by: str | None
    definition: dict[str, Any]


class RegisterKindDetail(Schema):
    """A kind with its document, as it is edited, and every version it had, newest first."""

    kind: RegisterKindOut
    definition: dict[str, Any]
    revisions: list[RegisterRevision]


class RegisterKindIn(Schema):
    """A kind as it shall be, and the version that was seen; 0 makes a new one."""

    version: int = Field(ge=0)
    definition: dict[str, Any]
    retired: bool = False


class RegisterEntryFilter(Schema):
    """Which entries: a text, a state, an organisation, what they refer to, a span of days, what runs out soon."""

    q: str = Field("", max_length=100)
    state: str = Field("", max_length=32)
    owner: str = Field("", max_length=32)
    target: UUID | None = None
    since: date | None = None
    until: date | None = None
    expiring_days: int | None = Field(None, ge=0, le=3650)


class RegisterEntryQuery(RegisterEntryFilter):
    """The same, a page of it."""

    skip: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=200)


class RegisterEntrySheetQuery(RegisterEntryFilter):
    """The same as a sheet, or the empty sheet to fill in."""

    format: Literal["xlsx", "csv"] = "xlsx"
    template: bool = False


class NamedOrganisation(Schema):
    """An organisation by its code and names."""

    code: str
    name_zh: str
    name_en: str


class RegisterEntryOut(Schema):
    """An entry in a list; ``labels`` say what references, people and files are called."""

    id: UUID
    kind: str
    code: str
    owner: NamedOrganisation
    state: str
    on: date
    expires_on: date | None
    values: dict[str, str]
    labels: dict[str, str]
    version: int


class RegisterEntryPage(Schema):
    """Entries with how many there are, how many in each state whatever state is wanted, and their amount in yuan."""

    items: list[RegisterEntryOut]
    total: int
    states: dict[str, int]
    amount: str | None


class RegisterEntryStepOut(Schema):
    """A step of an entry's life with what was told of it then."""

    at: datetime
    actor: str | None
    action: str
    from_state: str
    to_state: str
    note: str
    version: int
    values: dict[str, str]


class BelongingOut(Schema):
    """Entries of another register that refer to this one: how many, and their amount in yuan."""

    kind: str
    name_zh: str
    name_en: str
    count: int
    amount: str | None


class RegisterEntryDetail(Schema):
    """All of one entry."""

    entry: RegisterEntryOut
    history: list[RegisterEntryStepOut]
    moves: list[str]
    """Codes of the moves this person may make now."""
    may_change: bool
    belongings: list[BelongingOut]


class RegisterEntryIn(Schema):
    """An entry to be made."""

    owner: Code
    state: str = Field("", max_length=32)
    note: str = Field("", max_length=2000)
    values: Values


class RegisterEntryChange(Schema):
    """An entry as it shall be, and the version that was seen."""

    version: int = Field(ge=1)
    owner: Code
    values: Values


class RegisterEntryMoveIn(Schema):
    """A move with what it needs told, and the version that was seen."""

    version: int = Field(ge=1)
    move: Code
    note: str = Field("", max_length=2000)
    values: Values = {}


class StoredFileOut(Schema):
    """A file that was taken in, to be named in an entry or a filled checklist."""

    id: UUID
    name: str
    media_type: str


class LostPart(Schema):
    """A span in which a thing was out of order."""

    start: datetime
    end: datetime


class RegisterAvailabilityRow(Schema):
    """One thing's availability [%] over a span; None where no time was agreed."""

    id: UUID
    code: str
    title: str
    percent: str | None
    agreed_s: int
    lost_s: int
    lost: list[LostPart]


class RegisterAvailabilityOut(Schema):
    """The availability of every thing of a register in force, and of all together [%]."""

    kind: str
    """The register that keeps the outages."""
    kind_of: str
    """The register of the things."""
    start: datetime
    end: datetime
    percent: str | None
    rows: list[RegisterAvailabilityRow]


class RegisterSpanQuery(Schema):
    """A span of days, the last excluded; without one, the present month."""

    start: date | None = None
    end: date | None = None


def person_name(user: User | None) -> str | None:
    """Who did something; None for the platform."""
    return None if user is None else user.name
