"""Construction projects: lots with what they promise, cost headings with ceilings, milestones, acceptance."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.budget.construction.states import STANDING, AcceptanceState, CeilingRule, CostKind, QuantityKind
from chengmai.core.identity import new_id


class ConstructionProject(models.Model):
    """A project the bureau builds: approved by whom, for how much money, carried out by whom."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=128, default="", blank=True)
    """Who carries it out (实施单位)."""
    overview = models.TextField(default="", blank=True)
    basis = models.TextField(default="", blank=True)
    source = models.CharField(max_length=255, default="", blank=True)
    """The document that lots, ceilings and milestones were taken from."""
    budget_fen = models.BigIntegerField(default=0)
    """Money approved for the year [fen]."""
    added_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(budget_fen__gte=0), name="a_project_s_budget")]


class CostHeading(models.Model):
    """One heading of a project's costs; without a ceiling it is only added up."""

    project = models.ForeignKey(ConstructionProject, on_delete=models.PROTECT, related_name="headings")
    code = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    ceiling_fen = models.BigIntegerField(null=True)
    """The most that may be committed or paid under it [fen]."""
    rule = models.CharField(max_length=8, choices=[(one.value, one.value) for one in CeilingRule])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "code"), name="one_heading_per_code"),
            models.CheckConstraint(condition=models.Q(ceiling_fen__gte=0), name="a_ceiling_is_not_negative"),
        ]


class ProjectLot(models.Model):
    """A lot (标段) of a project: its devices are those that the device register assigns to it."""

    project = models.ForeignKey(ConstructionProject, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    heading = models.ForeignKey(CostHeading, null=True, on_delete=models.PROTECT, related_name="lots")
    contractor = models.CharField(max_length=128, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "code"), name="one_lot_per_code")]


class LotQuantity(models.Model):
    """How many of one kind a lot promises, in the unit of the document: 项, 套."""

    lot = models.ForeignKey(ProjectLot, on_delete=models.CASCADE, related_name="quantities")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in QuantityKind])
    planned = models.PositiveIntegerField()
    unit = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("lot", "kind"), name="one_quantity_per_kind")]


class ProjectPaper(models.Model):
    """A scanned document of a project, kept under its hash: a contract, an invoice, a record of acceptance."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(ConstructionProject, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=128)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "sha256"), name="one_paper_per_contents")]


class Delivery(models.Model):
    """So many of a kind were delivered to a lot, by a document; append-only. What is negative takes one back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    quantity = models.ForeignKey(LotQuantity, on_delete=models.PROTECT, related_name="deliveries")
    number = models.IntegerField()
    on = models.DateField()
    document = models.CharField(max_length=255)
    paper = models.ForeignKey(ProjectPaper, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)


class CostEntry(models.Model):
    """A contract or a payment as it was booked; append-only: what was wrong is reversed by another entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    heading = models.ForeignKey(CostHeading, on_delete=models.PROTECT, related_name="entries")
    lot = models.ForeignKey(ProjectLot, null=True, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in CostKind])
    contract = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="payments")
    """The contract a payment belongs to."""
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    document = models.CharField(max_length=255)
    payee = models.CharField(max_length=128, default="", blank=True)
    note = models.TextField(default="", blank=True)
    paper = models.ForeignKey(ProjectPaper, null=True, on_delete=models.PROTECT, related_name="+")
    over_ceiling_fen = models.BigIntegerField(default=0)
    """By how much the heading stood over its ceiling with this entry [fen]; 0 within it."""
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=True, amount_fen__gt=0)
                | models.Q(reverses__isnull=False, amount_fen__lt=0),
                name="only_a_reversal_is_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(contract__isnull=True) | models.Q(kind="payment"),
                name="only_a_payment_has_a_contract",
            ),
        ]


class Milestone(models.Model):
    """What is to be reached until when, as the plan words it, and when it was, shown by what."""

    project = models.ForeignKey(ConstructionProject, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=255)
    name_en = models.CharField(max_length=255)
    planned_on = models.DateField()
    planned_text = models.CharField(max_length=64, default="", blank=True)
    """The date in the words of the plan: "before March 2025" is no day."""
    actual_on = models.DateField(null=True)
    evidence = models.TextField(default="", blank=True)
    paper = models.ForeignKey(ProjectPaper, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "code"), name="one_milestone_per_code"),
            models.CheckConstraint(
                condition=models.Q(actual_on__isnull=True) | ~models.Q(evidence=""),
                name="a_reached_milestone_has_evidence",
            ),
        ]


class Acceptance(models.Model):
    """The acceptance (验收) of a lot: applied for, held, with defects or without, passed or failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lot = models.ForeignKey(ProjectLot, on_delete=models.PROTECT, related_name="acceptances")
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in AcceptanceState], default=AcceptanceState.APPLIED
    )
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(null=True)
    members = models.CharField(max_length=255, default="", blank=True)
    """Who held it (验收组)."""
    result = models.TextField(default="", blank=True)
    paper = models.ForeignKey(ProjectPaper, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("lot",),
                condition=models.Q(state__in=[one.value for one in STANDING]),
                name="one_standing_acceptance_per_lot",
            )
        ]


class AcceptanceDefect(models.Model):
    """A defect found at an acceptance, and what mended it."""

    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="defects")
    text = models.CharField(max_length=500)
    found_on = models.DateField()
    mended_at = models.DateTimeField(null=True)
    mended_note = models.TextField(default="", blank=True)


class AcceptanceStep(models.Model):
    """One step of an acceptance; append-only. ``id`` may be made by the client."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
