"""What happens to a budget in its year: adjustments that were decided, and money that was spent; append-only."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.budget.execution.terms import BookingSource
from chengmai.budget.models.published import BudgetSet
from chengmai.core.identity import new_id


class BudgetAdjustment(models.Model):
    """A decision that changes amounts of a budget in its year (预算调整); it belongs to the year, not the version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    budget = models.ForeignKey(BudgetSet, on_delete=models.PROTECT, related_name="adjustments")
    """The version that was present when it was written down."""
    reason = models.TextField()
    decided_on = models.DateField()
    document = models.CharField(max_length=128)
    """Number of the paper that decides it."""
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    """Hash of what was sent: the same again is the same adjustment."""

    class Meta:
        indexes = [models.Index(fields=("owner", "year", "made_at"))]


class AdjustmentEntry(models.Model):
    """One cell that an adjustment changes, by how much."""

    adjustment = models.ForeignKey(BudgetAdjustment, on_delete=models.PROTECT, related_name="entries")
    table = models.CharField(max_length=32)
    row_key = models.CharField(max_length=128)
    row_name = models.CharField(max_length=255)
    """The row's name when it was written down."""
    column = models.CharField(max_length=32)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("adjustment", "table", "row_key", "column"), name="one_entry_per_adjusted_cell"
            ),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="an_entry_changes_something"),
        ]


class ExecutionBooking(models.Model):
    """Money spent from a row of a budget, by its voucher; one voucher may touch several rows, each once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    budget = models.ForeignKey(BudgetSet, on_delete=models.PROTECT, related_name="bookings")
    table = models.CharField(max_length=32)
    row_key = models.CharField(max_length=128)
    row_name = models.CharField(max_length=255)
    fund = models.CharField(max_length=32, default="", blank=True)
    """The source it was paid from, by its column; empty where it is not known."""
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    voucher = models.CharField(max_length=64)
    note = models.CharField(max_length=500, default="", blank=True)
    source = models.CharField(max_length=16, choices=[(one.value, one.value) for one in BookingSource])
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("owner", "year", "on"))]
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "year", "voucher", "table", "row_key", "fund"),
                condition=models.Q(reverses=None),
                name="a_voucher_is_booked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0, reverses__isnull=True)
                | models.Q(amount_fen__lt=0, reverses__isnull=False),
                name="only_a_reversed_booking_is_negative",
            ),
        ]
