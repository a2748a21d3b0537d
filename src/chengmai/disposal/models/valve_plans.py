"""Valves to close for a case: the plan, each search behind it, its steps, and valves found not to work."""

from django.db import models

from chengmai.access.models import User
from chengmai.assets.models import Network, NetworkEdition
from chengmai.casework.models import Case
from chengmai.core.identity import new_id
from chengmai.disposal.valve_states import RUNNING, ValvePlanState, ValveStepKind, ValveStepState


class ValvePlan(models.Model):
    """What is to be closed so that a broken element of a network is cut off, as part of a case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="valve_plans")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(NetworkEdition, on_delete=models.PROTECT, related_name="+")
    """The edition it was searched in; later searches stay in it, so that steps keep meaning the same valves."""
    element_kind = models.CharField(max_length=4, choices=[("link", "link"), ("node", "node")])
    element = models.CharField(max_length=64)
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in ValvePlanState], default=ValvePlanState.CLOSING
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    isolated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("network", "state"))]
        constraints = [
            models.UniqueConstraint(
                fields=("case", "network", "element_kind", "element"),
                condition=models.Q(state__in=[state.value for state in RUNNING]),
                name="one_running_valve_plan_per_element",
            )
        ]


class ValveSearch(models.Model):
    """One search for valves and what it found; append-only. The second and later ones follow a valve that failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(ValvePlan, on_delete=models.PROTECT, related_name="searches")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    failed = models.JSONField(default=list)
    """Codes of the valves known not to work, beside those the survey tells."""
    closed = models.JSONField(default=list)
    """Codes of the valves that stood closed for this plan, and stay so."""
    outcome = models.CharField(max_length=16)
    result = models.JSONField()
    """Codes of valves, sources, links and customers; users; lengths [m]; the area's ring."""
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="one_search_per_number")]


class ValveStep(models.Model):
    """One thing to do for a plan: close a valve, tell a hospital, open the valve again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(ValvePlan, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ValveStepKind])
    element = models.CharField(max_length=64)
    """Code of the valve, the source or the customer."""
    name = models.CharField(max_length=128, default="", blank=True)
    street_zh = models.CharField(max_length=64, default="", blank=True)
    street_en = models.CharField(max_length=64, default="", blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    search = models.PositiveSmallIntegerField()
    """The search that asked for it."""
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in ValveStepState], default=ValveStepState.WAITING
    )
    done_at = models.DateTimeField(null=True)
    """By our clock; ``claimed_at`` is what the phone said."""
    claimed_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("plan", "position"), name="one_valve_step_per_position"),
            models.UniqueConstraint(fields=("plan", "kind", "element"), name="one_valve_step_per_element"),
        ]


class BrokenValve(models.Model):
    """A valve found not to work, until somebody mends it: no search asks for it meanwhile."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="broken_valves")
    valve = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    step = models.ForeignKey(ValveStep, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("network", "valve"), condition=models.Q(mended_at=None), name="one_fault_per_valve"
            )
        ]
