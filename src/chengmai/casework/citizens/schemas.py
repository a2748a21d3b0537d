"""What the public doors take and give; coordinates are degrees (CGCS2000), times are UTC."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from chengmai.casework.citizens.course import PublicState
from chengmai.casework.citizens.models import KeyPurpose, ReportChannel, Satisfaction
from chengmai.casework.models import ClassKind


class PublicClass(Schema):
    """A class that a matter may be reported under."""

    kind: ClassKind
    code: str
    name_zh: str
    name_en: str


class PublicPlaceMap(Schema):
    """What a citizen finds a place by: the city's streets as GeoJSON; no networks, no grid."""

    name_zh: str
    name_en: str
    demonstration: bool
    bounds: tuple[float, float, float, float] | None
    streets: dict[str, Any]


class CitizenReportIn(Schema):
    """A matter a citizen reports; ``id`` is a UUIDv7 made by the browser. A place in words, on the map, or both."""

    id: UUID
    case_class: str = Field(max_length=16)
    class_kind: ClassKind = ClassKind.EVENT
    words: str = Field(min_length=1, max_length=2000)
    address: str = Field("", max_length=200)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    name: str = Field("", max_length=64)
    phone: str = Field("", max_length=32)
    email: str = Field("", max_length=128)
    language: Literal["zh-CN", "en"] = "zh-CN"


class ReportReceipt(Schema):
    """What the citizen keeps: the number of the matter and the secret that asks for its state."""

    code: str
    secret: str


class ReportKeyIn(Schema):
    """A number with its secret."""

    code: str = Field(max_length=24)
    secret: str = Field(max_length=24)


class PublicStepOut(Schema):
    """One step of a matter, by its word."""

    at: datetime
    word: str


class ReportState(Schema):
    """A matter as its reporter sees it; ``due_at`` is when it should be done, None where that is not known."""

    code: str
    state: PublicState
    name_zh: str
    name_en: str
    words: str
    address: str
    filed_at: datetime
    due_at: datetime | None
    department_zh: str
    department_en: str
    steps: list[PublicStepOut]
    photos: int
    satisfaction: Satisfaction | None
    may_rate: bool


class ReportRatingIn(ReportKeyIn):
    """What the citizen thinks of how it was handled."""

    satisfaction: Satisfaction
    words: str = Field("", max_length=500)


class ReporterOut(Schema):
    """Who reported a case, as those see it who handle it; ``phone`` is masked."""

    channel: ReportChannel
    client: str
    address: str
    phone: str
    reachable: bool
    media_url: str
    attributes: dict[str, Any]
    satisfaction: Satisfaction | None
    rated_words: str


class ContactReasonIn(Schema):
    """Why somebody reads how a citizen is reached."""

    reason: str = Field(min_length=2, max_length=200)


class CitizenContactOut(Schema):
    """How a citizen is reached, in the clear."""

    name: str
    phone: str
    email: str


class ClientKeyIn(Schema):
    """A program that is to get a key."""

    name: str = Field(min_length=1, max_length=64)
    purpose: KeyPurpose


class ClientKeyOut(Schema):
    """A program's key; ``key`` is told once, when it is made."""

    id: int
    name: str
    purpose: KeyPurpose
    added_at: datetime
    revoked_at: datetime | None
    key: str = ""
