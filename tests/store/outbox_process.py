"""A process that delivers events until there are none, to be killed at named points.

``python -m ... DATABASE REACTION``, the reaction plain or prepared.
"""

import sys
from collections.abc import Callable
from functools import wraps

import django
from django.conf import settings


def main() -> None:
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
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
    deliverer = delivery.Deliverer({"asked": (answer_prepared if sys.argv[2] == "prepared" else answer,)})
    while deliverer.round():
        pass


if __name__ == "__main__":
    main()
