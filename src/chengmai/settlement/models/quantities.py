"""Monthly quantities of a contract: drafted, checked, frozen; what comes later is an adjustment in a later month."""

from django.db import models

from chengmai.access.models import User
from chengmai.core.identity import new_id
from chengmai.settlement.models.contracts import ContractVersion, ServiceContract
from chengmai.settlement.states import SheetState

_STATES = [(one.value, one.value) for one in SheetState]


class QuantitySheet(models.Model):
    """The quantities of a contract's month (工程量表)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="sheets")
    contract_version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    """Its first day."""
    state = models.CharField(max_length=8, choices=_STATES, default=SheetState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who wrote it last."""
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    seal = models.CharField(max_length=64, default="", blank=True)
    """Hash over all its quantities, once it is frozen."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("contract", "month"), name="one_sheet_per_month"),
            models.CheckConstraint(
                condition=models.Q(state=SheetState.FROZEN, frozen_at__isnull=False) & ~models.Q(seal="")
                | ~models.Q(state=SheetState.FROZEN) & models.Q(frozen_at=None, seal=""),
                name="a_frozen_sheet_is_sealed",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="a_sheet_is_of_a_whole_month"),
        ]


class SheetQuantity(models.Model):
    """One quantity of a sheet with what it was made from; with ``adjusts`` by how much a frozen one was wrong."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(QuantitySheet, on_delete=models.CASCADE, related_name="quantities")
    input = models.CharField(max_length=64)
    unit = models.CharField(max_length=32)
    quantity_millionths = models.BigIntegerField()
    estimated_millionths = models.BigIntegerField(default=0)
    """How much of it was estimated, because readings are missing."""
    source = models.CharField(max_length=16)
    inputs = models.JSONField(default=list)
    """Identities, revisions and hashes of what it was made from."""
    remarks = models.JSONField(default=list)
    """What people must know of it: roll-over, swap, gap, held tickets; code and figures."""
    document = models.CharField(max_length=255, default="", blank=True)
    adjusts = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="adjusted_by")
    seal = models.CharField(max_length=64)
    """Hash over all of the above."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("sheet", "input"), condition=models.Q(adjusts=None), name="one_quantity_per_input"
            ),
            models.UniqueConstraint(
                fields=("sheet", "adjusts"), condition=~models.Q(adjusts=None), name="adjusted_once_per_sheet"
            ),
            models.CheckConstraint(
                condition=models.Q(adjusts=None) | ~models.Q(quantity_millionths=0), name="an_adjustment_adjusts"
            ),
        ]
