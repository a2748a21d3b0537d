"""Performance indicators whose values are computed from evidence and stay open to it."""

from django.db import models

from chengmai.core.identity import new_id


class IndicatorValue(models.Model):
    """One computed value of one indicator for one span, sealed with what it was computed from.

    The value is ``numerator / denominator``; both are counts, so no rounding is stored.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    indicator = models.CharField(max_length=64)
    rule_version = models.PositiveIntegerField()
    span_start = models.DateTimeField()
    span_end = models.DateTimeField()
    scope = models.CharField(max_length=32, default="", blank=True)
    """Code of the organisation it was computed for; empty for the whole city."""
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    computed_at = models.DateTimeField()
    lineage_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=("indicator", "span_start", "computed_at"))]
        constraints = [
            models.UniqueConstraint(
                fields=("indicator", "span_start", "scope", "lineage_hash"), name="one_value_per_set_of_inputs"
            )
        ]


class IndicatorInput(models.Model):
    """One input of a value: the object, the revision that was read, and whether it counts in the numerator."""

    value = models.ForeignKey(IndicatorValue, on_delete=models.CASCADE, related_name="inputs")
    object_kind = models.CharField(max_length=16)
    object_id = models.CharField(max_length=64)
    object_version = models.PositiveIntegerField()
    counted = models.BooleanField()
    fact = models.JSONField(default=dict)
    """What was read of the object: due time, closing time."""
