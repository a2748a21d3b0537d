"""Cases, their append-only history and their photographs."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.assets.models import Component, GridCell
from chengmai.casework.cases.states import CaseState
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.evaluation.models import EvaluationReport as EvaluationReport
from chengmai.casework.evaluation.models import EvaluationWeights as EvaluationWeights
from chengmai.casework.patrol.models import CellVisit as CellVisit
from chengmai.casework.patrol.models import DutyCell as DutyCell
from chengmai.casework.patrol.models import PatrolPosition as PatrolPosition
from chengmai.casework.patrol.models import PatrolShift as PatrolShift
from chengmai.casework.patrol.models import PatrolTermsVersion as PatrolTermsVersion
from chengmai.core.identity import new_id


class EditionLevel(models.TextChoices):
    """Whose list of classes an edition is: the nation's, or the city's own over it."""

    NATIONAL = "national"
    LOCAL = "local"


class ClassKind(models.TextChoices):
    """What a class is of: things that happen, or things that stand in the city."""

    EVENT = "event"
    COMPONENT = "component"


class ClassEdition(models.Model):
    """An edition of the list of classes with its source; of each level the one in force counts, local over national."""

    code = models.CharField(max_length=16, unique=True)
    level = models.CharField(max_length=8, choices=EditionLevel.choices)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    source_zh = models.TextField()
    source_en = models.TextField()
    in_force = models.BooleanField(default=True)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("level",), condition=models.Q(in_force=True), name="one_edition_in_force_per_level"
            )
        ]


class TradeDepartment(models.Model):
    """Which department answers here for a trade that editions name, such as ``water`` or ``sanitation``."""

    trade = models.CharField(max_length=16, unique=True)
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT)


class CaseClass(models.Model):
    """A revision of a class of an edition; never changed, so that a case keeps the class it was filed under."""

    edition = models.ForeignKey(ClassEdition, on_delete=models.PROTECT, related_name="classes")
    kind = models.CharField(max_length=12, choices=ClassKind.choices, default=ClassKind.EVENT)
    code = models.CharField(max_length=16)
    revision = models.PositiveIntegerField(default=1)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    filing_condition = models.TextField(default="", blank=True)
    closing_condition = models.TextField(default="", blank=True)
    limit_amount = models.PositiveIntegerField()
    """Limit from filing to closing, in ``limit_unit``."""
    limit_unit = models.CharField(max_length=16, choices=[(unit.value, unit.value) for unit in LimitUnit])
    stage_minutes = models.JSONField(default=dict)
    """Limits of stages other than handling, by stage, in minutes round the clock; a stage not here has the usual."""
    trade = models.CharField(max_length=16, default="", blank=True)
    department = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    """The department responsible; None leaves it to the trade."""
    retired = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    """When the next revision took its place; None for the present one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("edition", "kind", "code", "revision"), name="one_class_per_revision"),
            models.UniqueConstraint(
                fields=("edition", "kind", "code"), condition=models.Q(until=None), name="one_present_class_revision"
            ),
        ]


class Case(models.Model):
    """One piece of field work, from filing to closing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    case_class = models.ForeignKey(CaseClass, on_delete=models.PROTECT)
    source = models.CharField(max_length=16)
    """What it came from: ``warning``, ``person``, ``citizen`` or ``hotline``."""
    source_id = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in CaseState], default=CaseState.FILED)
    level = models.CharField(max_length=8, default="blue")
    title = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    cell = models.ForeignKey(GridCell, null=True, on_delete=models.PROTECT)
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+")
    """The thing it is about, where it is known."""
    department = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    """The department it is dispatched to; people of that department may see and handle it."""
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who filed it; nobody when a warning did."""
    reported_at = models.DateTimeField(null=True)
    """When it was reported; None where whoever found it filed it at once."""
    filed_at = models.DateTimeField()
    yellow_at = models.DateTimeField(null=True)
    """When 80 % of the limit are used up; None where that is beyond the calendar that is known."""
    due_at = models.DateTimeField(null=True)
    """When the limit is used up; None where that is beyond the calendar that is known: later than all of it."""
    handled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    extra_amount = models.PositiveIntegerField(default=0)
    """What the limit was extended by, in the unit of its class."""
    urged = models.PositiveSmallIntegerField(default=0)
    reworked = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=("state", "due_at")),
            models.Index(fields=("department", "state")),
            models.Index(fields=("due_at",)),
            models.Index(fields=("filed_at",)),
            models.Index(fields=("handled_at", "due_at")),
            models.Index(fields=("source", "filed_at")),
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
    """A span in which a case's clock stands still: it is with the dispatcher, suspended, or closed before rework."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stops")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("case",), condition=models.Q(ended_at=None), name="one_running_stop")
        ]


class CaseRequest(models.Model):
    """What a department asked of the dispatcher: more time, or to suspend the case; answered once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=16)
    """``extension`` or ``suspension``."""
    amount = models.PositiveIntegerField(default=0)
    """How much longer, in the unit of the case's class."""
    note = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("case", "kind"), condition=models.Q(answered_at=None), name="one_open_request_of_a_kind"
            )
        ]


class StageClock(models.Model):
    """One stage of a case with its limit: dispatch, handling, check, closing; the one without an end runs."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    stage = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    yellow_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """None where it lies beyond the calendar that is known."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who took the step that ended it; None for the platform itself."""
    taken_back = models.BooleanField(default=False)
    """Whether the step that ended it did not hold: a dispatch that the department returned or that was made anew."""
    told_yellow_at = models.DateTimeField(null=True)
    """When it was told that 80 % are used up; ``told_red_at`` for all of it."""
    told_red_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("case",), condition=models.Q(ended_at=None), name="one_running_stage")
        ]
        indexes = [
            models.Index(fields=("yellow_at",), condition=models.Q(ended_at=None, told_yellow_at=None), name="to_warn"),
            models.Index(fields=("due_at",), condition=models.Q(ended_at=None, told_red_at=None), name="to_escalate"),
            models.Index(fields=("stage", "ended_at", "due_at")),
        ]


class Escalation(models.Model):
    """What was told of a stage that used up 80 % or all of its limit, until somebody of the role takes note of it."""

    event_id = models.BigIntegerField(unique=True)
    """The outbox event it came by, so that a second delivery tells nothing twice."""
    clock = models.ForeignKey(StageClock, on_delete=models.PROTECT, related_name="escalations")
    share = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    note = models.TextField(default="", blank=True)


class Photo(models.Model):
    """A photograph taken on site: checked, re-encoded, named by its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    """None for a citizen's."""
    taken_at = models.DateTimeField()


class CalendarYear(models.Model):
    """The days off and the make-up days of one year as an administrator gave them; it counts over what is published."""

    year = models.PositiveSmallIntegerField(unique=True)
    off = models.JSONField(default=list)
    """Days from Monday to Friday that are not worked, as ISO dates."""
    worked = models.JSONField(default=list)
    """Days of a weekend that are worked, as ISO dates."""
    source = models.CharField(max_length=255)
    version = models.PositiveIntegerField(default=1)


# Rooms keep their own tables; Django finds those that this module brings along.
from chengmai.casework.citizens import models as _citizens  # noqa: E402, F401
from chengmai.casework.hotline import models as _hotline  # noqa: E402, F401
