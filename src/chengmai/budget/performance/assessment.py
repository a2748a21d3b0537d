"""Looks at a target sheet: the monitoring of the first seven months and the self-evaluation at the year's end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import OrganisationKind, User
from chengmai.budget.models import Assessment, AssessmentLine, PerformanceEvidence, SheetIndicator, TargetSheet
from chengmai.budget.performance.evidence import gather, year_span
from chengmai.budget.performance.rules import (
    Actual,
    Scheme,
    SheetScore,
    Target,
    Weighted,
    achieved,
    evaluate,
    forecast_light,
    light_of_grade,
    worst,
)
from chengmai.budget.performance.scheme import present_scheme, scheme_of
from chengmai.budget.performance.services import micro_of, of_micro, planned_fen
from chengmai.budget.performance.sources import Question
from chengmai.budget.performance.terms import (
    AssessmentKind,
    AssessmentState,
    Chance,
    Comparison,
    DeviationReason,
    Group,
    PerformanceLight,
    Span,
)
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.core.money import told, yuan_of

MONITORED_MONTHS = 7
"""The monitoring looks at months 1 to 7."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What a person tells of one indicator; of a bound one the number or day is the evidence's."""

    indicator: int
    value: Decimal | None = None
    on: date | None = None
    share: Decimal | None = None
    text: str = ""
    forecast: Decimal | None = None
    chance: Chance | None = None
    target_was_low: bool = False
    reason: DeviationReason | None = None
    reason_text: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """A look as it was sent; ``version`` is the one the sender saw, 0 to begin one."""

    version: int
    executed_fen: int | None = None
    forecast_fen: int | None = None
    note: str = ""
    lines: Sequence[LineDraft] = ()


def assessed_indicators(sheet: TargetSheet) -> list[SheetIndicator]:
    """The indicators a look is about: the year's, or the term's where the sheet tells none for the year."""
    rows = list(sheet.indicators.order_by("position"))
    return [one for one in rows if one.span == Span.YEAR] or [one for one in rows if one.span == Span.TERM]


def scope_of(sheet: TargetSheet) -> str:
    """Whose objects count for a sheet: the whole city's for the bureau's sheets, else the owner's and those below."""
    return "" if sheet.owner.kind == OrganisationKind.BUREAU else sheet.owner.code


def evidence_for(
    sheet: TargetSheet, kind: AssessmentKind | None = None, user: User | None = None
) -> dict[int, PerformanceEvidence]:
    """What the sources tell now of a sheet's bound indicators, by indicator; a year to come has none yet."""
    months = MONITORED_MONTHS if kind is AssessmentKind.MONITORING else 12
    start, end = year_span(sheet.year, months)
    if start > now():
        return {}
    bound = [one for one in sheet.indicators.order_by("span", "position") if one.evidence_source]
    asked = {one.pk: Question(one.evidence_subject, start, end, scope_of(sheet)) for one in bound}
    return {one.pk: gather(one.evidence_source, asked[one.pk], user) for one in bound}


def target_of(indicator: SheetIndicator) -> Target:
    """An indicator's target as the rules take it."""
    return Target(Comparison(indicator.comparison), of_micro(indicator.value_micro), indicator.by)


def _weighted(indicator: SheetIndicator) -> Weighted:
    points = indicator.points_hundredths
    return Weighted(Group(indicator.group), None if points is None else Decimal(points) / 100)


