"""Tables of budget and performance, one file a subject."""

from chengmai.budget.models.construction import (
    Acceptance,
    AcceptanceDefect,
    AcceptanceStep,
    ConstructionProject,
    CostEntry,
    CostHeading,
    Delivery,
    LotQuantity,
    Milestone,
    ProjectLot,
    ProjectPaper,
)
from chengmai.budget.models.indicators import IndicatorInput, IndicatorValue

__all__ = [
    "Acceptance",
    "AcceptanceDefect",
    "AcceptanceStep",
    "ConstructionProject",
    "CostEntry",
    "CostHeading",
    "Delivery",
    "IndicatorInput",
    "IndicatorValue",
    "LotQuantity",
    "Milestone",
    "ProjectLot",
    "ProjectPaper",
]
