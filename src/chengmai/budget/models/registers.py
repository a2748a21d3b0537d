"""What the explanation of a budget speaks of besides its tables: one book a unit and year, its registers below it."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.disclosure.drafting.registers import AssetKind, ComparedSubject, ProcurementKind, ProjectClass


class RegisterBook(models.Model):
    """The registers of a unit's year; they belong to the year and not to one version of its budget."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    procurement_told = models.BooleanField(default=False)
    """Whether procurement was filled in: a unit that procures nothing says so by an empty register."""
    revision = models.PositiveIntegerField(default=0)
    """How often it was changed; what a person saw must be the present one to change it."""
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("owner", "year"), name="one_register_book_per_year")]


class PlannedProcurement(models.Model):
    """A planned procurement (政府采购) with its money by source."""

    book = models.ForeignKey(RegisterBook, on_delete=models.CASCADE, related_name="procurement")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ProcurementKind])
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=8, default="", blank=True)
    """Its code in the catalogue of purchased services; empty for what is none."""
    service = models.CharField(max_length=255, default="", blank=True)
    """What the catalogue calls it."""
    project = models.CharField(max_length=255, default="", blank=True)
    """The project of the budget that pays for it; empty where basic expenditure does."""
    general_fen = models.BigIntegerField(default=0)
    fund_fen = models.BigIntegerField(default=0)
    state_capital_fen = models.BigIntegerField(default=0)
    special_account_fen = models.BigIntegerField(default=0)
    own_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("book", "position"), name="one_procurement_per_place"),
            models.CheckConstraint(
                condition=models.Q(
                    general_fen__gte=0,
                    fund_fen__gte=0,
                    state_capital_fen__gte=0,
                    special_account_fen__gte=0,
                    own_fen__gte=0,
                ),
                name="no_procurement_below_zero",
            ),
        ]


class AssetHolding(models.Model):
    """How much of a kind of asset the unit holds at the end of the year before: vehicles, area [m2], equipment."""

    book = models.ForeignKey(RegisterBook, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=32, choices=[(one.value, one.value) for one in AssetKind])
    hundredths = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("book", "kind"), name="one_holding_per_kind"),
            models.CheckConstraint(condition=models.Q(hundredths__gte=0), name="no_holding_below_zero"),
        ]


class ComparedAmount(models.Model):
    """A figure of the year before and of this year, null where not told, and why it changes."""

    book = models.ForeignKey(RegisterBook, on_delete=models.CASCADE, related_name="compared")
    subject = models.CharField(max_length=32, choices=[(one.value, one.value) for one in ComparedSubject])
    before_fen = models.BigIntegerField(null=True)
    now_fen = models.BigIntegerField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("book", "subject"), name="one_comparison_per_subject")]


class ProjectClassing(models.Model):
    """The class of a project, by its name: projects of one name are of one class."""

    book = models.ForeignKey(RegisterBook, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(max_length=255)
    project_class = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ProjectClass])

    class Meta:
        constraints = [models.UniqueConstraint(fields=("book", "name"), name="one_class_per_project")]
