"""Cases, their append-only history and their photographs."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.assets.models import GridCell
from chengmai.casework.states import CaseState
from chengmai.core.identity import new_id


class CaseClass(models.Model):
    """A class of events with its time limit; versioned data, because cities renumber classes."""

    code = models.CharField(max_length=16)
    edition = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    limit_minutes = models.PositiveIntegerField()
    """Limit in urgent time (the 24-hour clock) from filing to closing."""
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("code", "edition"), name="one_class_per_edition")]


class Case(models.Model):
    """One piece of field work, from filing to closing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    case_class = models.ForeignKey(CaseClass, on_delete=models.PROTECT)
    source = models.CharField(max_length=16)
    """What it came from: ``warning`` or ``person``."""
    source_id = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in CaseState], default=CaseState.FILED)
    level = models.CharField(max_length=8, default="blue")
    title = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    cell = models.ForeignKey(GridCell, null=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    """The department it is dispatched to; people of that department may see and handle it."""
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who filed it; nobody when a warning did."""
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=("state", "due_at")),
            models.Index(fields=("department", "state")),
            models.Index(fields=("due_at",)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("source", "source_id"),
                condition=models.Q(source="warning"),
                name="one_case_per_warning",
            )
        ]


class CaseEvent(models.Model):
    """One step of a case; append-only. ``id`` may be made by the client, so that a repeated send is one step."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    facts = models.JSONField(default=dict)
    """What the step set: department, handler, photograph."""
    claimed_at = models.DateTimeField(null=True)
    """When the client says it happened; ``at`` is our clock."""
    fingerprint = models.CharField(max_length=64, default="", blank=True)
    """Hash of what was sent, so that a repeated send is told from another message under the same id."""


class ClockStop(models.Model):
    """A span in which a case's clock stands still: it went back to the dispatcher and nobody was to handle it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stops")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("case",), condition=models.Q(ended_at=None), name="one_running_stop")
        ]


class Photo(models.Model):
    """A photograph taken on site: checked, re-encoded, named by its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT)
    taken_at = models.DateTimeField()
