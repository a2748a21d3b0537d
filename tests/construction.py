"""A small construction project for tests: two lots, two headings, two milestones."""

from dataclasses import replace
from datetime import date
from typing import Any

from chengmai.budget.construction.costs import Booking
from chengmai.budget.construction.services import HeadingDraft, LotDraft, MilestoneDraft, ProjectDraft, QuantityDraft
from chengmai.budget.construction.states import CeilingRule, CostKind, QuantityKind
from chengmai.core.identity import new_id

LIFELINE = ProjectDraft(
    code="LIFE",
    version=0,
    name_zh="生命线",
    name_en="Lifeline",
    owner="CG",
    budget_fen=2_600_0000,
    headings=(
        HeadingDraft("HARD", "硬件", "Hardware", 1_000_00),
        HeadingDraft("STUDY", "可研", "Study", 500_00, CeilingRule.MARK),
    ),
    lots=(
        LotDraft("GAS", "燃气", "Gas", (QuantityDraft(QuantityKind.DEVICE, 29, "项"),), "HARD"),
        LotDraft("SOFT", "软件", "Programs", (QuantityDraft(QuantityKind.SOFTWARE, 3, "套"),)),
    ),
    milestones=(
        MilestoneDraft("START", "启动", "Start", date(2025, 1, 31), "2025年1月"),
        MilestoneDraft("END", "完成", "End", date(2025, 10, 31), "2025年10月前"),
    ),
)


def booking(kind: CostKind, yuan: int, **more: Any) -> Booking:
    """A booking under the heading with a hard ceiling."""
    made = Booking(new_id(), "HARD", kind, yuan * 100, date(2025, 2, 1), f"No. {yuan}")
    return replace(made, **more)
