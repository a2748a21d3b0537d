"""Rounds in which many units hand in what they publish: who is expected by when, what came, what was found in it."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.budget.units.rules import DocumentState, MatchGround
from chengmai.core.identity import new_id


class DisclosureRound(models.Model):
    """A round: the budgets of a year, handed in by many units and checked together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=128)
    year = models.PositiveSmallIntegerField()
    """The budget year; a document of another year does not count as handed in."""
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("owner", "name"), name="one_round_per_name")]


class RoundUnit(models.Model):
    """A unit that is expected to hand in; without a due day it is never late."""

    round = models.ForeignKey(DisclosureRound, on_delete=models.CASCADE, related_name="units")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=128)
    due_on = models.DateField(null=True)
    received_on = models.DateField(null=True)
    """The day it handed in as the list notes it; null where the day of the upload counts."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("round", "code"), name="one_unit_per_code")]


class RoundDocument(models.Model):
    """A document that came in a round, named by the hash of its bytes; what checking it found is kept with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(DisclosureRound, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(max_length=255)
    """The path it came under."""
    sha256 = models.CharField(max_length=64)
    unit_code = models.CharField(max_length=32, default="", blank=True)
    """Whose it is; empty for nobody's."""
    ground = models.CharField(max_length=24, choices=[(one.value, one.value) for one in MatchGround])
    received_on = models.DateField()
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in DocumentState])
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often checking it was begun."""
    checked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=255, default="", blank=True)
    unit_name = models.CharField(max_length=128, default="", blank=True)
    year = models.PositiveIntegerField(default=0)
    tables = models.PositiveSmallIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    income_fen = models.BigIntegerField(null=True)
    spending_fen = models.BigIntegerField(null=True)
    three_public_fen = models.BigIntegerField(null=True)
    rules = models.JSONField(default=dict)
    """How often each rule found something, by severity."""
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ("uploaded_at", "id")
        constraints = [models.UniqueConstraint(fields=("round", "sha256"), name="a_document_comes_once_in_a_round")]
