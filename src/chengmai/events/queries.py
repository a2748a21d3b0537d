"""Reads on the outbox: how it stands, and what died."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chengmai.events.models import Delivery, DeliveryState, OutboxEvent


@dataclass(frozen=True, slots=True)
class ConsumerStats:
    """How one consumer stands."""

    consumer: str
    pending: int
    done: int
    dead: int
    discarded: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How the outbox stands; ``unspread`` events have no deliveries yet."""

    events: int
    unspread: int
    oldest_pending_at: datetime | None
    consumers: list[ConsumerStats]


def stats() -> Stats:
    """Counts by consumer and state."""
    counts: dict[str, dict[str, int]] = {}
    for consumer, state, count in Delivery.objects.values_list("consumer", "state").annotate(Count("id")):
        counts.setdefault(consumer, dict.fromkeys(DeliveryState.values, 0))[state] = count
    oldest = Delivery.objects.filter(state=DeliveryState.PENDING).aggregate(at=Min("event__happened_at"))["at"]
    return Stats(
        events=OutboxEvent.objects.count(),
        unspread=OutboxEvent.objects.filter(spread=False).count(),
        oldest_pending_at=oldest,
        consumers=[
            ConsumerStats(consumer, row["pending"], row["done"], row["dead"], row["discarded"])
            for consumer, row in sorted(counts.items())
        ],
    )


def dead(before: int | None, limit: int) -> QuerySet[Delivery]:
    """Dead deliveries, newest first; ``held_back`` counts the later events of the aggregate that wait for each."""
    later = Delivery.objects.filter(
        consumer=OuterRef("consumer"),
        event__aggregate=OuterRef("event__aggregate"),
        event_id__gt=OuterRef("event_id"),
        state=DeliveryState.PENDING,
    )
    counted = later.order_by().values("consumer").annotate(count=Count("id")).values("count")
    found = Delivery.objects.filter(state=DeliveryState.DEAD).select_related("event")
    if before is not None:
        found = found.filter(pk__lt=before)
    held_back = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return found.annotate(held_back=held_back).order_by("-pk")[:limit]
