"""Collectors on patrol: who walks which cells, shifts, positions while they are kept, what was visited."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.assets.models import GridCell
from chengmai.core.identity import new_id


class DutyCell(models.Model):
    """A grid cell that a collector has to walk every day, since when and until when."""

    collector = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_cells")
    company = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    cell = models.ForeignKey(GridCell, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    """The first day on which it is the collector's no more; None while it is."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("collector", "cell"), condition=models.Q(until=None), name="one_present_duty_per_cell"
            )
        ]


class PatrolShift(models.Model):
    """One turn of duty of a collector; positions are taken within it only. ``id`` is made by the phone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    collector = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    company = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose person the collector was then."""
    day = models.DateField()
    """The local day on which it began."""
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    distance_m = models.PositiveIntegerField(default=0)
    positions = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=("company", "day")), models.Index(fields=("collector", "day"))]
        constraints = [
            models.UniqueConstraint(fields=("collector",), condition=models.Q(ended_at=None), name="one_running_shift")
        ]


class PatrolPosition(models.Model):
    """Where a collector on shift was; kept for so many days, then only what was visited is known."""

    id = models.UUIDField(primary_key=True, editable=False)
    shift = models.ForeignKey(PatrolShift, on_delete=models.CASCADE, related_name="fixes")
    at = models.DateTimeField(db_index=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    accuracy_m = models.FloatField()


class CellVisit(models.Model):
    """What the positions of a shift left in a cell: how many, the first, the last; stays when positions are gone."""

    shift = models.ForeignKey(PatrolShift, on_delete=models.CASCADE, related_name="visits")
    cell = models.ForeignKey(GridCell, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    positions = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("shift", "cell"), name="one_visit_per_cell_of_a_shift")]


class PatrolTermsVersion(models.Model):
    """What patrol is measured by, as the bureau set it; a change is a new version."""

    version = models.PositiveIntegerField(unique=True)
    parameters = models.JSONField()
    note = models.CharField(max_length=500, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
