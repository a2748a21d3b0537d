"""Writing events: always inside the transaction of the change they tell of."""

from collections.abc import Mapping

from chengmai.core.clock import now
from chengmai.events.models import OutboxEvent


def emit(name: str, aggregate: str, payload: Mapping[str, object]) -> OutboxEvent:
    """Write one event, such as ``emit("warning.issued", f"warning:{id}", {...})``; delivered at least once."""
    return OutboxEvent.objects.create(name=name, aggregate=aggregate, payload=dict(payload), happened_at=now())
