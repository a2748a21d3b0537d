"""Writing events: always inside the transaction of the change they tell of."""

import threading
from collections.abc import Mapping

from django.db import transaction

from chengmai.core.clock import now
from chengmai.events.models import OutboxEvent

waiting = threading.Event()
"""Set when an event of this process was committed, so that its worker need not look for it."""


def emit(name: str, aggregate: str, payload: Mapping[str, object]) -> OutboxEvent:
    """Write one event, such as ``emit("warning.issued", f"warning:{id}", {...})``.

    It reaches every consumer once in effect, after the present transaction commits and never if it does not.
    """
    event = OutboxEvent.objects.create(name=name, aggregate=aggregate, payload=dict(payload), happened_at=now())
    transaction.on_commit(waiting.set)
    return event
