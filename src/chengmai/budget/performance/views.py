"""Target sheets and looks at them as their doors show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.budget.construction.services import today
from chengmai.budget.models import Assessment, AssessmentLine, PerformanceEvidence, SheetIndicator, TargetSheet
from chengmai.budget.performance import schemas
from chengmai.budget.performance.assessment import assessed_indicators, evidence_for, seal_of, target_of
from chengmai.budget.performance.evidence import SOURCES, is_sealed, source
from chengmai.budget.performance.rules import (
    Actual,
    Scheme,
    achieved,
    execution_rate,
    grade_of,
    light_of_share,
    weighted_mean,
    worst,
)
from chengmai.budget.performance.scheme import present_scheme, scheme_of
from chengmai.budget.performance.services import of_micro, planned_fen, target_text, visible_sheets
from chengmai.budget.performance.sources import EvidenceSource
from chengmai.budget.performance.terms import (
    Aspect,
    AssessmentKind,
    AssessmentState,
    Chance,
    Comparison,
    DeviationReason,
    FundSource,
    Group,
    PerformanceLight,
    Span,
)
from chengmai.core.clock import now
from chengmai.core.messages import message
from chengmai.core.money import told, yuan_of
from chengmai.settings import current
from chengmai.warning.schemas import OrganisationRef, PersonRef


def overview(user: User, year: int | None) -> schemas.PerformanceOut:
    """The performance of a year, the newest with sheets by default."""
    years = sorted(set(visible_sheets(user).values_list("year", flat=True)), reverse=True)
    chosen = year or (years[0] if years else now().astimezone(current().zone).year)
    rows = visible_sheets(user).filter(year=chosen).order_by("code")
    sheets = list(rows.prefetch_related("funds", "indicators", "assessments"))
    before = _scores_by_name(user, chosen - 1)
    found = [_summary(sheet, before.get(sheet.name)) for sheet in sheets]
    units = sorted({one.unit for one in found})
    return schemas.PerformanceOut(
        year=chosen,
        years=years,
        whole=_rollup("", found),
        units=[_rollup(unit, [one for one in found if one.unit == unit]) for unit in units],
        sheets=found,
    )


def _scores_by_name(user: User, year: int) -> dict[str, str]:
    sheets = visible_sheets(user).filter(year=year).prefetch_related("assessments")
    found = {sheet.name: _newest(sheet, AssessmentKind.SELF_EVALUATION) for sheet in sheets}
    return {name: points(one.score_hundredths) for name, one in found.items() if one is not None}


def _newest(sheet: TargetSheet, kind: AssessmentKind, submitted: bool = True) -> Assessment | None:
    """The newest look of a kind; with ``submitted`` only one that was given."""
    looks = [one for one in sheet.assessments.all() if one.kind == kind]
    looks = [one for one in looks if one.state == AssessmentState.SUBMITTED or not submitted]
    return max(looks, key=lambda one: one.number, default=None)


def points(hundredths: int) -> str:
    """Points as they are told."""
    return f"{Decimal(hundredths) / 100:.2f}"


def _summary(sheet: TargetSheet, before: str | None) -> schemas.SheetSummary:
    scored = _newest(sheet, AssessmentKind.SELF_EVALUATION)
    watched = _newest(sheet, AssessmentKind.MONITORING)
    last = scored or watched
    states = {kind: _newest(sheet, kind, submitted=False) for kind in AssessmentKind}
    assessed = [one for one in sheet.indicators.all() if one.span == Span.YEAR] or list(sheet.indicators.all())
    watch_light = PerformanceLight.NONE if watched is None else PerformanceLight(watched.light)
    computed = PerformanceLight.NONE if last is not None else _computed_light(sheet)
    monitoring, evaluation = states[AssessmentKind.MONITORING], states[AssessmentKind.SELF_EVALUATION]
    return schemas.SheetSummary(
        code=sheet.code,
        year=sheet.year,
        name=sheet.name,
        unit=sheet.unit,
        owner=_organisation(sheet),
        project=sheet.project.code if sheet.project else "",
        budget=told(planned_fen(sheet)),
        executed=None if last is None or last.executed_fen is None else told(last.executed_fen),
        indicators=len(assessed),
        bound=sum(one.evidence_source != "" for one in assessed),
        monitoring=None if monitoring is None else AssessmentState(monitoring.state),
        monitoring_light=watch_light,
        self_evaluation=None if evaluation is None else AssessmentState(evaluation.state),
        light=computed if last is None else PerformanceLight(last.light),
        score=None if scored is None else points(scored.score_hundredths),
        grade="" if scored is None else scored.grade,
        score_before=before,
    )


def _computed_light(sheet: TargetSheet) -> PerformanceLight:
    """The gravest light of what the sources tell now, for a sheet nobody has reported on yet."""
    _, scheme = present_scheme()
    indicators = {one.pk: one for one in assessed_indicators(sheet)}
    found = [_light(indicators[pk], one, scheme) for pk, one in evidence_for(sheet).items() if pk in indicators]
    return worst(found)


def _light(indicator: SheetIndicator, evidence: PerformanceEvidence, scheme: Scheme) -> PerformanceLight:
    if evidence.on is None and indicator.by is not None and indicator.by < today():
        return PerformanceLight.RED  # its day has gone by
    actual = Actual(of_micro(evidence.value_micro), evidence.on)
    return light_of_share(achieved(target_of(indicator), actual, scheme), scheme)


def _rollup(name: str, sheets: Sequence[schemas.SheetSummary]) -> schemas.Rollup:
    _, scheme = present_scheme()
    scores = [(Decimal(one.score), Decimal(one.budget)) for one in sheets if one.score is not None]
    mean = weighted_mean(scores)
    counted = Counter(one.light.value for one in sheets)
    return schemas.Rollup(
        name=name,
        sheets=len(sheets),
        scored=len(scores),
        budget=f"{sum((Decimal(one.budget) for one in sheets), Decimal('0.00')):f}",
        executed=f"{sum((Decimal(one.executed or 0) for one in sheets), Decimal('0.00')):f}",
        score=None if mean is None else f"{mean:f}",
        grade="" if mean is None else grade_of(mean, scheme).value,
        lights={light.value: counted.get(light.value, 0) for light in PerformanceLight},
    )


def _organisation(sheet: TargetSheet) -> OrganisationRef:
    return OrganisationRef(code=sheet.owner.code, name_zh=sheet.owner.name_zh, name_en=sheet.owner.name_en)


def _person(user: User) -> PersonRef:
    return PersonRef(username=user.username, name=user.name)


def whole(sheet: TargetSheet, user: User, language: str) -> schemas.SheetOut:
    """A sheet with its indicators as their sources tell them now, its looks, and its other years."""
    computed = evidence_for(sheet, user=user)
    assessed = assessed_indicators(sheet)
    looks = sheet.assessments.select_related("saved_by", "submitted_by").order_by("kind", "-number")
    others = visible_sheets(user).filter(name=sheet.name).exclude(pk=sheet.pk).prefetch_related("funds", "assessments")
    words = {name: getattr(sheet, name) for name in _WORDS}
    return schemas.SheetOut(
        **words,
        code=sheet.code,
        version=sheet.version,
        year=sheet.year,
        owner=_organisation(sheet),
        project=sheet.project.code if sheet.project else "",
        budget=told(planned_fen(sheet)),
        funds=[
            schemas.FundOut(span=Span(one.span), source=FundSource(one.source), amount=told(one.amount_fen))
            for one in sheet.funds.order_by("pk")
        ],
        indicators=[
            indicator_out(one, computed.get(one.pk), language) for one in sheet.indicators.order_by("span", "position")
        ],
        assessed=[one.pk for one in assessed],
        assessments=[assessment_out(one) for one in looks],
        others=[_year(one) for one in others],
        may_manage=Permission.PERFORMANCE_MANAGE in user.permissions,
    )


_WORDS = (
    *("name", "department", "unit", "attribute", "term", "overview", "basis", "necessity", "measures"),
    *("plan", "goal_term", "goal_year", "source"),
)


def _year(sheet: TargetSheet) -> schemas.YearScore:
    scored = _newest(sheet, AssessmentKind.SELF_EVALUATION)
    return schemas.YearScore(
        code=sheet.code,
        year=sheet.year,
        budget=told(planned_fen(sheet)),
        score=None if scored is None else points(scored.score_hundredths),
        grade="" if scored is None else scored.grade,
    )


def number(micro: int | None) -> str | None:
    """A stored number as text."""
    value = of_micro(micro)
    return None if value is None else f"{value:f}"


def indicator_out(
    indicator: SheetIndicator, evidence: PerformanceEvidence | None, language: str
) -> schemas.SheetIndicatorOut:
    """An indicator with what its source tells now."""
    _, scheme = present_scheme()
    light = PerformanceLight.NONE if evidence is None else _light(indicator, evidence, scheme)
    stored = indicator.points_hundredths
    return schemas.SheetIndicatorOut(
        id=indicator.pk,
        span=Span(indicator.span),
        group=Group(indicator.group),
        aspect=Aspect(indicator.aspect),
        name=indicator.name,
        comparison=Comparison(indicator.comparison),
        value=number(indicator.value_micro),
        unit=indicator.unit,
        word=indicator.word,
        by=indicator.by,
        target=target_text(indicator),
        points=None if stored is None else points(stored),
        source=indicator.evidence_source,
        source_name=_name(indicator.evidence_source, language),
        subject=indicator.evidence_subject,
        computed=None if evidence is None else schemas.ComputedValue(**_computed(evidence)),
        light=light,
    )


def _name(code: str, language: str) -> str:
    return message(SOURCES[code].name, language, {}) if code in SOURCES else ""


def _computed(evidence: PerformanceEvidence) -> Mapping[str, Any]:
    return {
        "id": evidence.pk,
        "value": number(evidence.value_micro),
        "on": evidence.on,
        "unit": evidence.unit,
        "computed_at": evidence.computed_at,
        "inputs": len(evidence.inputs),
    }


def evidence_out(evidence: PerformanceEvidence, language: str) -> schemas.SourceEvidence:
    """What a source told, opened."""
    wanted = source(evidence.source)
    return schemas.SourceEvidence(
        **_computed(evidence),
        source=evidence.source,
        name=message(wanted.name, language, {}),
        formula=message(f"evidence.{evidence.source}.v{evidence.rule_version}", language, {}),
        rule_version=evidence.rule_version,
        subject=evidence.subject,
        span_start=evidence.span_start,
        span_end=evidence.span_end,
        lineage_hash=evidence.lineage_hash,
        sealed=is_sealed(evidence),
        items=[schemas.EvidenceInputOut(**one) for one in evidence.inputs],
    )


def source_out(wanted: EvidenceSource, language: str) -> schemas.SourceOut:
    """A source in a language."""
    return schemas.SourceOut(
        code=wanted.code,
        name=message(wanted.name, language, {}),
        formula=message(f"evidence.{wanted.code}.v{wanted.version}", language, {}),
        unit=wanted.unit,
        words=list(wanted.words),
        tells_day=wanted.tells_day,
    )


def assessment_out(assessment: Assessment) -> schemas.AssessmentOut:
    """A look with its lines."""
    lines = list(assessment.lines.select_related("indicator", "evidence").order_by("indicator__position"))
    executed = assessment.executed_fen
    rate = execution_rate(yuan_of(planned_fen(assessment.sheet)), None if executed is None else yuan_of(executed))
    submitted = assessment.state == AssessmentState.SUBMITTED
    return schemas.AssessmentOut(
        kind=AssessmentKind(assessment.kind),
        number=assessment.number,
        state=AssessmentState(assessment.state),
        executed=None if executed is None else told(executed),
        forecast=None if assessment.forecast_fen is None else told(assessment.forecast_fen),
        execution_rate=None if rate is None else f"{100 * rate:.2f}",
        execution_points=points(assessment.execution_points_hundredths),
        execution_full=scheme_of(assessment.scheme_version).execution,
        note=assessment.note,
        scheme_version=assessment.scheme_version,
        score=points(assessment.score_hundredths),
        grade=assessment.grade,
        light=PerformanceLight(assessment.light),
        saved_at=assessment.saved_at,
        saved_by=_person(assessment.saved_by),
        submitted_at=assessment.submitted_at,
        submitted_by=None if assessment.submitted_by is None else _person(assessment.submitted_by),
        intact=not submitted or assessment.seal == seal_of(assessment, lines),
        version=assessment.version,
        lines=[_line(one) for one in lines],
    )


def _line(line: AssessmentLine) -> schemas.AssessmentLineOut:
    share, reached = line.share_ten_thousandths, line.achieved_ten_thousandths
    return schemas.AssessmentLineOut(
        indicator=line.indicator_id,
        value=number(line.value_micro),
        on=line.on,
        share=None if share is None else f"{Decimal(share) / 10_000:f}",
        text=line.text,
        evidence=line.evidence_id,
        forecast=number(line.forecast_micro),
        chance=Chance(line.chance) if line.chance else None,
        target_was_low=line.target_was_low,
        reason=DeviationReason(line.reason) if line.reason else None,
        reason_text=line.reason_text,
        full=points(line.full_hundredths),
        points=points(line.points_hundredths),
        achieved=None if reached is None else f"{Decimal(reached) / 100:.2f}",
        light=PerformanceLight(line.light),
    )
