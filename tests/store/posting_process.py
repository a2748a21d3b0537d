"""A process that pays a statement in small parts until it is killed; what it did, it says after the commit."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

import django
from django.conf import settings

MOST = 5
"""Payments of one process, if nothing kills it."""


def payment_id(statement: str, number: int) -> UUID:
    """The identity of a part: sent again it is the same payment."""
    return uuid5(UUID(statement), str(number))


def main(arguments: tuple[str, str, str, str], say: Callable[[str], None]) -> None:
    """Pay parts from a number on, on a database, of a statement, as a person."""
    database, statement, clerk, first = arguments
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from chengmai.access.models import User
    from chengmai.core.crashpoints import reach
    from chengmai.settlement.payments import PartDraft, PaymentDraft, pay_statement
    from chengmai.settlement.terms import Fund

    user = User.objects.get(username=clerk)
    for number in range(int(first), int(first) + MOST):
        parts = [PartDraft(Fund.GENERAL, 100), PartDraft(Fund.GOVERNMENT, 50)]
        draft = PaymentDraft(payment_id(statement, number), date(2025, 5, 6), f"K-{number}", parts)
        pay_statement(user, UUID(statement), draft)
        reach("payment.committed")
        say(str(number))
