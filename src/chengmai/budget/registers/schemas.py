"""Shapes of the doors of registers; amounts are ten thousand yuan (万元) in text, as they are typed."""

from datetime import datetime

from ninja import Field, Schema

from chengmai.core.findings import Severity
from chengmai.disclosure.drafting.registers import AssetKind, ComparedSubject, ProcurementKind, ProjectClass


class ProcurementShape(Schema):
    """A planned procurement, its money by source; ``code`` and ``service`` are those of the catalogue of services."""

    kind: ProcurementKind
    name: str = Field(max_length=255)
    code: str = Field("", max_length=8)
    service: str = Field("", max_length=255)
    project: str = Field("", max_length=255)
    general: str = ""
    fund: str = ""
    state_capital: str = ""
    special_account: str = ""
    own: str = ""


class AssetShape(Schema):
    """How much of a kind of asset there is; empty where it was not told."""

    kind: AssetKind
    quantity: str = ""


class ComparedShape(Schema):
    """Last year's figure and this year's, empty where not told, and the reason of the change."""

    subject: ComparedSubject
    before: str = ""
    now: str = ""
    reason: str = Field("", max_length=2000)


class ComparedOut(ComparedShape):
    """The same with what the tables of both years have; empty where there is no such table."""

    table_before: str
    table_now: str
    asks_now: bool
    """Whether this year's figure is kept in the register too, to be held against the table."""


class ClassingShape(Schema):
    """The class of the projects of a name; null where it was not told."""

    name: str = Field(max_length=255)
    project_class: ProjectClass | None = None


class RegistersIn(Schema):
    """Registers to write; one that is null stays as it is. ``revision`` is that which the person saw."""

    revision: int
    procurement: list[ProcurementShape] | None = None
    assets: list[AssetShape] | None = None
    compared: list[ComparedShape] | None = None
    classes: list[ClassingShape] | None = None


class RegisterTieOut(Schema):
    """Where a register and a table, or the catalogue, tell different things."""

    rule: str
    severity: Severity
    table: str
    sentence: str


class ProcurementSums(Schema):
    """What is procured in all and by kind."""

    total: str
    goods: str
    works: str
    services: str


class RegistersOut(Schema):
    """The registers of a set's unit and year; ``procurement`` is null while nobody filled it in."""

    unit_name: str
    year: int
    editable: bool
    revision: int
    changed_by: str
    changed_at: datetime | None
    procurement: list[ProcurementShape] | None
    sums: ProcurementSums
    assets: list[AssetShape]
    compared: list[ComparedOut]
    classes: list[ClassingShape]
    projects: list[str]
    ties: list[RegisterTieOut]


class RegisterFinding(Schema):
    """What is wrong with a row of a sheet."""

    row: int | None
    field: str | None
    value: str | None
    rule: str
    sentence: str


class RegisterSheetOut(Schema):
    """A sheet as it was read, nothing stored: of which register it is, its rows, what is wrong with them."""

    register_name: str
    procurement: list[ProcurementShape]
    assets: list[AssetShape]
    compared: list[ComparedShape]
    classes: list[ClassingShape]
    findings: list[RegisterFinding]
