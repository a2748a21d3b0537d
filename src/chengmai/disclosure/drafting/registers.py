"""What the explanation of a budget speaks of besides its tables: procurement, assets, last year's figures, classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

FUNDS = ("general", "fund", "state_capital", "special_account", "own")
"""Sources of money in the order of table 12."""


class ProcurementKind(StrEnum):
    """What is procured (政府采购): goods, works or services."""

    GOODS = "goods"
    WORKS = "works"
    SERVICES = "services"


class AssetKind(StrEnum):
    """What a unit holds of the state's assets, as the explanation tells it: vehicles, rooms, large equipment."""

    VEHICLES_ALLOWED = "vehicles_allowed"
    LEADERS = "leaders"
    CONFIDENTIAL = "confidential"
    EMERGENCY = "emergency"
    ENFORCEMENT = "enforcement"
    SPECIAL = "special"
    INSTITUTION = "institution"
    OTHER_VEHICLES = "other_vehicles"
    OFFICE_AREA = "office_area"
    GENERAL_EQUIPMENT = "general_equipment"
    SPECIAL_EQUIPMENT = "special_equipment"


VEHICLES = (
    AssetKind.LEADERS,
    AssetKind.CONFIDENTIAL,
    AssetKind.EMERGENCY,
    AssetKind.ENFORCEMENT,
    AssetKind.SPECIAL,
    AssetKind.INSTITUTION,
    AssetKind.OTHER_VEHICLES,
)
"""Kinds of vehicles there are; together they are those present, the establishment (编制) stands apart."""


class ComparedSubject(StrEnum):
    """A figure that the explanation compares with the year before."""

    INCOME = "income"
    EXPENDITURE = "expenditure"
    GENERAL = "general"
    ABROAD = "abroad"
    RECEPTION = "reception"
    VEHICLE_PURCHASE = "vehicle_purchase"
    VEHICLE_RUNNING = "vehicle_running"
    OPERATING = "operating"


THREE_PUBLIC = (
    ComparedSubject.ABROAD,
    ComparedSubject.RECEPTION,
    ComparedSubject.VEHICLE_PURCHASE,
    ComparedSubject.VEHICLE_RUNNING,
)
"""The items of the three public expenses (三公经费)."""


class ProjectClass(StrEnum):
    """The class of a project: what keeps a unit running (其他运转类), or a goal of its own (特定目标类)."""

    RUNNING = "running"
    SPECIFIC = "specific"


@dataclass(frozen=True, slots=True)
class ProcurementLine:
    """One planned procurement: its money by source [fen]; ``code`` and ``service`` of the catalogue of services."""

    kind: ProcurementKind
    name: str
    fen: Mapping[str, int]
    code: str = ""
    service: str = ""
    project: str = ""
    """The project that pays for it, by its name in table 12 or 13; empty for what basic expenditure pays."""

    @property
    def total(self) -> int:
        """Money from all sources [fen]."""
        return sum(self.fen.values())


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """Last year's figure of a subject and this year's [fen], None where not told; ``reason`` of the change."""

    subject: ComparedSubject
    before: int | None = None
    now: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Registers:
    """The registers of a unit and year; what was never filled in is None, which is not the same as nothing."""

    procurement: Sequence[ProcurementLine] | None = None
    assets: Mapping[AssetKind, Decimal] = field(default_factory=dict)
    compared: Mapping[ComparedSubject, ComparedFigure] = field(default_factory=dict)
    classes: Mapping[str, ProjectClass] = field(default_factory=dict)
    """Class of each project by its name."""

    def figure(self, subject: ComparedSubject) -> ComparedFigure:
        """What is told of a subject; an empty one when nothing is."""
        return self.compared.get(subject, ComparedFigure(subject))
