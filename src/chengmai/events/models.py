"""The outbox: events written in the transaction that caused them, and what became of each at each consumer."""

from django.db import models

from chengmai.core.identity import new_id


class OutboxEvent(models.Model):
    """Something that happened to one aggregate; ``sequence`` orders all events."""

    sequence = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=new_id, editable=False)
    name = models.CharField(max_length=64)
    aggregate = models.CharField(max_length=96, db_index=True)
    payload = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    spread = models.BooleanField(default=False)
    """True once there is a delivery for every consumer."""

    class Meta:
        ordering = ("sequence",)
        indexes = [models.Index(fields=("sequence",), condition=models.Q(spread=False), name="events_to_spread")]


class DeliveryState(models.TextChoices):
    """What became of an event at one consumer."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"
    DISCARDED = "discarded"


class Delivery(models.Model):
    """One event at one consumer: exactly one row, so an effect is marked once, in the effect's own transaction."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=96)
    state = models.CharField(max_length=16, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=36, default="", blank=True)
    """The attempt that holds the lease; an attempt whose lease went to another finds its name gone and gives up."""
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("event", "consumer"), name="one_delivery_per_consumer")]
        indexes = [models.Index(fields=("state", "due_at"))]
