"""Sums under ceilings, lights of milestones, and money without a float."""

from datetime import date
from decimal import Decimal

import pytest

from chengmai.budget.construction.rules import Booked, MilestoneLight, light_of, present, sums
from chengmai.budget.construction.states import CostKind
from chengmai.core.errors import InvalidInput
from chengmai.core.money import fen_of, told, yuan_of

CONTRACT, PAYMENT = CostKind.CONTRACT, CostKind.PAYMENT


def test_a_payment_on_a_contract_is_not_committed_twice() -> None:
    found = sums([Booked(CONTRACT, 200_00), Booked(PAYMENT, 80_00, True), Booked(PAYMENT, 30_00)])
    assert (found.contracted, found.paid, found.committed) == (200_00, 110_00, 230_00)
    assert (found.over(230_00), found.over(229_99), found.over(None)) == (0, 1, 0)


def test_a_reversal_takes_its_entry_out() -> None:
    found = sums([Booked(CONTRACT, 500), Booked(CONTRACT, -500), Booked(PAYMENT, 7), Booked(PAYMENT, -7)])
    assert (found.contracted, found.paid, found.committed) == (0, 0, 0)


@pytest.mark.parametrize(
    ("actual", "today", "light"),
    [
        (None, date(2025, 3, 31), MilestoneLight.AHEAD),
        (None, date(2025, 4, 1), MilestoneLight.OVERDUE),
        (date(2025, 3, 31), date(2026, 1, 1), MilestoneLight.REACHED),
        (date(2025, 4, 1), date(2025, 4, 2), MilestoneLight.REACHED_LATE),
    ],
)
def test_a_milestone_is_in_time_on_its_planned_day(actual: date | None, today: date, light: MilestoneLight) -> None:
    assert light_of(date(2025, 3, 31), actual, today) is light


def test_devices_in_stock_are_not_there() -> None:
    assert present({"in_service": 20, "faulty": 2, "in_stock": 7}, frozenset({"in_stock"})) == 22


@pytest.mark.parametrize(("yuan", "fen"), [("2637800.00", 263780000), ("0.1", 10), (Decimal("-1.25"), -125), (7, 700)])
def test_yuan_are_whole_fen(yuan: str | Decimal | int, fen: int) -> None:
    assert fen_of(yuan) == fen
    assert fen_of(told(fen)) == fen
    assert yuan_of(fen) == Decimal(fen) / 100


@pytest.mark.parametrize("wrong", ["1.005", "1,000", "", "1e3", "NaN", "99999999999999.00", "一百", Decimal("0.001")])
def test_what_is_no_amount_is_refused(wrong: str | Decimal) -> None:
    with pytest.raises(InvalidInput, match=r"money\.not_an_amount"):
        fen_of(wrong)


def test_a_float_is_no_money() -> None:
    with pytest.raises(TypeError):
        fen_of(0.1)  # type: ignore[arg-type]
