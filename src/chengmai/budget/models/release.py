"""What goes with a budget besides its tables, and how it came to be public: passages, sheets, steps, checks."""

from django.db import models

from chengmai.access.models import User
from chengmai.budget.models.published import BudgetSet
from chengmai.budget.published.states import BudgetSetAction
from chengmai.core.identity import new_id
from chengmai.disclosure.explanation import PassageKind
from chengmai.disclosure.printing.withheld import WithheldKind


class BudgetPassage(models.Model):
    """A heading or paragraph of a set's explanation, or the place at which its tables, sheets or catalogue stand."""

    budget = models.ForeignKey(BudgetSet, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    """Place in the order of print, from 1."""
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in PassageKind])
    level = models.PositiveSmallIntegerField(default=0)
    """Level of a heading from 1; 0 for text."""
    number = models.CharField(max_length=16, default="", blank=True)
    text = models.TextField(default="", blank=True)
    drafted = models.TextField(default="", blank=True)
    """The text as it was drafted from tables and registers; empty where a person wrote it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("budget", "position"), name="one_passage_per_place")]


class BudgetTargetSheet(models.Model):
    """A project's target sheet as it is printed with a set: the rows of its form, which say what it says."""

    budget = models.ForeignKey(BudgetSet, on_delete=models.CASCADE, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    rows = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("budget", "number"), name="one_target_sheet_per_number")]


class BudgetStep(models.Model):
    """A step in the life of a set: what, by whom, why, and the hash of what the set said at that moment."""

    budget = models.ForeignKey(BudgetSet, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=16, choices=[(one.value, one.value) for one in BudgetSetAction])
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    text_sha256 = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        ordering = ("pk",)


class BudgetCheck(models.Model):
    """The findings of checking what a set said at a moment; another text of the set needs another check."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    budget = models.ForeignKey(BudgetSet, on_delete=models.CASCADE, related_name="checks")
    text_sha256 = models.CharField(max_length=64)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("budget", "text_sha256"), name="one_check_per_text")]


class BudgetOverride(models.Model):
    """A named person's word that errors found by a check shall not stop the release, with the reason."""

    check_run = models.OneToOneField(BudgetCheck, on_delete=models.PROTECT, related_name="override")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    errors = models.PositiveIntegerField()


class BudgetAcknowledgement(models.Model):
    """A named person's word that a correction is released with errors its predecessor was published with."""

    check_run = models.OneToOneField(BudgetCheck, on_delete=models.PROTECT, related_name="acknowledgement")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(default="", blank=True)
    of_version = models.PositiveIntegerField()
    """The version that they were published with."""
    carried = models.PositiveIntegerField()
    rounded = models.PositiveIntegerField()
    """Errors that come of sums which were only worked out anew."""


class BudgetClearance(models.Model):
    """A named person's word that a piece held back by rule may be shown; it names the piece by its digest only."""

    budget = models.ForeignKey(BudgetSet, on_delete=models.CASCADE, related_name="clearances")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in WithheldKind])
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=64)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("budget", "digest"), name="a_piece_is_cleared_once")]
