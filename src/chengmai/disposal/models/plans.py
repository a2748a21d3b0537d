"""Contingency plans: versioned templates, and the plans started for warnings with their steps."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.disposal.states import PlanState, PlanStepState, Responsible
from chengmai.warning.models import Warning


class PlanTemplate(models.Model):
    """A contingency plan as the city keeps it; a change makes a new version, started plans keep theirs."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    utility = models.CharField(max_length=16)
    kind = models.CharField(max_length=32)
    """Kind of event: gas_leak, burst, water_quality; free, as the alarm's hazard is told."""
    levels = models.JSONField(default=list)
    """Levels it is for; empty stands for any."""
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("code", "version"), name="one_template_per_version"),
            models.UniqueConstraint(
                fields=("code",), condition=models.Q(active=True), name="one_active_template_per_code"
            ),
        ]


class PlanTemplateStep(models.Model):
    """One step of a template; the database itself refuses one without a responsible party."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=255)
    title_en = models.CharField(max_length=255)
    responsible = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Responsible])
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    external_zh = models.CharField(max_length=128, default="", blank=True)
    external_en = models.CharField(max_length=128, default="", blank=True)
    limit_minutes = models.PositiveIntegerField()
    """Minutes from the plan's start."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("template", "position"), name="one_template_step_per_position"),
            models.CheckConstraint(
                condition=models.Q(responsible__in=["desk", "owner", "section"])
                | models.Q(responsible="organisation", organisation__isnull=False)
                | models.Q(responsible="external") & ~models.Q(external_zh=""),
                name="a_template_step_has_a_responsible_party",
            ),
        ]


class Plan(models.Model):
    """A contingency plan started for a warning."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="plans")
    template = models.ForeignKey(PlanTemplate, on_delete=models.PROTECT)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in PlanState], default=PlanState.RUNNING
    )
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("warning", "template"),
                condition=models.Q(state=PlanState.RUNNING),
                name="one_running_plan_per_warning_and_template",
            )
        ]


class PlanStep(models.Model):
    """A step of a started plan: whose it is, when it is due, what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=255)
    title_en = models.CharField(max_length=255)
    responsible = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Responsible])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose people tick it: for external parties and for those nobody was found for, the duty desk's."""
    external_zh = models.CharField(max_length=128, default="", blank=True)
    external_en = models.CharField(max_length=128, default="", blank=True)
    fallen_back = models.BooleanField(default=False)
    """True where the party that the template names was not to be found, and the duty desk stands in."""
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in PlanStepState], default=PlanStepState.OPEN
    )
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("plan", "position"), name="one_step_per_position")]


class PlanEvent(models.Model):
    """One act on a started plan or one of its steps; append-only. ``id`` may be made by the client."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="history")
    step = models.ForeignKey(PlanStep, null=True, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=32)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
    claimed_at = models.DateTimeField(null=True)
    """When the client says it happened; ``at`` is our clock."""
    fingerprint = models.CharField(max_length=64, default="", blank=True)