def save(user: User, sheet: TargetSheet, kind: AssessmentKind, draft: AssessmentDraft) -> Assessment:
    """Save a look in work, or begin one; bound indicators take what their sources tell at this moment.

    Raises Conflict (stale), NotFound (an indicator of another sheet) or InvalidInput.
    """
    _demand_sound(draft)
    evidence = evidence_for(sheet, kind, user)
    with transaction.atomic():
        take_turn()
        assessment = sheet.assessments.filter(kind=kind, state=AssessmentState.DRAFT).first()
        present = 0 if assessment is None else assessment.version
        if present != draft.version:
            raise Conflict("version.stale", sent=draft.version, present=present)
        if assessment is None:
            number = sheet.assessments.filter(kind=kind).count() + 1
            assessment = Assessment(sheet=sheet, kind=kind, number=number, version=0)
        scheme_version, scheme = present_scheme()
        assessment.executed_fen, assessment.forecast_fen = draft.executed_fen, draft.forecast_fen
        assessment.note, assessment.scheme_version = draft.note.strip(), scheme_version
        assessment.saved_at, assessment.saved_by, assessment.version = now(), user, present + 1
        lines = _lines(sheet, draft, evidence)
        _score(assessment, lines, scheme)
        assessment.save()
        assessment.lines.all().delete()
        for line in lines:
            line.assessment = assessment
        AssessmentLine.objects.bulk_create(lines)
        after = {"kind": kind.value, "number": assessment.number, "version": assessment.version, **_result(assessment)}
        record(user, "performance.assessment", "target_sheet", sheet.code, after=after)
    return assessment


def _demand_sound(draft: AssessmentDraft) -> None:
    for amount in (draft.executed_fen, draft.forecast_fen):
        if amount is not None and amount < 0:
            raise InvalidInput("project.amount_negative")
    for line in draft.lines:
        if line.share is not None and not 0 <= line.share <= 1:
            raise InvalidInput("performance.share_unfit", share=str(line.share))


def _lines(
    sheet: TargetSheet, draft: AssessmentDraft, evidence: Mapping[int, PerformanceEvidence]
) -> list[AssessmentLine]:
    sent = {line.indicator: line for line in draft.lines}
    indicators = assessed_indicators(sheet)
    unknown = sorted(set(sent) - {one.pk for one in indicators})
    if unknown:
        raise NotFound("performance.indicator_not_found", id=unknown[0])
    made = []
    for indicator in indicators:
        line = sent.get(indicator.pk, LineDraft(indicator.pk))
        found = evidence.get(indicator.pk)
        told_here = found is None or (found.value_micro is None and found.on is None)
        made.append(
            AssessmentLine(
                indicator=indicator,
                value_micro=micro_of(line.value) if told_here or found is None else found.value_micro,
                on=line.on if told_here or found is None else found.on,
                share_ten_thousandths=None if line.share is None else int(line.share * 10_000),
                text=line.text.strip(),
                evidence=found,
                forecast_micro=micro_of(line.forecast),
                chance=line.chance or "",
                target_was_low=line.target_was_low,
                reason=line.reason or "",
                reason_text=line.reason_text.strip(),
            )
        )
    return made


def _score(assessment: Assessment, lines: Sequence[AssessmentLine], scheme: Scheme) -> None:
    """Write what the rules make of a look into it and its lines."""
    score = score_of(assessment, lines, scheme)
    monitoring = assessment.kind == AssessmentKind.MONITORING
    for line, scored in zip(lines, score.lines, strict=True):
        line.full_hundredths = int(scored.full * 100)
        line.points_hundredths = int(scored.points * 100)
        line.achieved_ten_thousandths = None if scored.share is None else int(scored.share * 10_000)
        line.light = _forecast(line, scheme) if monitoring else scored.light
    assessment.execution_points_hundredths = int(score.execution_points * 100)
    if monitoring:
        assessment.light = worst([PerformanceLight(line.light) for line in lines])
        return
    assessment.score_hundredths = int(score.total * 100)
    assessment.grade = score.grade or ""
    assessment.light = light_of_grade(score.grade)


def score_of(assessment: Assessment, lines: Sequence[AssessmentLine], scheme: Scheme) -> SheetScore:
    """A look by the rules."""
    rows = [(_weighted(line.indicator), target_of(line.indicator), actual_of(line)) for line in lines]
    executed = None if assessment.executed_fen is None else yuan_of(assessment.executed_fen)
    return evaluate(rows, yuan_of(planned_fen(assessment.sheet)), executed, scheme)


def actual_of(line: AssessmentLine) -> Actual:
    """What a line tells, as the rules take it."""
    share = line.share_ten_thousandths
    judged = None if share is None else Decimal(share) / 10_000
    return Actual(of_micro(line.value_micro), line.on, judged, line.target_was_low)


