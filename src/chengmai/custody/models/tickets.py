"""Weigh tickets, which the database itself keeps as they were accepted, and decisions on what does not reconcile."""

from django.db import models

from chengmai.access.models import User
from chengmai.core.identity import new_id
from chengmai.custody.models.registers import MATERIALS, Scale
from chengmai.custody.terms import CustodyRule, Decision, HandTicketState, TicketRefusal, TicketSource


class Ticket(models.Model):
    """A weigh ticket (磅单) as accepted: never changed, never removed, only voided by a further row.

    Weights are kilograms and may be what cannot be: a scale's word is kept, and reconciliation judges it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="tickets")
    number = models.CharField(max_length=64)
    plate = models.CharField(max_length=16)
    manifest_number = models.CharField(max_length=32, default="", blank=True)
    """As told; empty or unknown where the scale knew none."""
    material = models.CharField(max_length=24, choices=MATERIALS)
    gross_kg = models.IntegerField()
    tare_kg = models.IntegerField()
    net_kg = models.IntegerField()
    gross_at = models.DateTimeField()
    tare_at = models.DateTimeField()
    weigher = models.CharField(max_length=64, default="", blank=True)
    """Who weighed; empty: the scale by itself."""
    photos = models.JSONField(default=list)
    """Names of the photographs that the scale kept."""
    source = models.CharField(max_length=8, choices=[(one.value, one.value) for one in TicketSource])
    raw = models.TextField(default="", blank=True)
    """The scale's message as it came."""
    raw_sha256 = models.CharField(max_length=64, default="", blank=True)
    hash = models.CharField(max_length=64)
    """Seal over what the ticket says."""
    accepted_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=("gross_at",)),
            models.Index(fields=("manifest_number",)),
            models.Index(fields=("plate", "gross_at")),
        ]
        constraints = [
            models.UniqueConstraint(fields=("scale", "number"), name="one_ticket_of_a_number"),
            models.CheckConstraint(
                condition=(models.Q(source=TicketSource.SCALE) & ~models.Q(raw_sha256=""))
                | (
                    models.Q(source=TicketSource.HAND, entered_by__isnull=False, confirmed_by__isnull=False)
                    & ~models.Q(entered_by=models.F("confirmed_by"))
                ),
                name="a_ticket_is_told_by_a_scale_or_by_two_people",
            ),
        ]


class TicketVoid(models.Model):
    """A ticket that counts no more, and why; append-only."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(max_length=255)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="a_ticket_is_voided_with_a_reason")]


class HandTicket(models.Model):
    """A ticket typed by hand that waits for a second person; a ticket only once that person confirmed it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    document = models.JSONField()
    """What was typed, as the ticket will say it."""
    why = models.CharField(max_length=255)
    """Why the scale did not tell it by itself."""
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in HandTicketState])
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    judged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=255, default="", blank=True)
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="typed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(judged_by=None) | ~models.Q(judged_by=models.F("entered_by")),
                name="a_second_person_judges_what_was_typed",
            )
        ]


class RefusedTicket(models.Model):
    """A scale's message that is no ticket, and why; append-only. The same message again is the same row."""

    gateway = models.CharField(max_length=32)
    reason = models.CharField(max_length=24, choices=[(one.value, one.value) for one in TicketRefusal])
    detail = models.CharField(max_length=255)
    payload = models.TextField()
    """Its beginning."""
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    owner = models.ForeignKey("access.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    """Whose gateway brought it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("gateway", "sha256"), name="one_refusal_of_a_message")]


class Resolution(models.Model):
    """What was decided on a discrepancy, with the two sides it was decided on; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    """Of rule, subject and both values: a value that changes later is a new discrepancy."""
    rule = models.CharField(max_length=32, choices=[(one.value, one.value) for one in CustodyRule])
    subject = models.CharField(max_length=128)
    day = models.DateField()
    plant = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    """The discrepancy as it was seen."""
    decision = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Decision])
    reason = models.CharField(max_length=255)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("plant", "day"))]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="a_decision_has_its_reason")]
