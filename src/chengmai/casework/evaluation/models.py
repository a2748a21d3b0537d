"""How cases are scored, as the bureau set it, and the reports that were made of it."""

from django.db import models

from chengmai.access.models import User
from chengmai.core.identity import new_id


class EvaluationWeights(models.Model):
    """A version of the weights, grades and limits of the evaluation; what was reported keeps the one it was made by."""

    version = models.PositiveIntegerField(unique=True)
    parameters = models.JSONField()
    note = models.CharField(max_length=500, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class EvaluationReport(models.Model):
    """A report on casework of a span (考评通报) with its figures as they stood; every print is made from them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.DateField()
    last = models.DateField()
    scope = models.CharField(max_length=32, default="", blank=True)
    """Code of the organisation whose cases it tells of, with those below it; empty for the whole city."""
    rule_version = models.PositiveIntegerField()
    weights_version = models.PositiveIntegerField()
    tables = models.JSONField()
    seal = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("seal",), name="one_evaluation_report_per_figures")]
