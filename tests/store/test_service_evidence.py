"""Evidence from bought services: what was settled and when it was last paid; each names its records."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chengmai.budget.models import PerformanceEvidence
from chengmai.budget.performance.evidence import demand_subject, gather, is_sealed, source
from chengmai.budget.performance.service_evidence import demand_service
from chengmai.budget.performance.sources import Question
from chengmai.core.errors import NotFound
from chengmai.core.identity import new_id
from chengmai.settlement.payments import pay_statement, reverse_payment
from chengmai.settlement.sheets import ByHand, open_sheet, tell
from tests.settling import FEBRUARY, JANUARY, MARCH, approved, frozen, payment, settling

pytestmark = pytest.mark.django_db
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)


def ask(
    code: str, scope: str = "", start: datetime = START, end: datetime = END, **subject: str
) -> PerformanceEvidence:
    """What a source tells, kept."""
    made = gather(code, Question(subject, START, end, scope))
    assert is_sealed(made)
    return made


def test_what_was_settled_is_the_sum_of_frozen_months_and_opens_to_their_sheets() -> None:
    made = settling(budget=False)
    assert ask("settled_quantity", contract="W-1", quantity="处理水量").value_micro is None
    sheets = [frozen(made, JANUARY, "1000.5"), frozen(made, FEBRUARY, "2000")]
    draft = open_sheet(made.clerk, made.contract, MARCH)
    tell(made.clerk, draft.pk, draft.version, [ByHand("处理水量", "500", "吨", "抄表单")])
    found = ask("settled_quantity", contract="W-1", quantity="处理水量")
    assert found.value_micro == Decimal("3000.5") * 1_000_000
    assert [one["path"] for one in found.inputs] == [f"/settlement/sheets/{sheet.pk}" for sheet in sheets]
    assert found.inputs[0]["facts"]["unit"] == "吨"
    half = ask("settled_quantity", end=datetime(2025, 1, 31, tzinfo=UTC), contract="W-1", quantity="处理水量")
    assert half.value_micro == Decimal("1000.5") * 1_000_000
    assert ask("settled_quantity", scope="WORKS", contract="W-1", quantity="处理水量").value_micro is None
    demand_subject(made.clerk, source("settled_quantity"), {"contract": "W-1", "quantity": "处理水量"})
    for subject in ({"contract": "none"}, {"contract": "W-1", "quantity": "电量"}):
        with pytest.raises(NotFound):
            demand_service(subject)


def test_the_last_payment_that_was_not_taken_back_is_the_day() -> None:
    made = settling()
    frozen(made, JANUARY)
    frozen(made, FEBRUARY)
    frozen(made, MARCH)
    statement = approved(made, JANUARY, MARCH)
    pay_statement(made.clerk, statement.pk, payment(100_000, 0, "V-1", date(2025, 5, 6)))
    later = pay_statement(made.clerk, statement.pk, payment(0, 1_000, "V-2", date(2025, 6, 20)))
    assert ask("paid_by", contract="W-1").on == date(2025, 6, 20)
    reverse_payment(made.clerk, later.pk, new_id(), "wrong fund")
    found = ask("paid_by", contract="W-1")
    assert found.on == date(2025, 5, 6)
    assert [(one["label"], one["counted"]) for one in found.inputs] == [("V-1", True), ("V-2", False)]
    assert {one["path"] for one in found.inputs} == {f"/settlement/statements/{statement.pk}"}
