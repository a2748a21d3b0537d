"""Performance: target sheets with funds and indicators, evidence behind values, looks at a sheet, the scheme."""

from django.db import models

from chengmai.access.models import Organisation, User
from chengmai.budget.models.construction import ConstructionProject
from chengmai.budget.performance.terms import (
    Aspect,
    AssessmentKind,
    AssessmentState,
    Chance,
    Comparison,
    DeviationReason,
    FundSource,
    Group,
    Span,
)
from chengmai.core.identity import new_id


def _choices(terms: type) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in terms]  # type: ignore[attr-defined]


class ScoreScheme(models.Model):
    """How points are given, as the bureau set it; a change is a new version, scored sheets keep theirs."""

    version = models.PositiveIntegerField(unique=True)
    parameters = models.JSONField()
    note = models.CharField(max_length=500, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class TargetSheet(models.Model):
    """The performance target sheet (绩效目标表) of one project for one year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=128, default="", blank=True)
    """The department in charge with its code, as written: 215-..."""
    unit = models.CharField(max_length=128, default="", blank=True)
    """Who carries it out (实施单位)."""
    attribute = models.CharField(max_length=64, default="", blank=True)
    term = models.CharField(max_length=64, default="", blank=True)
    overview = models.TextField(default="", blank=True)
    basis = models.TextField(default="", blank=True)
    necessity = models.TextField(default="", blank=True)
    measures = models.TextField(default="", blank=True)
    plan = models.TextField(default="", blank=True)
    goal_term = models.TextField(default="", blank=True)
    goal_year = models.TextField(default="", blank=True)
    source = models.CharField(max_length=255, default="", blank=True)
    """The document and line the sheet was read from; empty for one that was written here."""
    project = models.ForeignKey(ConstructionProject, null=True, on_delete=models.PROTECT, related_name="sheets")
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("year", "name"))]


class SheetFund(models.Model):
    """Money of a sheet from one source, for the term or the year."""

    sheet = models.ForeignKey(TargetSheet, on_delete=models.CASCADE, related_name="funds")
    span = models.CharField(max_length=8, choices=_choices(Span))
    source = models.CharField(max_length=16, choices=_choices(FundSource))
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("sheet", "span", "source"), name="one_fund_per_source"),
            models.CheckConstraint(condition=models.Q(amount_fen__gte=0), name="a_fund_is_not_negative"),
        ]


class SheetIndicator(models.Model):
    """One indicator of a sheet: what is to be reached, by number, word or day, and what evidence tells it."""

    sheet = models.ForeignKey(TargetSheet, on_delete=models.CASCADE, related_name="indicators")
    span = models.CharField(max_length=8, choices=_choices(Span))
    position = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=16, choices=_choices(Group))
    aspect = models.CharField(max_length=16, choices=_choices(Aspect))
    name = models.CharField(max_length=255)
    comparison = models.CharField(max_length=16, choices=_choices(Comparison))
    value_micro = models.BigIntegerField(null=True)
    """The target's number, times 10^6."""
    unit = models.CharField(max_length=32, default="", blank=True)
    word = models.CharField(max_length=255, default="", blank=True)
    by = models.DateField(null=True)
    printed = models.CharField(max_length=255, default="", blank=True)
    """The target as it was written."""
    points_hundredths = models.PositiveIntegerField(null=True)
    """Full points the sheet gives expressly, times 100."""
    evidence_source = models.CharField(max_length=64, default="", blank=True)
    evidence_subject = models.JSONField(default=dict)
    """What the source is asked about: a project's lot, a heading, a milestone."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("sheet", "span", "position"), name="one_indicator_per_position")]


class PerformanceEvidence(models.Model):
    """A value as a source computed it, with all it was computed from; append-only and sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=64)
    rule_version = models.PositiveIntegerField()
    subject = models.JSONField(default=dict)
    scope = models.CharField(max_length=32, default="", blank=True)
    span_start = models.DateTimeField()
    span_end = models.DateTimeField()
    value_micro = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    unit = models.CharField(max_length=32, default="", blank=True)
    inputs = models.JSONField(default=list)
    """Objects it was computed from: kind, id, label, version, whether it counts, facts."""
    computed_at = models.DateTimeField()
    lineage_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "lineage_hash"), name="one_evidence_per_set_of_inputs")
        ]


class Assessment(models.Model):
    """A look at a sheet: the monitoring of the first months or the self-evaluation; given once, then kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(TargetSheet, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(max_length=16, choices=_choices(AssessmentKind))
    number = models.PositiveSmallIntegerField(default=1)
    """1 for the first of its kind; a later one corrects those before."""
    state = models.CharField(max_length=16, choices=_choices(AssessmentState), default=AssessmentState.DRAFT)
    executed_fen = models.BigIntegerField(null=True)
    forecast_fen = models.BigIntegerField(null=True)
    note = models.TextField(default="", blank=True)
    scheme_version = models.PositiveIntegerField()
    execution_points_hundredths = models.PositiveIntegerField(default=0)
    score_hundredths = models.PositiveIntegerField(default=0)
    grade = models.CharField(max_length=16, default="", blank=True)
    light = models.CharField(max_length=8, default="none")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    seal = models.CharField(max_length=64, default="", blank=True)
    """Hash over sheet, lines, evidence and scheme as they were given."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("sheet", "kind", "number"), name="one_assessment_per_number"),
            models.UniqueConstraint(
                fields=("sheet", "kind"), condition=models.Q(state="draft"), name="one_draft_per_kind"
            ),
        ]


class AssessmentLine(models.Model):
    """One indicator of a look: what was reached, what is expected, why it deviates, and what it scores."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="lines")
    indicator = models.ForeignKey(SheetIndicator, on_delete=models.PROTECT, related_name="lines")
    value_micro = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    share_ten_thousandths = models.PositiveIntegerField(null=True)
    """An assessor's judgement of a word, 10000 for all."""
    text = models.CharField(max_length=500, default="", blank=True)
    evidence = models.ForeignKey(PerformanceEvidence, null=True, on_delete=models.PROTECT, related_name="+")
    forecast_micro = models.BigIntegerField(null=True)
    chance = models.CharField(max_length=16, default="", blank=True, choices=_choices(Chance))
    target_was_low = models.BooleanField(default=False)
    reason = models.CharField(max_length=16, default="", blank=True, choices=_choices(DeviationReason))
    reason_text = models.CharField(max_length=1000, default="", blank=True)
    full_hundredths = models.PositiveIntegerField(default=0)
    points_hundredths = models.PositiveIntegerField(default=0)
    achieved_ten_thousandths = models.PositiveIntegerField(null=True)
    light = models.CharField(max_length=8, default="none")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("assessment", "indicator"), name="one_line_per_indicator")]
