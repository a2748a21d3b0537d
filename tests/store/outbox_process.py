"""A process that delivers events until there are none, to be killed at named points."""

from collections.abc import Callable
from functools import wraps

import django
from django.conf import settings


def main(arguments: tuple[str, str], _say: Callable[[str], None]) -> None:
    """Deliver on a database by a reaction that is ``plain`` or ``prepared``."""
    database, reaction = arguments
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.db.models import F

    from chengmai.events import delivery
    from chengmai.events.models import Delivery, OutboxEvent
    from chengmai.events.outbox import emit

    def answer(event: OutboxEvent) -> None:
        """The effect: one event more, for which nobody waits."""
        emit("answered", event.aggregate, {"cause": event.sequence})

    @delivery.Prepared
    @wraps(answer)
    def answer_prepared(event: OutboxEvent) -> Callable[[], None]:
        """The same consumer with the same effect, but one that computes before."""
        return lambda: answer(event)

    Delivery.objects.update(lease_until=None, attempts=F("attempts") * 0)  # the dead process's leases have run out
    deliverer = delivery.Deliverer({"asked": (answer_prepared if reaction == "prepared" else answer,)})
    while deliverer.round():
        pass
