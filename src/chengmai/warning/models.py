"""Rules, alarms, warnings and their histories; the evaluation's durable cursor."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.assets.models import Network
from chengmai.core.identity import new_id
from chengmai.warning.states import AlarmAction, AlarmState, PlannedWorkState, Severity, WarningState


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]  # type: ignore[attr-defined]


class RuleKind(models.TextChoices):
    """Which detector a rule drives."""

    LIMIT = "limit"
    NIGHT_FLOW = "night_flow"
    PRESSURE_DROP = "pressure_drop"
    COLD_STATION = "cold_station"
    MAKE_UP = "make_up"
    HEAT_BURST = "heat_burst"
    RATE = "rate"
    BASELINE = "baseline"
    COMBINATION = "combination"
    SILENT = "silent"
    DEVICE = "device"
    DRIFT = "drift"
    METHANE = "methane"


class Rule(models.Model):
    """A detector with its parameters, as data; a change makes a new version, alarms keep the one that raised them."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=16, choices=RuleKind.choices)
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    parameters = models.JSONField(default=dict)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("code", "version"), name="one_rule_per_version"),
            models.UniqueConstraint(fields=("code",), condition=models.Q(active=True), name="one_active_rule_per_code"),
        ]


class DailyNumber(models.Model):
    """The last number given under a prefix on a local day; the row is the lock that keeps numbers unique."""

    prefix = models.CharField(max_length=4)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("prefix", "day"), name="one_counter_per_prefix_and_day")]


class EvaluationCursor(models.Model):
    """How far a rule (``name`` is its code) went through the stored batches, with its detector's memory.

    It moves in the transaction of the alarms that the rows caused.
    """

    name = models.CharField(max_length=64, primary_key=True)
    batch = models.BigIntegerField(default=0)
    memory = models.BinaryField(default=bytes)
    moved_at = models.DateTimeField()


class PlannedWork(models.Model):
    """Works on a network that explain alarms near them while they go on; an explained alarm is never hidden."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    network = models.ForeignKey(Network, on_delete=models.PROTECT)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    """Whose works they are; decides who sees them."""
    reason = models.CharField(max_length=500)
    contact = models.CharField(max_length=200)
    """Whom to call: a name and a number."""
    elements = models.JSONField(default=list)
    """Codes of nodes and links they are done on."""
    area = models.JSONField(default=list)
    """Ring of a polygon in degrees, [[lon, lat], ...]; empty for none."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=_choices(PlannedWorkState), default=PlannedWorkState.PLANNED)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("state", "starts_at"))]


class PlannedWorkEvent(models.Model):
    """One step of planned works; append-only."""

    work = models.ForeignKey(PlannedWork, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)


class SetAside(models.Model):
    """Every alarm of a rule, of a stream, or of a rule at a stream is set aside for a time, with a reason.

    Alarms are still raised and written; they only do not call anybody until the time is over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    action = models.CharField(max_length=32, choices=_choices(AlarmAction))
    rule_code = models.CharField(max_length=64, default="", blank=True)
    stream = models.CharField(max_length=64, default="", blank=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    reason = models.CharField(max_length=500)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    """Null only for what is out of service until somebody restores it."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(rule_code="", stream=""), name="set_aside_of_something"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=False) | models.Q(action=AlarmAction.REMOVE),
                name="set_aside_until_a_moment",
            ),
        ]


class Alarm(models.Model):
    """A condition a rule found, at a subject (a stream, a balance area, a network), from a moment on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT)
    """The rule version behind the present evidence; the history keeps the earlier ones."""
    rule_code = models.CharField(max_length=64)
    """The rule's code again, so that the database itself allows one open alarm across a rule's versions."""
    subject = models.CharField(max_length=64)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=16, choices=_choices(AlarmState), default=AlarmState.ACTIVE)
    severity = models.CharField(max_length=8, choices=_choices(Severity))
    began_at = models.DateTimeField()
    """Phenomenon time at which the condition began, as far as the readings tell."""
    raised_at = models.DateTimeField()
    """Phenomenon time of the reading that completed the evidence."""
    detected_at = models.DateTimeField()
    """Our clock when the alarm was written."""
    returned_at = models.DateTimeField(null=True)
    size_lph = models.BigIntegerField(null=True)
    """Estimated loss in litres per hour."""
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    elements = models.JSONField(default=list)
    """Network elements the alarm points at, most likely first: [{"code", "kind", "score"}]."""
    reasons = models.JSONField(default=list)
    """Why, as catalogue codes with parameters: [{"code", "params"}]."""
    evidence = models.JSONField(default=list)
    """The very readings: [{"stream", "code", "start", "end", "rows", "batch", "hash"}]."""
    facts = models.JSONField(default=dict)
    """What the kind of rule tells beside, units in the names: a verdict, a time, radii; empty where it tells none."""
    location = models.JSONField(default=dict)
    """What the locating model was run with; empty until it ran."""
    lineage_hash = models.CharField(max_length=64)
    shelved_until = models.DateTimeField(null=True)
    suppressed_until = models.DateTimeField(null=True)
    set_aside = models.ForeignKey(SetAside, null=True, on_delete=models.PROTECT, related_name="alarms")
    """The setting aside of its rule or stream that took it with it; null when a person set this one aside."""
    planned_work = models.ForeignKey(PlannedWork, null=True, on_delete=models.PROTECT, related_name="alarms")
    """Works that explain it: they went on where and when it began."""
    root = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="consequences")
    """The open alarm whose cause explains this one; null for one that stands for itself."""
    root_reason = models.JSONField(default=dict)
    """Why, as a catalogue code with parameters: {"code", "params"}; empty without a root."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("state", "raised_at")), models.Index(fields=("owner", "raised_at"))]
        constraints = [
            models.UniqueConstraint(
                fields=("rule_code", "subject"),
                condition=~models.Q(state=AlarmState.NORMAL),
                name="one_open_alarm_per_rule_and_subject",
            )
        ]


class AlarmEvent(models.Model):
    """One step of an alarm's life; append-only."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
    """What the step rested on: rule version, severity, size, evidence and its seal."""


class Warning(models.Model):
    """A person's assessment of an alarm and, once issued, the notice to those concerned."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="warnings")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    state = models.CharField(max_length=16, choices=_choices(WarningState), default=WarningState.ASSESSING)
    level = models.CharField(max_length=8, choices=_choices(Severity))
    text = models.TextField(default="", blank=True)
    dismissal = models.CharField(max_length=16, default="", blank=True)
    opened_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("alarm",),
                condition=models.Q(state__in=[WarningState.ASSESSING, WarningState.ISSUED]),
                name="one_open_warning_per_alarm",
            )
        ]


class WarningEvent(models.Model):
    """One step of a warning; append-only."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    note = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
    """What was decided: level, text, dismissal, cases still open."""
