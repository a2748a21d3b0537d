"""A payment is booked, kept and posted, or nothing of it, whatever kills the process and whenever."""

import pytest

from tests.settling import JANUARY, approved, frozen, settling
from tests.store.posting_kills import POINTS, kill_payments

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kills]


def test_no_kill_leaves_a_payment_half_posted_or_loses_one_that_was_told() -> None:
    made = settling()
    frozen(made, JANUARY, "10000")
    killed, broken = kill_payments(approved(made, JANUARY), made.clerk.username, 5, 7, {})
    assert broken == []
    assert killed.total() == 5
    assert len(killed) >= 2, f"of {POINTS}"