def _forecast(line: AssessmentLine, scheme: Scheme) -> PerformanceLight:
    expected = Actual(of_micro(line.forecast_micro), line.on, actual_of(line).share)
    chance = Chance(line.chance) if line.chance else None
    return forecast_light(chance, achieved(target_of(line.indicator), expected, scheme), scheme)


def submit(user: User, sheet: TargetSheet, kind: AssessmentKind, version: int) -> Assessment:
    """Give a look: from now on it is kept, and a later one corrects it.

    Raises NotFound (none in work), Conflict (stale) or InvalidInput with the rows that are open or lack their reason.
    """
    with transaction.atomic():
        take_turn()
        assessment = sheet.assessments.filter(kind=kind, state=AssessmentState.DRAFT).first()
        if assessment is None:
            raise NotFound("performance.no_draft", kind=kind.value)
        if assessment.version != version:
            raise Conflict("version.stale", sent=version, present=assessment.version)
        lines = list(assessment.lines.select_related("indicator", "evidence").order_by("indicator__position"))
        scheme = scheme_of(assessment.scheme_version)
        _demand_complete(assessment, lines, scheme)
        assessment.state, assessment.version = AssessmentState.SUBMITTED, version + 1
        assessment.submitted_at, assessment.submitted_by = now(), user
        assessment.seal = seal_of(assessment, lines)
        assessment.save()
        after = {"kind": kind.value, "number": assessment.number, "seal": assessment.seal, **_result(assessment)}
        record(user, "performance.submitted", "target_sheet", sheet.code, after=after)
    return assessment


def _demand_complete(assessment: Assessment, lines: Sequence[AssessmentLine], scheme: Scheme) -> None:
    if assessment.executed_fen is None:
        raise InvalidInput("performance.execution_open")
    if {line.indicator_id for line in lines} != {one.pk for one in assessed_indicators(assessment.sheet)}:
        raise InvalidInput("performance.sheet_moved_on")
    monitoring = assessment.kind == AssessmentKind.MONITORING
    score = score_of(assessment, lines, scheme)
    open_rows, unexplained = list[str](), list[str]()
    for line, scored in zip(lines, score.lines, strict=True):
        is_open = not line.chance if monitoring else scored.share is None
        short = line.chance != Chance.CERTAIN if monitoring else scored.share is not None and scored.share < 1
        if is_open:
            open_rows.append(line.indicator.name)
        elif (short or (scored.far_over and not monitoring)) and not (line.reason and line.reason_text):
            unexplained.append(line.indicator.name)
    if open_rows:
        raise InvalidInput("performance.rows_open", rows="、".join(open_rows))
    if unexplained:
        raise InvalidInput("performance.reasons_missing", rows="、".join(unexplained))


def seal_of(assessment: Assessment, lines: Sequence[AssessmentLine]) -> str:
    """The hash a submitted look must carry."""
    return seal(
        {
            "sheet": assessment.sheet.code,
            "kind": str(assessment.kind),
            "number": assessment.number,
            "scheme": assessment.scheme_version,
            "executed_fen": assessment.executed_fen,
            "forecast_fen": assessment.forecast_fen,
            "note": assessment.note,
            "result": _result(assessment),
            "lines": [_line_facts(line) for line in lines],
        }
    )


def _line_facts(line: AssessmentLine) -> list[Any]:
    evidence = line.evidence.lineage_hash if line.evidence else None
    on = None if line.on is None else line.on.isoformat()
    said = [line.indicator_id, line.value_micro, on, line.share_ten_thousandths, line.text, evidence]
    expected = [line.forecast_micro, line.chance, line.target_was_low, line.reason, line.reason_text]
    return [*said, *expected, line.full_hundredths, line.points_hundredths, str(line.light)]


def _result(assessment: Assessment) -> dict[str, Any]:
    executed = assessment.executed_fen
    return {
        "executed": None if executed is None else told(executed),
        "execution_points": assessment.execution_points_hundredths,
        "score": assessment.score_hundredths,
        "grade": str(assessment.grade),
        "light": str(assessment.light),
    }
