"""How cases are scored, as the bureau set it; a change is a new version."""

from django.db import models

from chengmai.access.models import User


class EvaluationWeights(models.Model):
    """A version of the weights, grades and limits of the evaluation; what was reported keeps the one it was made by."""

    version = models.PositiveIntegerField(unique=True)
    parameters = models.JSONField()
    note = models.CharField(max_length=500, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
