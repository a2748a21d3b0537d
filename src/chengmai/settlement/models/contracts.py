"""Contracts that are paid by actual quantity: whose they are, their versions as texts, where quantities come from."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.settlement.terms import Fund, OverMonths


class ServiceContract(models.Model):
    """A contract: who owes, who is paid, by its code; what it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=255)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Who owes; its budget pays."""
    contractor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField()


class ContractVersion(models.Model):
    """What a contract says from a day on, word for word; never changed, only followed by the next."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    """SHA-256 of the text in UTF-8, 64 hex digits."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """The contract's last day where it has one; else until the next version begins."""
    source = models.CharField(max_length=255)
    """Name of the file it was read from."""
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("contract", "number"), name="one_version_per_number_of_a_contract"),
            models.UniqueConstraint(fields=("contract", "valid_from"), name="one_contract_version_from_a_day"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="a_contract_ends_after_it_began",
            ),
        ]


class BudgetLine(models.Model):
    """A line of the owner's budget that a contract is paid from: a row and whose money it is."""

    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Fund])
    table = models.CharField(max_length=32)
    row_key = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("contract", "fund"), name="one_budget_line_per_fund")]


class InputBinding(models.Model):
    """Where the monthly quantity of an input comes from, and what several months of it come to."""

    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="bindings")
    input = models.CharField(max_length=64)
    source = models.CharField(max_length=16)
    """Name of a registered source of quantities."""
    parameters = models.JSONField(default=dict)
    over_months = models.CharField(max_length=8, choices=[(one.value, one.value) for one in OverMonths])

    class Meta:
        constraints = [models.UniqueConstraint(fields=("contract", "input"), name="one_binding_per_input")]
