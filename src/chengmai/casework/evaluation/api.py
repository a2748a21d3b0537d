"""The doors of the evaluation: tables, the cases behind every figure, weights."""

from django.http import HttpRequest
from ninja import Query, Router

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.casework.cases.views import case_summaries
from chengmai.casework.evaluation import queries, schemas, weighting
from chengmai.casework.evaluation.models import EvaluationWeights
from chengmai.casework.evaluation.queries import Wanted
from chengmai.casework.evaluation.rules import RULE_VERSION
from chengmai.casework.evaluation.spans import span_of
from chengmai.casework.evaluation.views import row_out
from chengmai.core.errors import InvalidInput
from chengmai.warning.queries import page_of

router = Router(tags=["casework"])


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


def _wanted(told: schemas.EvaluationFilter) -> Wanted:
    if told.post not in queries.POSTS:
        raise InvalidInput("evaluation.post_unknown", post=told.post.value)
    return Wanted(told.by, told.level, told.post, told.within)
