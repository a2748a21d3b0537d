"""The doors of the evaluation: tables, the cases behind every figure, weights."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.casework.cases.views import case_summaries
from chengmai.casework.evaluation import printing, queries, reports, schemas, weighting
from chengmai.casework.evaluation.models import EvaluationReport, EvaluationWeights
from chengmai.casework.evaluation.queries import Wanted
from chengmai.casework.evaluation.rules import RULE_VERSION
from chengmai.casework.evaluation.spans import span_of
from chengmai.casework.evaluation.views import row_out
from chengmai.core.errors import InvalidInput
from chengmai.warning.queries import page_of

router = Router(tags=["casework"])
MOST_REPORTS = 60
"""Shown at once: five years of months."""


@router.get("/evaluation", response=schemas.EvaluationOut, auth=May(Permission.INDICATOR_READ))
def read_evaluation(request: HttpRequest, wanted: Query[schemas.EvaluationFilter]) -> schemas.EvaluationOut:
    """Indicators, scores and grades of a span by region, department, post or person, computed now."""
    first, last, seen = span_of(wanted.first, wanted.last, wanted.at)
    version, weights = weighting.present_weighting()
    table = queries.counted(caller(request), seen, _wanted(wanted), weights)
    rows = [row_out(row, table, weights) for row in table.rows]
    return schemas.EvaluationOut(
        first=first,
        last=last,
        by=wanted.by,
        computed_at=seen.at,
        rule_version=RULE_VERSION,
        weights_version=version,
        total=row_out(table.total, table, weights),
        rows=rows,
    )


@router.get("/evaluation/cases", response=schemas.CountedCases, auth=May(Permission.CASE_READ))
def list_counted_cases(request: HttpRequest, wanted: Query[schemas.CountedFilter]) -> schemas.CountedCases:
    """The cases that one count of one row holds, newest first."""
    _, _, seen = span_of(wanted.first, wanted.last, wanted.at)
    _, weights = weighting.present_weighting()
    found = queries.cases_of(caller(request), seen, _wanted(wanted), weights, wanted.count, wanted.key)
    page, following = page_of(found.prefetch_related("stops", "clocks"), wanted.before, wanted.limit)
    items = case_summaries(page, language_of(request))
    return schemas.CountedCases(items=items, next=following, total=found.count())


@router.get("/evaluation/weights", response=schemas.WeightsOut, auth=May(Permission.INDICATOR_READ))
def read_weights(request: HttpRequest) -> schemas.WeightsOut:
    """The weights, grades and limits in force; version 0 are the customary ones."""
    version, present = weighting.present_weighting()
    stored = EvaluationWeights.objects.select_related("changed_by").filter(version=version).first()
    return schemas.WeightsOut(
        version=version,
        **weighting.as_parameters(present),
        changed_at=stored.changed_at if stored else None,
        changed_by=stored.changed_by.name if stored else "",
        note=stored.note if stored else "",
    )


@router.put("/evaluation/weights", response=schemas.WeightsOut, auth=May(Permission.CASEWORK_MANAGE))
def write_weights(request: HttpRequest, body: schemas.WeightsIn) -> schemas.WeightsOut:
    """Put other weights in force as the next version."""
    told = body.model_dump(mode="json", exclude={"version", "note"})
    weighting.change_weighting(caller(request), body.version, told, body.note)
    return read_weights(request)


@router.get("/evaluation/reports", response=list[schemas.EvaluationReportOut], auth=May(Permission.INDICATOR_READ))
def list_reports(request: HttpRequest) -> list[schemas.EvaluationReportOut]:
    """Reports that were made, newest first."""
    return [_report(one) for one in reports.visible_reports(caller(request)).defer("tables")[:MOST_REPORTS]]


@router.post("/evaluation/reports", response=schemas.EvaluationReportOut, auth=May(Permission.INDICATOR_READ))
def make_report(request: HttpRequest, body: schemas.EvaluationReportIn) -> schemas.EvaluationReportOut:
    """Freeze the figures of a span as a report; the same figures give the report that is there already."""
    return _report(reports.make_report(caller(request), body.first, body.last))


@router.get("/evaluation/reports/{evaluation_id}/file", auth=May(Permission.INDICATOR_READ))
def print_report(request: HttpRequest, evaluation_id: UUID, asked: Query[schemas.PrintFilter]) -> HttpResponse:
    """A report as PDF or as a workbook, in a language."""
    user = caller(request)
    report = reports.report_of(user, evaluation_id)
    language = asked.language or language_of(request)
    pdf = asked.format == "pdf"
    data = (printing.print_report if pdf else printing.export_report)(report, user, language)
    response = HttpResponse(data, content_type=printing.PDF if pdf else printing.XLSX)
    name = f"evaluation-{report.first}-{report.last}.{asked.format}"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _report(found: EvaluationReport) -> schemas.EvaluationReportOut:
    return schemas.EvaluationReportOut(
        id=found.pk,
        first=found.first,
        last=found.last,
        scope=found.scope,
        rule_version=found.rule_version,
        weights_version=found.weights_version,
        seal=found.seal,
        made_at=found.made_at,
        made_by=found.made_by.name,
    )


def _wanted(told: schemas.EvaluationFilter) -> Wanted:
    if told.post not in queries.POSTS:
        raise InvalidInput("evaluation.post_unknown", post=told.post.value)
    return Wanted(told.by, told.level, told.post, told.within)
