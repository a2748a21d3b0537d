"""The duty desk's shifts, its log, and the hand-over from one shift to the next."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.core.identity import new_id
from chengmai.disposal.states import HandOverState


class Shift(models.Model):
    """A span in which one person answers for a desk; it ends when the next person takes over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("desk",), condition=models.Q(ended_at=None), name="one_running_shift_per_desk"
            )
        ]


class DutyEntry(models.Model):
    """A line of the duty log; append-only. A mistake is put right by a later line that names it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    """The desk that wrote it, or the owner of what it tells of."""
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    code = models.CharField(max_length=64, default="", blank=True)
    """Catalogue code of a line that the platform wrote; empty for a person's own words."""
    params = models.JSONField(default=dict)
    text = models.TextField(default="", blank=True)
    subject_kind = models.CharField(max_length=16, default="", blank=True)
    subject_id = models.CharField(max_length=64, default="", blank=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    cause = models.BigIntegerField(null=True, unique=True)
    """Sequence of the event that an automatic line tells of, so that it is told once."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(code="") | ~models.Q(text="") & models.Q(author__isnull=False),
                name="a_duty_line_says_something",
            )
        ]


class HandOver(models.Model):
    """What one shift leaves to the next: open items as they stood, signed by who goes and by who comes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="hand_overs")
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in HandOverState], default=HandOverState.SIGNED_OUT
    )
    items = models.JSONField(default=list)
    """Open items: [{"kind", "id", "code", "params"}]."""
    note = models.TextField(default="", blank=True)
    seal = models.CharField(max_length=64)
    """Hash of items and note: what the second person signs is what the first one signed."""
    signed_out_at = models.DateTimeField()
    signed_out_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    taken_note = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("shift",),
                condition=models.Q(state=HandOverState.SIGNED_OUT),
                name="one_open_hand_over_per_shift",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HandOverState.TAKEN)
                | models.Q(taken_by__isnull=False) & ~models.Q(taken_by=models.F("signed_out_by")),
                name="two_people_hand_over",
            ),
        ]
