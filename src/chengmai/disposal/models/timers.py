"""Time limits as data, and the timers that run by them."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.core.identity import new_id
from chengmai.disposal.states import TimerKind, TimerOutcome
from chengmai.warning.models import Alarm, Warning


class TimeLimit(models.Model):
    """How many minutes there are for something, and who hears of it when they are over.

    An empty utility or level stands for any; the row that says most about a case counts.
    """

    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in TimerKind])
    utility = models.CharField(max_length=16, default="", blank=True)
    level = models.CharField(max_length=8, default="", blank=True)
    minutes = models.PositiveIntegerField()
    escalate_to = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "utility", "level"), name="one_limit_per_kind_utility_level"),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="a_limit_has_minutes"),
        ]


class Timer(models.Model):
    """A clock that runs for one thing to be done; it outlives every restart, and escalates once when it is over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in TimerKind])
    subject = models.CharField(max_length=64)
    """What is to be done to: ``alarm:<id>``, ``warning:<id>``, ``party:<id>``, ``plan_step:<id>``."""
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="timers")
    warning = models.ForeignKey(Warning, null=True, on_delete=models.PROTECT, related_name="timers")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in TimerOutcome], default="", blank=True
    )
    escalate_to = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    escalated_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who of the next role took note of the escalation."""
    taken_at = models.DateTimeField(null=True)
    taken_note = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=("due_at",), condition=models.Q(ended_at=None, escalated_at=None), name="timers_running"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "subject"), condition=models.Q(ended_at=None), name="one_running_timer_per_subject"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="") | ~models.Q(ended_at=None) & ~models.Q(outcome=""),
                name="an_ended_timer_says_how",
            ),
        ]
