"""Tables of risk factors in versions; an assessment names the version it was made by."""

from django.db import models

from chengmai.access.models import User
from chengmai.network.utilities import Utility


class RiskTableVersion(models.Model):
    """The factors of one utility as somebody set them; a change is a new version, nothing is changed in place."""

    utility = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Utility])
    version = models.PositiveIntegerField()
    document = models.JSONField()
    """``factors`` and ``levels``, as ``network.risk_table.read_risk_table`` reads them."""
    note = models.CharField(max_length=500, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("utility", "version"), name="one_risk_table_per_version")]
