"""Registers as data: their kinds in versions, entries with their history, checklists in versions and their runs."""

from django.db import models
from django.db.models import F, Q

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.registers.definitions import Domain


class RegisterKind(models.Model):
    """A kind of register as it holds now; ``definition`` is read by ``definitions.read_kind``."""

    code = models.CharField(max_length=32, unique=True)
    domain = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Domain])
    position = models.PositiveIntegerField(default=1000)
    definition = models.JSONField()
    retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)


class KindRevision(models.Model):
    """A version a kind of register had; append-only."""

    kind = models.ForeignKey(RegisterKind, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "version"), name="one_revision_per_kind_version")]


class RegisterEntry(models.Model):
    """One entry of a register; ``facts`` hold its values as ``values.read_value`` keeps them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.ForeignKey(RegisterKind, on_delete=models.PROTECT, related_name="entries")
    kind_version = models.PositiveIntegerField()
    """The version of the kind it was last written under."""
    code = models.CharField(max_length=64)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)
    words = models.TextField(default="", blank=True)
    """What a search looks in: the entry's texts and the names of what it refers to."""
    on = models.DateField()
    """The day it counts for: its kind's dating field, else the day it was entered."""
    expires_on = models.DateField(null=True)
    """The first day on which something of it runs out, while it is in force."""
    amount_fen = models.BigIntegerField(null=True)
    """Its kind's amount."""
    entered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=("kind", "state", "on")),
            models.Index(fields=("kind", "on")),
            models.Index(fields=("expires_on",)),
        ]
        constraints = [models.UniqueConstraint(fields=("kind", "code"), name="one_entry_per_code")]


class EntryReference(models.Model):
    """An entry's field refers to another entry."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="references")
    field = models.CharField(max_length=32)
    target = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="referred_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entry", "field"), name="one_reference_per_field")]


class EntryStep(models.Model):
    """One step of an entry's life, or a change of what is told of it; append-only."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=32, default="", blank=True)
    to_state = models.CharField(max_length=32)
    note = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=("entry", "at"))]


class StoredFile(models.Model):
    """A photograph or a document that was checked and lies on disk under its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=64)
    name = models.CharField(max_length=128, default="", blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()


class Checklist(models.Model):
    """A checklist as it holds now; ``definition`` is read by ``checklists.read_checklist``."""

    code = models.CharField(max_length=32, unique=True)
    domain = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Domain])
    position = models.PositiveIntegerField(default=1000)
    definition = models.JSONField()
    planned_from = models.DateField()
    """From when runs are planned."""
    retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)


class ChecklistRevision(models.Model):
    """A version a checklist had; append-only."""

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("checklist", "version"), name="one_revision_per_checklist_version")
        ]


class ChecklistRun(models.Model):
    """A checklist filled in once, on a day, of a subject where it has any; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="runs")
    checklist_version = models.PositiveIntegerField()
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(RegisterEntry, null=True, on_delete=models.PROTECT, related_name="runs")
    on = models.DateField()
    period = models.DateField(null=True)
    """First day of the planned period it is for; None for a checklist without a rhythm."""
    answers = models.JSONField(default=dict)
    points = models.PositiveIntegerField()
    most_points = models.PositiveIntegerField()
    """Points of the items that applied; 0 where none did."""
    failed = models.PositiveIntegerField(default=0)
    note = models.TextField(default="", blank=True)
    filled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filled_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    """Of what was sent: the same sent again is the same run."""

    class Meta:
        indexes = [models.Index(fields=("checklist", "on")), models.Index(fields=("checklist", "period"))]
        constraints = [
            models.CheckConstraint(condition=Q(points__lte=F("most_points")), name="points_within_most"),
        ]
