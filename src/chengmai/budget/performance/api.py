"""The doors of performance: sheets, sources of evidence, looks at a sheet, how points are given."""

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.budget.models import PerformanceEvidence
from chengmai.budget.performance import assessment as performance_assessment
from chengmai.budget.performance import importing as performance_import
from chengmai.budget.performance import printing as performance_print
from chengmai.budget.performance import schemas, views
from chengmai.budget.performance import scheme as performance_scheme
from chengmai.budget.performance import services as performance
from chengmai.budget.performance.evidence import SOURCES
from chengmai.budget.performance.terms import AssessmentKind
from chengmai.core.errors import InvalidInput, NotFound, TooLarge
from chengmai.core.messages import message
from chengmai.core.money import fen_of
from chengmai.settings import current

router = Router(tags=["performance"])
READ, MANAGE = May(Permission.INDICATOR_READ), May(Permission.PERFORMANCE_MANAGE)


@router.get("/performance", response=schemas.PerformanceOut, auth=READ)
def read_performance(request: HttpRequest, year: int | None = None) -> schemas.PerformanceOut:
    """The performance of a year: the whole, by unit and by sheet, with lights; the newest year by default."""
    return views.overview(caller(request), year)


@router.post("/performance-imports", response=schemas.ImportOut, auth=MANAGE)
def import_sheets(request: HttpRequest, file: File[UploadedFile]) -> schemas.ImportOut:
    """Store the target sheets of a published document, all or none; what is in doubt is left out and said."""
    limit = current().max_upload_bytes
    if file.size is None or file.size > limit:
        raise TooLarge("photo.too_large", size=file.size, limit=limit)
    found = performance_import.import_document(caller(request), file.name or "document", file.read())
    language = language_of(request)
    left_out = [
        schemas.LeftOutOut(**{**asdict(one), "reason": message(one.reason, language, {})}) for one in found.left_out
    ]
    codes = found.loaded.made or found.loaded.kept
    return schemas.ImportOut(
        year=int(codes[0].partition("-")[0]) if codes else None,
        made=found.loaded.made,
        kept=found.loaded.kept,
        indicators=found.indicators,
        left_out=left_out,
    )


@router.get("/performance-sources", response=list[schemas.SourceOut], auth=READ)
def list_performance_sources(request: HttpRequest) -> list[schemas.SourceOut]:
    """Every source of evidence an indicator can be bound to."""
    return [views.source_out(one, language_of(request)) for one in SOURCES.values()]


@router.get("/performance-evidence/{evidence_id}", response=schemas.SourceEvidence, auth=READ)
def read_performance_evidence(request: HttpRequest, evidence_id: UUID) -> schemas.SourceEvidence:
    """A computed value with all it was computed from."""
    codes = reach(caller(request))
    rows = PerformanceEvidence.objects.filter(pk=evidence_id)
    found = (rows if codes is None else rows.filter(scope__in=codes)).first()
    if found is None:
        raise NotFound("evidence.not_found", id=evidence_id)
    return views.evidence_out(found, language_of(request))


@router.get("/performance-scheme", response=schemas.SchemeOut, auth=READ)
def read_scheme(request: HttpRequest) -> schemas.SchemeOut:
    """How points are given at present."""
    version, scheme = performance_scheme.present_scheme()
    return schemas.SchemeOut(version=version, parameters=performance_scheme.as_parameters(scheme))


@router.put("/performance-scheme", response=schemas.SchemeOut, auth=MANAGE)
def change_scheme(request: HttpRequest, body: schemas.SchemeIn) -> schemas.SchemeOut:
    """Make the next version of how points are given; what was scored keeps its own."""
    performance_scheme.change_scheme(caller(request), body.version, body.parameters, body.note)
    return read_scheme(request)


@router.get("/performance/{code}", response=schemas.SheetOut, auth=READ)
def read_sheet(request: HttpRequest, code: str) -> schemas.SheetOut:
    """A target sheet, its bound indicators computed now, and the looks at it."""
    return _whole(request, code)


