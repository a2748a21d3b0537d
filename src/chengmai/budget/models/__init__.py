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
from chengmai.budget.models.performance import (
    Assessment,
    AssessmentLine,
    PerformanceEvidence,
    ScoreScheme,
    SheetFund,
    SheetIndicator,
    TargetSheet,
)
from chengmai.budget.models.published import BudgetCell, BudgetSet, BudgetTable, CatalogueEntry, PurchaseCatalogue

__all__ = [
    "Acceptance",
    "AcceptanceDefect",
    "AcceptanceStep",
    "Assessment",
    "AssessmentLine",
    "BudgetCell",
    "BudgetSet",
    "BudgetTable",
    "CatalogueEntry",
    "ConstructionProject",
    "CostEntry",
    "CostHeading",
    "Delivery",
    "IndicatorInput",
    "IndicatorValue",
    "LotQuantity",
    "Milestone",
    "PerformanceEvidence",
    "ProjectLot",
    "ProjectPaper",
    "PurchaseCatalogue",
    "ScoreScheme",
    "SheetFund",
    "SheetIndicator",
    "TargetSheet",
]
