"""Calls to the hotline, who sat at which seat, and the calls back after a matter is closed."""

from django.db import models

from chengmai.access.models import User
from chengmai.casework.citizens.models import ClientKey, Contact, Satisfaction
from chengmai.casework.hotline.states import CallOutcome, CallState
from chengmai.core.identity import new_id


class SeatSession(models.Model):
    """A person at a seat of the hotline, from sitting down to leaving."""

    seat = models.PositiveSmallIntegerField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("seat",), condition=models.Q(ended_at=None), name="one_person_at_a_seat"),
            models.UniqueConstraint(fields=("person",), condition=models.Q(ended_at=None), name="one_seat_of_a_person"),
        ]
        indexes = [models.Index(fields=("began_at",))]


class Call(models.Model):
    """One telephone call as the exchange announced it, and what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(ClientKey, null=True, on_delete=models.PROTECT, related_name="+")
    """The exchange; None for a call that was played."""
    external_id = models.CharField(max_length=64)
    """The exchange's own name of the call, so that one announced twice is one."""
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="calls")
    """Who calls; None where the number is withheld."""
    rang_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in CallState], default=CallState.RINGING)
    session = models.ForeignKey(SeatSession, null=True, on_delete=models.PROTECT, related_name="calls")
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=[(o.value, o.value) for o in CallOutcome], default="", blank=True)
    case = models.ForeignKey("casework.Case", null=True, on_delete=models.PROTECT, related_name="calls")
    words = models.TextField(default="", blank=True)
    """What the caller told, as the clerk wrote it down."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("client", "external_id"), name="one_call_per_exchange_id")]
        indexes = [models.Index(fields=("state", "rang_at"))]


class CallBack(models.Model):
    """A call back (回访) that is due after a matter was closed; the event that caused it makes it once."""

    event_id = models.BigIntegerField(unique=True)
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="call_backs")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    due_since = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField(null=True)
    satisfaction = models.CharField(max_length=12, choices=Satisfaction.choices, default="", blank=True)
    words = models.CharField(max_length=500, default="", blank=True)
