"""A process that escalates what is due and delivers it, to be killed at named points."""

from collections.abc import Callable

import django
from django.conf import settings


def main(arguments: tuple[str], _say: Callable[[str], None]) -> None:
    """One life of the platform's clock and outbox on a database."""
    (database,) = arguments
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from chengmai.casework.clocks import escalation
    from chengmai.core.clock import now
    from chengmai.events.delivery import Deliverer
    from chengmai.events.models import Delivery

    Delivery.objects.update(lease_until=None, attempts=0)  # the dead process's leases have run out
    escalation.escalate_due(now())
    deliverer = Deliverer({"case.escalated": (escalation.note_escalation,)})
    while deliverer.round():
        pass