@router.put("/performance/{code}", response=schemas.SheetOut, auth=MANAGE)
def write_sheet(request: HttpRequest, code: str, body: schemas.SheetIn) -> schemas.SheetOut:
    """Write a target sheet (version 0) or its next version."""
    words = body.model_dump(exclude={"funds", "indicators"})
    draft = performance.SheetDraft(
        code=code,
        funds=[performance.FundDraft(one.span, one.source, fen_of(one.amount)) for one in body.funds],
        indicators=[_indicator(one) for one in body.indicators],
        **words,
    )
    performance.write_sheet(caller(request), draft)
    return _whole(request, code)


@router.post("/performance/{code}/bindings", response=schemas.SheetOut, auth=MANAGE)
def bind_indicator(request: HttpRequest, code: str, body: schemas.BindingIn) -> schemas.SheetOut:
    """Bind an indicator to a source of evidence, or unbind it."""
    user = caller(request)
    sheet = performance.visible_sheet(user, code)
    performance.bind(user, sheet, body.indicator, body.source, body.subject, body.version)
    return _whole(request, code)


@router.put("/performance/{code}/assessments/{kind}", response=schemas.SheetOut, auth=MANAGE)
def save_assessment(
    request: HttpRequest, code: str, kind: AssessmentKind, body: schemas.AssessmentIn
) -> schemas.SheetOut:
    """Save a look in work, or begin one; it is scored as it stands."""
    user = caller(request)
    draft = performance_assessment.AssessmentDraft(
        version=body.version,
        executed_fen=None if body.executed is None else fen_of(body.executed),
        forecast_fen=None if body.forecast is None else fen_of(body.forecast),
        note=body.note,
        lines=[_line(one) for one in body.lines],
    )
    performance_assessment.save(user, performance.visible_sheet(user, code), kind, draft)
    return _whole(request, code)


@router.post("/performance/{code}/assessments/{kind}/submission", response=schemas.SheetOut, auth=MANAGE)
def submit_assessment(
    request: HttpRequest, code: str, kind: AssessmentKind, body: schemas.SubmissionIn
) -> schemas.SheetOut:
    """Give a look: from now on it is kept."""
    user = caller(request)
    performance_assessment.submit(user, performance.visible_sheet(user, code), kind, body.version)
    return _whole(request, code)


@router.get("/performance/{code}/form.pdf", auth=READ)
def print_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet in the usual form as PDF, with the newest self-evaluation that was given."""
    user = caller(request)
    sheet = performance.visible_sheet(user, code)
    return _file(performance_print.print_sheet(sheet, user, language_of(request)), performance_print.PDF, f"{code}.pdf")


@router.get("/performance/{code}/form.xlsx", auth=READ)
def export_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet in the usual form as a workbook."""
    user = caller(request)
    sheet = performance.visible_sheet(user, code)
    data = performance_print.export_sheet(sheet, user, language_of(request))
    return _file(data, performance_print.XLSX, f"{code}.xlsx")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "-._") else "_" for one in name)
    response["Content-Disposition"] = f'inline; filename="{safe}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _indicator(row: schemas.SheetIndicatorIn) -> performance.IndicatorDraft:
    told = row.model_dump(exclude={"value", "points"})
    return performance.IndicatorDraft(value=_number(row.value), points=_number(row.points), **told)


def _line(row: schemas.AssessmentLineIn) -> performance_assessment.LineDraft:
    told = row.model_dump(exclude={"value", "share", "forecast"})
    value, share, forecast = (_number(text) for text in (row.value, row.share, row.forecast))
    return performance_assessment.LineDraft(value=value, share=share, forecast=forecast, **told)


def _number(text: str | None) -> Decimal | None:
    if text is None or not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise InvalidInput("performance.number_unfit", value=text) from error
    if not found.is_finite() or abs(found) > Decimal(10) ** 12:
        raise InvalidInput("performance.number_unfit", value=text)
    return found


def _whole(request: HttpRequest, code: str) -> schemas.SheetOut:
    user = caller(request)
    return views.whole(performance.visible_sheet(user, code), user, language_of(request))
