"""What the doors of rules and of settings aside take and give."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from chengmai.warning.rule_shapes import ParameterShape
from chengmai.warning.schemas import OrganisationRef, PersonRef
from chengmai.warning.states import AlarmAction, Severity

CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"


class RuleOut(Schema):
    """A rule in its newest version"""

    code: str
    version: int
    kind: str
    network: str | None
    owner: OrganisationRef
    parameters: dict[str, Any]
    active: bool
    open_alarms: int


class RuleVersion(Schema):
    """One version of a rule."""

    version: int
    parameters: dict[str, Any]
    active: bool


class RuleDetail(RuleOut):
    """A rule with every version it had, newest first."""

    versions: list[RuleVersion]


class RuleIn(Schema):
    """The next version of a rule: all its parameters, and the version the caller saw."""

    version: int
    parameters: dict[str, Any]
    active: bool


class NewRuleIn(Schema):
    """A new rule of a network."""

    code: str = Field(min_length=1, max_length=64, pattern=CODE)
    kind: str = Field(max_length=16)
    network: str = Field(max_length=64)
    parameters: dict[str, Any]


class PreviewIn(Schema):
    """What to try: a rule's parameters, on the readings of the last ``days``."""

    kind: str = Field(max_length=16)
    network: str = Field(max_length=64)
    parameters: dict[str, Any]
    days: float = Field(7, gt=0, le=400)


class RaisedOut(Schema):
    """An alarm the rule would have raised; ``ended`` is null when its condition still holds."""

    subject: str
    severity: Severity
    raised: datetime
    ended: datetime | None


class PreviewOut(Schema):
    """What the rule would have done: how many alarms by local day, and the newest of them."""

    start: datetime
    end: datetime
    rows: int
    count: int
    by_day: dict[str, int]
    alarms: list[RaisedOut]


class ParameterOut(Schema):
    """One parameter of a kind of rule, for a form; ``unit`` may be ``stream`` or ``stream/min``.

    ``choices`` are the words of a choice or the utilities of networks, ``fields`` what a table holds.
    """

    name: str
    shape: ParameterShape
    unit: str
    needed: bool
    default: Any
    least: float | None
    most: float | None
    choices: list[str]
    fields: list["ParameterOut"]


class RuleKindOut(Schema):
    """A kind of rule with its parameters, and how many days of stored readings it may be tried on."""

    kind: str
    preview_days: list[int]
    parameters: list[ParameterOut]


class SetAsideOut(Schema):
    """A rule or stream that is or was set aside; ``alarms`` are those it holds at present."""

    id: UUID
    action: AlarmAction
    rule: str
    stream: str
    owner: OrganisationRef
    reason: str
    starts_at: datetime
    until: datetime | None
    made_by: PersonRef
    ended_at: datetime | None
    alarms: int
    may_end: bool


class SetAsideIn(Schema):
    """What to set aside: a rule, a stream, or a rule at a stream."""

    action: AlarmAction
    rule: str = Field("", max_length=64)
    stream: str = Field("", max_length=64)
    reason: str = Field(max_length=500)
    until: AwareDatetime | None = None
