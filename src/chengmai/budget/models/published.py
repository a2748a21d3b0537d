"""Budgets as they are printed: one set a unit, year and version; cells with their places; the catalogue."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.budget.published.states import BudgetSetState
from chengmai.core.identity import new_id
from chengmai.disclosure.amounts import Fidelity

_FIDELITIES = [(one.value, one.value) for one in Fidelity]


class BudgetSet(models.Model):
    """All tables of a unit's budget of a year: one version of it, read from a document or made here from a basis."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit_name = models.CharField(max_length=128)
    """Whose budget it is, as printed."""
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in BudgetSetState])
    basis = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The set that it was copied from: the year before, or the version it corrects; null for a document."""
    reason = models.TextField(default="", blank=True)
    """Why there is another version; empty for the first."""
    source = models.CharField(max_length=255, default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    """Hash of the document's bytes; empty where it was made here."""
    lines = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """What was read exactly, normalised, or in doubt: {cells: {exact: 1, ...}, ...}."""
    findings = models.JSONField(default=list)
    """The findings of reading it, as plain values."""
    catalogue = models.ForeignKey("PurchaseCatalogue", null=True, on_delete=models.PROTECT, related_name="+")
    """The version of the catalogue of purchased services that is printed with it."""
    loaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    """How often it was changed while it was a draft; what a person saw must be the present one to change it."""
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("owner", "year", "version"), name="one_budget_set_per_version"),
            models.UniqueConstraint(
                fields=("owner", "sha256"), condition=~models.Q(sha256=""), name="a_document_is_loaded_once"
            ),
            models.UniqueConstraint(
                fields=("owner", "year"), condition=models.Q(state="present"), name="one_present_budget_set"
            ),
        ]


class BudgetTable(models.Model):
    """One table of a set: its header as printed, and its columns with their keys, in the order of print."""

    budget = models.ForeignKey(BudgetSet, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32)
    title = models.CharField(max_length=255)
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    header = models.JSONField(default=list)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("budget", "key"), name="one_table_per_key")]


class BudgetCell(models.Model):
    """One cell with its place; ``fen`` is null where it holds no money. The printed form is never changed."""

    table = models.ForeignKey(BudgetTable, on_delete=models.CASCADE, related_name="cells")
    row = models.PositiveIntegerField()
    """Row of the printed table, from 1, its header among them."""
    line = models.PositiveIntegerField()
    """Line of the document, or row of the sheet where it was a workbook."""
    position = models.PositiveSmallIntegerField()
    """Column of the printed table, from 1."""
    column = models.CharField(max_length=32)
    row_key = models.CharField(max_length=128)
    side = models.CharField(max_length=16, default="", blank=True)
    level = models.PositiveSmallIntegerField()
    printed = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    fen = models.BigIntegerField(null=True)
    fidelity = models.CharField(max_length=16, choices=_FIDELITIES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("table", "row", "position"), name="one_cell_per_place"),
        ]


class PurchaseCatalogue(models.Model):
    """One version of the catalogue of purchased services; the newest loaded is the one purchases are held against."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=255)
    issue = models.CharField(max_length=64, default="", blank=True)
    year = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    """Hash of its entries: the same catalogue printed in another document is the same version."""
    loaded_at = models.DateTimeField()


class CatalogueEntry(models.Model):
    """One line of the catalogue; ``department`` is empty for what every department may use."""

    catalogue = models.ForeignKey(PurchaseCatalogue, on_delete=models.CASCADE, related_name="entries")
    code = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255, default="", blank=True)
    department = models.CharField(max_length=64, default="", blank=True)
    line = models.PositiveIntegerField()
    fidelity = models.CharField(max_length=16, choices=_FIDELITIES)
    limited_to = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=("catalogue", "department", "code"))]
