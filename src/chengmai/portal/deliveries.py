"""Doors to the outbox: how it stands, what died, retry and discard. Here because events know no people."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from chengmai.access import audit
from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.events import delivery, queries
from chengmai.events.models import Delivery

router = Router(tags=["events"])


class ConsumerOut(Schema):
    """How one consumer stands."""

    consumer: str
    pending: int
    done: int
    dead: int
    discarded: int


class EventStats(Schema):
    """How the outbox stands."""

    events: int
    unspread: int
    oldest_pending_at: datetime | None
    consumers: list[ConsumerOut]


class DeliveryOut(Schema):
    """One event at one consumer."""

    id: int
    event: str
    name: str
    aggregate: str
    payload: dict[str, Any]
    happened_at: datetime
    consumer: str
    state: str
    attempts: int
    error: str
    held_back: int


class DeliveryPage(Schema):
    """A page of deliveries, newest first; ``next`` goes into ``before``."""

    items: list[DeliveryOut]
    next: int | None


def _delivery(found: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=found.pk,
        event=str(found.event.id),
        name=found.event.name,
        aggregate=found.event.aggregate,
        payload=found.event.payload,
        happened_at=found.event.happened_at,
        consumer=found.consumer,
        state=found.state,
        attempts=found.attempts,
        error=found.error,
        held_back=getattr(found, "held_back", 0),
    )


@router.get("/events/stats", auth=May(Permission.EVENT_READ), response=EventStats)
def event_stats(request: HttpRequest) -> queries.Stats:
    """How the outbox stands."""
    return queries.stats()


@router.get("/events/dead", auth=May(Permission.EVENT_READ), response=DeliveryPage)
def dead_deliveries(
    request: HttpRequest, before: int | None = None, limit: Annotated[int, Field(ge=1, le=200)] = 50
) -> DeliveryPage:
    """Deliveries that failed too often; each holds back the later events of its aggregate at its consumer."""
    found = list(queries.dead(before, limit))
    return DeliveryPage(items=[_delivery(entry) for entry in found], next=found[-1].pk if len(found) == limit else None)


@router.post("/events/deliveries/{delivery_id}/retry", auth=May(Permission.EVENT_RETRY), response=DeliveryOut)
def retry_delivery(request: HttpRequest, delivery_id: int) -> DeliveryOut:
    """Try a dead delivery again."""
    with transaction.atomic():
        found = delivery.retry(delivery_id)
        audit.record(caller(request), "delivery.retried", "delivery", str(delivery_id))
    return _delivery(found)


@router.post("/events/deliveries/{delivery_id}/discard", auth=May(Permission.EVENT_RETRY), response=DeliveryOut)
def discard_delivery(request: HttpRequest, delivery_id: int) -> DeliveryOut:
    """Give a dead delivery up, so that the later events of its aggregate go on."""
    with transaction.atomic():
        found = delivery.discard(delivery_id)
        audit.record(caller(request), "delivery.discarded", "delivery", str(delivery_id), before={"error": found.error})
    return _delivery(found)
