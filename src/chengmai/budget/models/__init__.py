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
from chengmai.budget.models.execution import AdjustmentEntry, BudgetAdjustment, ExecutionBooking
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
from chengmai.budget.models.registers import (
    AssetHolding,
    ComparedAmount,
    PlannedProcurement,
    ProjectClassing,
    RegisterBook,
)
from chengmai.budget.models.release import (
    BudgetCheck,
    BudgetClearance,
    BudgetOverride,
    BudgetPassage,
    BudgetStep,
    BudgetTargetSheet,
)
from chengmai.budget.models.units import DisclosureRound, RoundDocument, RoundUnit

__all__ = [
    "Acceptance",
    "AcceptanceDefect",
    "AcceptanceStep",
    "AdjustmentEntry",
    "Assessment",
    "AssessmentLine",
    "AssetHolding",
    "BudgetAdjustment",
    "BudgetCell",
    "BudgetCheck",
    "BudgetClearance",
    "BudgetOverride",
    "BudgetPassage",
    "BudgetSet",
    "BudgetStep",
    "BudgetTable",
    "BudgetTargetSheet",
    "CatalogueEntry",
    "ComparedAmount",
    "ConstructionProject",
    "CostEntry",
    "CostHeading",
    "Delivery",
    "DisclosureRound",
    "ExecutionBooking",
    "IndicatorInput",
    "IndicatorValue",
    "LotQuantity",
    "Milestone",
    "PerformanceEvidence",
    "PlannedProcurement",
    "ProjectClassing",
    "ProjectLot",
    "ProjectPaper",
    "PurchaseCatalogue",
    "RegisterBook",
    "RoundDocument",
    "RoundUnit",
    "ScoreScheme",
    "SheetFund",
    "SheetIndicator",
    "TargetSheet",
]
