"""The second check before a warning is lifted, and reports as they were printed."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.warning.models import Warning


class SecondCheck(models.Model):
    """A person looked again whether the cause of a warning is gone; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    note = models.TextField()
    facts = models.JSONField(default=dict)
    """What the platform knew then: state of the alarm, of the cases, of the plans' steps."""


class Report(models.Model):
    """A report as it was printed: the same contents under the same layout give the same document."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16)
    """``warning`` or ``hand_over``."""
    subject = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    language = models.CharField(max_length=8)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    content_hash = models.CharField(max_length=64)
    """Hash of what is told in it."""
    sha256 = models.CharField(max_length=64)
    """Hash of the document; it lies on disk under this name."""
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("kind", "subject"))]
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "subject", "language", "content_hash"), name="one_report_per_contents"
            )
        ]
