"""The ledger: postings in double entry; each is whole with its seal, and the database lets none of them change."""

from django.db import models

from chengmai.core.identity import new_id
from chengmai.settlement.models.contracts import ServiceContract
from chengmai.settlement.terms import LedgerAccount, PostingSource


class PostingSeal(models.Model):
    """That a posting is whole: the database admits it only when the entries are two or more and add up to nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hash = models.CharField(max_length=64)
    """Over what was posted: the same again is the same posting."""
    sealed_at = models.DateTimeField()


class Posting(models.Model):
    """One business event in the ledger. Its key leads to its seal, so no transaction commits without one."""

    seal = models.OneToOneField(PostingSeal, primary_key=True, on_delete=models.PROTECT, related_name="posting")
    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="postings")
    source = models.CharField(max_length=20, choices=[(one.value, one.value) for one in PostingSource])
    source_id = models.UUIDField()
    on = models.DateField()
    text = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "source_id"), name="one_posting_per_source")]


class PostingEntry(models.Model):
    """One side of a posting on one account: debit above zero, credit below."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=8, choices=[(one.value, one.value) for one in LedgerAccount])
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="an_entry_moves_money"),
            models.UniqueConstraint(fields=("posting", "account"), name="one_entry_per_account"),
        ]
