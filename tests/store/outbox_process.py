"""A process that delivers events until there are none, to be killed at named points: ``python -m ... DATABASE``."""

import sys

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

    Delivery.objects.update(lease_until=None, attempts=F("attempts") * 0)  # the dead process's leases have run out
    deliverer = delivery.Deliverer({"asked": (answer,)})
    while deliverer.round():
        pass


if __name__ == "__main__":
    main()
